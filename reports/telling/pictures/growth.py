"""The growth of each month: the picture, the same numbers as a table, and the words beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports.telling import wording
from reports.telling.pictures import charts

MONTHS = 12


@dataclass(frozen=True)
class Growth:
    """Change of ready services per month; `lines` are (month, ready, change) for the table."""

    label: str
    caption: str
    changes: tuple[tuple[str, int], ...]
    lines: list[tuple[str, str, str]]

    def picture(self) -> SafeString:
        return charts.growth_columns(self.changes, label=self.label)

    def drawn(self) -> SafeString:
        return charts.growth_columns(self.changes, label="")


def through(figures: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The trend up to the edition's month, in order, at most the last twelve steps."""
    points = sorted(figures["trend"], key=lambda each: str(each["month"]))
    return [each for each in points if each["month"] <= figures["month"]][-MONTHS - 1 :]


def growth(figures: Mapping[str, Any]) -> Growth | None:
    """None where fewer than two months are known."""
    points = through(figures)
    if len(points) < 2:
        return None
    changes = tuple((str(after["month"]), int(after["ready"] - before["ready"])) for before, after in pairwise(points))
    span = wording.month_span(changes[0][0], changes[-1][0])
    said = ", ".join(f"{wording.month_short(name)} {wording.signed(change)}" for name, change in changes)
    words = {"span": span}
    return Growth(
        label=_("Veränderung der fertigen Leistungen je Monat, %(span)s: ") % words + said,
        caption=_("Veränderung der fertigen Leistungen gegenüber dem Vormonat, %(span)s") % words,
        changes=changes,
        lines=[(wording.month(points[0]["month"]), wording.number(points[0]["ready"]), wording.NO_VALUE)]
        + [
            (wording.month(point["month"]), wording.number(point["ready"]), wording.signed(change))
            for point, (_name, change) in zip(points[1:], changes, strict=True)
        ],
    )
