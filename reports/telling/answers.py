"""The report's sentences: one answer to each of the council's four questions, from frozen figures alone.

Every sentence says a count as a count of something, and says plainly where nothing is known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import months
from reports.telling import foretold, wording
from reports.telling.promises import goal
from reports.telling.wording import number

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Answers:
    """To the council's four questions: what is online, what has moved, what is late, when are we done."""

    online: str
    moved: str
    late: str
    done: str
    goal: str = ""  # how far the municipality is to its own goal of the year, where one holds

    def paragraph(self, code: str) -> str:
        """An answer as one paragraph, what is told of the goal before when all are done."""
        return " ".join(filter(None, (self.goal, self.done))) if code == "done" else str(getattr(self, code))


def answers(figures: Figures) -> Answers:
    return Answers(
        online=online(figures), moved=moved(figures), late=late(figures), done=done(figures), goal=goal(figures)
    )


def change(figures: Figures) -> int | None:
    """Ready services at the month's end against those a month before; None where that month is not in the trend."""
    before = months.name(months.step(months.parse(figures["month"]), -1))
    ready = {point["month"]: point["ready"] for point in figures["trend"]}
    return figures["totals"]["ready"] - ready[before] if before in ready else None


def late_deadline(figures: Figures) -> Mapping[str, Any] | None:
    """Of the deadlines that have passed and are not met, the one with the most open services."""
    late = [each for each in figures["deadlines"] if each["days_left"] < 0 and (each["open"] or 0) > 0]
    return max(late, key=lambda each: (each["open"], -each["days_left"]), default=None)


def next_deadline(figures: Figures) -> Mapping[str, Any] | None:
    """Of the deadlines to come, the next that is not met."""
    ahead = [each for each in figures["deadlines"] if each["days_left"] >= 0 and (each["open"] or 0) > 0]
    return min(ahead, key=lambda each: (each["days_left"], -each["in_scope"]), default=None)


def kept(figures: Figures) -> str:
    """ "Von 11 Zusagen für Oktober wurden 6 gehalten." """
    due, kept = figures["promises"]["due"], figures["promises"]["kept"]
    words = {"due": number(due), "n": number(kept), "month": wording.month_alone(figures["month"])}
    if due == 1:
        return (
            _("Die eine Zusage für %(month)s wurde gehalten.")
            if kept
            else _("Die eine Zusage für %(month)s wurde nicht gehalten.")
        ) % words
    return (
        ngettext(
            "Von %(due)s Zusagen für %(month)s wurde %(n)s gehalten.",
            "Von %(due)s Zusagen für %(month)s wurden %(n)s gehalten.",
            kept,
        )
        % words
    )


def deadline_sentence(deadline: Mapping[str, Any]) -> str:
    words = {"name": deadline["name"], "n": number(abs(deadline["days_left"]))}
    if deadline["days_left"] == 0:
        return _("Die Frist „%(name)s“ läuft am Stichtag ab.") % words
    if deadline["days_left"] > 0:
        return (
            ngettext(
                "Bis zur Frist „%(name)s“ bleibt %(n)s Tag.",
                "Bis zur Frist „%(name)s“ bleiben %(n)s Tage.",
                deadline["days_left"],
            )
            % words
        )
    return (
        ngettext(
            "Die Frist „%(name)s“ ist seit %(n)s Tag abgelaufen.",
            "Die Frist „%(name)s“ ist seit %(n)s Tagen abgelaufen.",
            -deadline["days_left"],
        )
        % words
    )


def no_forecast(figures: Figures) -> str:
    forecast = figures["forecast"]
    if forecast["status"] == "ok":
        if not forecast.get("horizon"):
            return _("Bleibt das Tempo, ist nicht abzusehen, wann alle Leistungen fertig sind.")
        end = foretold.until(None, forecast["horizon"])
        return _("Bleibt das Tempo, sind alle Leistungen %(later)s fertig.") % {"later": end}
    if "why" not in forecast:  # frozen by the first rule
        return _(
            "Für eine Vorausschau fehlen Daten: Sie braucht mindestens drei Monate, in denen sich etwas bewegt hat."
        )
    if forecast["why"] == "no_gain":
        return ngettext(
            "Im letzten Monat kam unter dem Strich nichts hinzu; daraus lässt sich kein Ende berechnen.",
            "In den letzten %(n)s Monaten kam unter dem Strich nichts hinzu; daraus lässt sich kein Ende berechnen.",
            forecast["months"],
        ) % {"n": number(forecast["months"])}
    return _(
        "Für eine Vorausschau fehlen Daten: Sie braucht sechs Monate nach der ersten Bestandsaufnahme, bisher sind "
        "es %(n)s."
    ) % {"n": number(forecast["months"])}


