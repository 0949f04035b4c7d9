"""A merge as a person works in it: by keys alone, by finger, in two tabs, with the network lost and back."""

from datetime import date

import pytest

from ozg_tracker.tracking.models import Merge, MunicipalService
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = [f"991070010{n}4000" for n in range(4)]
FILE = f"""Schlüssel;Stand;Reifegrad;Version
{KEYS[0]};geplant;2;1
{KEYS[1]};in Umsetzung;1;1
{KEYS[2]};läuft;;
{KEYS[3]};geplant;;
"""


@pytest.fixture
def person():
    return make.user()


@pytest.fixture
def merge(person):
    """Two lines that others changed meanwhile, one with a word that means nothing, one that is good."""
    rows = [make.row(make.service(key, f"Leistung {n}"), level=0) for n, key in enumerate(KEYS)]
    for row in rows[:2]:
        change_status(
            row, {"state": "blocked"}, seen_version=1, by=person, reason="Kreis", effective_on=date(2026, 1, 2)
        )
    return make.merge(person, text=FILE)


def states():
    return list(MunicipalService.objects.order_by("pk").values_list("state", flat=True))


def address(merge):
    return f"/leistungen/abgleich/{merge.pk}/"


def test_a_merge_is_decided_mended_and_taken_by_keys_alone(open_page, merge, person):
    page = open_page(person)
    page.goto(address(merge))
    assert (violations(page), sideways(page)) == ([], 0)
    page.locator("[data-sides] [type=radio]").first.focus()
    page.keyboard.press("1")
    page.keyboard.press("2")
    picked = page.eval_on_selector_all("[data-sides] input:checked", "all => all.map(each => each.value)")
    assert picked == ["mine", "stored"]
    page.locator("[name=mend-2-state]").focus()
    page.keyboard.type("in Um")
    for _press in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "keep":
            break
    page.keyboard.press("Enter")
    page.get_by_text("Gemerkt. Übernommen ist noch nichts.").wait_for()
    assert (violations(page), states()[2]) == ([], "open")
    page.get_by_role("button", name="4 Zeilen übernehmen").focus()
    page.keyboard.press("Enter")
    page.get_by_text("4 Zeilen übernommen.").wait_for()
    assert (states(), Merge.objects.count()) == (["planned", "blocked", "in_progress", "planned"], 0)
    page.get_by_role("button", name="Rückgängig").click()
    page.get_by_text("4 Änderungen zurückgenommen.").wait_for()
    assert states() == ["blocked", "blocked", "open", "open"]
    assert page.complaints == []


@pytest.mark.parametrize("width", [320, 1920])
def test_by_finger_what_is_good_goes_and_the_rest_waits_at_every_width(open_page, merge, person, width):
    page = open_page(person, width=width, touch=True)
    page.goto(address(merge))
    assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_label("Leistung 0, Stand: Ihre Datei").tap()
    page.get_by_role("button", name="1 Zeile übernehmen").tap()
    page.get_by_text("2 Zeilen warten hier.").wait_for()
    assert states() == ["planned", "blocked", "open", "planned"]
    assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_label("Zeile weglassen").tap()
    page.get_by_role("button", name="Überall das Gespeicherte").tap()
    page.get_by_text("Gemerkt.").wait_for()
    assert (violations(page), sideways(page)) == ([], 0)


def test_what_one_tab_has_taken_the_other_does_not_take_again(open_page, merge, person):
    page = open_page(person)
    page.goto(address(merge))
    other = page.context.new_page()
    other.goto(address(merge))
    for tab in (page, other):
        tab.get_by_role("button", name="Überall meine Datei").click()
        tab.get_by_text("Gemerkt.").wait_for()
    page.locator("[name=mend-2-state]").select_option("fertig")
    page.get_by_label("Zeile weglassen").check()
    page.get_by_role("button", name="übernehmen").click()
    page.get_by_text("3 Zeilen übernommen.").wait_for()
    other.get_by_role("button", name="übernehmen").click()
    other.get_by_text("Diesen Abgleich gibt es nicht mehr").wait_for()
    assert states() == ["planned", "in_progress", "open", "planned"]


def test_what_did_not_arrive_for_want_of_a_network_is_sent_again(open_page, merge, person):
    page = open_page(person)
    page.goto(address(merge))
    page.get_by_label("Leistung 0, Stand: Ihre Datei").check()
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="übernehmen").click()
    assert states()[0] == "blocked"
    page.context.set_offline(False)
    page.reload()  # the browser sends again what had not arrived
    page.get_by_text("2 Zeilen warten hier.").wait_for()
    assert states() == ["planned", "blocked", "open", "planned"]
