"""A deputy for a time: named, at work in the place of who is away, called off; by keyboard, on a phone, in two tabs."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from ozg_tracker.accounts.models import Deputyship, Role
from tests import make
from tests.journeys.browser.keys import Keys
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/uebergabe/"
NEW = f"{LIST}vertretung/neu/"


@pytest.fixture
def people():
    """Who is away and who stands in, of two departments."""
    kim = {"first_name": "Kim", "last_name": "Probe", "department": make.department("Bürgerbüro")}
    robin = {"first_name": "Robin", "last_name": "Vogt", "department": make.department("Bauhof")}
    return make.user("kim", Role.STAFF, **kim), make.user("robin", Role.STAFF, **robin)


@pytest.fixture
def row(people):
    clerk, _other = people
    return make.row(owner=clerk, state="open", department=clerk.memberships.get().department)


def enter(page, deputy, starts_on, until):
    page.select_option("#id_deputy", label=str(deputy))
    page.fill("#id_starts_on", f"{starts_on}")
    page.fill("#id_until", f"{until}")
    page.fill("#id_reason", "Urlaub")


def entered(page):
    return [page.input_value(f"#id_{name}") for name in ("absent", "deputy", "starts_on", "until", "reason")]


def send(page):
    with page.expect_navigation():
        page.press("#id_reason", "Enter")


def report(page, row, state="in_progress"):
    page.select_option("[name=state]", state)
    page.fill("[name=reason]", "läuft")
    with page.expect_navigation():
        page.get_by_role("button", name="Änderung speichern").press("Enter")


def test_by_keyboard_one_is_named_at_work_and_called_off(open_page, people, row):
    clerk, other = people
    page, today = open_page(clerk), timezone.localdate()
    keys = Keys(page)
    page.goto(LIST)
    keys.press("Vertretung benennen")
    keys.go("Wer vertritt")
    page.keyboard.type("Robin")
    keys.day("Ab", today)
    keys.day("Bis", today + timedelta(days=4))
    keys.type("Grund", "Urlaub")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Robin Vogt vertritt Kim Probe.")).to_be_visible()
    assert violations(page) == []

    deputy = open_page(other)
    deputy.goto(f"/leistungen/{row.pk}/")
    report(deputy, row)
    expect(deputy.get_by_text("Änderung gespeichert.")).to_be_visible()
    expect(deputy.get_by_text("Robin Vogt in Vertretung für Kim Probe").first).to_be_visible()
    row.refresh_from_db()
    assert (row.state, violations(deputy), deputy.complaints) == ("in_progress", [], [])

    keys.press("Absagen")
    expect(page.get_by_text("Die Vertretung ist abgesagt.")).to_be_visible()
    report(deputy, row, "blocked")
    expect(deputy.get_by_text("Diese Leistung gehört nicht zu Ihrem Bereich")).to_be_visible()
    deputy.goto(f"/leistungen/{row.pk}/")
    expect(deputy.get_by_text("Robin Vogt in Vertretung für Kim Probe").first).to_be_visible()
    expect(deputy.locator("[name=state]")).to_have_count(0)
    row.refresh_from_db()
    assert (row.state, page.complaints) == ("in_progress", [])


@pytest.mark.parametrize(("width", "scripts"), [(320, False), (1280, True)])
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(open_page, people, width, scripts):
    clerk, other = people
    page, today = open_page(clerk, width=width, scripts=scripts), timezone.localdate()
    tomorrow = today + timedelta(days=1)
    page.goto(NEW)
    for deputy, until, field, said in [
        (other, today, "until", "Der letzte Tag liegt nicht vor dem ersten"),
        (clerk, tomorrow, "deputy", "Niemand vertritt sich selbst."),
    ]:
        enter(page, deputy, tomorrow, until)
        send(page)
        expect(page.locator(f"#id_{field}_error")).to_contain_text(said)
        assert entered(page) == [f"{clerk.pk}", f"{deputy.pk}", f"{tomorrow}", f"{until}", "Urlaub"]
        assert sideways(page) == 0
        assert not scripts or violations(page) == []
    enter(page, other, tomorrow, tomorrow)
    send(page)
    expect(page.get_by_text("Robin Vogt vertritt Kim Probe.")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Absagen").press("Enter")
    expect(page.get_by_text("Die Vertretung ist abgesagt.")).to_be_visible()
    assert sideways(page) == 0


def test_in_two_tabs_one_is_named_once_and_called_off_once(open_page, people):
    clerk, other = people
    page, today = open_page(clerk), timezone.localdate()
    second = page.context.new_page()
    for each in (page, second):
        each.goto(NEW)
        enter(each, other, today, today)
    for each in (page, second):
        send(each)
    expect(second.locator("#id_absent_error")).to_contain_text("hat in diesen Tagen schon eine Vertretung")
    assert entered(second)[1:] == [f"{other.pk}", f"{today}", f"{today}", "Urlaub"]
    second.goto(LIST)
    for each, said in [(page, "Die Vertretung ist abgesagt."), (second, "Diese Vertretung ist schon vorbei.")]:
        with each.expect_navigation():
            each.get_by_role("button", name="Absagen").press("Enter")
        expect(each.get_by_text(said)).to_be_visible()
    assert Deputyship.objects.count() == 1


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_fit_and_exclude_nobody(open_page, people, row, width):
    clerk, other = people
    make.deputyship(clerk, other, reason="Elternzeit und Fortbildung " * 9)
    gone = {"called_off_by": clerk, "called_off_at": timezone.now()}
    make.deputyship(other, clerk, starts_on=timezone.localdate() + timedelta(days=9), **gone)
    found = []
    for person, address in [
        (clerk, LIST),
        (make.user(), NEW),
        (other, f"/leistungen/{row.pk}/"),
        (other, "/aufgaben/"),
    ]:
        page = open_page(person, width=width)
        page.goto(address)
        found.append((sideways(page), violations(page), page.complaints))
    assert found == [(0, [], [])] * 4
