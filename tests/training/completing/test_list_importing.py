"""Completions from a list, as people write it and platforms export it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from ozg_tracker.accounts.models import Role, StaffNumber
from ozg_tracker.training.completing.list_importing import import_completions
from ozg_tracker.training.completing.list_reading import completion_day
from ozg_tracker.training.models import Completion, TrainingTask
from tests import make
from tests.training import made

pytestmark = pytest.mark.django_db

DAY = timezone.localdate() - timedelta(days=3)


@pytest.fixture
def amt():
    person = make.user("amt", Role.STAFF, email="amt@example.invalid")
    StaffNumber.objects.create(municipality=make.municipality(), user=person, number="0042")
    return person


@pytest.fixture
def koordination():
    return make.user()


def listed(tmp_path, text, name="liste.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8-sig"))
    return path


def read(path, by, **said):
    return import_completions(path, make.municipality(), by=by, **said)


def test_who_is_named_by_mail_number_or_name_has_done_it(tmp_path, amt, koordination):
    others = [make.user(name, Role.STAFF) for name in ("bau", "theke")]
    for person in (amt, *others):
        made.task(person, due_on=DAY + timedelta(days=30), period_start=DAY - timedelta(days=30))
    path = listed(
        tmp_path,
        f"E-Mail;Personalnummer;Benutzername;Schulung;Erledigt am\n"
        f";0042;;datenschutz;{DAY:%d.%m.%Y}\nbau@nirgends;;bau;Datenschutz;{DAY}\n;;THEKE;Datenschutz;{DAY} 10:12\n",
    )
    tried = read(path, koordination, dry_run=True)
    assert (len(tried.new), tried.applied, Completion.objects.count()) == (3, False, 0)
    assert read(path, koordination).as_json() | {"problems": []} == {
        "rows": 3, "not_done": 0, "new": 3, "unchanged": 0, "left_out": 0, "applied": True, "problems": [],
    }  # fmt: skip
    assert set(TrainingTask.objects.values_list("completed_on", flat=True)) == {DAY}
    event = TrainingTask.objects.get(person=amt).events.latest("pk")
    assert (event.kind, event.by, event.reason) == ("completed", koordination, "Liste „liste.csv“")
    assert Completion.objects.exclude(confirmed_on=timezone.localdate()).count() == 0
    again = read(path, koordination)
    assert (len(again.new), again.unchanged) == (0, 3)


def test_an_export_with_a_status_counts_what_is_completed_of_the_course_that_was_chosen(tmp_path, amt, koordination):
    make.user("bau", Role.STAFF, email="bau@example.invalid")
    text = (
        "Vorname,Nachname,Email address,Status,Status geändert\n"
        f"Kim,Amt,AMT@example.invalid,Bestanden,{DAY}T08:30:00\nBo,Bau,bau@example.invalid,In Bearbeitung,\n"
    )
    found = read(listed(tmp_path, text), koordination, course=made.course("eGovernment"))
    assert (len(found.new), found.not_done, found.applied) == (1, 1, True)
    task = TrainingTask.objects.get()
    assert (task.person, task.round, task.completed_on) == (amt, 1, DAY)
    assert [each.code for each in found.problems] == ["unread_column", "unread_column"]


def test_every_problem_has_its_place_and_stops_the_list(tmp_path, amt, koordination):
    made.task(amt, made.course("Brandschutz"), period_start=DAY, due_on=DAY)
    text = (
        "Benutzername;Kurs;Datum\n"
        f"niemand;Datenschutz;{DAY}\namt;Gibt es nicht;{DAY}\namt;Datenschutz;gestern\n;Datenschutz;{DAY}\n"
        f"amt;Datenschutz;{date.today().year + 2}-01-01\namt;Brandschutz;{DAY}\namt;Brandschutz;{DAY}\n"  # noqa: DTZ011
    )
    made.course()
    path = listed(tmp_path, text)
    found = read(path, koordination)
    assert [(each.row, each.code, each.column) for each in found.problems] == [
        (2, "unknown_person", "Benutzername"),
        (3, "unknown_course", "Kurs"),
        (4, "no_day", "Datum"),
        (5, "not_named", None),
        (6, "in_the_future", "Datum"),
        (8, "duplicate_row", "Kurs"),
    ]
    assert (found.refused, Completion.objects.count()) == (True, 0)
    assert read(path, koordination, leave_out={2, 3, 4, 5, 6}).refused
    left = read(path, koordination, leave_out={2, 3, 4, 5, 6, 8})
    assert (left.applied, left.left_out, Completion.objects.count()) == (True, 6, 1)


@pytest.mark.parametrize(
    ("head", "code"),
    [("Name;Datum", "missing_column"), ("E-Mail;Kurs", "missing_column"), ("E-Mail;Datum", "missing_column")],
)
def test_without_its_columns_a_list_is_refused(tmp_path, koordination, head, code):
    found = read(listed(tmp_path, f"{head}\na;b\n"), koordination)
    assert [each.code for each in found.problems] == [code] and found.refused


def test_a_repetition_is_a_round_of_its_own_and_what_is_older_changes_nothing(tmp_path, amt, koordination):
    yearly = made.course(interval_months=12)
    made.done(made.task(amt, yearly, period_start=DAY - timedelta(days=400)), DAY - timedelta(days=370))
    found = read(listed(tmp_path, f"Benutzername;Kurs;Datum\namt;Datenschutz;{DAY}\n"), koordination)
    assert (len(found.new), TrainingTask.objects.count()) == (1, 2)
    older = listed(tmp_path, f"Benutzername;Kurs;Datum\namt;Datenschutz;{DAY - timedelta(days=1)}\n", "alt.csv")
    assert read(older, koordination).unchanged == 1


def test_nobody_confirms_the_own_and_only_the_coordination_brings_a_list(tmp_path, amt, koordination):
    made.course()
    path = listed(tmp_path, f"Benutzername;Kurs;Datum\nkoordination;Datenschutz;{DAY}\n")
    read(path, koordination)
    assert Completion.objects.get().confirmed_on is None
    with pytest.raises(PermissionDenied):
        read(path, amt)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Monday, 30 November 2026, 10:15 AM", date(2026, 11, 30)),
        ("Montag, 30. November 2026, 10:15", date(2026, 11, 30)),
        ("1. März 2026, 10:15", date(2026, 3, 1)),
        ("28/11/26, 10:15", date(2026, 11, 28)),
        ("2026-11-28T10:15:00", date(2026, 11, 28)),
        ("28.11.2026, 10:15", date(2026, 11, 28)),
    ],
)
def test_a_moment_is_read_as_platforms_write_it(text, day):
    assert completion_day(text) == day


@pytest.mark.parametrize("text", ["31 November 2026", "28/13/26, 10:15", "11/28/2026", "30 Nirgends 2026", ""])
def test_what_is_no_day_is_said_so(text):
    with pytest.raises(ValueError, match="ist kein Tag"):
        completion_day(text)


def test_moodles_column_of_completion_says_what_is_done(tmp_path, amt, koordination):
    other = make.user("bau", Role.STAFF)
    for person in (amt, other):
        made.task(person, due_on=DAY + timedelta(days=30), period_start=DAY - timedelta(days=30))
    head = "Username;Course;Completion date;Course complete"
    path = listed(tmp_path, f"{head}\namt;Datenschutz;{DAY};Completed\nbau;Datenschutz;;Not completed\n")
    found = read(path, koordination)
    assert (found.applied, len(found.new), found.not_done) == (True, 1, 1)
