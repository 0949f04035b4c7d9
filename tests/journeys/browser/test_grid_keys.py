"""Sixty services by keyboard alone: the keys are counted, printed and held to what was asked."""

import pytest

from ozg_tracker.tracking.models import MunicipalService, StatusChange
from tests import make
from tests.journeys.browser.grid import place

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 60
STATES = {"o": "open", "g": "planned", "i": "in_progress"}


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def __call__(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def told(what, keys, services=1):
    print(f"{what}: {keys} Tasten, {keys / services:.2f} je Leistung")  # noqa: T201 (the count is what is asked)
    return keys


@pytest.fixture
def rows():
    led = make.department("Bürgerdienste")
    return [
        make.row(make.service(f"990010{n:02}000000", f"Leistung {n:02}"), department=led, level=2)
        for n in range(NUMBER)
    ]


@pytest.fixture
def page(open_page, rows):
    opened = open_page(make.user("leitung", role="manager", department=rows[0].department))
    opened.goto("/leistungen/")
    return opened


def stored():
    rows = MunicipalService.objects.order_by("service__key").select_related("level")
    return [(row.state, row.level.number) for row in rows]


def start(page):
    """From the page's start to the first cell."""
    press = Keys(page)
    press("Tab", "Tab", "Enter")
    assert place(page)[1] == "state"
    return press


def test_from_the_start_of_the_page_to_the_first_cell_are_at_most_five_keys(page):
    assert told("Bis zur ersten Zelle", start(page).count) <= 5


def test_sixty_different_services_take_at_most_three_keys_each_and_one_reason_for_all_that_need_one(page):
    press = start(page)
    begun = press.count
    wanted = [
        ("ogi"[n % 3], n % 5 if n < 57 else 0 if n == 57 else 3) for n in range(NUMBER)
    ]  # 25 go down, so they need a reason
    for letter, level in wanted:
        press(letter, "Tab", str(level))
    assert told("Sechzig verschiedene, Stand und Reifegrad", press.count - begun, NUMBER) / NUMBER <= 3
    page.wait_for_selector(".js-reasons:not([hidden])")
    page.wait_for_selector("text=25 Änderungen brauchen eine Begründung")
    reasons = Keys(page)
    reasons("F8")
    page.keyboard.type("Neu bewertet")
    reasons("Enter")
    told("Begründung für 25, ohne ihren Text", reasons.count)
    page.wait_for_selector(".js-reasons", state="hidden")
    assert stored() == [(STATES[letter], level) for letter, level in wanted]
    assert StatusChange.objects.filter(reason="Neu bewertet").count() == 25


def test_sixty_services_made_equal_in_two_fields_take_at_most_ten_keys(page):
    press = start(page)
    press("f", "Tab", "3", "ArrowUp", "Shift+ArrowRight", "Control+Shift+ArrowDown", "Control+d")
    assert told("Sechzig gleiche, zwei Felder, von Anfang an", press.count) <= 10
    page.locator(".ozg-save--ok").nth(NUMBER - 1).wait_for()
    assert stored() == [("done", 3)] * NUMBER
    press("Control+z")
    page.wait_for_selector("text=59 Änderungen zurückgenommen. Stand, Reifegrad.")
    assert stored()[1:] == [("open", 2)] * (NUMBER - 1)
    assert StatusChange.objects.latest("pk").reason.startswith(
        "Zurückgenommen: Stand „fertig“ statt „offen“; Reifegrad"
    )
    press("Control+y")
    page.wait_for_selector("tbody tr:last-child td[data-field=state] >> text=fertig")
    page.wait_for_selector("text=59 Änderungen wiederholt. Stand, Reifegrad.")
