"""How training tasks stood at the end of a day, as known at an instant; and whether the rows say what the events do."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.training.models import TrainingEvent, TrainingTask


class Known(NamedTuple):
    """A task on a day. `completed_on` is never after it; `first_due_on` is the due day it was assigned with."""

    task: int
    person: int
    course: int
    assigned_on: date
    first_due_on: date
    due_on: date
    completed_on: date | None
    withdrawn_on: date | None
    suspended_until: date | None


_COLUMNS = (
    *("task", "task__person", "task__course", "effective_on", "due_on", "completed_on", "withdrawn_on"),
    "suspended_until",
)


def tasks_as_of(municipality: Municipality, day: date, known_at: datetime | None = None) -> Iterator[Known]:
    """Every task that had been assigned by the end of `day`, as known at `known_at` (default: now); one query.

    Due day, withdrawal and rest are those of the last deed by that day; that a training was done is told by the last
    deed that was known, for a day is often reported late.
    """
    events = TrainingEvent.objects.filter(municipality=municipality)
    if known_at is not None:
        events = events.filter(recorded_at__lte=known_at)
    found: Known | None = None
    for row in events.order_by("task", "pk").values_list(*_COLUMNS).iterator(5000):
        task, person, course, effective_on, due_on, completed_on, withdrawn_on, suspended_until = row
        if found is not None and found.task != task:
            yield found
            found = None
        done = completed_on if completed_on is not None and completed_on <= day else None
        if effective_on > day:
            found = found and found._replace(completed_on=done)
        elif found is None:
            found = Known(task, person, course, effective_on, due_on, due_on, done, withdrawn_on, suspended_until)
        else:
            found = found._replace(
                due_on=due_on, completed_on=done, withdrawn_on=withdrawn_on, suspended_until=suspended_until
            )
    if found is not None:
        yield found


_STATE = ("due_on", "completed_on", "withdrawn_on", "suspended_until")


def tasks_unlike_their_events(municipality: Municipality) -> "QuerySet[TrainingTask]":
    """The tasks whose row is not what their last event says, or that have no event; none, as all is well."""
    last = TrainingEvent.objects.filter(task=OuterRef("pk")).order_by("-pk")
    tasks = TrainingTask.objects.filter(municipality=municipality)
    tasks = tasks.annotate(**{f"told_{name}": Subquery(last.values(name)[:1]) for name in _STATE})
    differs = Q(told_due_on=None)
    for name in _STATE:
        told = f"told_{name}"
        differs |= ~Q(**{told: F(name)}) & Q(**{f"{told}__isnull": False}) | Q(
            **{f"{told}__isnull": True, f"{name}__isnull": False}
        )
        differs |= Q(**{f"{told}__isnull": False, f"{name}__isnull": True})
    return tasks.filter(differs).order_by("pk")
