"""Every form that filters a list, as the browser sends it: every field, the empty ones too, for every role."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import MunicipalService
from tests import make
from tests.doors.addresses import LINES, PEOPLE, keys

pytestmark = pytest.mark.django_db(transaction=True)
GET_FORM = re.compile(r"<form(?![^>]*method=\"post\")[^>]*>")
UNFILTERED = {"/leistungen/": "/leistungen/?all=1"}  # without a query this one begins with the own rows
# What is planned for the departments is looked at by GET too, and wants all of its fields; columns narrow nothing.
FORMS = "form:not([method=post]):not([action='/fachbereiche/umbau/']):not([data-columns])"

# fills the n-th form and says what of it is not empty, as a query
FILL = """([forms, at, how]) => {
    const form = document.querySelectorAll(forms)[at];
    const fields = [...form.elements].filter((each) => each.matches("select, input:not([type=hidden])"));
    fields.forEach((field, n) => {
        if (how === "half" && n > 0) return;
        const options = field.options && [...field.options].map((each) => each.value);
        const filled = options ? options[options.length - 1] : field.type === "date" ? "2022-11-24" : "Reisepass";
        field.value = how === "empty" && (!options || options.includes("")) ? "" : filled;
    });
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    return new URL(form.action).pathname + (asked.size ? "?" + asked : "");
}"""


def pages_with_a_form(role, pieces, client):
    """Addresses of the pages `role` may see that hold a form which asks."""
    at = PEOPLE.index(role)
    for method, name, *expected in LINES:
        address = reverse(name, kwargs=keys(name, pieces))
        if method == "GET" and expected[at] == "200" and not address.startswith("/api/"):
            answer = client.get(address)
            if answer["Content-Type"].startswith("text/html") and GET_FORM.search(answer.content.decode()):
                yield address


def unfold(page, words):
    page.locator("main summary").get_by_text(words, exact=True).click()


def rows(page):
    return page.eval_on_selector_all("main tbody tr, main .ozg-lines li", "all => all.map(each => each.innerText)")


def refusals(page):
    told = "all => all.filter(each => each.checkVisibility() && each.innerText).map(each => each.innerText)"
    return page.eval_on_selector_all("[role=alert]", told) + page.complaints


def send(page, at):
    field = page.locator(FORMS).nth(at).locator("input[type=search]")
    if field.count():
        field.first.press("Enter")
    else:
        page.locator(FORMS).nth(at).locator("button").click()
    page.wait_for_load_state()


@pytest.mark.parametrize("role", ["operator", "coordinator", "manager", "staff", "council"])
def test_a_filter_form_means_what_is_filled_in_and_nothing_else(open_page, world, role):
    people, pieces = world
    make.catalogue_import("2026-02")
    client = Client()
    client.force_login(people[role])
    page, plain = open_page(people[role]), open_page(people[role])
    tried, wrong = 0, {}
    for address in pages_with_a_form(role, pieces, client):
        page.goto(address)
        for at in range(page.locator(FORMS).count()):
            for how in ("empty", "half", "full"):
                page.goto(address)
                same = page.evaluate(FILL, [FORMS, at, how])
                send(page, at)
                plain.goto(UNFILTERED.get(same, same))
                tried += 1
                if refusals(page) or rows(page) != rows(plain):
                    wrong[address, how] = (page.url, refusals(page), len(rows(page)), len(rows(plain)))
    assert wrong == {}
    assert tried > 0


@pytest.fixture
def office():
    """A department with 61 services, one of them an identity card, and a service of nobody's."""
    led = make.department("Bürgerdienste")
    for number in range(60):
        service = make.service(f"990010{number:02}000000", f"Leistung {number:02}")
        make.row(service, department=led, cases_per_year=number)
    make.row(make.service("99900000000000", "Personalausweis Ausstellung"), department=led, state="done", level=3)
    make.row(make.service("99900000000001", "Schwerbehindertenausweis"), responsibility="state")
    return led


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.COORDINATOR])
def test_the_search_of_the_grid_finds(open_page, office, role):
    page = open_page(make.user("leitung", role, department=None if role == Role.COORDINATOR else office))
    page.goto("/leistungen/")
    page.fill("#id_q", "ausweis")
    page.press("#id_q", "Enter")
    page.wait_for_url("**q=ausweis**")
    assert page.locator("tbody .c-name a").all_inner_texts() == ["Personalausweis Ausstellung"]
    page.goto("/leistungen/")
    unfold(page, "Filter")
    for field in ("department", "responsibility"):
        page.select_option(f"#id_{field}", "")
    page.click("text=Filtern")
    assert f"62 von {MunicipalService.objects.count()} erfassten Leistungen" in page.inner_text("h1 + p")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.COORDINATOR])
def test_paging_sorting_chips_and_the_form_keep_what_the_list_begins_with(open_page, office, role, monkeypatch):
    monkeypatch.setattr("ozg_tracker.tracking.pages.narrowing.PAGE", 60)
    page = open_page(make.user("leitung", role, department=office if role == Role.MANAGER else None))
    page.goto("/leistungen/")
    found = page.inner_text(".ozg-gridend b")
    assert found == "61 Leistungen"
    page.get_by_role("link", name="Weiter", exact=True).click()
    assert page.locator("tbody .c-name a").all_inner_texts() == ["Personalausweis Ausstellung"]
    page.click("thead >> text=Fälle")
    most = page.locator("tbody .c-name a").first.inner_text()
    assert page.get_attribute("th[aria-sort]", "aria-sort") == "descending"
    page.click("thead >> text=Fälle")
    fewest = page.locator("tbody .c-name a").first.inner_text()
    assert page.get_attribute("th[aria-sort]", "aria-sort") == "ascending"
    assert (most, fewest, page.inner_text(".ozg-gridend b")) == ("Leistung 59", "Leistung 00", found)
    unfold(page, "Filter")
    page.click(".ozg-chip:has-text('ab 3')")
    assert page.inner_text(".ozg-gridend b") == "1 Leistung"
    unfold(page, "Filter")
    page.click(".ozg-chip:has-text('Alle')")
    assert page.inner_text(".ozg-gridend b") == found
    page.press("#id_q", "Enter")
    assert page.inner_text(".ozg-gridend b") == found


def test_the_way_to_the_file_keeps_what_the_list_begins_with(open_page, office):
    page = open_page(make.user("leitung", Role.MANAGER, department=office))
    page.goto("/leistungen/?page=2")
    unfold(page, "Datei und mehr")
    page.click("text=Als Excel bearbeiten")
    assert "mit den 61 gefilterten Zeilen" in page.inner_text("main")
    with page.expect_download() as taken:
        page.click("text=CSV")
    assert len(taken.value.path().read_text("utf-8-sig").splitlines()) == 62
