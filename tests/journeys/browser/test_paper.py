"""Lists on paper: values as text, whole, every row of the filter, the heads on every sheet."""

import re
import shutil
import subprocess
from datetime import date

import pytest

from ozg_tracker.accounts.models import Role
from tests import make
from tests.white_space import squeezed

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Bescheinigung über die steuerliche Unbedenklichkeit für gemeinnützige Körperschaften"


@pytest.fixture
def manager():
    led = make.department("Bürgerdienste")
    for number in range(70):
        service = make.service(f"990010{number:02}000000", f"Leistung {number:02}")
        make.row(service, department=led, cases_per_year=53200 + number)
    facts = {"cases_per_year": 532, "planned_on": date(2027, 6, 30), "state": "blocked", "level": 2}
    make.row(make.service("99900000000000", LONG), department=led, online_url="https://example.org/x/" * 6, **facts)
    make.row(make.service("99900000000001", "Fremde Leistung"))
    return make.user("leitung", Role.MANAGER, department=led)


def sheets(page, tmp_path):
    """The text of each sheet of paper that printing the page gives, spaces and line ends folded."""
    if not shutil.which("pdftotext"):
        pytest.skip("braucht pdftotext")
    file = tmp_path / "liste.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    return [sheet for sheet in text.split("\f") if sheet.strip()]


def words(sheet):
    return " ".join(sheet.split())


def test_the_printed_list_is_whole(open_page, manager, tmp_path):
    page = open_page(manager)
    page.goto("/leistungen/")
    found = sheets(page, tmp_path)
    every = words(" ".join(found))
    assert [n for n in range(70) if f"Leistung {n:02}" not in every or f"53.2{n:02}" not in every] == []
    assert "71 Leistungen" in every and "Fremde Leistung" not in every
    for value in ("532", "30.06.2027", "blockiert", "2 Formular-", "Körperschaften"):
        assert value in every
    assert [n for n, sheet in enumerate(found) if "Zuständigkeit" not in sheet or "Fälle / Jahr" not in sheet] == []
    assert page.locator(".ozg-gridform").is_visible() and page.locator(".ozg-whole").count() == 0


def test_a_page_printed_without_scripts_says_which_rows_it_shows(open_page, manager, tmp_path, monkeypatch):
    monkeypatch.setattr("ozg_tracker.tracking.pages.narrowing.PAGE", 60)
    page = open_page(manager, scripts=False)
    page.goto("/leistungen/?page=2")
    found = sheets(page, tmp_path)
    every = words(" ".join(found))
    assert "Zeilen 61–71 von 71" in every
    for value in ("53.260", "532", "30.06.2027", "blockiert"):
        assert value in every
    assert "Reifegrad" in found[0]


def test_the_print_view_has_every_row_without_scripts(open_page, manager):
    page = open_page(manager, scripts=False)
    page.goto("/leistungen/?page=2")
    page.click("text=Druckansicht")
    assert page.locator(".ozg-whole tbody tr").count() == 71
    assert "Fachbereich: Bürgerdienste" in page.inner_text(".ozg-head")


@pytest.fixture
def many():
    """70 unclear rows, and 70 whose claim the public directory contradicts."""
    led = make.department("Bürgerdienste")
    for number in range(70):
        make.row(make.service(f"990020{number:02}000000", f"Unklare {number:02}"), responsibility="unclear")
        claimed = make.service(f"990030{number:02}000000", f"Behauptete {number:02}")
        make.evidence(make.row(claimed, department=led, state="done", level=3), online=False)
    return make.user("koordination")


LISTS = [
    ("/leistungen/klaeren/", "Unklare", "Vorschlag"),
    ("/leistungen/klaeren/?q=Unklare&page=2", "Unklare", "Vorschlag"),
    ("/nachweise/?verdict=contradicts", "Behauptete", "Öffentlich belegt"),
]


@pytest.mark.parametrize(("address", "name", "head"), LISTS)
def test_every_list_is_printed_whole(open_page, many, tmp_path, address, name, head):
    page = open_page(many)
    page.goto(address)
    found = sheets(page, tmp_path)
    every = words(" ".join(found))
    assert [number for number in range(70) if f"{name} {number:02}" not in every] == []
    assert len(found) > 1 and [n for n, sheet in enumerate(found) if head not in sheet] == []
    assert "Leistungen 1–70 von 70" in every
    assert page.locator("[data-list]").count() == 1 and page.locator("[data-list].ozg-noprint").count() == 0


@pytest.mark.parametrize(("address", "name", "head"), LISTS)
def test_every_list_has_a_print_view_that_needs_no_scripts(open_page, many, tmp_path, address, name, head):
    page = open_page(many, scripts=False)
    page.goto(address)
    page.click("text=Druckansicht")
    page.get_by_text("Seitenweise zeigen").wait_for()
    every = words(" ".join(sheets(page, tmp_path)))
    assert [number for number in range(70) if f"{name} {number:02}" not in every] == []
    assert page.locator("main :is(input[type=checkbox], input[name=reason])").count() == 0
    page.click("text=Seitenweise zeigen")
    assert page.get_by_text(re.compile(name + r" \d\d")).count() < 70


def test_paper_says_what_the_filter_asks_for(open_page, many):
    page = open_page(many)
    page.goto("/leistungen/klaeren/?q=Unklare&suggestion=unclear")
    assert not page.get_by_text("Suche: Unklare").is_visible()
    page.emulate_media(media="print")
    assert squeezed(page.inner_text(".ozg-filter")) == "Suche: Unklare Vorschlag: kein Vorschlag"
    page.goto("/nachweise/?verdict=contradicts")
    assert squeezed(page.inner_text(".ozg-chips")) == "widerspricht 70"
    page.goto("/journal/?since=2026-11-01")
    assert squeezed(page.inner_text(".ozg-filter")) == "Von: 2026-11-01"


def test_a_page_whose_print_view_does_not_come_is_printed_as_it_is(open_page, many, tmp_path):
    page = open_page(many)
    page.route("**/*print=1*", lambda route: route.abort())
    page.goto("/nachweise/?verdict=contradicts")
    every = words(" ".join(sheets(page, tmp_path)))
    assert "Leistungen 1–50 von 70" in every and "Behauptete 49" in every


def test_tables_stay_tables_on_paper(open_page, manager):
    page = open_page(make.user("koordination"), width=700)
    page.goto("/personen/")
    page.emulate_media(media="print")
    assert page.locator("thead").evaluate("each => getComputedStyle(each).display") == "table-header-group"


def test_what_is_to_be_decided_is_printed_as_a_list_without_its_form(open_page):
    make.row(make.service(name="Hundesteuer Anmeldung"), responsibility="unclear")
    page = open_page(make.user("koordination"))
    page.goto("/leistungen/klaeren/")
    page.emulate_media(media="print")
    fields = page.locator("main :is(input:not([type=hidden]), select, textarea, button)").all()
    assert [each.evaluate("each => each.outerHTML") for each in fields if each.is_visible()] == []
    assert page.get_by_text("Hundesteuer Anmeldung").first.is_visible()
