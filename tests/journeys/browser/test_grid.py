"""The grid by mouse, by finger, with the network lost, in every state that it says something."""

import pytest

from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.pages import narrowing
from tests import make
from tests.journeys.browser.grid import cell, choose, go, place, press, said, saved, shown
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rows():
    led = make.department("Bürgerdienste")
    return [
        make.row(make.service(f"990010{n:02}000000", f"Leistung {n:02}"), department=led, level=2) for n in range(30)
    ]


@pytest.fixture
def person(rows):
    return make.user("leitung", role="manager", department=rows[0].department)


def seen(page):
    """How many rows are to be seen whole."""
    return page.evaluate(
        """() => {
            const box = document.querySelector(".ozg-gridbox__scroll").getBoundingClientRect();
            const rows = [...document.querySelectorAll("tr[data-row]")].map((row) => row.getBoundingClientRect());
            const [top, bottom] = [box.top + 33, Math.min(box.bottom, innerHeight)];
            return rows.filter((row) => row.top >= top && row.bottom <= bottom).length;
        }"""
    )


def test_eighteen_rows_are_seen_even_with_the_bar_for_many_rows(open_page, person):
    page = open_page(person)
    page.goto("/leistungen/")
    assert (seen(page) >= 18, page.is_visible(".ozg-bulk")) == (True, False)
    press(page, "Tab", "Tab", "Enter", "Shift+ArrowDown")
    assert (seen(page) >= 18, page.is_visible(".ozg-bulk")) == (True, True)
    assert page.inner_text(".js-where") == "2 Zellen, 2 Leistungen"


def test_one_tab_stop_and_escape_frees_the_way_out(open_page, person, rows):
    page = open_page(person)
    page.goto("/leistungen/")
    press(page, "Tab", "Tab", "Enter", "Tab")
    assert not page.evaluate("document.activeElement.closest('.ozg-grid')")
    go(page, rows[1], "state")
    press(page, "g", "Escape", "Tab")
    assert not page.evaluate("document.activeElement.closest('.ozg-grid')")
    assert shown(page, rows[1], "state") == "offen"


def test_with_the_mouse_a_range_is_pulled_and_a_cell_is_edited_by_two_clicks(open_page, person, rows):
    page = open_page(person)
    page.goto("/leistungen/")
    page.hover(cell(rows[0], "state"))
    page.mouse.down()
    page.hover(cell(rows[2], "level"))
    page.mouse.up()
    assert page.inner_text(".js-where") == "6 Zellen, 3 Leistungen"
    page.dblclick(cell(rows[4], "cases_per_year"))
    page.keyboard.type("1.200")
    go(page, rows[5], "state")
    saved(page, rows[4])
    assert MunicipalService.objects.get(pk=rows[4].pk).cases_per_year == 1200


def test_on_a_phone_a_tap_opens_the_field_and_every_field_is_there(open_page, person, rows):
    page = open_page(person, width=320)
    page.goto("/leistungen/")
    labels = page.eval_on_selector_all(f"#r{rows[0].pk} td[data-l]", "all => all.map((each) => each.dataset.l)")
    assert labels == ["Stand", "Reifegrad", "Geplant bis", "Online-Adresse", "Fälle pro Jahr", "Person"]
    go(page, rows[0], "planned_on")
    page.keyboard.type("31.12.27")
    press(page, "Enter")
    saved(page, rows[0])
    assert shown(page, rows[0], "planned_on") == "31.12.2027"
    assert (violations(page), sideways(page)) == ([], 0)


def test_what_is_entered_without_network_is_saved_when_it_is_back(open_page, person, rows):
    page = open_page(person)
    page.goto("/leistungen/")
    page.context.set_offline(True)
    go(page, rows[0], "state")
    press(page, "g", "Enter")
    page.wait_for_selector(f"#r{rows[0].pk} .ozg-save--bad")
    assert said(page, rows[0]) == "keine Verbindung, wartet"
    page.context.set_offline(False)
    saved(page, rows[0])
    assert MunicipalService.objects.get(pk=rows[0].pk).state == "planned"


