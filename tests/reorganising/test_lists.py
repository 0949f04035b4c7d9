"""A list of departments is read in whatever form it comes, planned, and done as one deed or not at all."""

import json
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ozg_tracker.accounts.departments.as_of import tree_as_of
from ozg_tracker.accounts.models import Department, Reorganisation
from ozg_tracker.reorganising.list_files import read_list
from ozg_tracker.reorganising.lists import import_departments
from ozg_tracker.spreadsheets.opendocument import ods
from ozg_tracker.spreadsheets.workbooks import Table
from tests import make
from tests.spreadsheets.office import resaved

TREE = {"Bauen": None, "Bauamt": "Bauen", "Tiefbau": "Bauen", "Kanal": "Tiefbau", "Soziales": None}


@pytest.fixture(autouse=True)
def december():
    with time_machine.travel(datetime(2022, 12, 2, 9, tzinfo=UTC), tick=False):
        yield


def saved(tmp_path, content, name="liste.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(rows):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


LEVELS = [["Bauen"], [None, "Bauamt"], [None, "Tiefbau"], [None, None, "Kanal"], ["Soziales"]]
PATHS = [["Bauen", "Bauamt"], ["Bauen", "Tiefbau"], ["Bauen", "Tiefbau", "Kanal"], ["Soziales"]]
PAIRS = [
    ["Fachbereich", "gehört zu"],
    ["Kanal", "Tiefbau"],
    ["Tiefbau", "Bauen"],
    ["Bauamt", "Bauen"],
    ["Bauen", ""],
    ["Soziales", ""],
]
FORMS = {
    "blanks": "Bauen\n  Bauamt\n  Tiefbau\n     Kanal\nSoziales\n",
    "tabs": "Bauen\r\n\tBauamt\r\n\tTiefbau\r\n\t\tKanal\r\nSoziales",
    "bullets": "Bauen\n- Bauamt\n- Tiefbau\n  - Kanal\nSoziales",
    "latin": "Bauen\n Bauamt\n Tiefbau\n  Kanal\nSoziales".encode("cp1252"),
    "empty lines": "\ufeffBauen\n\n  Bauamt\n\n  Tiefbau\n    Kanal\n\nSoziales",
    "csv levels": "Bauen;;\n;Bauamt;\n;Tiefbau;\n;;Kanal\nSoziales;;",
    "csv paths": "\n".join(";".join(row) for row in PATHS),
    "csv pairs": "\n".join(";".join(row) for row in PAIRS),
    "comma": "\n".join(",".join(row) for row in PAIRS),
    "xlsx levels": workbook(LEVELS),
    "xlsx paths": workbook(PATHS),
    "xlsx pairs": workbook(PAIRS),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_says_the_same_tree(tmp_path, form):
    assert {each.name: each.parent for each in read_list(saved(tmp_path, FORMS[form]))} == TREE


def test_an_open_document_says_it_too(tmp_path):
    content = ods([Table("Fachbereiche", [(name, 20) for name in PAIRS[0]], PAIRS[1:])])
    assert {each.name: each.parent for each in read_list(saved(tmp_path, content, "liste.ods"))} == TREE


def shape():
    return {each.name: each.parent and each.parent.name for each in Department.objects.standing()}


@pytest.mark.django_db
def test_a_new_municipality_has_its_departments_from_the_beginning_and_the_same_list_changes_nothing(tmp_path):
    municipality, path = make.municipality(), saved(tmp_path, FORMS["blanks"])
    tried = import_departments(path, municipality, dry_run=True)
    assert (tried.new, tried.applied, Department.objects.count()) == (list(TREE), False, 0)
    done = import_departments(path, municipality)
    assert (done.new, done.applied, shape()) == (list(TREE), True, TREE)
    assert {each.begun for each in tree_as_of(municipality.pk, date(2017, 8, 18)).values()} == {True}
    again = import_departments(path, municipality)
    assert (again.new, again.moved, len(again.unchanged)) == ([], [], 5)
    assert Reorganisation.objects.count() == 1


@pytest.mark.django_db
def test_what_the_list_places_otherwise_moves_and_what_it_lacks_is_named_and_stays(tmp_path):
    municipality = make.municipality()
    import_departments(saved(tmp_path, FORMS["blanks"]), municipality)
    outcome = import_departments(saved(tmp_path, "Soziales\n  Bauamt\n  Jugend"), municipality)
    assert (outcome.new, outcome.moved, outcome.missing) == (["Jugend"], ["Bauamt"], ["Bauen", "Kanal", "Tiefbau"])
    assert shape() == TREE | {"Bauamt": "Soziales", "Jugend": "Soziales"}
    assert tree_as_of(municipality.pk, date(2022, 12, 1))[Department.objects.get(name="Bauamt").pk].parent == (
        Department.objects.get(name="Bauen").pk
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("A\n  C\nB\n  C", "duplicate_name"),
        ("Name;gehört zu\nA;B", "unknown_parent"),
        ("Name;gehört zu\nA;B\nB;A", "cycle"),
        ("x" * 201, "name_too_long"),
        ("\n".join("  " * n + f"E{n}" for n in range(20)), "cycle"),
        (" \n", "unreadable_file"),
        (b"%PDF-1.7", "unreadable_file"),
        (b"PK\x03\x04 zerbrochen", "unreadable_file"),
        ("\n".join(f"A{n}" for n in range(5001)), "too_large"),
    ],
)
def test_a_list_with_an_error_changes_nothing_and_says_where(tmp_path, content, code):
    outcome = import_departments(saved(tmp_path, content), make.municipality())
    assert (outcome.refused, outcome.applied, code in {each.code for each in outcome.problems}) == (True, False, True)
    assert Department.objects.count() == 0


@pytest.mark.django_db
def test_the_same_line_twice_is_told_and_left_out(tmp_path):
    outcome = import_departments(saved(tmp_path, "A\n  B\n  B"), make.municipality())
    assert [(each.code, each.severity, each.row) for each in outcome.problems] == [("duplicate_row", "warning", 3)]
    assert shape() == {"A": None, "B": "A"}


@pytest.mark.django_db
def test_the_command_prints_what_it_did_and_refuses_with_one(tmp_path, capsys):
    municipality = make.municipality()
    out = StringIO()
    path = saved(tmp_path, FORMS["blanks"])
    call_command("import_departments", path, municipality=municipality.ars, json=True, dry_run=True, stdout=out)
    found = json.loads(out.getvalue())
    assert (found["rows"], found["applied"], len(found["new"]), found["problems"]) == (5, False, 5, [])
    out = StringIO()
    call_command("import_departments", path, municipality=municipality.ars, stdout=out)
    assert out.getvalue().strip() == "Fachbereiche neu: 5, verschoben: 0, unverändert: 0."
    with pytest.raises((CommandError, SystemExit)):
        call_command("import_departments", saved(tmp_path, "A\n B\nC\n B"), municipality=municipality.ars)


@pytest.mark.django_db
def test_who_adds_a_first_leader_is_told_how_to_have_departments():
    municipality = make.municipality()
    with pytest.raises((CommandError, SystemExit), match="import_departments DATEI --municipality 159990010010"):
        call_command("add_user", "leitung", municipality=municipality.ars, role="manager", department="Bauamt")


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.lists(st.tuples(st.integers(0, 3), names), min_size=1, max_size=12))
def test_an_indented_list_is_read_as_it_is_written(tmp_path, found):
    lines, way, expected = [], [], []
    for level, name in found:
        at = min(level, len(way))
        way = [*way[:at], f"A{name}"]
        lines.append("  " * at + way[-1])
        expected.append((way[-1], way[-2] if at else None))
    if any(mark in name for _level, name in found for mark in ";,"):
        return
    assert [(each.name, each.parent) for each in read_list(saved(tmp_path, "\n".join(lines)))] == expected


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_list_that_libreoffice_saved_reads_the_same(tmp_path, form):
    path = saved(tmp_path, workbook(PAIRS), "liste.xlsx")
    assert {each.name: each.parent for each in read_list(resaved(tmp_path, path, form))} == TREE
