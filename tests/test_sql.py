"""Every statement that is written out, and not made by the ORM, fits the models: all of them run here, on the tables
that the migrations make of the models. A table or column that gets another name is found, wherever it is spelled out.
"""

import ast
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.db import connection

from catalog.importing.database import many_rows
from catalog.models import CatalogueImport
from ozg_tracker.accounts.models import User
from ozg_tracker.accounts.reminding.sending import send_due_reminders
from ozg_tracker.feed.publishing import publish
from ozg_tracker.reorganising.reorganise import planned, reorganise
from ozg_tracker.reorganising.undo import undo
from ozg_tracker.reorganising.wishes import Wish
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.releases.loading import import_for_municipalities, undo_for_municipalities
from ozg_tracker.tracking.releases.succession import decide
from ozg_tracker.tracking.responsibility.municipality import add_municipality
from ozg_tracker.tracking.rows.status import change_status
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.assigning.exempting import exempt
from ozg_tracker.training.assigning.preview import preview_requirement
from ozg_tracker.training.assigning.requirements import put_requirement
from ozg_tracker.training.models import Course, Requirement
from reports.editions.freeze import freeze_edition
from reports.editions.verifying.verify import verify_history
from tests import make
from tests.catalog.files import csv_text, row, save

ROOT = Path(__file__).parent.parent
SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|FROM|JOIN|SET|WHERE|AND|ORDER BY|CASE WHEN|COALESCE|COPY)\b")
# What only one of the two databases is asked; the other run of this test proves it.
ONLY = {
    "postgresql": r"DISTINCT ON|DISTINCT FROM|::|\bpg_|FOR UPDATE|generate_series|\bchanged\b|\bCOPY\b|WITH made AS",
    "sqlite": r"json_each|json_extract|sqlite_|ON e\.id = \(|max\(id\)|%\(last\)s",
}
# Names handed over as a list of columns, not written into a statement.
LISTED = re.compile(r"\bmany_rows\.(?:insert|update)\(")
# The backup takes every name from the models' meta or from the database's own lists.
NAMES_FROM_META = ROOT / "ozg_tracker" / "backup"
FIRST = [row("99102013104000", "Hundesteuer Anmeldung"), row("99050012104000", "Gewerbe Anmeldung", "2/3", "10111")]
SECOND = [row("99102013104001", "Hundesteuer anmelden"), row("99050012104000", "Gewerbe anmelden", "2/3", "10112")]
THIRD = [*SECOND, row("99102013070000", "Hundesteuer Abmeldung")]


def modules():
    for top in ("catalog", "ozg_tracker", "reports"):
        for path in (ROOT / top).rglob("*.py"):
            if "migrations" not in path.parts and NAMES_FROM_META not in path.parents:
                yield path


def statements(tree):
    """The texts in which SQL is written, each as its pieces between what is put in when it runs."""
    said = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}  # docstrings
    inside = {id(part) for each in ast.walk(tree) if isinstance(each, ast.JoinedStr) for part in each.values}
    for each in ast.walk(tree):
        parts = each.values if isinstance(each, ast.JoinedStr) else [each]
        texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if id(each) not in said | inside and any(map(SQL.search, texts)):
            yield [piece for text in texts for piece in re.split(r"\{\w+\}", text)]


def plain(text):
    return " ".join(text.split())


def written():
    """Every piece with a name in it that this database is asked, with where it stands."""
    other = re.compile(ONLY["sqlite" if connection.vendor == "postgresql" else "postgresql"])
    for path in modules():
        for pieces in statements(ast.parse(path.read_text())):
            if not other.search(" ".join(pieces)):
                yield from ((str(path.relative_to(ROOT)), plain(each)) for each in pieces if re.search("[a-z]", each))


def at(*day):
    return time_machine.travel(datetime(2022, *day, 12, tzinfo=UTC))


def loaded(tmp_path, rows, label):
    found = import_for_municipalities(
        save(tmp_path, csv_text(rows), f"{label}.csv"), release=label, allow_shrink=True
    ).outcome
    return CatalogueImport.objects.get(pk=found.import_id)


