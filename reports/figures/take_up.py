"""Digital take-up: of the cases of ready services, how many came online."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from ozg_tracker.tracking.cases.known import Cases, cases_known_at
from reports.figures.rows import Row
from reports.figures.scale import Scale

# What an edition says that knows of no case, and what one means that was frozen before anybody could enter any.
UNKNOWN = {"year": None, "numerator": 0, "denominator": 0, "known_rows": 0, "extrapolated_rows": 0}


class CasesOfYear(NamedTuple):
    """The year that is told (None: none is known) and, by row, the cases of those all of whose channels are known."""

    year: int | None
    by_row: Mapping[int, Cases]

    def of(self, row_id: int) -> dict[str, Any]:
        """What the row of a service says of its channels; nothing where they are not all known."""
        if row_id not in self.by_row:
            return {}
        cases = self.by_row[row_id]
        return {"channels": {**cases.numbers, "extrapolated": cases.extrapolated}}


def cases_of_year(municipality_id: int, rows: list[Row], scale: Scale, cutoff: date, known_at: datetime) -> CasesOfYear:
    """The cases of the year of `cutoff` or of the one before: of the one in which more ready services are known, the
    later of two alike. One query.
    """
    years = (cutoff.year, cutoff.year - 1)
    known = cases_known_at(municipality_id, years, known_at)
    found = []
    for year in years:
        complete = {row_id: cases for row_id, cases in known.get(year, {}).items() if cases.complete}
        ready = sum(1 for row in rows if row.row_id in complete and row.level_id in scale.ready) if complete else 0
        found.append((ready, year, complete))
    ready, year, complete = max(found, key=lambda each: each[:2])
    return CasesOfYear(year, complete) if ready else CasesOfYear(None, {})


def take_up(listed: list[dict[str, Any]], cases: CasesOfYear) -> dict[str, int | None]:
    """Online cases of ready services ÷ all their cases, counted from the rows of the edition alone."""
    if cases.year is None:
        return dict(UNKNOWN)
    told = [each["channels"] for each in listed if each["ready"] and "channels" in each]
    numbers = [{name: number for name, number in each.items() if name != "extrapolated"} for each in told]
    return {
        "year": cases.year,
        "numerator": sum(each["online"] for each in numbers),
        "denominator": sum(sum(each.values()) for each in numbers),
        "known_rows": len(told),
        "extrapolated_rows": sum(each["extrapolated"] for each in told),
    }
