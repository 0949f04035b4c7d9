"""Committees and their meetings: kept by keyboard without a script, and no page of them excludes anybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from reports.meetings.committees import end_committee, keep_committee
from reports.meetings.keeping import Plan, cancel_meeting, change_meeting, set_meeting
from reports.models import Committee, Meeting
from tests import make
from tests.journeys.browser.keys import Keys
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/berichte/sitzungen/"
LONG = "Ausschuss für Digitalisierung, Personalangelegenheiten und Verwaltungsmodernisierung"


def evening(days):
    """Six o'clock, so many days from now."""
    day = timezone.localtime(timezone.now() + timedelta(days=days))
    return day.replace(hour=18, minute=0, second=0, microsecond=0)


@pytest.fixture
def coordinator():
    make.municipality()
    return make.user()


@pytest.fixture
def meeting(coordinator):
    municipality = make.municipality()
    council = keep_committee(municipality, LONG, 14, coordinator)
    place = "Großer Sitzungssaal im Neuen Rathaus, 3. Obergeschoss"
    held = set_meeting(municipality, Plan(council, evening(30), place, month=evening(-30).date()), coordinator)
    set_meeting(municipality, Plan(council, evening(-30), "Ratssaal"), coordinator)
    off = set_meeting(municipality, Plan(council, evening(60)), coordinator)
    cancel_meeting(off, 1, coordinator, "Der Saal wird umgebaut")
    former = keep_committee(municipality, "Betriebsausschuss", 7, coordinator)
    end_committee(former, 1, coordinator, "Neue Hauptsatzung")
    return change_meeting(
        held, Plan(council, evening(31), place, month=evening(-30).date()), 1, coordinator, "Feiertag"
    )


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_fits_and_excludes_nobody(open_page, coordinator, meeting, width):
    ended = Committee.objects.get(name="Betriebsausschuss")
    off = Meeting.objects.get(cancelled=True)
    council, found = make.user("rat", Role.COUNCIL), {}

    def look(person, address, send=False):
        page = open_page(person, width=width)
        answer = page.goto(address)
        if send:
            page.get_by_role("button", name="Speichern").click()
        wrong = (answer.status, sideways(page), violations(page), [] if send else page.complaints)
        if wrong != (200, 0, [], []):
            found[person.username, address, send] = wrong

    look(council, PAGE)
    for address in (PAGE, f"{PAGE}neu/", f"{PAGE}{meeting.pk}/", f"{PAGE}{off.pk}/", f"{PAGE}gremien/neu/"):
        look(coordinator, address)
    for committee in (meeting.committee, ended):
        look(coordinator, f"{PAGE}gremien/{committee.pk}/")
    assert found == {}


def test_by_keyboard_without_a_script_from_a_committee_to_its_end(open_page, coordinator):
    page = open_page(coordinator, width=320, scripts=False)
    keys = Keys(page)

    page.goto(PAGE)
    keys.press("Neues Gremium")
    keys.type("Gremium", "Hauptausschuss")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # in the field, as it is everywhere

    keys.press("Neue Sitzung")
    keys.moment("Beginn", evening(30))
    keys.type("Ort", "Ratssaal")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert f"{evening(30):%d.%m.%Y}, 18:00" in page.inner_text("main")
    assert f"{evening(16):%d.%m.%Y}" in page.inner_text("main")  # papers, by the usual lead

    keys.press("Hauptausschuss")
    keys.type("Ort", "Aula")
    keys.type("Bericht des Monats", "2026-13")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "ist kein Monat" in page.inner_text("main")
    assert (page.get_by_label("Ort").input_value(), sideways(page)) == ("Aula", 0)  # nothing typed is lost
    keys.type("Bericht des Monats", "2026-11")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "November 2026: noch nicht veröffentlicht" in page.inner_text("main")

    keys.press("Hauptausschuss")
    keys.type("Grund der Absage", "Sturm")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Die Sitzung ist abgesagt." in page.inner_text("main")

    page.get_by_role("link", name="Hauptausschuss", exact=True).last.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.type("Warum es endet", "Neue Hauptsatzung")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Beendete Gremien" in page.inner_text("main")
    assert page.get_by_text("Neue Sitzung").count() == 0
    assert (Committee.objects.get().ended_on, Meeting.objects.get().cancelled) == (timezone.localdate(), True)
    assert [each for each in page.complaints if "400" not in each] == []  # what was refused, and nothing else


def test_who_is_late_is_told_so_and_saves_after_loading_anew(open_page, coordinator, meeting):
    page = open_page(coordinator, scripts=False)
    page.goto(f"{PAGE}gremien/{meeting.committee.pk}/")
    other = open_page(coordinator, scripts=False)
    other.goto(f"{PAGE}gremien/{meeting.committee.pk}/")
    for each, name in ((other, "Digitalausschuss"), (page, "Zukunftsausschuss")):
        each.get_by_label("Gremium", exact=True).fill(name)
        with each.expect_navigation():
            each.keyboard.press("Enter")
    assert "inzwischen geändert" in page.inner_text("main")
    assert Committee.objects.get(pk=meeting.committee.pk).name == "Digitalausschuss"
    assert page.get_by_label("Gremium", exact=True).input_value() == "Zukunftsausschuss"
