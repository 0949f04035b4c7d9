"""The forecast in words, as a picture and as tables: until when at which pace, how it is reckoned, and how often what
was said came true. What was frozen by the first rule (schema 1) is told as it was told then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import months
from reports.telling import labels, wording
from reports.telling.pictures import forecast_chart
from reports.telling.pictures.growth import through

CLOSE = 3  # months ahead within which only one month is printed: no rule is right for both


@dataclass(frozen=True)
class PaceLine:
    """Until when at which pace; `under` says whose pace it is."""

    name: str
    under: str
    p50: str
    p85: str


@dataclass(frozen=True)
class SaidLine:
    """What an earlier edition said for this month and what came; `true` is None where it said no number."""

    said_in: str
    for_now: str
    came: str
    true: bool | None
    done_by: str


@dataclass(frozen=True)
class Forecast:
    """`how` are sentences on the reckoning; `paces` and `said` are empty where nothing can be foretold."""

    status: str
    label: str
    caption: str
    how: list[str]
    paces: list[PaceLine]
    said: list[SaidLine]
    trend: tuple[tuple[str, int], ...]
    relevant: int
    p50: str | None
    p85: str | None
    faster: tuple[int, str] | None

    def picture(self) -> SafeString:
        return self._draw(self.label) if self.trend else SafeString("")

    def drawn(self) -> SafeString:
        return self._draw("") if self.trend else SafeString("")

    def _draw(self, label: str) -> SafeString:
        return forecast_chart.forecast_line(
            self.trend, self.relevant, self.p50, self.p85, faster=self.faster, label=label
        )


def forecast(figures: Mapping[str, Any]) -> Forecast:
    frozen = figures["forecast"]
    foretold = frozen["status"] == "ok" and (frozen["p50"] or frozen.get("horizon"))
    p50, p85 = (frozen["p50"], frozen["p85"]) if foretold else (None, None)
    points = through(figures)
    trend = tuple((str(each["month"]), int(each["ready"])) for each in points) if len(points) > 1 else ()
    relevant, faster = figures["totals"]["relevant"], _faster(frozen) if foretold else None
    return Forecast(
        status=frozen["status"],
        label=_label(trend, relevant, frozen if foretold else None),
        caption=_caption(trend, p50, frozen, faster),
        how=_how(figures) if foretold else [],
        paces=list(_paces(frozen)) if foretold else [],
        said=[_said(each) for each in frozen.get("track_record", [])],
        trend=trend,
        relevant=relevant,
        p50=p50,
        p85=p85,
        faster=faster,
    )


def until(month: str | None, horizon: str | None) -> str:
    """ "Mai 2032", "später als November 2036"; of a forecast by the first rule, that it cannot be told."""
    if month:
        return wording.month(month)
    return _("später als %(month)s") % {"month": wording.month(horizon)} if horizon else _("nicht abzusehen")


def close(figures: Mapping[str, Any]) -> bool:
    """Whether both months lie so near that only the later one is said."""
    p85 = figures["forecast"]["p85"]
    return bool(p85) and months.between(months.parse(figures["month"]), months.parse(p85)) <= CLOSE


def mean(frozen: Mapping[str, Any]) -> str:
    """What the months seen brought on average: "5", "1,8", "−0,4"."""
    tenths = wording.tenths(abs(frozen["growth"]), frozen["months"], 10)
    figure = wording.number(tenths // 10) if tenths % 10 == 0 else wording.one_decimal(tenths)
    return (wording.MINUS if frozen["growth"] < 0 and tenths else "") + figure


def _faster(frozen: Mapping[str, Any]) -> tuple[int, str] | None:
    faster = frozen.get("faster")
    return (faster["per_month"], faster["p50"]) if faster and faster["p50"] else None


def _paces(frozen: Mapping[str, Any]) -> Iterator[PaceLine]:
    horizon = frozen.get("horizon")
    if "throughput" not in frozen:
        yield PaceLine(_("gleiches Tempo"), "", until(frozen["p50"], None), until(frozen["p85"], None))
        return
    yield _pace(_a_month(mean(frozen)), _("wie in den letzten Monaten"), frozen, horizon)
    if frozen["faster"]:
        faster = _a_month(wording.number(frozen["faster"]["per_month"]))
        yield _pace(faster, _("wenn es schneller ginge"), frozen["faster"], horizon)
    for each in frozen["by_department"]:
        name = _("nur %(department)s") % {"department": each["department"] or str(labels.NO_DEPARTMENT)}
        if each["status"] == "ok":
            yield _pace(name, _a_month(mean(each)), each, horizon)
        elif each["status"] == "complete":
            yield PaceLine(name, "", _("alles fertig"), _("alles fertig"))
        else:
            yield PaceLine(name, _too_little(each), wording.NO_VALUE, wording.NO_VALUE)


def _pace(name: str, under: str, found: Mapping[str, Any], horizon: str | None) -> PaceLine:
    return PaceLine(name, under, until(found["p50"], horizon), until(found["p85"], horizon))


def _a_month(figure: str) -> str:
    return _("%(n)s je Monat") % {"n": figure}


def _too_little(each: Mapping[str, Any]) -> str:
    return _("unter dem Strich kam nichts hinzu") if each["why"] == "no_gain" else _("zu wenige Monate")


def _said(each: Mapping[str, Any]) -> SaidLine:
    told = each["expected"] is not None
    words = {"likely": each["expected"], "least": each["at_least"], "space": wording.NARROW}
    for_now = _("wahrscheinlich %(likely)s mehr, mit 85%(space)s%% mindestens %(least)s") % words
    ends = _("%(p50)s (50%(space)s%%), %(p85)s (85%(space)s%%)") % {
        "p50": until(each["p50"], each["horizon"]),
        "p85": until(each["p85"], each["horizon"]),
        "space": wording.NARROW,
    }
    return SaidLine(
        said_in=wording.month(each["month"]),
        for_now=for_now if told else _("keine Zahl"),
        came=wording.signed(each["came"]),
        true=each["came"] >= each["at_least"] if told else None,
        done_by=ends if each["status"] == "ok" else _("keine Vorausschau"),
    )


def _label(trend: tuple[tuple[str, int], ...], relevant: int, frozen: Mapping[str, Any] | None) -> str:
    said = ", ".join(f"{wording.month(name)} {wording.number(ready)}" for name, ready in trend)
    label = _("Fertige Leistungen am Monatsende: %(said)s.") % {"said": said}
    if frozen is None:
        return label
    paces = [f"50{wording.NARROW}% {each.p50}, 85{wording.NARROW}% {each.p85}" for each in _paces(frozen)][:1]
    words = {"n": wording.number(relevant), "ahead": ", ".join(paces)}
    label += " " + _("Vorausschau, alle %(n)s fertig: %(ahead)s.") % words
    if faster := _faster(frozen):
        words = {"n": wording.number(faster[0]), "month": wording.month(faster[1])}
        label += " " + _("Mit %(n)s je Monat: %(month)s.") % words
    return label


def _caption(
    trend: tuple[tuple[str, int], ...], p50: str | None, frozen: Mapping[str, Any], faster: tuple[int, str] | None
) -> str:
    if not trend:
        return ""
    parts = [_("Dunkle Linie: fertige Leistungen seit %(month)s.") % {"month": wording.month(trend[0][0])}]
    if p50:
        ahead = _("Gestrichelt und Fläche: Vorausschau, 50%(space)s%% bis 85%(space)s%%.") % {"space": wording.NARROW}
        parts.append(ahead)
    if p50 and faster:
        words = {"n": wording.number(faster[0]), "pace": mean(frozen)}
        parts.append(_("Gepunktet: bei %(n)s je Monat statt %(pace)s.") % words)
    return " ".join(parts)


def _how(figures: Mapping[str, Any]) -> list[str]:
    """How the forecast comes to be, in five sentences; by the first rule, in those it had."""
    frozen = figures["forecast"]
    if "throughput" not in frozen:
        return [_how_at_first(frozen)]
    words = {"n": wording.number(frozen["months"]), "pace": mean(frozen), "space": wording.NARROW}
    sentences = (
        _(
            "In den letzten %(n)s Monaten wurden im Mittel %(pace)s Leistungen je Monat fertig; Rückfälle sind "
            "abgezogen, die erste Bestandsaufnahme zählt nicht."
        ),
        _(
            "%(n)s Monate sind wenig: Auch bei gleicher Arbeit hätten es zufällig mehr oder weniger sein können, und "
            "wo viele auf einmal fertig werden, zählt der ganze Schub als eine Beobachtung."
        ),
        _(
            "Deshalb rechnen wir mit allen Tempos, die zu diesen %(n)s Monaten passen, und lassen das Tempo mit der "
            "Zeit schwanken, je weiter voraus, desto mehr."
        ),
        _(
            "Der erste Monat ist der, bis zu dem es ebenso wahrscheinlich gelingt wie nicht; bis zum zweiten gelingt "
            "es in etwa 85 von 100 solchen Kommunen."
        ),
        _(
            "Die Rechnung kennt keine Beschlüsse, kein Geld und nicht, dass die letzten Leistungen oft die schwersten "
            "sind; darum steht daneben, was wir vor 6 und 12 Monaten sagten und was kam."
        ),
    )
    return [sentence % words for sentence in sentences]


def _how_at_first(frozen: Mapping[str, Any]) -> str:
    end = _(
        "Genannt ist der Monat, in dem 50%(space)s%% und 85%(space)s%% der möglichen Verläufe alle Leistungen "
        "erreichen. Es ist keine Zusage."
    ) % {"space": wording.NARROW}
    if not frozen.get("months"):
        return end
    average = wording.tenths(abs(frozen["growth"]), frozen["months"], 10)
    words = {
        "n": wording.number(frozen["months"]),
        "growth": wording.signed(frozen["growth"]),
        "mean": (wording.MINUS if frozen["growth"] < 0 else "") + wording.one_decimal(average),
    }
    ground = ngettext(
        "Grundlage ist die Veränderung im letzten Monat (%(growth)s).",
        "Grundlage ist die Veränderung der letzten %(n)s Monate (zusammen %(growth)s, im Mittel %(mean)s je Monat).",
        frozen["months"],
    )
    return f"{ground % words} {end}"
