"""What a municipality that takes part is shown: the groups it belongs to, and its own rates beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.models import Municipality
from reports.comparing.compute_months import LARGEST, size_of
from reports.comparing.rates import Figure, Rates, read_rates
from reports.models import ComparedFigure, ComparedGroup, ComparedMonth, Edition
from reports.telling import wording

MONTHS = 12  # compared months to choose from, the newest first
_SIZES: Mapping[str, Promise] = {
    "to_299": gettext_lazy("unter 300 relevante Leistungen"),
    "300_to_599": gettext_lazy("300 bis 599 relevante Leistungen"),
    LARGEST: gettext_lazy("ab 600 relevante Leistungen"),
}
Grouping = ComparedGroup.Grouping


@dataclass(frozen=True)
class Line:
    """One rate: the municipality's own as an exact fraction, and the quartiles of the group in whole per cent."""

    figure: str
    label: str
    numerator: int
    denominator: int
    lower: int | None = None
    median: int | None = None
    upper: int | None = None

    def own(self) -> str:
        return wording.percent(self.numerator, self.denominator)

    def counted(self) -> str:
        return wording.of(self.numerator, self.denominator)


@dataclass(frozen=True)
class ShownGroup:
    """`members` is None where nothing is shown; the lines then have the municipality's own rates alone."""

    grouping: str
    name: str
    label: str
    words: str
    members: int | None
    lines: list[Line]


@dataclass(frozen=True)
class Comparison:
    """`own` is None where the municipality has no published report of the month; it then has no groups."""

    month: date
    own: Rates | None
    groups: list[ShownGroup]


def compared_months() -> list[date]:
    """The newest first; one query."""
    return list(ComparedMonth.objects.values_list("month", flat=True)[:MONTHS])


def comparison_of(municipality: Municipality, month: date) -> Comparison:
    """What `month` published of the groups that the municipality's edition in force belongs to; at most three queries.

    Whoever may see it is asked by the doors: it is for people of a municipality that takes part.
    """
    published = Edition.objects.filter(Edition.published(), municipality=municipality, month=month)
    told = list(read_rates(published))
    if not told:
        return Comparison(month, None, [])
    own = told[-1]  # the greatest number comes last: it is in force
    release, model, conform_level = own.pool
    found = ComparedGroup.objects.filter(
        compared__month=month, release=release, model=model, conform_level=conform_level
    ).prefetch_related("figures")
    kept = {(group.grouping, group.name): group for group in found}
    belongs = ((Grouping.KIND, own.kind), (Grouping.SIZE, size_of(own.relevant)))
    return Comparison(month, own, [_group(kept.get(each), *each, own, municipality) for each in belongs])


def _group(
    kept: ComparedGroup | None, grouping: Grouping, name: str, own: Rates, municipality: Municipality
) -> ShownGroup:
    told = {each.figure: each for each in kept.figures.all()} if kept else {}
    words = municipality.get_kind_display() if grouping == Grouping.KIND else str(_SIZES[name])
    lines = [_line(figure, own.of[figure], told.get(figure)) for figure in Figure]
    return ShownGroup(grouping, name, str(grouping.label), words, kept.members if kept else None, lines)


def _line(figure: Figure, own: tuple[int, int], told: ComparedFigure | None) -> Line:
    quartiles = (told.lower, told.median, told.upper) if told else (None, None, None)
    return Line(figure, str(figure.label), *own, *quartiles)


def why_not() -> str:
    """Why a group is not shown."""
    return _(
        "Für diese Gruppe wird in diesem Monat nichts gezeigt: Sie hat weniger als fünf vergleichbare andere Kommunen, "
        "oder sie unterscheidet sich von einer gezeigten um weniger als fünf. Aus dem Unterschied ließe sich sonst auf "
        "einzelne schließen."
    )