def taught(municipality):
    """A course that is assigned, asked for sooner, reminded of, and then by nobody asked for any more."""
    course = Course.objects.create(municipality=municipality, title="Datenschutz")
    course.equivalents.add(Course.objects.create(municipality=municipality, title="Datenschutz online"))
    rule = Requirement.objects.create(course=course, role="manager", starts_on=date(2022, 10, 1))
    User.objects.update(email="leitung@example.invalid")
    assign_due_trainings(municipality)
    Requirement.objects.filter(pk=rule.pk).update(due_within_days=20)
    assign_due_trainings(municipality)
    assert send_due_reminders() == 1
    Requirement.objects.filter(pk=rule.pk).update(role="staff")
    leading = User.objects.get(username="leitung")
    one = municipality.services.first()
    changes = {"planned_on": date(2022, 12, 1), "owner": leading}
    change_status(one, changes, seen_version=one.version, by=None, reason="geplant", effective_on=date(2022, 11, 1))
    going = Requirement(course=course, service=one.service, days_before=9, starts_on=date(2022, 10, 1))
    preview_requirement(going, [leading.pk])
    put_requirement(going, [leading], by=leading)
    exempt(leading, municipality, date(2022, 12, 31), "absent", by=make.user("bildung", municipality=municipality))
    assign_due_trainings(municipality)


def live_through_everything(tmp_path):
    """Releases that change, retire and replace, rows that change, a month that is frozen, an import taken back."""
    person = make.user("betrieb", role=None)
    with at(9, 1):
        loaded(tmp_path, FIRST, "A")
        municipality = add_municipality(ars="159990010001", name="Musterstadt", kind="kreisangehoerig").municipality
        offices = [make.department(name, municipality=municipality) for name in ("Ein Amt", "Zwei Amt")]
        make.user("leitung", "manager", municipality, offices[0])
        for each in MunicipalService.objects.all():
            changes = {"responsibility": "municipality", "level": make.level(3), "department": offices[0]}
            change_status(each, changes, seen_version=1, by=None, reason="online", effective_on=date(2022, 9, 1))
    with at(10, 10):
        second = loaded(tmp_path, SECOND, "B")
        successions = list(second.successions.values_list("pk", flat=True))
        decide(second, successions, accept=True, municipality=municipality, by=person, reason="umbenannt")
        decide(second, successions, accept=True, municipality=None, by=person, reason="umbenannt")
        freeze_edition(municipality, date(2022, 9, 1))
    with at(10, 20):
        merge = Wish(
            *("merge", date(2022, 10, 1), "Verfügung", tuple(each.pk for each in offices), "Drei Amt"),
            works=(User.objects.get(username="leitung").pk,),
        )
        assert planned(municipality, merge)[1].services
        undo(reorganise(municipality, merge, by=None), by=None, reason="aufgehoben")
    with at(11, 1):
        taught(municipality)
    with at(11, 5):
        third = loaded(tmp_path, THIRD, "C")
        assert verify_history()["differences"] == []
        undo_for_municipalities(third, by=None, reason="falsche Datei")
        publish()


@pytest.fixture
def listed(monkeypatch):
    """Where columns were listed for writing many rows, and those of them that the model does not have."""
    places, unknown = set(), []
    for write in (many_rows.insert, many_rows.update):

        def keep(model, columns, rows, write=write):
            caller = sys._getframe(1)
            places.add((caller.f_code.co_filename, caller.f_lineno))
            unknown.extend(set(columns) - {field.column for field in model._meta.local_concrete_fields})
            write(model, columns, rows)

        monkeypatch.setattr(many_rows, write.__name__, keep)
    return places, unknown


@pytest.mark.django_db
def test_every_statement_written_in_the_code_runs_on_the_tables_of_the_models(tmp_path, listed):
    ran = set()

    def keep(execute, sql, params, many, context):
        ran.add(plain(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        live_through_everything(tmp_path)
    everything = "\n".join(ran)
    pieces = set(written())
    assert len(pieces) > 50
    assert sorted(each for each in pieces if each[1] not in everything) == []
    places, unknown = listed
    assert len(places) == sum(len(LISTED.findall(path.read_text())) for path in modules())
    assert unknown == []
