"""The archive: each month's edition in force with the figures it printed, and what the coordinator does next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils import timezone

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.counting import COUNTS, NOT_RATED, late
from reports import canonical, months
from reports.models import Edition
from reports.telling import wording
from reports.telling.answers import change


@dataclass(frozen=True)
class MonthLine:
    """A month in the archive, in words; `change` is against the month before, a dash where that is not known."""

    edition: Edition
    counted: str
    percent: str
    change: str


@dataclass(frozen=True)
class Step:
    """What is to be done next: `freeze` a month that has ended, `approve` what is not approved yet, or `wait` for the
    month to end.
    """

    deed: Literal["freeze", "approve", "wait"]
    month: date
    edition: Edition | None = None


def in_force(editions: QuerySet[Edition]) -> list[Edition]:
    """The last edition of each month among `editions`, newest month first, without their figures."""
    latest: dict[date, Edition] = {}
    for edition in editions.order_by("-month", "-number").defer("figures", "differences"):
        latest.setdefault(edition.month, edition)
    return list(latest.values())


def month_lines(editions: Iterable[Edition]) -> list[MonthLine]:
    """The archive's line for each of `editions`, in their order, from the frozen figures alone; one query."""
    wanted = list(editions)
    texts = dict(Edition.objects.filter(pk__in=[each.pk for each in wanted]).values_list("pk", "figures"))
    return [_line(edition, canonical.loads(texts[edition.pk])) for edition in wanted]


def _line(edition: Edition, figures: dict[str, Any]) -> MonthLine:
    ready, relevant = figures["totals"]["ready"], figures["totals"]["relevant"]
    gain = change(figures)
    return MonthLine(
        edition,
        wording.of(ready, relevant),
        wording.percent(ready, relevant),
        wording.NO_VALUE if gain is None else wording.signed(gain),
    )


@dataclass(frozen=True)
class LooseEnds:
    """What people should still report before the month is frozen; each number is that of the list it leads to."""

    plans_passed: int
    not_rated: int


def loose_ends(municipality: Municipality) -> LooseEnds:
    """As of today; two queries."""
    rows = MunicipalService.objects.filter(municipality=municipality)
    return LooseEnds(
        rows.filter(late(timezone.localdate())).count(),
        rows.filter(COUNTS, NOT_RATED).count(),
    )


def next_step(latest: list[Edition]) -> Step:
    """The coordinator's next step, given the editions in force, newest first."""
    ended = months.last_ended()
    standing = {each.month for each in latest}
    owed = next((month for month in _through(min(standing, default=ended), ended) if month not in standing), None)
    if owed:
        return Step("freeze", owed)
    drafts = [each for each in latest if each.state != Edition.State.APPROVED]
    if drafts:
        return Step("approve", drafts[-1].month, drafts[-1])
    return Step("wait", months.step(ended, 1))


def _through(first: date, last: date) -> Iterator[date]:
    return (months.step(first, number) for number in range(months.between(first, last) + 1))
