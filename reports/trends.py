"""The month's growth and the forecast: the picture, the same numbers as a table, and the words beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import charts, forecast_chart, wording

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


@dataclass(frozen=True)
class Forecast:
    """`lines` are (probability, month) for the table; empty where nothing can be foretold."""

    status: str
    label: str
    caption: str
    how: str
    lines: list[tuple[str, str]]
    trend: tuple[tuple[str, int], ...]
    relevant: int
    p50: str | None
    p85: str | None

    def picture(self) -> SafeString:
        return self._draw(self.label) if self.trend else SafeString("")

    def drawn(self) -> SafeString:
        return self._draw("") if self.trend else SafeString("")

    def _draw(self, label: str) -> SafeString:
        return forecast_chart.forecast_line(self.trend, self.relevant, self.p50, self.p85, label=label)


def _through(figures: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The trend up to the edition's month, in order, at most the last twelve steps."""
    points = sorted(figures["trend"], key=lambda each: str(each["month"]))
    return [each for each in points if each["month"] <= figures["month"]][-MONTHS - 1 :]


def growth(figures: Mapping[str, Any]) -> Growth | None:
    """None where fewer than two months are known."""
    points = _through(figures)
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


def forecast(figures: Mapping[str, Any]) -> Forecast:
    frozen = figures["forecast"]
    foretold = frozen["status"] == "ok" and frozen["p50"]
    p50, p85 = (frozen["p50"], frozen["p85"]) if foretold else (None, None)
    points = _through(figures)
    trend = tuple((str(each["month"]), int(each["ready"])) for each in points) if len(points) > 1 else ()
    relevant = figures["totals"]["relevant"]
    return Forecast(
        status=frozen["status"],
        label=_label(trend, relevant, p50, p85),
        caption=_caption(trend, p50),
        how=_how(figures) if foretold else "",
        lines=_lines(p50, p85),
        trend=trend,
        relevant=relevant,
        p50=p50,
        p85=p85,
    )


def _lines(p50: str | None, p85: str | None) -> list[tuple[str, str]]:
    if not p50:
        return []
    later = wording.month(p85) if p85 else _("nicht abzusehen")
    return [(f"50{wording.NARROW}%", wording.month(p50)), (f"85{wording.NARROW}%", later)]


def _label(trend: tuple[tuple[str, int], ...], relevant: int, p50: str | None, p85: str | None) -> str:
    said = ", ".join(f"{wording.month(name)} {wording.number(ready)}" for name, ready in trend)
    label = _("Fertige Leistungen am Monatsende: %(said)s.") % {"said": said}
    if not p50:
        return label
    ahead = [f"{probability} {month}" for probability, month in _lines(p50, p85)]
    words = {"n": wording.number(relevant), "ahead": ", ".join(ahead)}
    return label + " " + _("Vorausschau, alle %(n)s fertig: %(ahead)s.") % words


def _caption(trend: tuple[tuple[str, int], ...], p50: str | None) -> str:
    if not trend:
        return ""
    line = _("Dunkle Linie: fertige Leistungen seit %(month)s.") % {"month": wording.month(trend[0][0])}
    if not p50:
        return line
    ahead = _("Gestrichelt und Fläche: Vorausschau, 50%(space)s%% bis 85%(space)s%%.") % {"space": wording.NARROW}
    return f"{line} {ahead}"


def _how(figures: Mapping[str, Any]) -> str:
    """How the forecast comes to be; what was frozen of its ground is told."""
    frozen = figures["forecast"]
    end = _(
        "Genannt ist der Monat, in dem 50%(space)s%% und 85%(space)s%% der möglichen Verläufe alle Leistungen "
        "erreichen. Es ist keine Zusage."
    ) % {"space": wording.NARROW}
    if not frozen.get("months"):
        return end
    mean = wording.tenths(abs(frozen["growth"]), frozen["months"], 10)
    words = {
        "n": wording.number(frozen["months"]),
        "growth": wording.signed(frozen["growth"]),
        "mean": (wording.MINUS if frozen["growth"] < 0 else "") + wording.one_decimal(mean),
    }
    ground = ngettext(
        "Grundlage ist die Veränderung im letzten Monat (%(growth)s).",
        "Grundlage ist die Veränderung der letzten %(n)s Monate (zusammen %(growth)s, im Mittel %(mean)s je Monat).",
        frozen["months"],
    )
    return f"{ground % words} {end}"
