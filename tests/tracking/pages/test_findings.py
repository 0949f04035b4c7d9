"""The pages of the findings: one list by severity, the rows of one, put off and taken up by the page's forms."""

from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Snooze
from tests import make
from tests.counting import queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 30, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def office():
    return make.department("Bauamt", parent=make.department("Bauen"))


def unrated(number, **fields):
    return make.row(make.service(f"9910201310400{number}", f"Leistung {number}"), **fields)


@pytest.fixture
def browser(client):
    client.force_login(make.user())
    return client


def counts(answer):
    return {each.rule.code: each.count for each in answer.context["told"].present}


def test_the_list_leads_to_the_rows_and_to_where_they_are_mended(browser, office):
    row = unrated(1, department=office)
    page = browser.get("/datenqualitaet/")
    assert counts(page) == {"not_rated": 1, "no_owner": 1, "unconfirmed": 1, "cases_unknown": 1}
    assert 'href="/datenqualitaet/not_rated/"' in page.text
    assert "4 Befunde an 1 Leistungen" in page.text
    one = browser.get("/datenqualitaet/not_rated/")
    assert [found for found, _may in one.context["lines"]] == [row]
    place = one.context["rule"].address
    assert place in one.text.replace("&amp;", "&")
    grid = browser.get(place)
    assert (grid.status_code, grid.context["page"].paginator.count) == (200, 1)


def test_a_department_is_looked_at_with_all_below_it(browser, office):
    unrated(1, department=office)
    unrated(2)
    assert counts(browser.get(f"/datenqualitaet/?department={office.parent.pk}"))["not_rated"] == 1
    assert counts(browser.get("/datenqualitaet/?department=none"))["not_rated"] == 1
    assert browser.get("/datenqualitaet/?department=999").status_code == 400
    rows = browser.get(f"/datenqualitaet/not_rated/?department={office.pk}")
    assert rows.context["page"].paginator.count == 1


def test_without_anything_wrong_the_pages_say_so(browser):
    make.municipality()
    assert "Hier fehlt nichts" in browser.get("/datenqualitaet/").text
    assert "Keine Leistung hat diesen Befund" in browser.get("/datenqualitaet/not_rated/").text
    assert browser.get("/datenqualitaet/nichts/").status_code == 404


def test_put_off_with_reason_and_day_and_taken_up_again(browser):
    row = unrated(1)
    sent = {"rows": row.pk, "until": "31.12.2026", "reason": "neues Amt"}
    assert browser.post("/datenqualitaet/not_rated/zurueckstellen/", sent).status_code == 302
    kept = Snooze.objects.get()
    assert (kept.row, kept.code, kept.until, kept.reason) == (row, "not_rated", date(2026, 12, 31), "neues Amt")
    page = browser.get("/datenqualitaet/")
    assert ("not_rated" in counts(page), page.context["told"].snoozed) == (False, 1)
    assert "neues Amt" in page.text and "31.12.2026" in page.text
    assert browser.post("/datenqualitaet/not_rated/wieder-aufnehmen/", {"rows": row.pk}).status_code == 302
    assert counts(browser.get("/datenqualitaet/"))["not_rated"] == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"until": "", "reason": "x"}, "Dieses Feld ist zwingend erforderlich."),
        ({"until": "30.11.2026", "reason": "x"}, "Bitte einen Tag nach heute"),
        ({"until": "31.12.2026", "reason": ""}, "Dieses Feld ist zwingend erforderlich."),
        ({"until": "31.12.2026", "reason": "x", "rows": ""}, "Bitte wählen Sie mindestens eine."),
    ],
)
def test_what_is_refused_says_why_and_keeps_the_choice(browser, sent, said):
    row = unrated(1)
    answer = browser.post("/datenqualitaet/not_rated/zurueckstellen/", {"rows": row.pk} | sent)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert ("checked" in answer.text) == ("rows" not in sent)
    assert Snooze.objects.count() == 0


def test_staff_puts_off_own_rows_only(client, office):
    clerk = make.user("kim", Role.STAFF, department=office)
    own, other = unrated(1, owner=clerk), unrated(2)
    client.force_login(clerk)
    page = client.get("/datenqualitaet/not_rated/")
    assert page.context["lines"] == [(own, True), (other, False)]
    sent = {"rows": [own.pk, other.pk], "until": "31.12.2026", "reason": "x"}
    answer = client.post("/datenqualitaet/not_rated/zurueckstellen/", sent)
    assert (answer.status_code, "wer den Stand der Leistung melden darf" in answer.text) == (400, True)


def test_the_file_has_a_line_for_each_row_and_finding(browser, office):
    unrated(1, department=office)
    answer = browser.get("/datenqualitaet/befunde.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][:4] == ("Schwere", "Befund", "Schlüssel", "Leistung")
    assert [line[1] for line in lines[1:]] == [
        "Nicht bewertet",
        "Niemand ist zuständig",
        "Lange nicht bestätigt",
        "Fälle pro Jahr unbekannt",
    ]
    assert lines[1][2:5] == ("99102013104001", "Leistung 1", "Bauamt")
    assert browser.get("/datenqualitaet/befunde.ods").status_code == 200
    assert browser.get("/datenqualitaet/befunde.exe").status_code == 404


def test_the_same_list_stands_before_a_report_and_after_an_import(browser):
    unrated(1)
    number = browser.get("/datenqualitaet/").context["told"].total
    places = (
        "/berichte/2026/11/vorschau/",
        "/nachweise/",
        f"/katalog/importe/{make.catalogue_import().pk}/",
    )
    assert {place: f"{number} Befunde an 1 Leistungen" in browser.get(place).text for place in places} == dict.fromkeys(
        places, True
    )
    told = [todo.number for todo in browser.get("/").context["todos"] if "Datenqualität" in todo.title]
    assert told == [number]


def test_pages_ask_the_database_as_often_for_three_rows_as_for_one(browser):
    unrated(1)
    pages = ("/datenqualitaet/", "/datenqualitaet/not_rated/")
    once = [queries(browser, page) for page in pages]
    for number in (2, 3):
        unrated(number)
    assert [queries(browser, page) for page in pages] == once
