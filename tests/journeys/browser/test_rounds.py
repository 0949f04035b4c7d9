"""A round is answered by one key a row, and without scripts by its buttons."""

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Confirmation
from ozg_tracker.tracking.rounds.standing import Progress, Said, standing_of
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
SERVICES = 60


@pytest.fixture
def asked():
    civic = make.department("Bürgerdienste")
    for n in range(SERVICES):
        make.row(make.service(f"991070000000{n:02}", f"Leistung {n:02}"), department=civic, level=n % 4)
    return make.asked_round(make.user())


@pytest.fixture
def leader(asked):
    return make.user("leitung", Role.MANAGER, department=asked.asked.first().department)


def address(asked):
    return f"/runden/{asked.pk}/{asked.asked.first().department_id}/"


def test_sixty_services_are_confirmed_by_sixty_keys_and_handed_in(open_page, asked, leader):
    page, keys = open_page(leader), 0
    page.goto(address(asked))
    for _row in range(SERVICES):
        page.keyboard.press("j")
        keys += 1
    page.get_by_text("60 von 60 beantwortet").wait_for()
    assert (keys, Confirmation.objects.count()) == (SERVICES, SERVICES)
    assert page.evaluate("document.activeElement.value") == "hand_in"
    page.keyboard.press("Enter")
    page.get_by_text("Die Antworten sind abgegeben.").wait_for()
    assert standing_of(asked).units[0].progress == Progress.HANDED_IN
    assert page.complaints == []


def test_a_key_takes_back_arrows_go_and_another_opens_the_row(open_page, asked, leader):
    page = open_page(leader)
    page.goto(address(asked))
    row = page.locator("tr[data-row]").first
    before = row.bounding_box()["height"]
    page.keyboard.press("j")
    page.get_by_text("1 von 60 beantwortet").wait_for()
    assert row.bounding_box()["height"] == before
    page.keyboard.press("ArrowUp")
    page.keyboard.press("z")
    page.get_by_text("0 von 60 beantwortet").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    page.get_by_text("1 von 60 beantwortet").wait_for()
    assert [each.row.service.name for each in standing_of(asked).units[0].answers if each.said == Said.SAME] == [
        "Leistung 02"
    ]
    page.keyboard.press("F2")
    page.wait_for_url("**/leistungen/*/*")
    assert page.locator("h1").inner_text() == "Leistung 03"


def test_a_row_that_was_changed_leads_back_to_the_next_one_of_the_round(open_page, asked, leader):
    page = open_page(leader)
    page.goto(address(asked))
    page.keyboard.press("F2")
    page.get_by_label("Bemerkung").fill("neu")
    page.get_by_role("button", name="Änderung speichern").click()
    page.wait_for_url(f"**{address(asked)}#leistung-*")
    page.get_by_text("1 von 60 beantwortet").wait_for()
    assert "Leistung 01" in page.locator("tr.now").inner_text()
    page.keyboard.press("j")
    page.get_by_text("2 von 60 beantwortet").wait_for()


def test_whoever_leaves_at_once_loses_no_answer(open_page, asked, leader):
    """By a key that opens a row, by a link, by handing in."""
    page = open_page(leader)
    for keys, leave in (
        ("j" * 20, lambda: page.keyboard.press("F2")),
        ("j" * 10, lambda: page.click("text=Runden")),
        ("j" * 30 + "z", lambda: page.click("[value=hand_in]")),
    ):
        page.goto(address(asked))
        page.evaluate(
            "all => [...all].forEach((key) => document.body.dispatchEvent("
            "new KeyboardEvent('keydown', {key, bubbles: true})))",
            keys,
        )
        leave()
        page.wait_for_load_state("networkidle")
    page.get_by_text("Die Antworten sind abgegeben.").wait_for()
    assert (Confirmation.objects.standing().count(), page.complaints) == (59, [])


def test_without_scripts_the_buttons_do_the_same(open_page, asked, leader):
    page = open_page(leader, width=320, scripts=False)
    page.goto(address(asked))
    assert page.get_by_text("stimmt noch und weiter").is_hidden()
    page.get_by_role("button", name="Stimmt noch: Leistung 07").click()
    page.get_by_text("1 von 60 beantwortet").wait_for()
    page.get_by_role("button", name="Zurücknehmen: Leistung 07").click()
    page.get_by_text("0 von 60 beantwortet").wait_for()
    assert sideways(page) == 0


def test_an_answer_that_does_not_arrive_is_said_at_its_row(open_page, asked, leader):
    page = open_page(leader)
    page.goto(address(asked))
    page.context.set_offline(True)
    page.keyboard.press("j")
    page.get_by_text("Nicht gespeichert: Der Server ist nicht zu erreichen").wait_for()
    page.context.set_offline(False)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("j")
    page.get_by_text("1 von 60 beantwortet").wait_for()
    assert Confirmation.objects.count() == 1


@pytest.mark.parametrize("width", [320, 768, 1280, 1920])
def test_the_pages_of_a_round_are_for_everybody(open_page, asked, leader, width):
    here = address(asked)
    asked.steps.create(
        kind="handed_in", department=asked.asked.first().department, by=leader, recorded_at=asked.recorded_at
    )
    page = open_page(asked.by, width=width)
    for path in ("/runden/", f"/runden/{asked.pk}/", here, f"{here}?only=open"):
        page.goto(path)
        assert (path, violations(page)) == (path, [])
        assert (path, sideways(page)) == (path, 0)
    assert page.complaints == []


def test_of_two_tabs_the_later_one_shows_what_was_said_and_every_state_is_for_everybody(open_page, asked, leader):
    page, here = open_page(leader, touch=True), address(asked)
    page.goto(here)
    other = page.context.new_page()
    other.goto(here)
    for tab in (page, other):  # the second presses on what the first has said already
        tab.get_by_role("button", name="Stimmt noch: Leistung 07").tap()
        tab.get_by_text("1 von 60 beantwortet").wait_for()
    coordinator = open_page(asked.by)
    for kind, by in (("handed_in", leader), ("returned", asked.by), ("handed_in", leader), ("accepted", asked.by)):
        asked.steps.create(
            kind=kind,
            department=asked.asked.first().department,
            by=by,
            recorded_at=timezone.now(),
            comment="Bitte noch einmal ansehen" if kind == "returned" else "",
        )
        for tab in (page, coordinator):
            tab.goto(here)
            assert (kind, violations(tab), sideways(tab)) == (kind, [], 0)
    assert coordinator.complaints == page.complaints == []
