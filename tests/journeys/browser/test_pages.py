"""Every page of the shell in a real browser: accessible, within its width, quiet, usable without scripts."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from ozg_tracker.tracking.models import MunicipalService
from tests import make
from tests.journeys.browser.grid import choose, field, go, paste, place, press, saved, shown
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = [
    "Personalausweis Ausstellung",
    "Führungszeugnis Beantragung",
    "Gewerbezentralregister Auskunft",
    "Wohnsitz Abmeldung",
]


@pytest.fixture
def department(db):
    return make.department("Bürgerbüro")


@pytest.fixture
def rows(department):
    yesterday = timezone.localdate() - timedelta(days=1)
    return [
        make.row(
            make.service(f"9900800100{number}000", name),
            department=department,
            level=number or None,
            planned_on=yesterday,
            cases_per_year=1240 * number,
        )
        for number, name in enumerate(NAMES)
    ]


@pytest.fixture
def manager(department):
    return make.user("leitung", role="manager", department=department)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/leistungen/",
        "/leistungen/?q=gibtesnicht",
        "/leistungen/ROW/",
        "/leistungen/ROW/?report=done",
        "/leistungen/datei/",
        "/konto/",
        "/konto/passwort/",
        "/hilfe/",
        "/hilfe/woerter/",
        "/hilfe/betrieb/",
        "/impressum/",
        "/datenschutz/",
        "/barrierefreiheit/",
        "/abmelden/",
        "/gibtesnicht/",
    ],
)
def test_a_page_is_accessible_fits_and_complains_of_nothing(open_page, manager, rows, address, width):
    page = open_page(manager, width=width)
    page.goto(address.replace("ROW", str(rows[0].pk)))
    for details in page.locator("details:not(.ozg-user)").all():
        details.evaluate("each => each.open = true")
    assert violations(page) == []
    assert sideways(page) <= 0
    assert [each for each in page.complaints if "404 (Not Found)" not in each] == []


@pytest.mark.parametrize("width", [320, 1280])
def test_what_a_spreadsheet_brings_back_is_looked_at_and_applied_by_everybody(open_page, manager, rows, width):
    page = open_page(manager, width=width)
    page.goto("/leistungen/datei/")
    stale = make.event(rows[1], state="planned", version=2)
    MunicipalService.objects.filter(pk=rows[1].pk).update(version=stale.version, state="planned")
    lines = [f"{row.service.key}\tblockiert\t{'Abstimmungsbedürftigkeit' * 6}\t1\tGrund" for row in rows[:3]]
    page.fill("#id_cells", "\n".join(["Schlüssel\tStand\tBemerkung\tVersion\tBegründung", *lines]))
    page.click("#einfuegen button")
    assert page.locator("#entscheiden").count() == 1
    assert (violations(page), sideways(page)) == ([], 0)
    page.click("button[value=all_mine]")
    page.click("button[value=take]")
    assert page.locator("tbody tr[id]").count() == 3
    assert (violations(page), sideways(page), page.complaints) == ([], 0, [])


@pytest.mark.parametrize("address", ["/", "/leistungen/", "/leistungen/ROW/", "/leistungen/datei/", "/hilfe/"])
def test_a_page_in_english_is_accessible(open_page, live_server, manager, rows, address):
    page = open_page(manager, width=320)
    page.context.add_cookies([{"name": "sprache", "value": "en", "url": live_server.url}])
    page.goto(address.replace("ROW", str(rows[0].pk)))
    assert page.evaluate("document.documentElement.lang") == "en"
    assert (violations(page), sideways(page), page.complaints) == ([], 0, [])


@pytest.mark.parametrize("address", ["/anmelden/", "/passwort/", "/passwort/gesendet/", "/passwort/neu/1-falsch/"])
def test_the_way_in_is_accessible(open_page, db, address):
    page = open_page(width=320)
    page.goto(address)
    assert violations(page) == [] and sideways(page) <= 0 and page.complaints == []


def test_operator_and_coordination_pages_are_accessible(open_page, rows):
    for user in (make.user("koordination"), make.user("betrieb", role="operator")):
        page = open_page(user)
        page.goto("/")
        assert violations(page) == [] and page.complaints == []


def test_sign_in_and_out_without_scripts(open_page, manager):
    manager.set_password("ein langer Satz")
    manager.save()
    page = open_page(scripts=False)
    page.goto("/leistungen/")
    page.fill("#id_login", "leitung")
    page.fill("#id_password", "falsch")
    page.click("main button")
    assert "Name oder Passwort stimmt nicht. Bitte prüfen Sie beides." in page.inner_text("main")
    page.fill("#id_password", "ein langer Satz")
    page.click("main button")
    assert page.url.endswith("/leistungen/")
    page.click(".ozg-user summary")
    page.click(".ozg-user button")
    assert page.url.endswith("/anmelden/")


def test_the_grid_saves_without_scripts(open_page, manager, rows):
    page = open_page(manager, scripts=False)
    page.goto("/leistungen/")
    page.select_option(field(rows[1], "state"), "planned")
    page.fill(field(rows[2], "planned_on"), "2030-12-31")
    page.click(".ozg-gridend button")
    assert "2 Zeilen gespeichert." in page.inner_text("main")
    assert MunicipalService.objects.get(pk=rows[1].pk).state == "planned"
    assert MunicipalService.objects.get(pk=rows[2].pk).planned_on == date(2030, 12, 31)


def test_a_row_saves_when_it_is_left_by_keyboard(open_page, manager, rows):
    page = open_page(manager)
    page.goto("/leistungen/")
    go(page, rows[0], "cases_per_year")
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    saved(page, rows[0])
    assert place(page) == [f"r{rows[1].pk}", "cases_per_year"]
    assert MunicipalService.objects.get(pk=rows[0].pk).cases_per_year == 17
    press(page, "Shift+Enter")
    assert place(page) == [f"r{rows[0].pk}", "cases_per_year"]
    page.keyboard.type("99")
    press(page, "Escape")
    assert shown(page, rows[0], "cases_per_year") == "17"
    press(page, "F2", "Control+A", "9", "Tab", "Escape")
    go(page, rows[0], "cases_per_year")
    press(page, "Escape", "ArrowDown")
    assert (shown(page, rows[0], "cases_per_year"), page.complaints) == ("17", [])


def test_a_missing_reason_is_asked_for_in_the_row_and_saved(open_page, manager, rows):
    page = open_page(manager)
    page.goto("/leistungen/")
    choose(page, rows[2], "level", "nicht bewertet")
    go(page, rows[0], "state")
    page.wait_for_selector(f"#r{rows[2].pk} .ozg-save--bad")
    press(page, "F8")
    page.keyboard.type("Dienst abgeschaltet")
    page.click("text=Mit Begründung speichern")
    saved(page, rows[2])
    assert MunicipalService.objects.get(pk=rows[2].pk).level is None
    assert violations(page) == []


def test_a_conflict_is_shown_below_the_row_and_decided_there(open_page, manager, rows):
    page, other = open_page(manager), open_page(make.user("koordination"))
    for each in (page, other):
        each.goto("/leistungen/?q=")
    go(other, rows[1], "level")
    press(other, "2")
    saved(other, rows[1])
    go(page, rows[1], "level")
    press(page, "3")
    page.wait_for_selector(".conflict-more")
    assert MunicipalService.objects.get(pk=rows[1].pk).level.number == 2
    assert "koordination, " in page.inner_text(".conflict-more")
    assert violations(page) == []
    page.click("text=Meine Angabe")
    page.click("text=Auswahl übernehmen")
    saved(page, rows[1])
    assert MunicipalService.objects.get(pk=rows[1].pk).level.number == 3


def test_a_block_from_excel_fills_rows(open_page, manager, rows):
    page = open_page(manager)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/leistungen/")
    paste(page, rows[0], "state", "geplant\t1\t31.12.2030\nin Umsetzung\t2 Formular-Assistent\t01.02.2031")
    page.locator(".ozg-save--ok").nth(1).wait_for()
    found = MunicipalService.objects.filter(pk__in=[rows[0].pk, rows[1].pk]).order_by("pk")
    assert [(row.state, row.level.number, row.planned_on) for row in found] == [
        ("planned", 1, date(2030, 12, 31)),
        ("in_progress", 2, date(2031, 2, 1)),
    ]


def test_many_rows_are_chosen_by_keyboard_and_changed_at_once(open_page, manager, rows):
    page = open_page(manager)
    page.goto("/leistungen/")
    assert not page.is_visible(".ozg-bulk")
    for row in rows[:2]:
        go(page, row, "state")
        press(page, "Space")
    assert page.inner_text(".js-count") == "2 Leistungen"
    page.select_option("[name=bulk_state]", "planned")
    page.fill("[name=bulk_reason]", "Beschluss")
    page.click("text=Auf Auswahl anwenden")
    page.wait_for_selector("text=2 Leistungen geändert.")
    page.click("text=Rückgängig")
    page.wait_for_selector("text=2 Änderungen zurückgenommen")
    assert set(MunicipalService.objects.values_list("state", flat=True)) == {"open"}


def test_the_skip_link_and_the_focus_can_be_seen(open_page, manager, rows):
    page = open_page(manager)
    page.goto("/leistungen/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Zum Inhalt springen"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhalt"


def test_everything_on_a_page_is_reached_by_tab_alone(open_page, manager, rows):
    page = open_page(manager)
    page.goto(f"/leistungen/{rows[0].pk}/")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
        .filter((each) => each.checkVisibility()).length"""
    )
    reached = set()
    for _step in range(wanted + 20):  # a day's field takes several steps
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert len(reached - {-1}) >= wanted
