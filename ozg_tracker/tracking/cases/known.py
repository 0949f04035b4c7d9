"""What is known of the cases of rows by channel: of each row, year and channel the last word."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Max

from ozg_tracker.tracking.models import CaseCount, Channel

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Cases(NamedTuple):
    """The cases of a row in a year: by channel, in the order of the channels; None: not known."""

    numbers: Mapping[str, int | None]
    extrapolated: bool  # at least one number was, from a counting week

    @property
    def named(self) -> list[tuple[str, int | None]]:
        """Each number with the name of its channel."""
        return [(str(Channel(channel).label), number) for channel, number in self.numbers.items()]

    @property
    def complete(self) -> bool:
        """Every channel is known, so that a share of them can be told."""
        return None not in self.numbers.values()

    @property
    def total(self) -> int:
        return sum(number or 0 for number in self.numbers.values())


def last_said(counts: "QuerySet[CaseCount]", known_at: datetime | None = None) -> "QuerySet[CaseCount]":
    """Of each row, year and channel in `counts` the entry that holds, as known at `known_at` (aware, default: now).

    One that takes a number back holds too, without a number. Writers of a row wait for each other: ids tell the order.
    """
    known = counts.filter(recorded_at__lte=known_at) if known_at else counts
    last = known.order_by().values("row", "year", "channel").annotate(last=Max("pk"))
    return CaseCount.objects.filter(pk__in=last.values("last"))


def cases_known_at(municipality_id: int, years: Collection[int], known_at: datetime) -> dict[int, dict[int, Cases]]:
    """By year and row, as known at `known_at` (aware), where at least one channel is known; one query."""
    here = CaseCount.objects.filter(municipality=municipality_id, year__in=years)
    columns = ("year", "row", "channel", "number", "how")
    return _by_year(last_said(here, known_at).exclude(number=None).values_list(*columns))


def cases_of(row_id: int) -> list[tuple[int, Cases]]:
    """Each year of a row in which at least one channel is known, the last one first; one query."""
    said = last_said(CaseCount.objects.filter(row=row_id)).exclude(number=None)
    found = _by_year(said.values_list("year", "row", "channel", "number", "how"))
    return sorted(((year, rows[row_id]) for year, rows in found.items()), reverse=True)


def _by_year(said: Iterable[tuple[int, int, str, int | None, str]]) -> dict[int, dict[int, Cases]]:
    numbers: dict[tuple[int, int], dict[str, int | None]] = {}
    extrapolated = set()
    for year, row, channel, number, how in said:
        numbers.setdefault((year, row), {})[channel] = number
        if how == CaseCount.How.WEEK:
            extrapolated.add((year, row))
    found: dict[int, dict[int, Cases]] = {}
    for (year, row), known in numbers.items():
        of_row = Cases({channel: known.get(channel) for channel in Channel.values}, (year, row) in extrapolated)
        found.setdefault(year, {})[row] = of_row
    return found