def online(figures: Figures) -> str:
    """Was ist online?"""
    totals = figures["totals"]
    answer = wording.share(totals["ready"], totals["relevant"])
    answer += _(": Der Antrag lässt sich vollständig online stellen.") if totals["ready"] else "."
    if not totals["relevant"]:
        return answer
    if totals["not_rated"] == totals["relevant"]:
        return answer + " " + _("Bewertet ist noch keine.")
    if not totals["not_rated"]:
        return answer + " " + _("Alle sind bewertet.")
    return (
        answer
        + " "
        + ngettext(
            "Für %(n)s Leistung liegt noch keine Bewertung vor.",
            "Für %(n)s Leistungen liegt noch keine Bewertung vor.",
            totals["not_rated"],
        )
        % {"n": number(totals["not_rated"])}
    )


_Words = Callable[[int], str]
_RATED: tuple[tuple[str, _Words, _Words], ...] = (
    (
        "newly_ready",
        lambda n: ngettext("%(n)s Leistung ist neu fertig", "%(n)s Leistungen sind neu fertig", n),
        lambda n: ngettext("%(n)s ist neu fertig", "%(n)s sind neu fertig", n),
    ),
    (
        "improved",
        lambda n: ngettext("%(n)s Leistung ist besser geworden", "%(n)s Leistungen sind besser geworden", n),
        lambda n: ngettext("%(n)s weitere ist besser geworden", "%(n)s weitere sind besser geworden", n),
    ),
    (
        "regressed",
        lambda n: ngettext("%(n)s Leistung wurde zurückgestuft", "%(n)s Leistungen wurden zurückgestuft", n),
        lambda n: ngettext("%(n)s wurde zurückgestuft", "%(n)s wurden zurückgestuft", n),
    ),
)
_FIRST: tuple[tuple[str, _Words, _Words], ...] = (
    (
        "first_rated",
        lambda n: ngettext(
            "%(n)s Leistung wurde erstmals bewertet; das zählt nicht als Fortschritt",
            "%(n)s Leistungen wurden erstmals bewertet; das zählt nicht als Fortschritt",
            n,
        ),
        lambda n: "",
    ),
)
_OURS: tuple[tuple[str, _Words, _Words], ...] = (
    (
        "newly_ours",
        lambda n: ngettext("%(n)s Leistung kam hinzu", "%(n)s Leistungen kamen hinzu", n),
        lambda n: ngettext("%(n)s kam hinzu", "%(n)s kamen hinzu", n),
    ),
    (
        "no_longer_ours",
        lambda n: ngettext(
            "%(n)s Leistung gehört nicht mehr zur Kommune", "%(n)s Leistungen gehören nicht mehr zur Kommune", n
        ),
        lambda n: ngettext("%(n)s gehört nicht mehr zur Kommune", "%(n)s gehören nicht mehr zur Kommune", n),
    ),
    (
        "retired",
        lambda n: ngettext(
            "%(n)s Leistung ist aus dem Katalog entfallen", "%(n)s Leistungen sind aus dem Katalog entfallen", n
        ),
        lambda n: ngettext("%(n)s ist aus dem Katalog entfallen", "%(n)s sind aus dem Katalog entfallen", n),
    ),
)


def moved(figures: Figures) -> str:
    """Was hat sich bewegt und warum?"""
    told = [_counted(figures["movement"], group) for group in (_RATED, _FIRST, _OURS)]
    if not any(told):
        return _("In diesem Monat hat sich nichts bewegt: kein Reifegrad und keine Zuständigkeit.")
    if not told[0]:
        told[0] = _("Kein Reifegrad hat sich verändert")
    return " ".join(f"{sentence}." for sentence in told if sentence)


def _counted(movement: Mapping[str, Any], group: tuple[tuple[str, _Words, _Words], ...]) -> str:
    """ "9 Leistungen sind neu fertig, 6 weitere sind besser geworden": only the first part names what is counted."""
    parts: list[str] = []
    for name, first, then in group:
        count = len(movement.get(name, []))
        if count:
            parts.append((then if parts else first)(count) % {"n": number(count)})
    return wording.listed(parts)


def late(figures: Figures) -> str:
    """Was ist zu spät? First what people promised, then, once, what a deadline says."""
    parts = _unkept(figures) if "promises" in figures else []
    if not figures["deadlines"]:
        return " ".join([*parts, _("Es ist keine Frist eingetragen.")])
    behind, ahead = late_deadline(figures), next_deadline(figures)
    parts.append(_behind(behind) if behind else _nothing_late(figures))
    if ahead:
        parts.append(deadline_sentence(ahead))
        parts.append(_still_open(ahead["open"]))
    return " ".join(parts)


