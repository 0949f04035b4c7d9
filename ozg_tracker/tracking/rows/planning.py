"""Changes worked out in memory, then written set-wise: no query per row, however many rows and changes there are."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from catalog.models import MaturityLevel
from ozg_tracker.accounts.maturity import models_of
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.rows.rights import may_be_responsible
from ozg_tracker.tracking.rows.rules import (
    Errors,
    Facts,
    Level,
    Tracked,
    after,
    check_day,
    check_reason,
    clean_text,
    reason_needed,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What one row is to become from `effective_on` on. `changes`: fields of TrackedState, as objects or ids.

    `seen_version`: the version the person looked at; None takes the row as it is (a file that carries no version).
    `fallback_reason` stands where a reason is needed and none is given: a file may come without.
    """

    row_id: int
    changes: Mapping[str, object]
    effective_on: date
    reason: str = ""
    seen_version: int | None = None
    fallback_reason: str = ""


class Planned(NamedTuple):
    """An event to be written; `at` is the place of its Change in the sequence, `before` the state it builds on."""

    at: int
    row_id: int
    version: int
    effective_on: date
    reason: str
    state: Tracked
    before: Tracked


@dataclass(slots=True)
class History:
    """One row's events up to today in the order (effective_on, id): days and states side by side."""

    version: int
    days: list[date] = field(default_factory=list)
    states: list[Tracked] = field(default_factory=list)

    def place(self, day: date) -> int:
        return bisect_right(self.days, day)

    def add(self, place: int, day: date, state: Tracked) -> None:
        self.days.insert(place, day)
        self.states.insert(place, state)
        self.version += 1


@dataclass(slots=True)
class Plan:
    """Events to write, refusals and stale versions by the place of their Change; `histories` as they would be after.

    `recorded_at`: the instant of all its events, once they are written.
    """

    histories: dict[int, History]
    events: list[Planned] = field(default_factory=list)
    errors: dict[int, Errors] = field(default_factory=dict)
    stale: list[int] = field(default_factory=list)
    recorded_at: datetime | None = None


_NOTHING_YET = Tracked()  # before its first event a row is unclear and open


def load_histories(municipality_id: int, row_ids: Iterable[int]) -> dict[int, History]:
    """The histories of those of the rows that the municipality has. Locks the rows where the database can."""
    wanted = sorted(set(row_ids))
    rows = MunicipalService.objects.filter(municipality=municipality_id, pk__in=wanted).order_by("pk")
    found = {pk: History(version) for pk, version in rows.select_for_update().values_list("pk", "version")}
    events = StatusChange.objects.filter(municipality=municipality_id, row__in=list(found))
    ordered = events.order_by("row", "effective_on", "pk").values_list("row_id", "effective_on", *Tracked._fields)
    for row_id, day, *state in ordered.iterator(chunk_size=2000):
        found[row_id].days.append(day)
        found[row_id].states.append(Tracked._make(state))
    return found


def load_facts(municipality: Municipality, changes: Sequence[Change], today: date) -> Facts:
    """The facts the rules need for these changes; departments and people are asked for only where one names them."""
    named: defaultdict[str, set[int]] = defaultdict(set)
    for change in changes:
        for name in ("department", "owner"):
            if pk := getattr(change.changes.get(name), "pk", change.changes.get(name)):
                named[name].add(pk if isinstance(pk, int) else 0)
    departments = Department.objects.standing().filter(municipality=municipality, pk__in=named["department"])
    people = may_be_responsible(municipality).filter(pk__in=named["owner"])
    levels = MaturityLevel.objects.values_list("pk", "model_id", "number", "model__conform_level")
    return Facts(
        municipality=municipality.name,
        model_id=municipality.maturity_model_id,
        levels={pk: Level(*level) for pk, *level in levels},
        departments=frozenset(departments.values_list("pk", flat=True)),
        people=frozenset(people.values_list("pk", flat=True)),
        today=today,
        models=models_of(municipality),
    )


