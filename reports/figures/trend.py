"""How many services were relevant and ready at each month's end, up to 24 months back, and what each month brought."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from catalog.reading.as_known import Catalogue, services_sql
from ozg_tracker.tracking.rows.as_of import as_of_params
from reports import months
from reports.figures.rows import OURS
from reports.figures.sql import numbers, query

LENGTH = 24
_ROW = itemgetter(0)
NOT_OURS, NOT_RATED, NOT_READY, READY = range(4)
# What a row's step from one month's end to the next adds to relevant, rated, ready. Only work on what was rated already
# is throughput: taking stock is none, nor what comes to us or leaves us.
_THROUGHPUT = {(NOT_READY, READY): 1, (READY, NOT_READY): -1, (READY, NOT_RATED): -1}
EVERYTHING, ELSEWHERE = object(), object()  # groups: all rows together, and those that are in none


class Step(NamedTuple):
    """A row's state at a month's end against the one before."""

    group: Any
    month: str
    before: int
    after: int


class Course(NamedTuple):
    """How it went. `line` is the trend as it is frozen; `usable`: the months that can tell the pace, oldest first;
    `brought`: what became ready less what fell back, by month, and by group and month.
    """

    line: list[dict[str, Any]]
    usable: list[str]
    brought: Mapping[tuple[Any, str], int]

    def gained(self, month: str, group: Any = EVERYTHING) -> int:
        return self.brought.get((group, month), 0)

    def gained_after(self, month: str) -> int:
        """What all months after `month` brought."""
        return sum(count for (group, name), count in self.brought.items() if group is EVERYTHING and name > month)


def course(
    municipality_id: int,
    month: date,
    known_at: datetime,
    catalogue: Catalogue,
    ready_ids: Collection[int],
    groups: Mapping[int, str | None],
) -> Course:
    """The trend up to `month`, from the first event's month on, and what each month brought, for rows by `groups` too.

    Each state counts until the row's next one begins, so a month's figure is the sum of all steps up to its end: one
    pass over the municipality's events, read from the index in its order. A service counts until it is retired, by the
    catalogue of this edition. A month is usable once half of the relevant services had been rated when it began.
    """
    params = as_of_params(municipality_id, months.last_day(month), known_at)
    events, ended = query(_events_sql(ready_ids), params), dict(query(_ended_sql(catalogue), params))
    steps = _steps(events, ended, groups)
    begun = min((step.month for step in steps), default=months.name(month))
    every = [months.name(months.step(months.parse(begun), n)) for n in range(_span(begun, month))]
    line, taken_stock = _line(steps, every)
    shown = line[-LENGTH:]
    return Course(shown, [each for each in every if taken_stock and each > taken_stock], _brought(steps))


def _span(begun: str, month: date) -> int:
    return months.between(months.parse(begun), month) + 1


def _line(steps: Mapping[Step, int], every: list[str]) -> tuple[list[dict[str, Any]], str | None]:
    """Each month's end, and the first at which half of the relevant services had been rated."""
    added: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for step, count in steps.items():
        for index, state in enumerate((NOT_RATED, NOT_READY, READY)):
            added[step.month][index] += count * ((step.after >= state) - (step.before >= state))
    relevant = rated = ready = 0
    line, taken_stock = [], None
    for month in every:
        more, more_rated, more_ready = added[month]
        relevant, rated, ready = relevant + more, rated + more_rated, ready + more_ready
        line.append({"month": month, "relevant": relevant, "ready": ready})
        if taken_stock is None and relevant and 2 * rated >= relevant:
            taken_stock = month
    return line, taken_stock


def _brought(steps: Mapping[Step, int]) -> dict[tuple[Any, str], int]:
    found: Counter[tuple[Any, str]] = Counter()
    for step, count in steps.items():
        if gain := _THROUGHPUT.get((step.before, step.after)):
            found[EVERYTHING, step.month] += gain * count
            found[step.group, step.month] += gain * count
    return dict(found)


def _steps(
    events: Iterable[tuple[Any, ...]], ended: dict[int, Any], groups: Mapping[int, str | None]
) -> Mapping[Step, int]:
    """How many rows made each step.

    `events`: row, day and value, in the order in which they hold; `ended`: the day from which a row does not count.
    """
    steps: Counter[tuple[Any, str, int, int]] = Counter()
    for row_id, told in groupby(events, _ROW):
        group, before, month, value = groups.get(row_id, ELSEWHERE), NOT_OURS, "", NOT_OURS
        for _row, day, after in _counting(told, row_id, ended[row_id]) if row_id in ended else told:
            if after == value:
                continue
            name = str(day)[:7]
            if name != month:
                if value != before:
                    steps[group, month, before, value] += 1
                before, month = value, name
            value = after
        if value != before:
            steps[group, month, before, value] += 1
    return {Step(*step): count for step, count in steps.items()}


def _counting(events: Iterable[tuple[Any, ...]], row_id: int, end: Any) -> list[tuple[Any, ...]]:
    """What is told of a row before the day from which it does not count, and that day."""
    return [*(each for each in events if each[1] < end), (row_id, end, NOT_OURS)]


def _events_sql(ready_ids: Collection[int]) -> str:
    return f"""
        SELECT row_id, {_day("effective_on")},
          CASE WHEN responsibility <> '{OURS}' THEN {NOT_OURS} WHEN level_id IS NULL THEN {NOT_RATED}
            WHEN level_id IN ({numbers(ready_ids)}) THEN {READY} ELSE {NOT_READY} END
        FROM tracking_statuschange
        WHERE municipality_id = %(municipality)s AND effective_on <= %(day)s AND recorded_at <= %(known_at)s
        ORDER BY row_id DESC, effective_on, id"""  # noqa: S608 (whole numbers and names of ours)


def _ended_sql(catalogue: Catalogue) -> str:
    """The rows that stop counting by the month's end, and the day; the first of all days: they never count."""
    return f"""
        SELECT r.id, {_day("CASE WHEN s.countable THEN s.retired_on ELSE '0001-01-01' END")}
        FROM tracking_municipalservice r LEFT JOIN {services_sql(catalogue)} s ON s.id = r.service_id
        WHERE r.municipality_id = %(municipality)s AND (s.countable IS NOT TRUE OR s.retired_on <= %(day)s)"""  # noqa: S608


def _day(column: str) -> str:
    """A day as the driver makes it soonest: on PostgreSQL a date, on SQLite a text that sorts as days do."""
    return f"CAST({column} AS {'date' if connection.vendor == 'postgresql' else 'text'})"
