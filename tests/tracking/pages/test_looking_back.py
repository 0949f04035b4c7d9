"""The pages of what was: two days compared and downloaded, the journal read, searched and taken back from."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.status import Change, change_many, change_status
from tests import make

HEADS = ("Schlüssel", "Leistung", "Was", "Zuständigkeit (30.06.2024)", "Zuständigkeit (31.12.2024)")
DAYS = "day=2024-06-30&beside=2024-12-31&all=1"


@pytest.fixture
def row(department):
    made = make.row(department=department, level=1, effective_on=date(2024, 1, 1))
    change_status(
        made,
        {"level": make.level(3), "note": "=1+1"},
        seen_version=None,
        by=None,
        reason="Portal online",
        effective_on=date(2024, 9, 1),
    )
    return made


@pytest.fixture
def client(sign_in, manager):
    return sign_in(manager)


def test_two_days_stand_beside_each_other(client, row):
    answer = client.get(f"/leistungen/rueckblick/?{DAYS}")
    assert "Was ist anders? 1 von 1 Leistung" in answer.text
    assert [(chip.label, chip.count) for chip in answer.context["chips"]] == [
        ("geändert", 1),
        ("Reifegrad höher", 1),
        ("Reifegrad niedriger", 0),
        ("sonst geändert", 0),
        ("alle", 1),
    ]
    assert "am 30.06.2024" in answer.text and "Bemerkung: <del>leer</del> <ins>=1+1</ins>" in answer.text


def test_of_rows_that_stay_only_the_whole_list_tells(client, row):
    day = "day=2024-10-01&beside=2024-12-31&all=1"
    assert "ist bei diesen Leistungen nichts davon" in client.get(f"/leistungen/rueckblick/?{day}").text
    assert "Hundesteuer Anmeldung" in client.get(f"/leistungen/rueckblick/?{day}&show=every").text


def test_the_days_may_come_in_either_order_and_none_lies_ahead(client, row):
    turned = client.get("/leistungen/rueckblick/?beside=30.06.2024&day=31.12.2024&all=1")
    assert turned.context["days"] == (date(2024, 6, 30), date(2024, 12, 31))
    for query in ("beside=2199-01-01", "day=31.02.2024", "day=gestern"):
        answer = client.get(f"/leistungen/rueckblick/?{query}&all=1")
        assert answer.status_code == 400 and 'role="alert"' in answer.text
        assert client.get(f"/leistungen/rueckblick/csv/?{query}&all=1").status_code == 400


def test_without_days_it_is_the_end_of_last_month_beside_today(client, row, time_machine):
    time_machine.move_to("2025-03-15")
    assert client.get("/leistungen/rueckblick/").context["days"] == (date(2025, 2, 28), date(2025, 3, 15))


def test_the_difference_is_a_workbook_a_document_and_a_text(client, row):
    sheet = load_workbook(BytesIO(client.get(f"/leistungen/rueckblick/xlsx/?{DAYS}").content)).active
    lines = [[cell.value for cell in line] for line in sheet]
    assert lines[0][:5] == list(HEADS)
    assert (lines[1][1:3], lines[1][-1]) == (["Hundesteuer Anmeldung", "Reifegrad höher"], 1)
    text = client.get(f"/leistungen/rueckblick/csv/?{DAYS}").content.decode("utf-8-sig")
    [heads, line] = csv.reader(StringIO(text), delimiter=";")
    assert (tuple(heads[:5]), line[-2]) == (HEADS, "'=1+1")
    assert client.get(f"/leistungen/rueckblick/ods/?{DAYS}").content.startswith(b"PK")
    assert client.get(f"/leistungen/rueckblick/exe/?{DAYS}").status_code == 404


def test_rows_of_another_municipality_are_not_compared(client, row):
    make.row(make.service("99100000000000", "Fremd"), make.municipality("Nachbarort", "159990010011"), level=1)
    assert client.get(f"/leistungen/rueckblick/?{DAYS}&show=every").context["whole"] == 1


def test_the_journal_says_who_changed_what_and_why(client, row, manager, department):
    change_status(
        row, {"state": "planned"}, seen_version=None, by=manager, reason="Überlegt", effective_on=date(2025, 1, 1)
    )
    answer = client.get("/leistungen/journal/")
    assert "Stand <del>offen</del> <ins>geplant</ins>" in answer.text and "<p>Überlegt</p>" in answer.text
    found = {
        query: len(client.get(f"/leistungen/journal/?{query}").context["deeds"])
        for query in (
            "q=überlegt",
            "q=portal+online",
            "q=nirgends",
            "by=leitung",
            "source=file",
            "until=2020-06-01",
            f"department={department.pk}",
            "department=none",
            "all=1",
        )
    }
    assert list(found.values()) == [1, 1, 0, 1, 0, 1, 3, 0, 3]
    assert client.get("/leistungen/journal/?since=quatsch").status_code == 400


def test_a_leader_begins_with_the_own_department(client, row, department):
    make.row(make.service("99100000000000", "Anderswo"), department=make.department("Bauamt"), level=1)
    assert client.get("/leistungen/journal/").context["query"]["department"] == str(department.pk)
    assert "Anderswo" not in client.get("/leistungen/journal/").text
    assert "Anderswo" in client.get("/leistungen/journal/?all=1").text


def test_a_deed_is_taken_back_as_one_from_the_journal(client, row, manager, department):
    other = make.row(make.service("99100000000000", "Wohnsitz"), department=department, level=1)
    changes = [Change(each.pk, {"state": "planned"}, date(2025, 1, 1), "Plan") for each in (row, other)]
    [event, _second] = change_many(make.municipality(), changes, by=manager, source="file")
    sent = {"at": event.recorded_at.isoformat(), "back": "/leistungen/journal/?all=1"}
    told = client.post("/leistungen/zuruecknehmen/", sent, follow=True)
    assert told.redirect_chain[0][0] == "/leistungen/journal/?all=1"
    assert "2 Änderungen zurückgenommen." in told.text
    assert set(MunicipalService.objects.values_list("state", flat=True)) == {"open"}


def test_the_list_of_what_a_file_changed_takes_it_back_at_once(client, row, manager):
    [event] = change_many(
        make.municipality(),
        [Change(row.pk, {"state": "planned"}, date(2025, 1, 1), "Aus Datei")],
        by=manager,
        source="file",
    )
    shown = client.get("/leistungen/", {"changed_at": event.recorded_at.isoformat()})
    assert shown.context["made"] == f"{row.pk}:{event.version}"
