"""import_status: status files, good and bad, by the contract."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from openpyxl import Workbook, load_workbook

from ozg_tracker.accounts.models import Department, Role
from ozg_tracker.tracking.exchange.exporting import as_csv, as_workbook, export_lines, export_status
from ozg_tracker.tracking.exchange.importing import import_status
from ozg_tracker.tracking.exchange.words import COLUMNS
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.rights import rights_in
from ozg_tracker.tracking.status import change_status
from reports.row_check import verify_rows
from tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2022, 11, 24)
KEY = "99102013104000"
HEAD = ";".join(COLUMNS.values())


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2022, 11, 24, 9, tzinfo=UTC), tick=False):
        yield


def status_file(tmp_path, text, name="stand.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def bring_in(tmp_path, text, **options):
    return import_status(status_file(tmp_path, text), make.municipality(), **options)


def figures(outcome):
    return (outcome.rows, outcome.applied, outcome.unchanged)


def codes(outcome):
    return [(problem.row, problem.column, problem.code) for problem in outcome.problems]


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


def test_without_a_key_a_service_is_found_by_ozg_id_and_name(tmp_path):
    make.row(make.service(key=None, name="Märkte & Messen"))
    outcome = bring_in(tmp_path, "Schlüssel;OZG-ID;Leistung;Stand\nnicht im LeiKa;10041;märkte & messen;geplant\n")
    assert figures(outcome) == (1, 1, 0)


def test_a_service_not_tracked_yet_is_taken_in_and_begins_with_its_first_line(tmp_path):
    make.service()
    outcome = bring_in(tmp_path, f"Schlüssel;Zuständigkeit;Reifegrad;Gilt ab\n{KEY};Kommune;2;2021-02-01\n")
    row = MunicipalService.objects.get()
    assert (figures(outcome), row.version, row.events.get().effective_on) == ((1, 1, 0), 1, date(2021, 2, 1))
    assert list(verify_rows(make.municipality().pk)) == []


def test_a_line_that_says_nothing_of_an_untracked_service_takes_nothing_in(tmp_path):
    make.service()
    assert figures(bring_in(tmp_path, f"Schlüssel;Stand\n{KEY};\n")) == (1, 0, 1)
    assert MunicipalService.objects.count() == 0


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


def exported(tmp_path, name):
    path = tmp_path / name
    export_status(make.municipality(), path)
    return path


def edit(path, **cells):
    book = load_workbook(path)
    sheet = book["Leistungen"]
    for place, value in cells.items():
        sheet[place] = value
    book.save(path)


@pytest.mark.parametrize("name", ["stand.xlsx", "stand.csv"])
def test_an_export_read_back_changes_nothing(tmp_path, name):
    office = make.department("=Amt")
    make.row(
        make.service(name="=HYPERLINK(1)"),
        department=office,
        level=3,
        state="done",
        planned_on=date(2023, 1, 2),
        online_url="https://a.example/",
        cases_per_year=0,
        note="-1 Zeile\n'+zwei; „drei“",
    )
    make.row(make.service(key=None, name="Ohne Schlüssel"), responsibility="not_offered")
    outcome = import_status(exported(tmp_path, name), make.municipality())
    assert (figures(outcome), outcome.problems, outcome.conflicts) == ((2, 0, 2), [], [])


def test_an_edit_in_the_workbook_is_what_differs_from_its_base(tmp_path):
    row = make.row(level=2, note="alt", cases_per_year=7)
    path = exported(tmp_path, "stand.xlsx")
    change_status(row, {"cases_per_year": 8}, seen_version=1, by=None, reason="", effective_on=TODAY)
    edit(path, G2=3, F2="fertig", K2=None, H2=date(2022, 12, 31))
    assert figures(import_status(path, make.municipality())) == (1, 1, 0)
    row.refresh_from_db()
    assert (row.level.number, row.state, row.note, row.planned_on, row.cases_per_year) == (
        *(3, "done", "", date(2022, 12, 31), 8),
    )


@pytest.mark.parametrize("name", ["stand.xlsx", "stand.csv"])
def test_what_both_sides_changed_is_a_conflict_that_shows_both(tmp_path, name):
    row = make.row(level=1)
    path = exported(tmp_path, name)
    by = make.user(first_name="Kim", last_name="Muster")
    change_status(row, {"level": make.level(2)}, seen_version=1, by=by, reason="", effective_on=TODAY)
    if name.endswith(".xlsx"):
        edit(path, G2=3)
    else:
        path.write_bytes(path.read_bytes().replace(b";offen;1;", b";offen;3;"))
    outcome = import_status(path, make.municipality())
    assert (outcome.refused, figures(outcome)) == (True, (1, 0, 0))
    [conflict] = outcome.conflicts
    assert [conflict[name] for name in ("row", "column", "mine", "stored", "by", "at")] == [
        *(2, "Reifegrad", "3", "2", "Kim Muster", "2022-11-24T09:00:00+00:00"),
    ]
    row.refresh_from_db()
    assert row.version == 2


def test_with_skip_conflicts_the_rest_is_applied(tmp_path):
    row = make.row(level=1)
    make.row(make.service(key="99102013105000", name="Zweite"), level=1)
    path = exported(tmp_path, "stand.xlsx")
    change_status(row, {"level": make.level(2)}, seen_version=1, by=None, reason="", effective_on=TODAY)
    edit(path, G2=3, G3=3)
    outcome = import_status(path, make.municipality(), skip_conflicts=True)
    assert (outcome.refused, figures(outcome), len(outcome.conflicts)) == (False, (2, 1, 0), 1)


def test_a_workbook_of_somebody_else_is_read_like_a_csv(tmp_path):
    row = make.row(level=1, note="bleibt")
    book = Workbook()
    book.active.append(["Stand der Dinge"])
    book.active.append(["Leistung", "Schlüssel", "Reifegrad", "Gilt ab", "Bemerkung"])
    book.active.append(["Hundesteuer", float(KEY), 3.0, date(2022, 1, 31), None])
    book.save(tmp_path / "fremd.xlsx")
    assert figures(import_status(tmp_path / "fremd.xlsx", make.municipality())) == (1, 1, 0)
    event = row.events.order_by("-id").first()
    assert (event.level.number, event.effective_on, event.note) == (3, date(2022, 1, 31), "bleibt")


def test_no_cell_of_an_export_is_a_formula(tmp_path):
    names = ["=1+1", "+1", "-1", "@SUMME", "\tTab", "＝1", "'=1"]
    for at, name in enumerate(names):
        make.row(make.service(key=f"9910201310{at}000", name=name), note=name)
    lines = list(export_lines(MunicipalService.objects.all()))
    cells = as_csv(lines).decode("utf-8-sig").splitlines()[1:]
    assert [line.split(";")[2][0] for line in cells] == ["'"] * len(names)
    (tmp_path / "x.xlsx").write_bytes(as_workbook(lines, make.municipality()))
    sheet = load_workbook(tmp_path / "x.xlsx")["Leistungen"]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n", "d", "inlineStr"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_lines(tmp_path, count, django_assert_max_num_queries):
    for at in range(count):
        make.row(make.service(key=f"9910201310{at}000", name=f"Leistung {at}"))
    lines = "".join(f"9910201310{at}000;geplant\n" for at in range(count))
    path = status_file(tmp_path, f"Schlüssel;Stand\n{lines}")
    town = make.municipality()
    with django_assert_max_num_queries(17):
        import_status(path, town)
