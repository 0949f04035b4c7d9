"""Whatever is reorganised, moved, corrected and entered late: no earlier edition differs but by what became known."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ozg_tracker.accounts.maturity import change_model, model_on
from ozg_tracker.accounts.memberships import NOTHING, Held, record
from ozg_tracker.accounts.models import Department, Municipality, Reorganisation, Role
from ozg_tracker.reorganising.reorganise import reorganise
from ozg_tracker.reorganising.undo import undo
from ozg_tracker.reorganising.wishes import Share, Wish
from ozg_tracker.tracking.deadlines.changing import Facts, end_deadline, keep_deadline
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.status import change_status
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.assigning.suspension import suspend_task
from ozg_tracker.training.assigning.withdrawing import move_due_day, withdraw_task
from ozg_tracker.training.completing.completion import complete_task
from ozg_tracker.training.completing.correcting import correct_completion, take_back_completion
from ozg_tracker.training.models import Course, Requirement, TrainingTask
from reports.editions.freeze import freeze_edition
from reports.editions.verifying.verify import verify_history
from tests import make

OCTOBER, NOVEMBER = date(2022, 10, 1), date(2022, 11, 1)
DAYS = [date(2022, 9, 15), OCTOBER, date(2022, 10, 20), NOVEMBER, date(2022, 11, 15), date(2022, 12, 1)]
START = datetime(2022, 12, 2, 9, tzinfo=UTC)

step = st.tuples(
    st.sampled_from(
        [
            *("rename", "move", "merge", "split", "end", "undo", "row", "row", "person", "leave", "deadline", "end it"),
            *("model", "freeze", "freeze", "freeze"),
            *("rule", "rule", "complete", "complete", "correct", "take back", "due day", "rest", "withdraw"),
        ]
    ),
    st.sampled_from(DAYS),
    st.integers(0, 5),
    st.integers(0, 5),
)


TRAININGS = {
    "complete": lambda task, day, by: complete_task(task, by=task.person, completed_on=day),
    "correct": lambda task, day, by: correct_completion(task, day, by=task.person),
    "take back": lambda task, day, by: take_back_completion(task, by=task.person),
    "due day": lambda task, day, by: move_due_day(task, day + timedelta(days=60), "x", by=by),
    "rest": lambda task, day, by: suspend_task(task, day + timedelta(days=90), "absent", by=by),
    "withdraw": lambda task, day, by: withdraw_task(task, "x", by=by),
}


def do(municipality, kind, day, one, other, number):
    """One thing that people do; refused ones change nothing."""
    standing = list(Department.objects.standing().filter(municipality=municipality).order_by("pk"))
    first, second = standing[one % len(standing)], standing[other % len(standing)]
    rows = list(MunicipalService.objects.filter(municipality=municipality).order_by("pk"))
    said = {"effective_on": day, "reason": f"Verfügung {number}"}
    if kind == "undo":
        deeds = list(Reorganisation.objects.exclude(kind="add"))
        if deeds:
            undo(deeds[one % len(deeds)], by=None, reason="x")
    elif kind == "row":
        model = model_on(municipality, day).version
        changes = {"department": first, "level": make.level(other % 5, model), "state": "open"}
        changes |= {"planned_on": day + timedelta(days=20 * one)} if number % 2 else {}
        change_status(rows[other % 3], changes, seen_version=None, by=None, reason="x", effective_on=day)
    elif kind == "person":
        person = municipality.memberships.order_by("pk")[other % 2]
        record(municipality, {person.user_id: Held(Role.STAFF, first.pk)}, effective_on=day, reason="x")
    elif kind == "leave":
        person = municipality.memberships.order_by("pk")[other % 2]
        record(municipality, {person.user_id: NOTHING}, effective_on=day, reason="x")
    elif kind in ("deadline", "end it"):
        found = municipality.deadlines.order_by("pk")[:2]
        held = found[one % len(found)] if found else None
        if kind == "end it" and held:
            end_deadline(held, effective_on=day, by=None)
        else:
            scope = {"scope": "department", "department": first} if other % 2 else {}
            facts = Facts(f"Frist {number}", day + timedelta(days=30 * one), "Rat", **scope)
            keep_deadline(
                facts, municipality=municipality, deadline=held if other > 2 else None, by=None, effective_on=day
            )
    elif kind == "model":
        model = make.maturity_model("9.0" if other % 2 else "1.1")
        change_model(municipality, model, effective_on=day, reason="Beschluss", by=None)
    elif kind == "freeze":
        freeze_edition(municipality, OCTOBER if one % 2 else NOVEMBER, correct="Neues" if other % 2 else "")
    elif kind == "rule":
        narrowed = {"department": first} if other % 2 else {}
        course = Course.objects.get_or_create(municipality=municipality, title=f"Kurs {one % 2}")[0]
        rule = Requirement(course=course, starts_on=day, due_within_days=10 * one, **narrowed)
        rule.full_clean()
        rule.save()
        assign_due_trainings(municipality)
    elif kind in TRAININGS:
        tasks = list(TrainingTask.objects.order_by("pk"))
        for task in tasks[other :: 3 if other % 2 else 1]:  # many, as a figure of the council tells of ten people
            with suppress(ValidationError, PermissionDenied), transaction.atomic():  # nobody does it for oneself
                TRAININGS[kind](task, day, municipality.memberships.get(role=Role.COORDINATOR).user)
    elif kind == "split":
        parts = {f"Teil {number}": Share({rows[0].pk}), f"Stelle {number}": Share({rows[1].pk})}
        reorganise(municipality, Wish("split", departments=(first.pk,), parts=parts, **said), by=None)
    else:
        parent = second.pk if kind == "move" else -1
        both = (first.pk, second.pk) if kind == "merge" and first != second else (first.pk,)
        wish = Wish(kind, departments=both, name=f"Name {number}", parent=parent, into=second.pk, **said)
        reorganise(municipality, wish, by=None)


@pytest.fixture
def municipality(db):
    """Made once: each example changes it and takes that back."""
    municipality = make.municipality()
    tops = [make.department(name) for name in ("Bauen", "Bürgerdienste")]
    offices = [make.department(f"Amt {n}", tops[n % 2]) for n in range(3)]
    for n, office in enumerate(offices):
        make.row(make.service(f"9900000000{n}000"), department=office, level=n)
    for n in range(12):
        make.user(f"person.{n}", Role.STAFF, department=offices[n % 3])
    make.user()
    return municipality


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=3, max_size=12))
def test_every_edition_is_computed_again_as_it_was_frozen(municipality, steps):
    with transaction.atomic():
        municipality = Municipality.objects.get(pk=municipality.pk)
        for number, each in enumerate(steps):
            with time_machine.travel(START + timedelta(hours=number), tick=False):
                try:
                    with transaction.atomic():
                        do(municipality, *each, number)
                except ValidationError:
                    continue
        with time_machine.travel(START + timedelta(days=3), tick=False):
            assert verify_history()["differences"] == []
        transaction.set_rollback(True)
