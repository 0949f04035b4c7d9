"""The archive: each month's edition in force with the figures it printed, and what the coordinator does next."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils import timezone

from reports.models import Edition


@dataclass(frozen=True)
class Line:
    """A month in the archive. `gain` is the change of ready services against the month before, where it is known."""

    edition: Edition
    ready: int
    relevant: int
    gain: int | None


@dataclass(frozen=True)
class Step:
    """What is to be done next: `freeze` a month that has ended, `approve` a draft, or `wait` for the month to end."""

    deed: Literal["freeze", "approve", "wait"]
    month: date
    edition: Edition | None = None


def in_force(editions: QuerySet[Edition]) -> list[Edition]:
    """The last edition of each month among `editions`, newest month first, without their figures."""
    latest: dict[date, Edition] = {}
    for edition in editions.order_by("-month", "-number").defer("figures", "differences"):
        latest.setdefault(edition.month, edition)
    return list(latest.values())


def lines(editions: Iterable[Edition]) -> list[Line]:
    """The archive's line for each of `editions`, in their order, from the frozen figures alone; one query."""
    wanted = list(editions)
    texts = dict(Edition.objects.filter(pk__in=[each.pk for each in wanted]).values_list("pk", "figures"))
    return [_line(edition, json.loads(texts[edition.pk])) for edition in wanted]


def _line(edition: Edition, figures: dict[str, Any]) -> Line:
    totals = figures["totals"]
    ready = {point["month"]: point["ready"] for point in figures["trend"]}
    before = ready.get(f"{first_of(edition.month - timedelta(days=1)):%Y-%m}")
    gain = None if before is None else totals["ready"] - before
    return Line(edition, totals["ready"], totals["relevant"], gain)


def next_step(latest: list[Edition]) -> Step:
    """The coordinator's next step, given the editions in force, newest first."""
    running = first_of(timezone.localdate())
    ended = first_of(running - timedelta(days=1))
    standing = {each.month for each in latest}
    owed = [month for month in _months(min(standing, default=ended), ended) if month not in standing]
    if owed:
        return Step("freeze", owed[0])
    drafts = [each for each in latest if each.state == Edition.State.DRAFT]
    if drafts:
        return Step("approve", drafts[-1].month, drafts[-1])
    return Step("wait", running)


def _months(first: date, last: date) -> list[date]:
    months = []
    while first <= last:
        months.append(first)
        first = following(first)
    return months


def first_of(day: date) -> date:
    return day.replace(day=1)


def following(month: date) -> date:
    """The first day of the month after `month`."""
    return first_of(first_of(month) + timedelta(days=31))