def plan(histories: dict[int, History], changes: Sequence[Change], facts: Facts) -> Plan:
    """Work out the changes one after the other, each upon those before it. Changes the histories, writes nothing."""
    made = Plan(histories)
    for index, change in enumerate(changes):
        history = histories.get(change.row_id)
        if history is None:
            sentence = _("Diese Leistung führt %s nicht.") % facts.municipality
            made.errors[index] = {"row": ValidationError(sentence, code="unknown_row")}
        elif change.seen_version not in (None, history.version):
            made.stale.append(index)
        else:
            _plan_one(made, index, change, history, facts)
    return made


def _plan_one(made: Plan, index: int, change: Change, history: History, facts: Facts) -> None:
    errors = check_day(change.effective_on, facts.today)
    facts = facts if errors else facts.on(change.effective_on)
    place = 0 if errors else history.place(change.effective_on)
    before = history.states[place - 1] if place else _NOTHING_YET
    held = {before.owner_id, history.states[-1].owner_id if history.states else None}
    result, wrong = after(before, change.changes, facts, held)
    reason = clean_text(change.reason)
    if not reason and change.fallback_reason and not wrong and reason_needed(before, result, facts):
        reason = change.fallback_reason
    errors |= wrong or check_reason(before, result, reason, facts)
    if errors:
        made.errors[index] = errors
    elif result != before:
        history.add(place, change.effective_on, result)
        made.events.append(Planned(index, change.row_id, history.version, change.effective_on, reason, result, before))


def write(
    municipality_id: int,
    made: Plan,
    by_id: int | None,
    source: str,
    recorded_at: datetime,
    stands_for: Mapping[int, int] | None = None,
) -> bool:
    """Write the events and bring each row to its state as of today; False if another writer was faster.

    `stands_for`: by the id of a row, for whom `by_id` stood in.

    The update names the version the plan was made upon, so it writes over nobody's change.
    """
    count: defaultdict[int, int] = defaultdict(int)
    for event in made.events:
        count[event.row_id] += 1
    rows = [
        (*_for_database(made.histories[pk].states[-1]), made.histories[pk].version, pk, made.histories[pk].version - n)
        for pk, n in count.items()
    ]
    stamp = (municipality_id, by_id, source, connection.ops.adapt_datetimefield_value(recorded_at))
    behind = (stands_for or {}).get
    events = [
        (
            *_for_database(each.state),
            each.row_id,
            each.version,
            each.effective_on,
            each.reason,
            *stamp,
            behind(each.row_id),
        )
        for each in made.events
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_UPDATE, rows)
        if cursor.rowcount != len(rows):
            return False
    insert_events(events)
    return True


def insert_events(events: Sequence[tuple[Any, ...]]) -> None:
    """Write events given in the order of `EVENT_COLUMNS`; the ids follow the order given."""
    names = ", ".join(EVENT_COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(events) > _COPY_FROM:
            with cursor.copy(f"COPY {StatusChange._meta.db_table} ({names}) FROM STDIN") as copy:
                for event in events:
                    copy.write_row(event)
        else:
            marks = ", ".join(["%s"] * len(EVENT_COLUMNS))
            cursor.executemany(f"INSERT INTO tracking_statuschange ({names}) VALUES ({marks})", events)  # noqa: S608 (names of our own)


def _for_database(state: Tracked) -> tuple[Any, ...]:
    if state.planned_on is None:
        return state
    planned_on = connection.ops.adapt_datefield_value(state.planned_on)
    return state._replace(planned_on=planned_on)  # type: ignore[arg-type]  # a day as the database takes it


_COPY_FROM = 20  # below it one INSERT after the other is as fast
EVENT_COLUMNS = (
    *Tracked._fields,
    *("row_id", "version", "effective_on", "reason", "municipality_id", "by_id", "source", "recorded_at"),
    "on_behalf_of_id",
)
_UPDATE = (
    f"UPDATE tracking_municipalservice SET {', '.join(f'{name} = %s' for name in Tracked._fields)}, version = %s "  # noqa: S608 (names of our own)
    "WHERE id = %s AND version = %s"
)
