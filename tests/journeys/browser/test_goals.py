"""A goal of the municipality: set without a script by keyboard, on a phone, and open to everybody's senses."""

import pytest

from reports.goals.set_goal import set_goal
from reports.models import Goal
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/berichte/ziele/"


def test_without_a_script_enter_in_a_field_saves_the_goal(open_page):
    make.municipality()
    page = open_page(make.user(), scripts=False, width=320)
    page.goto(PAGE)
    page.get_by_label("Begründung").first.fill("Haushalt")
    page.get_by_label("Fertige Leistungen am Jahresende").fill("180")
    page.get_by_label("Beschlossen durch").focus()
    page.keyboard.type("Ratsbeschluss vom 12.03.2026")
    page.keyboard.press("Enter")
    page.get_by_text("gilt.").wait_for()
    assert list(Goal.objects.values_list("target", "decided")) == [(180, "Ratsbeschluss vom 12.03.2026")]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_fits_and_excludes_nobody(open_page, width):
    person, municipality = make.user(), make.municipality()
    page = open_page(person, width=width)
    page.goto(PAGE)
    found = [(sideways(page), violations(page), page.complaints)]
    said = {"target": 180, "decided": "Beschluss des Haupt- und Finanzausschusses vom 12.03.2026", "reason": "x"}
    for year in (2025, 2026):
        set_goal(municipality, person, year=year, **said)
    page.goto(PAGE)
    found.append((sideways(page), violations(page), page.complaints))
    assert found == [(0, [], [])] * 2
