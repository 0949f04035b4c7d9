"""A list of 20,000 people, read, checked and taken in, beside the bare statements that write the same rows."""

import csv
from io import StringIO

import pytest
from django.db import connection, transaction

from ozg_tracker.accounts.models import JournalEntry, Membership, MembershipEvent, StaffNumber, User
from ozg_tracker.people_list.importing import import_people
from tests import make
from tests.benchmarks.clock import race, ratio

pytestmark = pytest.mark.django_db
PEOPLE = 20_000
ROWS = (User, MembershipEvent, Membership, StaffNumber, JournalEntry)


def written(tmp_path, number):
    """A list as the office for staff has it."""
    text = StringIO(newline="")
    lines = csv.writer(text, delimiter=";")
    lines.writerow(["Personalnummer", "Vorname", "Nachname", "E-Mail", "Rolle", "Fachbereich"])
    lines.writerows(
        [f"4{n:06d}", f"Kim {n}", f"Muster {n}", f"p{n}@example.invalid", "Sachbearbeitung", f"Amt {n % 40}"]
        for n in range(number)
    )
    path = tmp_path / f"liste-{number}.csv"
    path.write_text(text.getvalue(), "utf-8")
    return path


def undone(deed):
    def run():
        with transaction.atomic():
            deed()
            transaction.set_rollback(True)

    return run


def rows_of(model):
    """What the import wrote, as the database keeps it, in the order of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {model._meta.db_table}")
        columns = [each[0] for each in cursor.description]
        return columns, cursor.fetchall()


def bare(tables):
    """The same rows with no question asked: one INSERT each, all columns given."""
    with connection.cursor() as cursor:
        for name, (columns, rows) in tables.items():
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows)


def test_a_list_of_20_000_people_costs_little_more_than_its_rows(tmp_path):
    ours = make.municipality()
    for n in range(40):
        make.department(f"Amt {n}")
    path = written(tmp_path, PEOPLE)
    before = {model: model.objects.count() for model in ROWS}
    with transaction.atomic():
        outcome = import_people(path, ours)
        assert (len(outcome.plan.new), outcome.applied) == (PEOPLE, True)
        tables = {model._meta.db_table: rows_of(model) for model in ROWS}
        added = {model: len(tables[model._meta.db_table][1]) - before[model] for model in ROWS}
        # the journal has two entries for each: the role, the staff number
        assert added == dict.fromkeys(ROWS, PEOPLE) | {JournalEntry: 2 * PEOPLE}
        transaction.set_rollback(True)
    new = {
        model._meta.db_table: (columns, rows[before[model] :])
        for model in ROWS
        for columns, rows in [tables[model._meta.db_table]]
    }
    floor, measured = race(2, undone(lambda: bare(new)), undone(lambda: import_people(path, ours)))
    ratio(f"Personenliste mit 20.000 Zeilen ({connection.vendor})", measured, floor, at_most=8)
