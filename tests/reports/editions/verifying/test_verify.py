"""verify_history finds what was changed behind the back of the deeds, and nothing else."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from ozg_tracker.accounts.departments.as_of import Node
from ozg_tracker.accounts.departments.changing import record
from ozg_tracker.accounts.models import Department, Role
from ozg_tracker.tracking.models import Deadline, MunicipalService
from ozg_tracker.tracking.reference import load_reference
from reports import canonical
from reports.editions.freeze import freeze_edition, would_differ
from reports.editions.verifying.verify import _figures_of, verify_history
from reports.models import Edition, Seal
from tests import make

OCTOBER, NOVEMBER = date(2022, 10, 1), date(2022, 11, 1)


@pytest.fixture
def municipality(db):
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


def exchange(figures):
    """Put these figures into every edition, with their hash and the seal."""
    text = canonical.dumps(figures)
    escaped, digest = text.replace("'", "''"), canonical.digest(text)
    tamper("reports_edition", f"UPDATE reports_edition SET figures = '{escaped}', sha256 = '{digest}'")
    tamper("reports_seal", f"UPDATE reports_seal SET sha256 = '{digest}'")


def messages():
    return [each["message"] for each in verify_history()["differences"]]


def test_an_untouched_history_agrees(municipality):
    assert verify_history() == {"rows": 1, "events": 1, "editions": 2, "differences": []}


def test_what_becomes_known_later_changes_no_edition(municipality):
    row = MunicipalService.objects.get()
    make.event(row, effective_on=date(2022, 10, 5), recorded_at=datetime(2022, 12, 3, tzinfo=UTC), level=4)
    MunicipalService.objects.update(level=make.level(4), version=2)
    assert messages() == []


def test_a_row_changed_past_its_events_is_found(municipality):
    MunicipalService.objects.update(level=make.level(3))
    row = MunicipalService.objects.get()
    assert verify_history()["differences"] == [
        {
            "municipality": municipality.ars,
            "what": "row",
            "id": row.pk,
            "message": f"Der Stand der Leistung {row.pk} ist nicht der ihrer letzten Statusänderung.",
        }
    ]


def test_a_lost_event_is_found(municipality):
    row = MunicipalService.objects.get()
    tamper("tracking_statuschange", "DELETE FROM tracking_statuschange")
    assert messages()[0] == f"Leistung {row.pk} hat keine Statusänderung, aus der ihr Stand folgt."
    assert "Musterstadt, 10/2022, Ausgabe 1: Neu berechnet wäre: relevant: 0 statt 1" in messages()


def test_a_changed_event_is_found_in_the_months_it_belongs_to(municipality):
    tamper("tracking_statuschange", f"UPDATE tracking_statuschange SET level_id = {make.level(4).pk}")
    assert "Musterstadt, 11/2022, Ausgabe 1: Neu berechnet wäre: fertig: 1 statt 0" in messages()


def test_changed_figures_are_found_by_their_hash(municipality):
    figures = canonical.loads(Edition.objects.first().figures)
    figures["forecast"]["p50"] = "2023-01"
    text = canonical.dumps(figures).replace("'", "''")
    tamper("reports_edition", f"UPDATE reports_edition SET figures = '{text}' WHERE month = '2022-11-01'")
    assert messages() == [
        "Musterstadt, 11/2022, Ausgabe 1: Die Prüfsumme gehört nicht zu den festgeschriebenen Zahlen.",
        "Musterstadt, 11/2022, Ausgabe 1: Neu berechnet wäre: Vorausschau, 50 % bis: keine Angabe statt 2023-01",
    ]


def test_figures_changed_together_with_their_hash_are_found_by_the_chain_and_by_counting_again(municipality):
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


def test_a_removed_edition_breaks_the_chain(municipality):
    tamper("reports_edition", "DELETE FROM reports_edition WHERE month = '2022-10-01'")
    assert ["Kette" in message for message in messages()] == [True]


def test_a_cut_end_of_the_chain_shows(municipality):
    lost = Edition.objects.get(month=NOVEMBER)
    tamper("reports_edition", "DELETE FROM reports_edition WHERE month = '2022-11-01'")
    assert verify_history()["differences"] == [
        {
            "municipality": municipality.ars,
            "what": "edition",
            "id": lost.pk,
            "message": f"{municipality.ars}, 11/2022, Ausgabe 1: Diese Ausgabe wurde zuletzt festgeschrieben "
            f"(Prüfsumme {lost.sha256}), aber sie steht nicht am Ende der Kette. "
            "Ausgaben fehlen oder wurden ausgetauscht; "
            "eine Sicherung hat sie noch.",
        }
    ]


def test_a_chain_that_is_gone_as_a_whole_shows(municipality):
    tamper("reports_edition", "DELETE FROM reports_edition")
    assert [message.split(":")[0] for message in messages()] == [f"{municipality.ars}, 11/2022, Ausgabe 1"]


def test_a_last_edition_that_was_exchanged_together_with_its_hash_shows(municipality):
    figures = canonical.loads(Edition.objects.get(month=NOVEMBER).figures)
    figures["municipality"]["name"] = "Anderstadt"
    text = canonical.dumps(figures)
    escaped = text.replace("'", "''")
    change = f"figures = '{escaped}', sha256 = '{canonical.digest(text)}'"
    tamper("reports_edition", f"UPDATE reports_edition SET {change} WHERE month = '2022-11-01'")
    assert ["steht nicht am Ende der Kette" in message for message in messages()] == [True]


def test_a_municipality_that_is_gone_shows_by_what_it_froze_last(municipality):
    Seal.objects.create(municipality_id=0, ars="000000000000", edition_id=7, month=NOVEMBER, number=2, sha256="a" * 64)
    assert [(each["municipality"], each["id"]) for each in verify_history()["differences"]] == [("000000000000", 7)]


def test_a_seal_cannot_be_changed_or_deleted(municipality):
    for statement in ("UPDATE reports_seal SET sha256 = ''", "DELETE FROM reports_seal"):
        with pytest.raises(IntegrityError, match="Ein Siegel bleibt"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_hash_of_a_frozen_edition_stands_in_the_log_too(municipality, caplog, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), caplog.at_level("INFO", "reports.editions.freeze"):
        edition = freeze_edition(municipality, date(2022, 12, 1))
    assert edition.sha256 in caplog.text


def test_figures_nobody_can_read_are_named(municipality):
    tamper("reports_edition", "UPDATE reports_edition SET figures = '{' WHERE month = '2022-11-01'")
    assert "Musterstadt, 11/2022, Ausgabe 1: Die festgeschriebenen Zahlen lassen sich nicht lesen" in messages()[1]


def test_the_command_says_so_and_fails_only_where_something_differs(municipality):
    out = StringIO()
    call_command("verify_history", stdout=out)
    assert out.getvalue() == "1 Leistungen, 1 Änderungen und 2 Ausgaben geprüft.\nAlles stimmt überein.\n"
    MunicipalService.objects.update(note="anders")
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_history", json=True, stdout=out)
    assert (stopped.value.code, len(json.loads(out.getvalue())["differences"])) == (1, 1)


def test_freeze_report_prints_the_contracts_object(municipality):
    out = StringIO()
    call_command("freeze_report", f"--municipality={municipality.ars}", "--month=2022-11", json=True, stdout=out)
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
def test_freeze_report_refuses_with_a_sentence(municipality, options, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command(
            "freeze_report",
            *(f"--{name}={value}" for name, value in ({"municipality": municipality.ars} | options).items()),
        )
    assert refused.value.returncode == 1


def test_a_department_renamed_for_days_past_changes_no_edition_and_the_next_one_says_it(municipality):
    row, department = MunicipalService.objects.get(), make.department("Tiefbauamt", municipality=municipality)
    make.event(row, recorded_at=datetime(2022, 12, 3, tzinfo=UTC), effective_on=OCTOBER, department=department, level=2)
    MunicipalService.objects.update(department=department, version=2)
    with time_machine.travel(datetime(2022, 12, 4, tzinfo=UTC), tick=False):
        corrected = freeze_edition(municipality, NOVEMBER, correct="Fachbereich nachgetragen")
    with time_machine.travel(datetime(2022, 12, 5, tzinfo=UTC), tick=False):
        node = Node("Straßenverkehr", None)
        record(municipality, "rename", {department.pk: node}, effective_on=OCTOBER, by=None, reason="")
        assert messages() == []
        assert sorted(would_differ(corrected)) == [
            "Fachbereich, „Straßenverkehr“ kommt hinzu",
            "Fachbereich, „Tiefbauamt“ fällt weg",
            "„Hundesteuer Anmeldung“: Fachbereich Straßenverkehr statt Tiefbauamt, Amt Straßenverkehr statt Tiefbauamt",
        ]


def test_a_department_changed_past_its_events_is_found(municipality):
    department = make.department("Bauamt", municipality=municipality)
    Department.objects.update(name="Anders")
    assert [(each["what"], each["id"]) for each in verify_history()["differences"]] == [("department", department.pk)]
    assert messages() == ["Der Fachbereich „Anders“ ist nicht der seines letzten Eintrags."]


@pytest.mark.parametrize(
    ("section", "change"),
    [
        ("deadlines", lambda figures: figures["deadlines"].append({**figures["deadlines"][0], "name": "Erfunden"})),
        ("questions", lambda figures: figures["questions"]["planned_or_started"].clear()),
        ("forecast", lambda figures: figures["forecast"].update(status="complete")),
        ("conform_level", lambda figures: figures.update(conform_level=4)),
        ("catalogue_release", lambda figures: figures.update(catalogue_release="2030-01")),
        ("maturity_model", lambda figures: figures.update(maturity_model="2.0")),
    ],
)
def test_every_section_is_computed_again(db, section, change):
    """Figures that were exchanged together with their hash, chain and seal, as somebody who knows them could."""
    municipality = make.municipality()
    make.row(level=2, state="planned", planned_on=date(2022, 12, 5), recorded_at=datetime(2022, 10, 1, tzinfo=UTC))
    Deadline.objects.create(name="Rat", date=date(2022, 12, 31), source="Rat", municipality=municipality)
    make.model_change(effective_on=date(2025, 7, 1))
    with time_machine.travel(datetime(2022, 12, 2, tzinfo=UTC), tick=False):
        edition = freeze_edition(municipality, NOVEMBER)
    assert messages() == []
    figures = canonical.loads(edition.figures)
    change(figures)
    exchange(figures)
    told = messages()
    assert told != [] and all("Neu berechnet wäre: " in message for message in told), section


def test_only_words_and_stamps_are_not_computed_again(municipality):
    figures = canonical.loads(Edition.objects.first().figures)
    with time_machine.travel(datetime(2022, 12, 2, tzinfo=UTC), tick=False):
        assert set(figures) - set(_figures_of(figures, figures, OCTOBER)) == {
            *("schema", "known_at", "municipality", "level_names", "definitions")
        }


def test_trainings_are_computed_again_until_what_is_old_of_them_is_deleted(db):
    with time_machine.travel(datetime(2022, 6, 1, tzinfo=UTC), tick=False):
        make.row(level=2)
        for number in range(12):
            make.user(f"person{number}", Role.STAFF)
    with time_machine.travel(datetime(2022, 12, 2, tzinfo=UTC), tick=False):
        edition = freeze_edition(make.municipality(), NOVEMBER)
        assert messages() == []
    figures = canonical.loads(edition.figures)
    assert [group["assigned"] for group in figures["training"]["groups"]] == [12]
    figures["training"]["groups"][0]["assigned"] = 13
    exchange(figures)
    with time_machine.travel(datetime(2024, 6, 30, tzinfo=UTC), tick=False):
        assert len(messages()) == 1
    with time_machine.travel(datetime(2024, 7, 1, 12, tzinfo=UTC), tick=False):
        assert messages() == []


def test_a_deadline_of_the_law_that_comes_with_an_update_changes_no_edition(db):
    Deadline.objects.filter(municipality=None).delete()
    row = make.row(level=2, effective_on=OCTOBER, recorded_at=datetime(2022, 10, 1, tzinfo=UTC))
    with time_machine.travel(datetime(2022, 12, 2, tzinfo=UTC), tick=False):
        edition = freeze_edition(row.municipality, NOVEMBER)
    with time_machine.travel(datetime(2022, 12, 3, tzinfo=UTC), tick=False):
        load_reference()
    assert (messages(), Deadline.objects.filter(municipality=None).exists()) == ([], True)
    with time_machine.travel(datetime(2022, 12, 4, tzinfo=UTC), tick=False):
        assert any("Frist" in line for line in would_differ(edition))
