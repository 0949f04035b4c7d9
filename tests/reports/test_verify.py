"""verify_history finds what was changed behind the back of the deeds, and nothing else."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from ozg_tracker.tracking.models import MunicipalService
from reports import canonical
from reports.freeze import freeze_edition
from reports.models import Edition
from reports.verify import verify_history
from tests import make

OCTOBER, NOVEMBER = date(2022, 10, 1), date(2022, 11, 1)


@pytest.fixture
def town(db):
    row = make.row(level=2, effective_on=OCTOBER, recorded_at=datetime(2022, 10, 1, tzinfo=UTC))
    with time_machine.travel(datetime(2022, 12, 2, tzinfo=UTC), tick=False):
        freeze_edition(row.municipality, OCTOBER)
        freeze_edition(row.municipality, NOVEMBER)
    return row.municipality


def tamper(table, statement):
    """Change what the triggers keep, as somebody with the database's password could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement)


def messages():
    return [each["message"] for each in verify_history()["differences"]]


def test_an_untouched_history_agrees(town):
    assert verify_history() == {"rows": 1, "events": 1, "editions": 2, "differences": []}


def test_what_becomes_known_later_changes_no_edition(town):
    row = MunicipalService.objects.get()
    make.event(row, effective_on=date(2022, 10, 5), recorded_at=datetime(2022, 12, 3, tzinfo=UTC), level=4)
    MunicipalService.objects.update(level=make.level(4), version=2)
    assert messages() == []


def test_a_row_changed_past_its_events_is_found(town):
    MunicipalService.objects.update(level=make.level(3))
    row = MunicipalService.objects.get()
    assert verify_history()["differences"] == [
        {
            "municipality": town.ars,
            "what": "row",
            "id": row.pk,
            "message": f"Der Stand der Leistung {row.pk} ist nicht der ihrer letzten Statusänderung.",
        }
    ]


def test_a_lost_event_is_found(town):
    row = MunicipalService.objects.get()
    tamper("tracking_statuschange", "DELETE FROM tracking_statuschange")
    assert messages()[0] == f"Leistung {row.pk} hat keine Statusänderung, aus der ihr Stand folgt."
    assert "Musterstadt, 10/2022, Ausgabe 1: Neu berechnet wäre: relevant: 0 statt 1" in messages()


def test_a_changed_event_is_found_in_the_months_it_belongs_to(town):
    tamper("tracking_statuschange", f"UPDATE tracking_statuschange SET level_id = {make.level(4).pk}")
    assert "Musterstadt, 11/2022, Ausgabe 1: Neu berechnet wäre: fertig: 1 statt 0" in messages()


def test_changed_figures_are_found_by_their_hash(town):
    figures = canonical.loads(Edition.objects.first().figures)
    figures["forecast"]["p50"] = "2023-01"
    text = canonical.dumps(figures).replace("'", "''")
    tamper("reports_edition", f"UPDATE reports_edition SET figures = '{text}' WHERE month = '2022-11-01'")
    expected = "Musterstadt, 11/2022, Ausgabe 1: Die Prüfsumme gehört nicht zu den festgeschriebenen Zahlen."
    assert messages() == [expected]


def test_figures_changed_together_with_their_hash_are_found_by_the_chain_and_by_counting_again(town):
    figures = canonical.loads(Edition.objects.last().figures)
    figures["totals"]["ready"] = 1
    text = canonical.dumps(figures)
    escaped = text.replace("'", "''")
    change = f"figures = '{escaped}', sha256 = '{canonical.digest(text)}'"
    tamper("reports_edition", f"UPDATE reports_edition SET {change} WHERE month = '2022-10-01'")
    assert messages() == [
        "Musterstadt, 10/2022, Ausgabe 1: Neu berechnet wäre: fertig: 0 statt 1",
        "Musterstadt, 11/2022, Ausgabe 1: Die Kette ist unterbrochen: Der Vorgänger ist ein anderer als bei der "
        "Festschreibung.",
    ]


def test_a_removed_edition_breaks_the_chain(town):
    tamper("reports_edition", "DELETE FROM reports_edition WHERE month = '2022-10-01'")
    assert ["Kette" in message for message in messages()] == [True]


def test_figures_nobody_can_read_are_named(town):
    tamper("reports_edition", "UPDATE reports_edition SET figures = '{' WHERE month = '2022-11-01'")
    assert "Musterstadt, 11/2022, Ausgabe 1: Die festgeschriebenen Zahlen lassen sich nicht lesen" in messages()[1]


def test_the_command_says_so_and_fails_only_where_something_differs(town):
    out = StringIO()
    call_command("verify_history", stdout=out)
    assert out.getvalue() == "1 Leistungen, 1 Änderungen und 2 Ausgaben geprüft.\nAlles stimmt überein.\n"
    MunicipalService.objects.update(note="anders")
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_history", json=True, stdout=out)
    assert (stopped.value.code, len(json.loads(out.getvalue())["differences"])) == (1, 1)


def test_freeze_report_prints_the_contracts_object(town):
    out = StringIO()
    call_command("freeze_report", f"--municipality={town.ars}", "--month=2022-11", json=True, stdout=out)
    result = json.loads(out.getvalue())
    assert list(result) == ["edition", "month", "state", "sha256", "previous_sha256", "figures"]
    assert (result["edition"], result["month"], result["state"]) == (1, "2022-11", "draft")
    assert canonical.digest(canonical.dumps(result["figures"])) == result["sha256"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"month": "2022-13"}, "„2022-13“ ist kein Monat"),
        ({"month": "November"}, "„November“ ist kein Monat"),
        ({"month": "2199-12"}, "noch nicht zu Ende"),
        ({"month": "2022-11", "municipality": "000000000000"}, "gibt es nicht"),
    ],
)
def test_freeze_report_refuses_with_a_sentence(town, options, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command(
            "freeze_report", *(f"--{name}={value}" for name, value in ({"municipality": town.ars} | options).items())
        )
    assert refused.value.returncode == 1
