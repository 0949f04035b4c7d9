import json
from datetime import timedelta
from io import StringIO
from urllib.parse import urlparse

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ozg_tracker.accounts.models import Role, User
from ozg_tracker.accounts.signing_in.tokens import token_of
from tests import make

pytestmark = pytest.mark.django_db


def _run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_add_user_takes_a_person_in_and_prints_the_way_to_a_password(settings):
    settings.BASE_URL = "https://ozg.example.invalid/"
    make.department("Bürgerbüro")
    printed = json.loads(
        _run(
            "add_user", "a.beispiel", "--municipality", make.ARS, "--role", "staff", "--department", "Bürgerbüro",
            "--email", "a@example.invalid", "--json",
        )
    )  # fmt: skip
    link = printed.pop("password_link")
    assert printed == {"username": "a.beispiel", "municipality": make.ARS, "role": "staff", "department": "Bürgerbüro"}
    assert link.startswith("https://ozg.example.invalid/passwort/neu/")


def test_the_link_sets_a_password_once(client, settings):
    make.municipality()
    link = json.loads(_run("add_user", "a.beispiel", "--municipality", make.ARS, "--role", "council", "--json"))
    page = client.get(urlparse(link["password_link"]).path)
    password = {"password1": "ein-langes-passwort", "password2": "ein-langes-passwort"}
    client.post(page.headers["Location"], password)
    assert User.objects.get().check_password("ein-langes-passwort")
    other = client.get(urlparse(link["password_link"]).path)
    assert (other.status_code, other.headers.get("Location")) == (200, None)


def test_a_further_role_leaves_the_password_alone():
    make.municipality("Neustadt", ars="159990020020")
    user = make.user("a.beispiel", Role.STAFF)
    user.set_password("ein-langes-passwort")
    user.save()
    text = _run("add_user", "a.beispiel", "--municipality", "159990020020", "--role", "council")
    assert text == (
        "„a.beispiel“ hat jetzt in 159990020020 die Rolle „Mitglied des Rates“. Das Passwort bleibt, wie es ist.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--municipality", "159990099099", "--role", "staff"),
            "Eine Kommune mit dem Regionalschlüssel „159990099099“ gibt es nicht. "
            "Bekannt sind: 159990010010 (Musterstadt).",
        ),
        (
            ("--municipality", make.ARS, "--role", "staff", "--department", "Bauhof"),
            "Den Fachbereich „Bauhof“ gibt es in Musterstadt nicht. Bekannt sind: „Bürgerbüro“.",
        ),
        (("--municipality", make.ARS, "--role", "manager"), "Eine Leitung braucht einen Fachbereich."),
    ],
)
def test_what_is_refused_is_said_in_a_sentence_and_writes_nothing(arguments, sentence):
    make.department("Bürgerbüro")
    with pytest.raises(CommandError) as refused:
        _run("add_user", "a.beispiel", *arguments)
    assert (str(refused.value), refused.value.returncode) == (sentence, 1)
    assert User.objects.count() == 0


def test_without_any_municipality_the_way_to_one_is_named():
    with pytest.raises(CommandError, match="add_municipality"):
        _run("add_user", "a.beispiel", "--municipality", make.ARS, "--role", "staff")


def test_create_token_shows_a_key_that_works():
    user = make.user("a.beispiel", Role.STAFF)
    printed = json.loads(_run("create_token", "a.beispiel", "--json"))
    assert printed["username"] == "a.beispiel"
    assert make.person_behind(printed["token"]) == user
    assert "nur dieses eine Mal" in _run("create_token", "a.beispiel")


def test_add_service_account_makes_one_with_a_key_that_works_until_its_day(coordinator):
    said = ("add_service_account", "Gewerbe", "--municipality", make.ARS, "--role", "coordinator")
    answers, until = ("--responsible", "koordination"), f"{timezone.localdate() + timedelta(days=90)}"
    told = json.loads(_run(*said, *answers, "--until", until, "--scope", "status", "--json"))
    key = token_of(told.pop("token"))
    assert told == {"username": "dienstkonto:gewerbe", "name": "Gewerbe", "role": "coordinator"}
    assert (key.user.username, key.scopes, f"{key.expires_on}") == ("dienstkonto:gewerbe", "status", until)
    further = json.loads(_run("create_token", "dienstkonto:gewerbe", "--until", until, "--json"))
    assert make.person_behind(further["token"]) == key.user
    with pytest.raises(CommandError, match="Der Schlüssel eines Dienstkontos hat einen letzten Tag"):
        _run("create_token", "dienstkonto:gewerbe")
    with pytest.raises(CommandError, match="Ein Dienstkonto dieses Namens gibt es hier schon"):
        _run(*said, *answers)
    assert "Dienstkonto „Kämmerei“ mit der Rolle" in _run(said[0], "Kämmerei", *said[2:], *answers)


def test_create_token_for_nobody_or_one_who_left_is_refused():
    make.user("weg", Role.STAFF, is_active=False)
    for name, sentence in (("niemand", "gibt es nicht"), ("weg", "stillgelegt")):
        with pytest.raises(CommandError, match=sentence):
            _run("create_token", name)