def _unkept(figures: Figures) -> list[str]:
    promises = figures["promises"]
    parts = [_("Für %(month)s war nichts zugesagt.") % {"month": wording.month_alone(figures["month"])}]
    if promises["due"]:
        parts = [kept(figures)]
        left = [
            sentence % {"n": number(promises[name])}
            for name, sentence in (("moved", _("%(n)s verschoben")), ("open", _("%(n)s offen")))
            if promises[name]
        ]
        if left:
            parts.append(_("Nicht gehalten: %(left)s.") % {"left": wording.listed(left)})
    return parts


def _behind(deadline: Mapping[str, Any]) -> str:
    return ngettext(
        "Die Frist „%(name)s“ ist abgelaufen; %(n)s Leistung ist danach noch offen.",
        "Die Frist „%(name)s“ ist abgelaufen; %(n)s Leistungen sind danach noch offen.",
        deadline["open"],
    ) % {"name": deadline["name"], "n": number(deadline["open"])}


def _nothing_late(figures: Figures) -> str:
    passed = [each for each in figures["deadlines"] if each["days_left"] < 0]
    if passed and all(each["open"] is None for each in passed):
        return _("Ob etwas zu spät ist, weiß niemand: Welche Leistungen die abgelaufene Frist meint, ist unbekannt.")
    if passed:
        return _("Nichts ist zu spät: Zu den abgelaufenen Fristen ist alles fertig.")
    return _("Nichts ist zu spät: Noch ist keine Frist abgelaufen.")


def _still_open(count: int) -> str:
    return ngettext("Dafür ist noch %(n)s Leistung offen.", "Dafür sind noch %(n)s Leistungen offen.", count) % {
        "n": number(count)
    }


def done(figures: Figures) -> str:
    """Wann sind wir fertig?"""
    forecast = figures["forecast"]
    if forecast["status"] == "complete":
        return _("Alle Leistungen sind fertig.")
    parts = [_expected(figures) if forecast["status"] == "ok" and forecast["p50"] else no_forecast(figures)]
    needed = [each for each in forecast["needed_per_month"] or [] if each["numerator"] and each["denominator"]]
    return " ".join(parts + [_needed(each) for each in needed[:2]])


def _expected(figures: Figures) -> str:
    forecast = figures["forecast"]
    if "throughput" not in forecast:
        return _expected_at_first(forecast)
    words = {"space": wording.NARROW} | {
        name: foretold.until(forecast[name], forecast["horizon"]) for name in ("p50", "p85")
    }
    if foretold.close(figures):
        return _("Bei gleichem Tempo sind mit 85%(space)s%% Wahrscheinlichkeit alle bis %(p85)s fertig.") % words
    sentence = (
        _(
            "Bei gleichem Tempo sind alle ebenso wahrscheinlich vor wie nach %(p50)s fertig, mit 85%(space)s%% "
            "Wahrscheinlichkeit bis %(p85)s."
        )
        if forecast["p85"]
        else _(
            "Bei gleichem Tempo sind alle ebenso wahrscheinlich vor wie nach %(p50)s fertig, mit 85%(space)s%% "
            "Wahrscheinlichkeit aber erst %(p85)s."
        )
    )
    return sentence % words + " " + _("Das ist eine Rechnung, keine Zusage.")


def _expected_at_first(forecast: Mapping[str, Any]) -> str:
    """The sentence of the forecasts that were frozen by the first rule."""
    words = {"p50": wording.month(forecast["p50"]), "space": wording.NARROW}
    if not forecast["p85"]:
        return (
            _("Bei gleichem Tempo sind mit 50%(space)s%% Wahrscheinlichkeit alle Leistungen bis %(p50)s fertig.")
            % words
        )
    return _(
        "Bei gleichem Tempo sind mit 50%(space)s%% Wahrscheinlichkeit alle Leistungen bis %(p50)s fertig, "
        "mit 85%(space)s%% bis %(p85)s."
    ) % {**words, "p85": wording.month(forecast["p85"])}


def _needed(each: Mapping[str, Any]) -> str:
    pace, figure = wording.pace(each["numerator"], each["denominator"])
    words = {"name": each["name"], "n": figure}
    if pace == 10:
        return _("Für die Frist „%(name)s“ braucht es %(n)s fertige Leistung im Monat.") % words
    return _("Für die Frist „%(name)s“ braucht es %(n)s fertige Leistungen im Monat.") % words
