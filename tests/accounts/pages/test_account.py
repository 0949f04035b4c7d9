"""Signing in, the password, the municipality one works for, keys for programs."""

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail

from tests import make

GOOD = "ein langer Satz zum Merken"


@pytest.fixture
def person(municipality):
    made = make.user("kim", role="staff", department=make.department(), email="kim@example.invalid")
    made.set_password(GOOD)
    made.save()
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def sign_in_with(client, password, **more):
    return client.post("/anmelden/", {"login": "kim", "password": password, **more})


def test_one_signs_in_and_goes_on_where_one_wanted_to(client, person):
    assert sign_in_with(client, GOOD, next="/schulungen/").headers["Location"] == "/schulungen/"


def test_nobody_is_led_to_another_host(client, person):
    assert sign_in_with(client, GOOD, next="https://boese.example/").headers["Location"] == "/"


def test_a_wrong_password_is_told_without_saying_which_part(client, person):
    assert "Name oder Passwort stimmt nicht. Bitte prüfen Sie beides." in sign_in_with(client, "falsch").text
    unknown = client.post("/anmelden/", {"login": "niemand", "password": GOOD})
    assert "Name oder Passwort stimmt nicht. Bitte prüfen Sie beides." in unknown.text


def test_too_many_wrong_passwords_have_to_wait(client, person):
    texts = [sign_in_with(client, "falsch").text for _try in range(7)]
    assert "Zu viele Versuche" in texts[-1]


def test_signing_out_needs_a_post(client, person):
    client.force_login(person)
    assert "Jetzt abmelden" in client.get("/abmelden/").text
    assert client.post("/abmelden/").headers["Location"] == "/anmelden/"
    assert client.get("/konto/").status_code == 302


def test_nobody_signs_up_alone(client, db):
    assert client.get("/registrieren/").status_code == 404


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(client, person):
    assert client.post("/passwort/", {"email": "kim@example.invalid"}).headers["Location"] == "/passwort/gesendet/"
    (letter,) = mail.outbox
    assert "Ihr Benutzername ist kim." in letter.body
    link = re.search(r"http://testserver(/passwort/neu/\S+)", letter.body).group(1)
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    new = {"password1": "noch ein langer Satz", "password2": "noch ein langer Satz"}
    assert "Ihr neues Passwort gilt ab sofort." in client.post(address, new, follow=True).text
    assert sign_in_with(client, "noch ein langer Satz").status_code == 302
    client.post("/abmelden/")
    assert "Dieser Link gilt nicht mehr" in client.get(link, follow=True).text


def test_whether_an_address_has_an_account_is_not_told(client, person):
    answer = client.post("/passwort/", {"email": "fremd@example.invalid"}, follow=True)
    assert "Gehört die Adresse zu einem Konto" in answer.text
    assert mail.outbox == []


def test_a_password_is_changed_by_who_knows_it(client, person):
    client.force_login(person)
    entered = {"oldpassword": "falsch", "password1": "kurz", "password2": "kurz"}
    text = client.post("/konto/passwort/", entered).text
    assert "Das bisherige Passwort stimmt nicht." in text and "zu kurz" in text


def test_one_chooses_the_municipality_to_work_for(client, person):
    other = make.municipality("Nachbarstadt", ars="159990020020")
    make.user("kim", role="council", municipality=other)
    client.force_login(person)
    assert "Musterstadt" in client.get("/hilfe/").text
    client.post("/konto/kommune/", {"municipality": other.pk})
    assert '<span class="ozg-municipality">Nachbarstadt</span>' in client.get("/hilfe/").text


def test_a_strange_municipality_cannot_be_chosen(client, person):
    strange = make.municipality("Fremd", ars="159990030030")
    client.force_login(person)
    assert client.post("/konto/kommune/", {"municipality": strange.pk}).status_code == 400
    assert '<span class="ozg-municipality">Musterstadt</span>' in client.get("/hilfe/").text


KEY = {"name": "Auswertung", "scopes": ["read"], "expires_on": "2027-01-31", "networks": "192.0.2.0/24"}


def test_a_key_for_programs_is_shown_once_with_what_it_may_and_can_be_revoked(client, person):
    client.force_login(person)
    with time_machine.travel("2026-12-01 12:00+01:00", tick=False):
        made = client.post("/konto/schluessel/", KEY)
        plain = re.search(r'<p class="ozg-hash">(\S+)</p>', made.text).group(1)
        assert make.person_behind(plain) == person
        page = client.get("/konto/").text
        assert plain not in page and "no-store" in made.headers["Cache-Control"]
        told = ("<b>Auswertung</b>", "gilt bis 31.01.2027", "Lesen (ohne Personen)", "nur von 192.0.2.0/24")
        assert [words for words in told if words not in page] == []
        client.post(f"/konto/schluessel/{person.tokens.get().pk}/widerrufen/")
        assert make.person_behind(plain) is None
        assert "widerrufen am 01.12.2026" in client.get("/konto/").text


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("name", "", "Dieses Feld ist zwingend erforderlich."),
        ("scopes", [], "Ein Schlüssel muss etwas dürfen. Bitte wählen Sie mindestens einen Bereich."),
        ("expires_on", "2026-11-30", "Dieser Tag ist schon vorbei. Bitte nennen Sie einen, der noch kommt."),
        ("networks", "192.0.2.0/33", "„192.0.2.0/33“ ist keine Adresse und kein Netz."),
    ],
)
@time_machine.travel("2026-12-01 12:00+01:00", tick=False)
def test_what_a_key_cannot_be_is_said_at_its_field_and_makes_none(client, person, field, wrong, sentence):
    client.force_login(person)
    answer = client.post("/konto/schluessel/", KEY | {field: wrong})
    assert (answer.status_code, person.tokens.count()) == (400, 0)
    assert sentence in answer.text and f'id="key_{field}_error"' in answer.text


def test_a_new_password_ends_all_keys(client, person):
    client.force_login(person)
    client.post("/konto/schluessel/", KEY | {"expires_on": ""})
    new = {"oldpassword": GOOD, "password1": "ein anderer langer Satz", "password2": "ein anderer langer Satz"}
    assert client.post("/konto/passwort/", new).status_code == 302
    assert person.tokens.get().revoked_at is not None


def test_a_strange_key_cannot_be_revoked(client, person):
    other = make.user("alex", role="council")
    client.force_login(other)
    client.post("/konto/schluessel/", KEY | {"expires_on": ""})
    client.force_login(person)
    assert client.post(f"/konto/schluessel/{other.tokens.get().pk}/widerrufen/").status_code == 404


def test_the_operators_pages_are_for_the_operator(client, person):
    client.force_login(person)
    assert client.get("/betrieb/", follow=True).status_code == 403
    operator = make.user("betrieb", role="operator")
    client.force_login(operator)
    assert client.get("/betrieb/").status_code == 200
