"""A service account from its first day to its last: by keyboard, in two tabs, on a phone and without a script."""

from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from ozg_tracker.accounts.models import ServiceAccount
from tests import make
from tests.journeys.browser.keys import Keys
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/personen/dienstkonten/"
LONG = "Gewerbeanzeigenverfahrensschnittstelle"


@pytest.fixture
def person():
    make.row()
    return make.user("koordination", first_name="Ada", last_name="Probe")


@pytest.fixture
def answered(live_server):
    """answered(key): what the API says to a program with this key, as a status."""

    def ask(key):
        headers = {"Authorization": f"Bearer {key}"}
        try:
            with urlopen(Request(f"{live_server.url}/api/v1/municipal-services/", headers=headers)) as answer:
                return answer.status
        except HTTPError as refused:
            refused.close()
            return refused.code

    return ask


def key_shown(page):
    return page.locator("[role=status] .ozg-hash")


def send(page, deed):
    """Sent as it stands: what a browser itself would ask for is left to the server."""
    page.evaluate("[...document.forms].forEach(each => { each.noValidate = true })")
    with page.expect_navigation():
        page.get_by_role("button", name=deed, exact=True).press("Enter")


def test_by_keyboard_it_is_made_given_a_key_and_ended(open_page, person, answered):
    page = open_page(person)
    keys = Keys(page)
    page.goto(LIST)
    keys.press("Dienstkonto anlegen")
    keys.type("Name", "Gewerbe")
    keys.type("Zweck", "meldet Fallzahlen")
    keys.go("Verantwortliche Person")
    page.keyboard.type("Ada")
    keys.go("Grund")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("„Dienstkonto Gewerbe“ ist angelegt.")).to_be_visible()
    keys.type("Bezeichnung", "Verfahren")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(key_shown(page)).to_be_visible()
    key = key_shown(page).inner_text()
    assert (answered(key), violations(page)) == (200, [])
    page.goto(f"{LIST}{ServiceAccount.objects.get().pk}/")
    expect(page.get_by_role("heading", name="Beenden")).to_be_visible()
    assert key not in page.content()
    page.locator("#ende").evaluate("each => { each.tabIndex = -1; each.focus() }")
    keys.type("Grund", "abgelöst")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("ist beendet; seine Schlüssel öffnen nichts mehr.")).to_be_visible()
    assert (answered(key), violations(page), page.complaints) == (401, [], [])


@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(open_page, person, width):
    page = open_page(person, width=width)
    page.goto(f"{LIST}neu/")
    entered = {"name": "Gewerbe", "purpose": "meldet Fallzahlen", "reason": "Anbindung"}
    for name, text in entered.items():
        page.fill(f"#id_{name}", text)
    send(page, "Dienstkonto anlegen")
    expect(page.locator("#id_responsible_error")).to_contain_text("eine Person oder ein Fachbereich verantwortlich")
    assert {name: page.input_value(f"#id_{name}") for name in entered} == entered
    assert (sideways(page), violations(page)) == (0, [])
    page.select_option("#id_responsible", label=str(person))
    send(page, "Dienstkonto anlegen")
    page.fill("#key_name", "Verfahren")
    page.locator("[name=scopes]").last.check()
    page.fill("#key_expires_on", "")
    page.fill("#key_networks", "192.0.2.0/24")
    chosen = page.locator("[name=scopes]:checked").evaluate_all("all => all.map(each => each.value)")
    send(page, "Schlüssel erstellen")
    expect(page.locator("#key_expires_on_error")).to_be_visible()
    expect(key_shown(page)).to_have_count(0)
    assert page.locator("[name=scopes]:checked").evaluate_all("all => all.map(each => each.value)") == chosen
    assert [page.input_value(f"#key_{name}") for name in ("name", "networks")] == ["Verfahren", "192.0.2.0/24"]
    assert (sideways(page), violations(page)) == (0, [])


def test_without_a_script_on_a_phone_it_is_made_given_a_key_and_ended(open_page, person, answered):
    page = open_page(person, width=320, scripts=False)
    page.goto(f"{LIST}neu/")
    page.fill("#id_name", LONG)
    page.select_option("#id_responsible", label=str(person))
    with page.expect_navigation():
        page.press("#id_reason", "Enter")
    page.fill("#key_name", "Verfahren")
    with page.expect_navigation():
        page.press("#key_name", "Enter")
    expect(key_shown(page)).to_be_visible()
    key = key_shown(page).inner_text()
    assert (answered(key), sideways(page)) == (200, 0)
    with page.expect_navigation():
        page.press("#end_reason", "Enter")
    expect(page.get_by_text("ist beendet; seine Schlüssel öffnen nichts mehr.")).to_be_visible()
    assert (answered(key), sideways(page)) == (401, 0)


def test_in_two_tabs_it_is_made_once_and_what_has_ended_takes_no_key(open_page, person):
    page = open_page(person)
    other = page.context.new_page()
    for each in (page, other):
        each.goto(f"{LIST}neu/")
        each.fill("#id_name", "Gewerbe")
        each.fill("#id_purpose", "meldet Fallzahlen")
        each.select_option("#id_responsible", label=str(person))
    for each in (page, other):
        send(each, "Dienstkonto anlegen")
    expect(other.get_by_text("Ein Dienstkonto dieses Namens gibt es hier schon.")).to_be_visible()
    assert other.input_value("#id_purpose") == "meldet Fallzahlen"
    account = ServiceAccount.objects.get()
    other.goto(f"{LIST}{account.pk}/")
    send(other, "Dienstkonto beenden")
    page.fill("#key_name", "Verfahren")
    send(page, "Schlüssel erstellen")
    expect(page.get_by_text("Dieses Dienstkonto ist beendet. Bitte legen Sie ein neues an.")).to_be_visible()
    expect(key_shown(page)).to_have_count(0)
    assert (account.user.tokens.count(), violations(page)) == (0, [])


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_fit_and_exclude_nobody(open_page, person, width):
    page, found = open_page(person, width=width), []
    account = make.service_account(LONG, responsible=person, purpose="meldet Fallzahlen " * 9)
    make.service_key(account, "read", "status")
    leaver = make.user("geht")
    orphan = make.service_account("Verwaist", responsible=leaver)
    make.leave(leaver)
    ended = make.service_account("Beendet", responsible=person, ended_on=timezone.localdate() - timedelta(days=1))
    for address in (LIST, f"{LIST}neu/", *(f"{LIST}{each.pk}/" for each in (account, orphan, ended))):
        page.goto(address)
        found.append((sideways(page), violations(page), page.complaints))
    assert found == [(0, [], [])] * 5
