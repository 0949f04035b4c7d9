"""import_status: what the lines of a good file set, and who may set it."""

from datetime import date

import pytest

from ozg_tracker.accounts.models import Department, Role
from ozg_tracker.tracking.exchange.import_status import import_status
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.rows.rights import rights_in
from reports.editions.verifying.rows import verify_rows
from tests import make
from tests.tracking.exchange.status_files import KEY, bring_in, codes, figures, status_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def test_a_filled_cell_sets_an_empty_one_leaves_and_a_dash_clears(tmp_path):
    row = make.row(level=2, state="planned", planned_on=date(2022, 12, 1), cases_per_year=9, note="alt")
    outcome = bring_in(
        tmp_path,
        f"Schlüssel;Stand;Reifegrad;Geplant bis;Fälle pro Jahr;Bemerkung\n{KEY};in Umsetzung;;–;1.200;–\n",
    )
    assert (figures(outcome), outcome.problems) == ((1, 1, 0), [])
    row.refresh_from_db()
    assert (row.state, row.level.number, row.planned_on, row.cases_per_year, row.note) == (
        *("in_progress", 2, None, 1200, ""),
    )


def test_lines_of_one_service_are_applied_in_the_order_of_the_file_each_from_its_own_day(tmp_path):
    row = make.row()
    outcome = bring_in(
        tmp_path,
        "Schlüssel;Stand;Reifegrad;Gilt ab;Begründung\n"
        f"{KEY};geplant;1;2021-03-01;Beginn\n"
        f"{KEY};fertig;3;01.09.2022;\n"
        f"{KEY};;2;1.6.2021;Formular\n"
        f"{KEY};;3;;\n",
    )
    assert figures(outcome) == (4, 3, 1)
    assert [
        (event.effective_on, event.state, event.level.number, event.reason)
        for event in row.events.filter(version__gt=1).order_by("id")
    ] == [
        (date(2021, 3, 1), "planned", 1, "Beginn"),
        (date(2022, 9, 1), "done", 3, ""),
        (date(2021, 6, 1), "planned", 2, "Formular"),
    ]
    assert list(verify_rows(make.municipality().pk)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters_of_the_world_are_read(tmp_path, encoding, delimiter):
    make.row()
    text = f"Schlüssel;Zuständigkeit;Bemerkung\r\n{KEY};nicht angeboten;Größe\r\n".replace(";", delimiter)
    outcome = import_status(status_file(tmp_path, text, encoding=encoding), make.municipality())
    assert (figures(outcome), outcome.problems) == ((1, 1, 0), [])
    assert MunicipalService.objects.get().note == "Größe"


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        ("Zuständigkeit", "LAND", "responsibility", "state"),
        ("Zuständigkeit", "nicht  angeboten", "responsibility", "not_offered"),
        ("Zuständigkeit", "federation", "responsibility", "federation"),
        ("Stand", "In Umsetzung", "state", "in_progress"),
        ("Stand", "in_progress", "state", "in_progress"),
        ("Geplant bis", "30.11.2022", "planned_on", date(2022, 11, 30)),
        ("Geplant bis", "2022-11-30", "planned_on", date(2022, 11, 30)),
        ("fälle PRO jahr", "12000", "cases_per_year", 12000),
        ("Fälle pro Jahr", "12.000", "cases_per_year", 12000),
        ("Online-Adresse", "https://stadt.example/a?b=c", "online_url", "https://stadt.example/a?b=c"),
        ("Bemerkung", "'=1+1", "note", "=1+1"),
    ],
)
def test_words_days_and_numbers_are_read_as_people_write_them(tmp_path, column, cell, field, value):
    make.row()
    assert figures(bring_in(tmp_path, f"{column};Schlüssel\n{cell};{KEY}\n")) == (1, 1, 0)
    assert getattr(MunicipalService.objects.get(), field) == value


def test_a_department_that_is_not_there_is_made_with_a_warning(tmp_path):
    make.department("Bürgerdienste")
    row = make.row()
    outcome = bring_in(tmp_path, f"Schlüssel;Fachbereich\n{KEY};Bauamt\n{KEY};bürgerdienste\n")
    assert (figures(outcome), codes(outcome)) == ((2, 2, 0), [(2, "Fachbereich", "new_department")])
    assert [event.department.name for event in row.events.filter(version__gt=1).order_by("id")] == [
        "Bauamt",
        "Bürgerdienste",
    ]


def test_a_setback_without_a_reason_names_the_file(tmp_path):
    row = make.row(level=3)
    bring_in(tmp_path, f"Schlüssel;Reifegrad\n{KEY};1\n")
    assert row.events.first().reason == "Aus Datei stand.csv"


def test_a_dry_run_counts_the_same_and_writes_nothing(tmp_path):
    make.service()
    text = f"Schlüssel;Stand;Fachbereich\n{KEY};geplant;Neu\n"
    tried = bring_in(tmp_path, text, dry_run=True)
    assert (MunicipalService.objects.count(), Department.objects.count(), StatusChange.objects.count()) == (0, 0, 0)
    assert tried.as_json() == bring_in(tmp_path, text).as_json()
    assert StatusChange.objects.count() == 1


def test_a_manager_changes_the_own_departments_rows_and_makes_no_department(tmp_path):
    own, other = make.department("Bürgerdienste"), make.department("Bauamt")
    leader = make.user("leitung", Role.MANAGER, department=own)
    make.row(department=own)
    make.row(make.service(key="99102013105000", name="Zweite"), department=other)
    rights = rights_in(make.municipality(), leader)
    path = status_file(tmp_path, f"Schlüssel;Stand\n{KEY};geplant\n99102013105000;geplant\n")
    outcome = import_status(path, make.municipality(), by=leader, rights=rights)
    assert codes(outcome) == [(3, "Stand", "not_allowed")]
    path = status_file(tmp_path, f"Schlüssel;Fachbereich\n{KEY};Neu\n")
    outcome = import_status(path, make.municipality(), by=leader, rights=rights)
    assert codes(outcome) == [(2, "Fachbereich", "invalid_department")]


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_lines(tmp_path, count, django_assert_max_num_queries):
    for at in range(count):
        make.row(make.service(key=f"9910201310{at}000", name=f"Leistung {at}"))
    lines = "".join(f"9910201310{at}000;geplant\n" for at in range(count))
    path = status_file(tmp_path, f"Schlüssel;Stand\n{lines}")
    municipality = make.municipality()
    with django_assert_max_num_queries(18):  # among them, the question whether the clock is right
        import_status(path, municipality)
