"""What is wrong with a status file is told with its place, all at once, and nothing is written."""

from pathlib import Path

import pytest

from ozg_tracker.tracking.exchange.import_status import import_status
from ozg_tracker.tracking.models import StatusChange
from tests import make
from tests.tracking.exchange.status_files import HEAD, KEY, bring_in, codes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


@pytest.mark.parametrize(
    ("header", "line", "column", "code"),
    [
        ("Schlüssel;Stand", "9,9102E+13;offen", "Schlüssel", "invalid_key"),
        ("Schlüssel;Stand", "99102013104;offen", "Schlüssel", "invalid_key"),
        ("Schlüssel;Stand", "99999999999999;geplant", "Schlüssel", "unknown_service"),
        ("Schlüssel;Stand", ";geplant", "Leistung", "unknown_service"),
        ("Schlüssel;OZG-ID;Leistung;Stand", ";10041;Gibt es nicht;geplant", "Leistung", "unknown_service"),
        ("Schlüssel;Zuständigkeit", f"{KEY};Gemeinde", "Zuständigkeit", "invalid_responsibility"),
        ("Schlüssel;Stand", f"{KEY};erledigt", "Stand", "invalid_state"),
        ("Schlüssel;Stand", f"{KEY};fertig", "Stand", "done_needs_level"),
        ("Schlüssel;Reifegrad", f"{KEY};9", "Reifegrad", "invalid_level"),
        ("Schlüssel;Reifegrad", f"{KEY};hoch", "Reifegrad", "invalid_level"),
        ("Schlüssel;Geplant bis", f"{KEY};31.02.2022", "Geplant bis", "invalid_planned_on"),
        ("Schlüssel;Geplant bis", f"{KEY};bald", "Geplant bis", "invalid_planned_on"),
        ("Schlüssel;Fälle pro Jahr", f"{KEY};-3", "Fälle pro Jahr", "invalid_cases_per_year"),
        ("Schlüssel;Fälle pro Jahr", f"{KEY};1,5", "Fälle pro Jahr", "invalid_cases_per_year"),
        ("Schlüssel;Fälle pro Jahr", f"{KEY};99999999999", "Fälle pro Jahr", "invalid_number"),
        ("Schlüssel;Online-Adresse", f"{KEY};www.stadt", "Online-Adresse", "invalid_url"),
        ("Schlüssel;Stand;Gilt ab", f"{KEY};geplant;25.11.2022", "Gilt ab", "in_future"),
        ("Schlüssel;Stand;Gilt ab", f"{KEY};geplant;1899-01-01", "Gilt ab", "too_early"),
        ("Schlüssel;Stand;Gilt ab", f"{KEY};geplant;gestern", "Gilt ab", "invalid_effective_on"),
    ],
)
def test_a_bad_line_is_told_with_its_place_and_nothing_is_written(tmp_path, header, line, column, code):
    make.row()
    other = make.row(make.service(key="99102013105000", name="Hundesteuer Abmeldung"))
    good = ";".join({"Schlüssel": "99102013105000", "Stand": "geplant"}.get(title, "") for title in header.split(";"))
    outcome = bring_in(tmp_path, f"{header}\n{good}\n{line}\n")
    assert codes(outcome) == [(3, column, code)]
    assert all(problem.message.endswith((".", "“.")) for problem in outcome.problems)
    assert (outcome.refused, outcome.applied, StatusChange.objects.count()) == (True, 0, 2)
    other.refresh_from_db()
    assert other.version == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "missing_column"),
        (b"Name;Farbe\nHund;rot\n", "missing_column"),
        (HEAD.encode(), "unreadable_file"),
        (b"PK\x03\x04 kaputt", "unreadable_file"),
        (b"\xd0\xcf\x11\xe0 alt", "unreadable_file"),
        (b"%PDF-1.7", "unreadable_file"),
        (b'{"content": []}', "unreadable_file"),
        (
            f"leika_key;ozgid;ars;url;online_status\n{KEY};10041;159990010010;https://a.example.de/;ok\n".encode(),
            "directory_list",
        ),
        (b"Schl\xfcssel;Stand\n\0\0;x\n", "unreadable_file"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(tmp_path, content, code):
    outcome = bring_in(tmp_path, content)
    assert (outcome.refused, [problem.code for problem in outcome.problems]) == (True, [code])


def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path):
    outcome = import_status(Path(tmp_path / "fehlt.csv"), make.municipality())
    assert [problem.code for problem in outcome.problems] == ["unreadable_file"]


def test_every_problem_of_the_file_is_told_at_once_and_none_that_only_follows_from_another(tmp_path):
    make.row()
    make.row(make.service(key="99102013105000", name="Zweite"))
    outcome = bring_in(
        tmp_path,
        f"Schlüssel;Stand;Reifegrad\n{KEY};geplant;x\n{KEY};fertig;\n99102013105000;fertig;\n",
    )
    assert codes(outcome) == [(2, "Reifegrad", "invalid_level"), (4, "Stand", "done_needs_level")]
