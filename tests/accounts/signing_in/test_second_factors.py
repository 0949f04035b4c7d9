"""The second factor: an app's code, a recovery code or a passkey, asked for after the password and kept encrypted."""

import base64
import hmac
import json
import re
import struct
from html import unescape

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client, RequestFactory

from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.accounts.signing_in.second_factors import passkeys_work
from ozg_tracker.accounts.signing_in.tokens import create_token
from ozg_tracker.settings import environment
from tests import make

pytestmark = pytest.mark.django_db
GOOD = "ein langer Satz zum Merken"
SECRET = base64.b32encode(b"zwanzig Zeichen lang").decode()
NOON = "2026-12-01 12:00:00+00:00"


def code_at(instant, secret=SECRET):
    """The code an app shows at `instant`, in seconds since 1970 (RFC 6238)."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(instant) // 30), "sha1")
    place = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def person(clock):
    made = make.user("kim", role=Role.COORDINATOR)
    made.email = "kim@example.invalid"
    made.set_password(GOOD)
    made.save()
    return made


@pytest.fixture
def secured(person):
    TOTP.activate(person, SECRET)
    return person


def now():
    return make.timezone.now().timestamp()


def password_sent(client=None, **more):
    client = client or Client()
    return client, client.post("/anmelden/", {"login": "kim", "password": GOOD} | more)


def is_in(client):
    return client.get("/konto/").status_code == 200


def confirmed(client):
    """A client whose person has just said the password again."""
    assert client.post("/konto/bestaetigen/", {"password": GOOD}).status_code == 302
    return client


def test_the_codes_here_are_those_of_the_standard():
    """RFC 6238, appendix B, shortened to six digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert [code_at(instant, secret) for instant in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_the_password_alone_opens_nothing_where_there_is_a_second_factor(secured):
    client, answer = password_sent()
    assert (answer.headers["Location"], is_in(client)) == ("/anmelden/zweiter-faktor/", False)
    wrong = client.post("/anmelden/zweiter-faktor/", {"code": "000000"})
    assert (wrong.status_code, "Das passt nicht." in wrong.text, is_in(client)) == (200, True, False)
    right = client.post("/anmelden/zweiter-faktor/", {"code": code_at(now())})
    assert (right.status_code, right.headers["Location"], is_in(client)) == (302, "/", True)
    assert list(JournalEntry.objects.filter(kind="sign_in_failed").values_list("person__username", "after")) == [
        ("kim", {"second_factor": "totp"})
    ]


@pytest.mark.parametrize(("later", "opens"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_wrong_by_one_step(secured, later, opens):
    client, _answer = password_sent()
    client.post("/anmelden/zweiter-faktor/", {"code": code_at(now() + later)})
    assert is_in(client) is opens


def test_a_code_opens_once_for_as_long_as_it_would_count(secured, clock):
    code, opened = code_at(now()), []
    for later in (0, 10, 29, 31, 45):
        clock.move_to(make.timezone.now().replace(hour=12, minute=0, second=later))
        client, _answer = password_sent()
        client.post("/anmelden/zweiter-faktor/", {"code": code})
        opened.append(is_in(client))
    assert opened == [True, False, False, False, False]


def test_guessing_codes_ends_after_five_and_the_right_one_counts_later(secured, clock):
    client, _answer = password_sent()
    for _ in range(5):
        client.post("/anmelden/zweiter-faktor/", {"code": "000000"})
    sixth = client.post("/anmelden/zweiter-faktor/", {"code": code_at(now())})
    assert ("Zu viele Versuche" in sixth.text, is_in(client)) == (True, False)
    clock.shift(301)
    client.post("/anmelden/zweiter-faktor/", {"code": code_at(now())})
    assert is_in(client)


def test_a_recovery_code_opens_once_and_how_many_are_left_is_shown(secured):
    codes = RecoveryCodes.activate(secured).generate_codes()
    client, _answer = password_sent()
    client.post("/anmelden/zweiter-faktor/", {"code": codes[3]})
    assert is_in(client)
    assert "9 Codes sind noch übrig." in client.get("/konto/zweiter-faktor/").text
    again, _answer = password_sent()
    again.post("/anmelden/zweiter-faktor/", {"code": codes[3]})
    assert not is_in(again)


def test_nobody_comes_to_the_second_step_without_the_first(secured, client):
    for method in (client.get, client.post):
        assert method("/anmelden/zweiter-faktor/").headers["Location"] == "/anmelden/"
    assert not is_in(client)


def test_what_was_typed_before_signing_in_is_carried_through_the_second_step(secured):
    client, page = password_sent(typed="name=Wochenmarkt", next="/leistungen/eigene/neu/")
    form = page.text.split('action="/anmelden/zweiter-faktor/"')[1].split("</form>")[0]
    held = {name: unescape(value) for name, value in re.findall(r'name="(typed|next)" value="([^"]*)"', form)}
    assert held == {"typed": "name=Wochenmarkt", "next": "/leistungen/eigene/neu/"}
    wrong = client.post("/anmelden/zweiter-faktor/", held | {"code": "000000"})
    assert 'value="name=Wochenmarkt"' in wrong.text
    again = client.post("/anmelden/zweiter-faktor/", held | {"code": code_at(now())})
    assert ('value="Wochenmarkt"' in again.text, 'action="/leistungen/eigene/neu/"' in again.text) == (True, True)


@pytest.mark.django_db(transaction=True)  # letters go when all is written
def test_an_app_is_set_up_with_its_code_after_the_password_was_said_again(person):
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/anmelden/", {"login": "kim", "password": GOOD})
    asked = here.get("/konto/zweiter-faktor/app/")
    assert asked.headers["Location"] == "/konto/bestaetigen/?next=%2Fkonto%2Fzweiter-faktor%2Fapp%2F"
    confirmed(here)
    secret = re.search(r'class="ozg-hash">(\w+)<', here.get("/konto/zweiter-faktor/app/").text)[1]
    assert "Das passt nicht." in here.post("/konto/zweiter-faktor/app/", {"code": "12"}).text
    done = here.post("/konto/zweiter-faktor/app/", {"code": code_at(now(), secret)}, follow=True)
    assert done.redirect_chain == [("/konto/zweiter-faktor/codes/", 302)]
    assert len(re.findall(r"<li>(\d{8})</li>", done.text)) == 10
    assert [is_in(here), is_in(there)] == [True, False]  # who came in by the password alone is out
    assert [(letter.to, "App mit Codes" in letter.body) for letter in mail.outbox] == [(["kim@example.invalid"], True)]
    told = JournalEntry.objects.filter(kind="address").order_by("pk").values_list("after", flat=True)
    assert list(told) == [{"second_factor": "totp"}, {"second_factor": "recovery_codes"}]


def test_secrets_are_kept_encrypted(secured):
    codes = RecoveryCodes.activate(secured)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert (SECRET in kept, any(each in kept for each in codes.generate_codes())) == (False, False)
    assert kept.count('"gAAAAA') == 2


def test_another_secret_key_makes_codes_unreadable_and_says_so(secured, settings):
    RecoveryCodes.activate(secured)
    client = Client()
    settings.SECRET_KEY = "ein anderer Schlüssel, lang genug für alles, was er schützt"
    client.post("/anmelden/", {"login": "kim", "password": GOOD})
    answer = client.post("/anmelden/zweiter-faktor/", {"code": code_at(now())})
    assert (answer.status_code, "lässt sich nicht mehr lesen" in answer.text, is_in(client)) == (200, True, False)
    client.force_login(secured)
    assert "lässt sich nicht mehr lesen" in client.get("/konto/zweiter-faktor/").text
    confirmed(client)
    assert "lässt sich nicht mehr lesen" in client.get("/konto/zweiter-faktor/codes/", follow=True).text
    client.post("/konto/zweiter-faktor/codes/neu/")
    assert len(re.findall(r"<li>(\d{8})</li>", client.get("/konto/zweiter-faktor/codes/").text)) == 10


def test_recovery_codes_are_a_file_to_keep_too(secured, client):
    codes = RecoveryCodes.activate(secured).generate_codes()
    client.force_login(secured)
    answer = confirmed(client).get("/konto/zweiter-faktor/codes/datei/")
    assert (answer.headers["Content-Type"], answer.content.decode().split()) == ("text/plain", codes)


def test_new_recovery_codes_end_the_old_ones(secured, client):
    old = RecoveryCodes.activate(secured).generate_codes()
    client.force_login(secured)
    page = confirmed(client).post("/konto/zweiter-faktor/codes/neu/", follow=True).text
    assert set(re.findall(r"<li>(\d{8})</li>", page)) & set(old) == set()


def test_who_needs_a_second_factor_can_do_nothing_before_it_is_there(person, settings):
    settings.SECOND_FACTOR_ROLES = ("operator", "coordinator")
    client, _answer = password_sent()
    for address in ("/", "/personen/", "/konto/", "/leistungen/", "/betrieb/"):
        assert client.get(address).headers["Location"] == "/konto/zweiter-faktor/"
    assert client.post("/konto/schluessel/", {"name": "Auswertung"}).headers["Location"] == "/konto/zweiter-faktor/"
    refused = client.get("/api/v1/me/")
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert (
        refused.json()["detail"] == "Ihre Rolle braucht einen zweiten Faktor. Bitte richten Sie ihn unter „Konto“ ein."
    )
    assert "Ihre Rolle braucht einen zweiten Faktor." in client.get("/konto/zweiter-faktor/").text
    assert [client.get(address).status_code for address in ("/hilfe/", "/impressum/")] == [200, 200]
    TOTP.activate(person, SECRET)
    assert client.get("/konto/").status_code == 200


@pytest.mark.parametrize("header", ["Basic a2ltOmtpbQ==", "Bearer2 x", "Token x", ""])
def test_no_other_header_opens_the_api_without_the_second_factor(person, settings, header):
    settings.SECOND_FACTOR_ROLES = ("coordinator",)
    client, _answer = password_sent()
    assert client.get("/api/v1/me/", HTTP_AUTHORIZATION=header).status_code == 403


def test_programs_with_a_key_are_not_asked_for_a_second_factor(person, settings):
    settings.SECOND_FACTOR_ROLES = ("coordinator",)
    key = create_token(person, scopes=["read", "people"])
    assert Client().get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 200


def test_other_roles_are_not_asked_for_one(person, settings):
    settings.SECOND_FACTOR_ROLES = ("operator",)
    client, _answer = password_sent()
    assert is_in(client)


@pytest.mark.django_db(transaction=True)  # letters go when all is written
def test_the_last_factor_stays_where_the_role_needs_one(secured, client, settings):
    settings.SECOND_FACTOR_ROLES = ("coordinator",)
    client.force_login(secured)
    refused = confirmed(client).post("/konto/zweiter-faktor/app/beenden/")
    assert "dies ist der letzte" in refused.text and Authenticator.objects.count() == 1
    settings.SECOND_FACTOR_ROLES = ()
    assert client.post("/konto/zweiter-faktor/app/beenden/").status_code == 302
    assert (Authenticator.objects.count(), "entfernt: App mit Codes" in mail.outbox[0].body) == (0, True)


def test_the_setting_knows_every_role():
    assert set(environment.ROLES) == set(Role.values)


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "{}",
        "[]",
        "null",
        '"x"',
        '{"id": 1, "response": []}',
        '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "enp6enp6enp6enp6enp6"}}',
        '{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA",'
        '"signature":"AA","userHandle":"enp6enp6enp6enp6enp6eg"}}',
    ],
)
def test_a_made_up_passkey_is_refused_with_a_sentence(secured, client, credential):
    client.get("/anmelden/passkey/", HTTP_ACCEPT="application/json")
    answer = client.post("/anmelden/passkey/", {"credential": credential}, follow=True)
    assert (answer.redirect_chain, is_in(client)) == ([("/anmelden/", 302)], False)


@pytest.mark.parametrize(
    ("host", "secure", "works"),
    [
        ("ozg.example.de", True, True),
        ("ozg.example.de", False, False),
        ("localhost:8000", False, True),
        ("127.0.0.1:8000", False, False),
        ("192.0.2.7", True, False),
        ("[::1]:8000", True, False),
        ("[::1]", False, False),
    ],
)
def test_passkeys_are_offered_where_browsers_let_them_work(settings, host, secure, works):
    settings.ALLOWED_HOSTS = ["*"]
    assert passkeys_work(RequestFactory().get("/", HTTP_HOST=host, secure=secure)) is works


def test_where_passkeys_cannot_work_the_page_says_why(secured, client):
    client.force_login(secured)
    sentence = "Passkeys gehen nur unter einem Namen mit https"
    told = [sentence in client.get("/konto/zweiter-faktor/", secure=secure).text for secure in (False, True)]
    asked = ["Mit Passkey anmelden" in Client().get("/anmelden/", secure=secure).text for secure in (False, True)]
    assert (told, asked) == ([True, False], [False, True])