def test_what_is_typed_in_the_search_narrows_the_rows_at_once(open_page, person, rows):
    page = open_page(person)
    page.goto("/leistungen/")
    press(page, "/")
    page.keyboard.type("Leistung 07")
    page.wait_for_selector(f"#r{rows[0].pk}", state="hidden")
    assert page.locator("tr[data-row]:visible").count() == 1
    press(page, "ArrowDown", "g", "Enter")
    saved(page, rows[7])


def test_the_search_finds_rows_of_other_pages_of_the_list_and_they_can_be_worked_in(
    open_page, person, rows, monkeypatch
):
    monkeypatch.setattr(narrowing, "PAGE", 20)
    page = open_page(person)
    page.goto("/leistungen/")
    assert page.locator("tr[data-row]").count() == 20
    press(page, "/")
    page.keyboard.type("Leistung 2")
    page.wait_for_selector(f"#r{rows[29].pk}")
    names = page.locator("tr[data-row]:visible .c-name").all_inner_texts()
    assert names == ["Leistung 02", "Leistung 12", *(f"Leistung {n}" for n in range(20, 30))]
    press(page, "ArrowDown", "ArrowDown", "ArrowDown", "g", "Enter")
    saved(page, rows[20])
    assert MunicipalService.objects.get(pk=rows[20].pk).state == "planned"
    page.fill("#id_q", "")
    page.wait_for_selector(f"#r{rows[0].pk}")
    assert page.locator("tr[data-row]:visible").count() == 20
    assert page.complaints == []


def test_all_is_marked_cut_and_one_value_fills_the_range(open_page, person, rows):
    """Ctrl+A, cut, Ctrl+Enter."""
    page = open_page(person)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/leistungen/")
    press(page, "Tab", "Tab", "Enter", "Control+a")
    assert page.inner_text(".js-where") == "180 Zellen, 30 Leistungen"
    go(page, rows[0], "cases_per_year")
    page.keyboard.type("1200")
    press(page, "Enter", "ArrowDown", "Shift+ArrowUp", "Shift+ArrowUp", "Control+Enter")
    page.locator(".ozg-save--ok").nth(2).wait_for()
    assert [row.cases_per_year for row in stored(rows[:4])] == [1200, 1200, 1200, None]
    go(page, rows[0], "cases_per_year")
    press(page, "Shift+ArrowDown", "Control+x")
    page.wait_for_function(
        f"document.querySelector('#r{rows[1].pk} td[data-field=cases_per_year] .t').innerText === '–'"
    )
    page.wait_for_selector("text=/gespeichert/")
    assert page.evaluate("navigator.clipboard.readText()") == "1.200\r\n1.200"
    page.wait_for_timeout(500)
    assert [row.cases_per_year for row in stored(rows[:3])] == [None, None, 1200]
    go(page, rows[5], "cases_per_year")
    press(page, "Control+v")
    page.wait_for_function(
        f"document.querySelector('#r{rows[6].pk} td[data-field=cases_per_year] .t').innerText === '1.200'"
    )
    assert page.complaints == []


