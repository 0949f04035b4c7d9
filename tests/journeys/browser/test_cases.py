"""Cases by channel are entered by keyboard alone, and on a phone without scripts."""

import pytest

from ozg_tracker.tracking.models import CaseCount
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Eheschließung Anmeldung mit Auslandsberührung"


@pytest.fixture
def row():
    return make.row(make.service(name=LONG), department=make.department("Bürgerbüro"))


def said():
    return [*CaseCount.objects.order_by("pk").values_list("channel", "number")]


def test_by_keyboard_alone_the_cases_of_a_year_are_entered_with_enter_in_a_field(open_page, row):
    page = open_page(make.user())
    page.goto(f"/leistungen/{row.pk}/")
    page.get_by_text("eintragen", exact=False).last.focus()
    page.get_by_role("group").filter(has_text="eintragen").locator("summary").press("Enter")
    page.get_by_label("Online", exact=True).focus()
    page.keyboard.type("1.200")
    page.keyboard.press("Tab")
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    page.get_by_text("sind gespeichert").wait_for()
    assert said() == [("online", 1200), ("counter", 30)]
    assert (violations(page), page.complaints) == ([], [])


@pytest.mark.parametrize("width", [320, 1280])
def test_without_scripts_a_number_is_refused_mended_and_cleared(open_page, row, width):
    page = open_page(make.user(), width=width, scripts=False)
    page.goto(f"/leistungen/{row.pk}/faelle/2025/")
    page.get_by_label("Post", exact=True).fill("viele")
    page.get_by_role("button", name="Fälle 2025 speichern").click()
    assert (page.get_by_label("Post", exact=True).input_value(), sideways(page)) == ("viele", 0)
    page.get_by_label("Post", exact=True).fill("9")
    page.get_by_role("button", name="Fälle 2025 speichern").click()
    page.goto(f"/leistungen/{row.pk}/faelle/2025/")
    page.get_by_label("Post", exact=True).fill("")
    page.get_by_role("button", name="Fälle 2025 speichern").click()
    page.goto(f"/leistungen/{row.pk}/faelle/2025/")
    assert (said(), sideways(page)) == ([("post", 9), ("post", None)], 0)


@pytest.mark.parametrize(("width", "scripts"), [(320, False), (1280, True)])
def test_a_pasted_list_of_cases_is_looked_at_and_taken_over(open_page, row, width, scripts):
    page = open_page(make.user(), width=width, scripts=scripts)
    page.goto("/leistungen/faelle/")
    assert sideways(page) == 0
    page.get_by_label("Liste", exact=True).fill(f"Schlüssel;Jahr;Online\n{row.service.key};2025;12\n")
    page.get_by_role("button", name="Vorschau zeigen").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Was die Liste ändern würde").wait_for()
    assert sideways(page) == 0
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Liste übernehmen").click()
    page.get_by_text("1 Fallzahl eingetragen.").wait_for()
    assert said() == [("online", 12)]
