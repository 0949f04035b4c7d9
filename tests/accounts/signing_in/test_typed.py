"""What was typed into a form is offered again to who was signed out meanwhile, and to nobody else."""

import re
from html import unescape

import pytest
from django.test import Client

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import OwnService
from tests import make

pytestmark = pytest.mark.django_db
OURS = {"HTTP_ORIGIN": "http://testserver"}
ADDRESS = "/leistungen/eigene/neu/"
NOTE = "Zeile 1\r\nZeile 2 mit „Anführung“ & <Zeichen>"


@pytest.fixture
def coordinator():
    person = make.user("kim", Role.COORDINATOR)
    person.set_password("ein langer Satz")
    person.save()
    return person


@pytest.fixture
def browser():
    """Asks for the form's token, as a browser is asked for it."""
    return Client(enforce_csrf_checks=True)


def typed():
    place = make.service().bundles.get()
    return {
        "name": "Wochenmarkt",
        "bundle_name": "Märkte",
        "situation": str(place.situation_id),
        "effective_on": "1.1.26",
        "reason": NOTE,
    }


def fields(answer):
    found = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"',
        answer.content.decode().split("<main")[1].split("</main")[0],
    )
    return {name: unescape(value) for name, value in found}


def sign_in(browser, answer, **more):
    return browser.post("/anmelden/", fields(answer) | {"login": "kim", "password": "ein langer Satz"} | more, **OURS)


def test_what_was_sent_without_sign_in_is_sent_once_more_after_it(browser, coordinator):
    entered = typed()
    token = fields(browser.get("/anmelden/"))["csrfmiddlewaretoken"]
    out = browser.post(ADDRESS, entered | {"csrfmiddlewaretoken": token}, **OURS)
    assert (out.status_code, "Sie sind abgemeldet." in out.text) == (403, True)
    assert out.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    wrong = sign_in(browser, out, password="falsch")
    again = sign_in(browser, wrong)
    held = fields(again)
    assert {name: held[name] for name in entered} == entered
    assert f'action="{ADDRESS}"' in again.text and "angemeldet als kim" in again.text
    assert not OwnService.objects.exists()
    assert browser.post(ADDRESS, held, **OURS).headers["Location"] == "/leistungen/eigene/"
    assert str(OwnService.objects.get()) == "Wochenmarkt"


def test_a_token_made_old_by_signing_in_anew_costs_one_press_of_a_button(browser, coordinator):
    browser.force_login(coordinator)
    browser.get(ADDRESS)
    again = browser.post(ADDRESS, typed() | {"csrfmiddlewaretoken": "a" * 64}, **OURS)
    assert (again.status_code, fields(again)["reason"]) == (403, NOTE)
    assert browser.post(ADDRESS, fields(again), **OURS).status_code == 302


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://elsewhere.example"}, {"HTTP_ORIGIN": "null"}])
def test_a_form_that_may_be_a_strangers_is_not_offered(browser, coordinator, origin):
    browser.force_login(coordinator)
    browser.get(ADDRESS)
    refused = browser.post(ADDRESS, typed() | {"csrfmiddlewaretoken": "a" * 64}, **origin)
    assert (refused.status_code, "Wochenmarkt" in refused.text) == (403, False)


@pytest.mark.parametrize("address", ["/anmelden/", "/konto/passwort/"])
def test_a_password_is_never_written_into_a_page(browser, address):
    browser.get("/anmelden/")
    sent = {"login": "kim", "oldpassword": "geheim-1", "password": "geheim-2", "csrfmiddlewaretoken": "a" * 64}
    assert "geheim" not in browser.post(address, sent, **OURS).text


def test_signing_in_twice_keeps_what_was_typed(browser, coordinator):
    """In another window meanwhile: the token of this page is old, and nobody needs to sign in any more."""
    token = fields(browser.get("/anmelden/"))["csrfmiddlewaretoken"]
    out = browser.post(ADDRESS, typed() | {"csrfmiddlewaretoken": token}, **OURS)
    sign_in(browser, browser.get("/anmelden/"))
    again = sign_in(browser, out)
    assert (fields(again)["name"], f'action="{ADDRESS}"' in again.text) == ("Wochenmarkt", True)


def test_the_way_back_leads_to_no_other_host(browser, coordinator):
    page = browser.get("/anmelden/")
    again = sign_in(browser, page, next="https://elsewhere.example/", typed="name=a")
    assert 'action="/"' in again.text


def test_programs_are_told_in_their_own_form(client):
    answer = client.post("/katalog/hochladen/", {"release": "2026"}, HTTP_ACCEPT="application/json")
    assert (answer.status_code, list(answer.json())) == (403, ["errors"])


def test_signing_out_twice_leads_to_the_sign_in(client):
    assert client.post("/abmelden/").headers["Location"] == "/anmelden/"
