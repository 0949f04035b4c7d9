"""What a key opens: its scopes, its municipality, its networks; and the keys themselves by the API."""

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from ozg_tracker.accounts.models import Membership, Role, Scope
from ozg_tracker.accounts.signing_in.authentication import scope_of
from ozg_tracker.accounts.signing_in.tokens import create_token
from tests import make
from tests.api.programs import API, Program, fill

pytestmark = pytest.mark.django_db


def by_key(person, **facts):
    return Program(HTTP_AUTHORIZATION=f"Bearer {create_token(person, **facts)}")


def lists():
    """The addresses of the API that give a list of what a person may see."""
    found = []
    for pattern in get_resolver("ozg_tracker.api_urls").url_patterns:
        if isinstance(pattern, URLResolver):
            found += [each.name for each in pattern.url_patterns if str(each.name).endswith("-list")]
    return sorted({name.removesuffix("-list") for name in found})


def test_every_address_of_the_api_has_its_scope():
    views = []
    for pattern in get_resolver("ozg_tracker.api_urls").url_patterns:
        for each in pattern.url_patterns if isinstance(pattern, URLResolver) else [pattern]:
            views.append(getattr(each.callback, "cls", None) or each.callback.view_class)
    assert [view for view in views if scope_of(view.__module__) not in Scope] == []


@pytest.mark.parametrize(
    ("scopes", "row", "change", "people", "edition", "catalogue"),
    [
        ([Scope.READ], 200, 403, 403, 403, 403),
        ([Scope.STATUS], 200, 400, 403, 403, 403),
        ([Scope.PEOPLE], 403, 403, 200, 403, 403),
        ([Scope.REPORTS], 403, 403, 403, 400, 403),
        ([Scope.CATALOGUE], 403, 403, 403, 403, 415),
        (list(Scope), 200, 400, 200, 400, 415),
    ],
)
def test_a_key_does_what_its_scopes_say(scopes, row, change, people, edition, catalogue):
    person = make.user()
    make.row(make.service())
    program = by_key(person, scopes=scopes)
    got = (
        program.read("municipal-services/").status_code,
        program.send("municipal-services/bulk/", {}).status_code,
        program.read("people/").status_code,
        program.send("editions/", {}).status_code,
        program.send("catalogue-imports/", {}).status_code,
    )
    assert got == (row, change, people, edition, catalogue)


def test_what_a_key_may_not_says_what_is_wanted():
    answer = by_key(make.user(), scopes=[Scope.READ]).read("people/")
    assert answer.json()["detail"] == (
        "Dieser Zugangsschlüssel darf das nicht. Er darf: Lesen (ohne Personen). Hier braucht es: Personen, "
        "Fachbereiche und Schulungen."
    )


def test_a_key_of_one_municipality_shows_what_somebody_sees_who_is_nothing_elsewhere():
    here, person = make.municipality(), make.user()
    fill([0, 1])  # in the second one of these the person coordinates somewhere else, too
    elsewhere = make.municipality("Anderswo", ars="159990010099")
    Membership.objects.create(user=person, municipality=elsewhere, role=Role.COORDINATOR)
    make.row(make.service("99102013104777", "Anderes"), municipality=elsewhere)
    bound, alone = by_key(person, municipality=here), by_key(person)
    seen = {name: bound.read(f"{name}/").json()["results"] for name in lists()}
    Membership.objects.filter(user=person).exclude(municipality=here).delete()
    assert seen == {name: alone.read(f"{name}/").json()["results"] for name in lists()}
    assert len(seen) > 25


def test_a_key_opens_from_its_networks_alone():
    person = make.user()
    key = create_token(person, networks="192.0.2.0/24")
    got = [
        Program(HTTP_AUTHORIZATION=f"Bearer {key}", REMOTE_ADDR=address).read("municipal-services/").status_code
        for address in ("192.0.2.17", "127.0.0.1")
    ]
    assert got == [200, 401]


def test_behind_a_proxy_that_is_trusted_the_address_before_it_counts(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    key = create_token(make.user(), networks="192.0.2.0/24")
    got = [
        Program(HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_X_FORWARDED_FOR=hops).read("changes/").status_code
        for hops in ("192.0.2.17", "192.0.2.17, 198.51.100.1")
    ]
    assert got == [200, 401]


WANTED = {"name": "Auswertung", "scopes": ["read", "status"], "networks": ["192.0.2.0/24"], "expires_on": "2199-01-31"}


def test_whoever_is_signed_in_makes_and_ends_keys():
    person, client = make.user(), Client()
    client.force_login(person)
    made = client.post(f"{API}/me/keys/", WANTED, content_type="application/json")
    assert (made.status_code, make.person_behind(made.json()["token"])) == (201, person)
    [listed] = client.get(f"{API}/me/keys/").json()["results"]
    assert {name: listed[name] for name in WANTED} == WANTED
    ended = client.post(f"{API}/me/keys/{listed['id']}/revoke/")
    assert ended.json()["revoked_at"] is not None
    assert make.person_behind(made.json()["token"]) is None


def test_a_key_makes_no_other_key():
    person = make.user()
    answer = by_key(person).send("me/keys/", WANTED)
    assert (answer.status_code, person.tokens.count()) == (403, 1)


def test_a_key_of_somebody_else_is_not_there():
    other = make.user("alex")
    create_token(other)
    assert by_key(make.user()).send(f"me/keys/{other.tokens.get().pk}/revoke/", {}).status_code == 404


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", ""),
        ("scopes", []),
        ("scopes", ["alles"]),
        ("municipality", 10**30),
        ("networks", ["192.0.2.0/99"]),
        ("expires_on", "2000-01-01"),
    ],
)
def test_what_a_key_cannot_be_is_named_at_its_field(field, wrong):
    client = Client()
    client.force_login(make.user())
    answer = client.post(f"{API}/me/keys/", WANTED | {field: wrong}, content_type="application/json")
    assert (answer.status_code, [each["field"].split(".")[0] for each in answer.json()["errors"]]) == (400, [field])
