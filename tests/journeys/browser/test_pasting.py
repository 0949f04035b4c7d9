"""Cells pasted into the grid from the clipboard, with the keyboard, as a person does."""

from datetime import date

import pytest

from ozg_tracker.tracking.models import MunicipalService
from tests import make
from tests.journeys.browser import grid
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def department(db):
    return make.department("Bürgerbüro")


@pytest.fixture
def rows(department):
    return [
        make.row(
            make.service(f"9900800100{number}000", f"Leistung {number}"),
            department=department,
            level=1,
            planned_on=date(2026, 12, 31),
        )
        for number in range(4)
    ]


@pytest.fixture
def page(open_page, department, rows):
    opened = open_page(make.user("leitung", role="manager", department=department))
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.goto("/leistungen/")
    return opened


def paste(page, row, name, text):
    grid.paste(page, row, name, text)
    page.wait_for_selector(".js-pasted > *")


def stored(row):
    row = MunicipalService.objects.select_related("level").get(pk=row.pk)
    return (row.state, row.level.number, row.planned_on)


BEFORE = ("open", 1, date(2026, 12, 31))


@pytest.mark.parametrize("width", [320, 1280])
def test_the_list_of_what_is_not_taken_excludes_nobody(open_page, department, rows, width):
    page = open_page(make.user("leitung", role="manager", department=department), width=width)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/leistungen/")
    paste(
        page,
        rows[0],
        "state",
        f"erledigt\tdrei\t32.01.2027\t{'https://example.org/' + 'x' * 300}\nIn Arbeit\n\n\nzu\tviel",
    )
    assert page.locator(".js-pasted li").count() >= 5
    assert (violations(page), sideways(page), page.complaints) == ([], 0, [])


def test_a_line_with_a_cell_that_is_no_word_waits_and_is_saved_when_it_is_mended(page, rows):
    paste(page, rows[0], "state", "geplant\t2\t30.06.27\r\nerledigt\t3\t46477\r\n")
    assert [stored(row) for row in rows[:2]] == [("planned", 2, date(2027, 6, 30)), BEFORE]
    assert "Leistung 1, Stand: „erledigt“ gibt es bei Stand nicht." in page.inner_text(".js-pasted")
    assert page.inner_text(f"#r{rows[1].pk} .c-save") == "nicht gespeichert"
    assert page.get_attribute(grid.cell(rows[1], "state"), "aria-invalid") == "true"
    assert grid.shown(page, rows[1], "planned_on") == "31.03.2027"
    assert grid.place(page) == [f"r{rows[0].pk}", "state"]
    grid.go(page, rows[1], "state")
    grid.press(page, "f")
    grid.go(page, rows[3], "state")
    page.wait_for_selector(f"#r{rows[1].pk} .ozg-save--ok")
    assert stored(rows[1]) == ("done", 3, date(2027, 3, 31))
    assert page.complaints == []


def test_the_rest_of_a_line_is_saved_without_the_cell_by_a_button(page, rows):
    paste(page, rows[0], "state", "geplant\tdrei\t32.01.2027")
    page.click("text=Übrige Angaben speichern")
    page.wait_for_selector(f"#r{rows[0].pk} .ozg-save--ok")
    assert stored(rows[0]) == ("planned", 1, date(2026, 12, 31))


def test_of_lines_pasted_into_the_last_row_those_below_are_named(page, rows):
    paste(page, rows[3], "state", "geplant\nin Umsetzung\ngeplant\nblockiert\noffen\n")
    assert page.locator(".js-pasted li").count() == 4
    assert (stored(rows[3])[0], page.complaints) == ("planned", [])


@pytest.mark.parametrize("text", ["bald", "31.12.", "32.01.2027"])
def test_a_single_word_pasted_on_a_date_deletes_nothing(page, rows, text):
    paste(page, rows[0], "planned_on", text)
    grid.go(page, rows[2], "state")
    assert grid.shown(page, rows[0], "planned_on") == "31.12.2026"
    assert stored(rows[0]) == BEFORE


def test_half_a_day_that_is_typed_is_refused_with_a_sentence_and_the_keyboard_goes_there(page, rows):
    grid.go(page, rows[0], "planned_on")
    page.keyboard.type("31.02.27")
    page.keyboard.press("Enter")
    page.wait_for_selector(".conflict-more")
    assert "„31.02.27“ ist kein Tag." in page.inner_text(".conflict-more")
    assert "Gespeichert ist weiterhin: Geplant bis „31.12.2026“." in page.inner_text(".conflict-more")
    assert stored(rows[0]) == BEFORE
    page.wait_for_selector(f"{grid.cell(rows[0], 'planned_on')}.active:focus")
    grid.press(page, "Escape")
    assert grid.shown(page, rows[0], "planned_on") == "31.12.2026"


def test_a_block_is_repeated_over_a_larger_range_and_comes_out_again(page, rows):
    page.evaluate("text => navigator.clipboard.writeText(text)", "geplant\t2")
    grid.go(page, rows[0], "state")
    grid.press(page, "Shift+ArrowDown", "Shift+ArrowDown", "Control+V")
    page.wait_for_selector(".js-pasted > *")
    assert [stored(row)[:2] for row in rows] == [("planned", 2)] * 3 + [("open", 1)]
    grid.press(page, "Shift+ArrowRight", "Control+C")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.replace("\r", "") == "\n".join(["geplant\t2 Formular-Assistent"] * 3)


def test_without_scripts_the_browser_keeps_half_a_day_back(open_page, department, rows):
    page = open_page(make.user("leitung", role="manager", department=department), scripts=False)
    for address, button in (
        ("/leistungen/", ".ozg-gridend button"),
        (f"/leistungen/{rows[0].pk}/", "text=Änderung speichern"),
    ):
        page.goto(address)
        page.focus("[name$=planned_on]")
        page.keyboard.press("Delete")
        page.locator(button).last.click()
        page.wait_for_timeout(200)
        assert stored(rows[0]) == BEFORE