def stored(rows):
    return list(MunicipalService.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def test_one_key_fills_more_rows_than_outlive_the_page_and_one_takes_them_back(open_page, person, rows):
    """A browser lets 64 KiB outlive a page; of what was not saved, one key takes back a whole range too."""
    for n in range(30, 300):
        make.row(make.service(f"990011{n:03}00000", f"Leistung {n}"), department=rows[0].department, level=2)
    page = open_page(person)
    page.goto("/leistungen/")
    page.context.set_offline(True)
    go(page, rows[0], "state")
    press(page, "g", "Control+Shift+ArrowDown", "Control+d")
    page.wait_for_selector(f"#r{rows[1].pk} .ozg-save--bad")
    press(page, "Control+z")
    page.wait_for_selector(f"#r{rows[1].pk} td[data-field=state] >> text=offen")
    assert page.locator("td[data-was]").count() == 1
    page.context.set_offline(False)
    press(page, "Control+d")
    page.locator("text=300 Änderungen gespeichert").wait_for()
    assert set(stored_states()) == {"planned"}
    press(page, "Control+z")
    page.locator("text=Änderungen zurückgenommen. Stand.").wait_for()
    assert stored_states().count("open") >= 299


def stored_states():
    return list(MunicipalService.objects.values_list("state", flat=True))


def test_what_was_refused_is_not_sent_again_and_goes_with_all_that_was_said_by_escape(open_page, person, rows):
    page, sent = open_page(person), []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.goto("/leistungen/")
    go(page, rows[0], "state")
    press(page, "b", "Shift+ArrowDown", "Control+d")
    page.locator(".conflict-more").nth(1).wait_for()
    page.wait_for_timeout(600)
    assert len(sent) <= 2
    assert page.inner_text(".js-said") == "2 Meldungen, F8 führt zur nächsten"
    go(page, rows[1], "state")
    press(page, "Escape")
    assert (said(page, rows[1]), page.locator(".conflict-more").count()) == ("", 1)
    go(page, rows[0], "state")
    press(page, "Control+z")
    page.wait_for_selector(".conflict-more", state="detached")
    assert (said(page, rows[0]), page.inner_text(".js-said"), page.locator(".conflict, td.no").count()) == ("", "", 0)
    press(page, "Tab")
    page.wait_for_timeout(200)
    assert (len(sent) <= 2, page.complaints) == (True, [])


def test_the_keyboard_stays_in_the_grid_when_what_it_was_in_goes(open_page, person, rows):
    """The reason for all, and the field of a cell that fills its range."""
    page = open_page(person)
    page.goto("/leistungen/")
    go(page, rows[0], "state")
    press(page, "b", "Shift+ArrowDown", "Control+d")
    page.wait_for_selector(".js-reasons:not([hidden])")
    press(page, "F8")
    page.keyboard.type("Neu bewertet")
    press(page, "Enter")
    page.wait_for_selector(".js-reasons", state="hidden")
    assert place(page)[1] == "state"
    go(page, rows[2], "cases_per_year")
    press(page, "Shift+ArrowDown", "F2")
    page.keyboard.type("12")
    press(page, "Control+Enter")
    saved(page, rows[2])
    saved(page, rows[3])
    assert (place(page), page.complaints) == ([f"r{rows[3].pk}", "cases_per_year"], [])


def test_the_bar_for_many_rows_says_how_many_are_meant(open_page, person, monkeypatch):
    monkeypatch.setattr(narrowing, "PAGE", 20)
    page = open_page(person)
    page.goto("/leistungen/")
    page.locator("[name=chosen]").first.check()
    assert page.inner_text(".js-count") == "1 Leistung"
    page.click(".ozg-bulk summary")
    page.check(".js-all-found")
    assert page.inner_text(".js-count") == "30 Leistungen"


def test_the_keys_are_listed_and_every_state_is_accessible(open_page, person, rows):
    page = open_page(person)
    page.goto("/leistungen/")
    go(page, rows[0], "state")
    press(page, "F1")
    assert page.is_visible(".ozg-keys") and violations(page) == []
    press(page, "Escape")
    choose(page, rows[0], "level", "nicht bewertet")
    go(page, rows[1], "cases_per_year")
    page.keyboard.type("viele")
    press(page, "Enter")
    page.locator(".conflict-more").nth(1).wait_for()
    press(page, "F2")
    page.click(".ozg-bar1 summary >> nth=0")
    assert (violations(page), page.complaints) == ([], [])


def test_what_cannot_be_saved_is_put_aside_and_the_page_can_be_left(open_page, person, rows):
    page = open_page(person)
    page.goto("/leistungen/")
    go(page, rows[0], "state")
    press(page, "f", "ArrowDown")
    page.get_by_role("button", name="Später abgleichen: Leistung 00").click()
    page.wait_for_url("**/leistungen/abgleich/*/")
    assert "Aus der Tabelle" in page.locator("h1").inner_text()
    assert page.get_by_text("Zu berichtigen").first.is_visible()
    assert violations(page) == []
    assert page.complaints == []
    assert MunicipalService.objects.get(pk=rows[0].pk).state == "open"


def test_without_scripts_the_same_button_puts_aside(open_page, person, rows):
    page = open_page(person, scripts=False, width=320)
    page.goto("/leistungen/")
    page.select_option(f"[name=r{rows[0].pk}-state]", label="fertig")
    page.get_by_role("button", name="Alle Änderungen speichern").click()
    page.get_by_role("button", name="Später abgleichen: Leistung 00").click()
    page.wait_for_url("**/leistungen/abgleich/*/")
    assert sideways(page) == 0
