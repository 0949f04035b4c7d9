"""A year as its twelve reports told it: levels month by month, promises, what came and what fell back.

From published editions alone, each with its own figures: nothing is reckoned anew, so a month stands as the council has
read it, and one without a report stands as such.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import months
from reports.models import Edition
from reports.telling import levels, lists, wording
from reports.telling.lists import Move
from reports.telling.text import cleaned

SHOWN = 15  # services of what came, and of what fell back; the months' reports have all


@dataclass(frozen=True)
class MonthOfYear:
    """`part` is None without a published report; the counts are words, a dash where the report does not know them."""

    first: date
    edition: Edition | None = None
    part: levels.Part | None = None
    kept: str = wording.NO_VALUE
    came: str = wording.NO_VALUE
    fell: str = wording.NO_VALUE


@dataclass(frozen=True)
class Moved:
    """A service that became ready or fell back, and the month whose report says so."""

    first: date
    move: Move


@dataclass(frozen=True)
class YearReview:
    year: int
    months: list[MonthOfYear]
    legend: list[levels.LegendEntry]
    models: str
    promises: str
    came: list[Moved]
    fell: list[Moved]

    def reported(self) -> str:
        """How many months have a report."""
        return wording.of(sum(1 for each in self.months if each.edition), len(self.months))

    def came_first(self) -> list[Moved]:
        return self.came[:SHOWN]

    def fell_first(self) -> list[Moved]:
        return self.fell[:SHOWN]

    def came_more(self) -> int:
        return max(len(self.came) - SHOWN, 0)

    def fell_more(self) -> int:
        return max(len(self.fell) - SHOWN, 0)


def year_review(editions: Iterable[Edition], year: int) -> YearReview | None:
    """The review of `year` from the published editions in force, one a month; None where there is none."""
    told = {each.month: (each, cleaned(each.figures)) for each in editions}
    if not told:
        return None
    all_figures = [figures for _edition, figures in (told[month] for month in sorted(told))]
    last = all_figures[-1]
    whole = levels.part(last, "", last["totals"], {})
    firsts = [date(year, month, 1) for month in range(1, 13)]
    return YearReview(
        year,
        [_month(first, *told[first]) if first in told else MonthOfYear(first) for first in firsts],
        levels.legend(last, whole.bar.segments, len(last["totals"]["levels"])),
        _models(all_figures),
        _promises([figures["promises"] for figures in all_figures if "promises" in figures], len(all_figures)),
        _moved(all_figures, "newly_ready"),
        _moved(all_figures, "regressed"),
    )


def _month(first: date, edition: Edition, figures: Mapping[str, Any]) -> MonthOfYear:
    promises, movement = figures.get("promises"), figures["movement"]
    return MonthOfYear(
        first,
        edition,
        levels.part(figures, wording.month(figures["month"]), figures["totals"], {}),
        wording.of(promises["kept"], promises["due"]) if promises else wording.NO_VALUE,
        wording.number(len(movement["newly_ready"])),
        wording.number(len(movement["regressed"])),
    )


def _models(figures: Iterable[Mapping[str, Any]]) -> str:
    """With which maturity models the months were counted, where it is more than one; empty otherwise."""
    used = list(dict.fromkeys(str(each["maturity_model"]) for each in figures))
    if len(used) < 2:
        return ""
    sentence = _("Gezählt wurde im Lauf des Jahres nach den Reifegradmodellen %(models)s; umgerechnet ist nichts.")
    return sentence % {"models": wording.listed(used)}


def _promises(told: list[Mapping[str, Any]], reports: int) -> str:
    """ "Von 48 Zusagen wurden 31 gehalten, 12 verschoben, 5 blieben offen." and in how many reports they stand."""
    due = sum(each["due"] for each in told)
    if not due:
        return _("In den Berichten dieses Jahres war nichts zugesagt.")
    words = {code: wording.number(sum(each[code] for each in told)) for code in ("due", "kept", "moved", "open")}
    sentence = ngettext(
        "Von %(due)s Zusage: gehalten %(kept)s, verschoben %(moved)s, offen %(open)s.",
        "Von %(due)s Zusagen: gehalten %(kept)s, verschoben %(moved)s, offen %(open)s.",
        due,
    )
    if len(told) < reports:
        counted = {"n": wording.of(len(told), reports)}
        sentence += " " + _("Das sagen %(n)s Berichten; die früheren zählten keine Zusagen.") % counted
    return sentence % words


def _moved(figures: Iterable[Mapping[str, Any]], kind: str) -> list[Moved]:
    """The services of all months, the newest month first."""
    found = [Moved(months.parse(each["month"]), move) for each in figures for move in lists.moves(each, kind)]
    return sorted(found, key=lambda each: each.first, reverse=True)
