"""Single sign-on in the settings: what goes together is named where it does not."""

import pytest
from environs import EnvError

from ozg_tracker.settings.oidc import Oidc, _ars, _issuer, _origins, _role_map, _scopes

WHOLE = {"issuer": "https://id.example.de/realms/a", "client_id": "a", "client_secret": "b", "roles": {"x": "staff"}}


def test_without_an_issuer_nothing_is_asked_for():
    assert (bool(Oidc()), Oidc(client_id="a").wrong(), Oidc().form_action()) == (False, [], [])


def test_forms_may_lead_to_the_provider():
    assert Oidc(**WHOLE, origins=("https://login.example.de",)).form_action() == [
        "https://id.example.de",
        "https://login.example.de",
    ]


@pytest.mark.parametrize(
    ("left_out", "named"),
    [("client_id", "OIDC_CLIENT_ID"), ("client_secret", "OIDC_CLIENT_SECRET"), ("roles", "OIDC_ROLES")],
)
def test_what_is_missing_is_named(left_out, named):
    assert Oidc(**WHOLE).wrong() == []
    (sentence,) = Oidc(**{name: value for name, value in WHOLE.items() if name != left_out}).wrong()
    assert sentence.startswith(f"{named} fehlt.")


def test_operators_come_from_outside_where_that_is_said():
    outside = WHOLE | {"roles": {"x": "operator"}}
    assert [len(Oidc(**outside, operators=allowed).wrong()) for allowed in (False, True)] == [1, 0]


def test_the_secret_stands_in_no_log():
    assert "geheim" not in repr(Oidc(client_secret="geheim"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=staff, b=manager", {"a": "staff", "b": "manager"}),
        ("CN=OZG,OU=Stadt=staff;x=council", {"CN=OZG,OU=Stadt": "staff", "x": "council"}),
        ("", {}),
    ],
)
def test_a_mapping_names_groups_and_roles(text, found):
    assert _role_map(text) == found


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        *((_issuer, value) for value in ("http://id.example.de", "id.example.de", "https://k@id", "https://id?x=1")),
        *((_origins, value) for value in ("http://a.de", "https://a.de/x", "https://a.de,b", "https://a.de/")),
        *((_role_map, value) for value in ("a", "a=chef", "=staff", "a=staff,a=manager")),
        *((_ars, value) for value in ("15999001001", "15999001001x", "١٥٩٩٩٠٠١٠٠١٠")),
        *((_scopes, value) for value in ("", "profile email")),
    ],
)
def test_nonsense_is_refused(parse, value):
    with pytest.raises(EnvError):
        parse(value)


def test_a_provider_on_this_machine_needs_no_tls():
    assert [_issuer(value) for value in ("", "http://localhost:3000", "http://127.0.0.1:3000")][1:] == [
        "http://localhost:3000",
        "http://127.0.0.1:3000",
    ]
