"""The report's sentences: the lead, and one answer to each of the council's four questions, from frozen figures alone.

Every sentence says a count as a count of something, and says plainly where nothing is known.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import months, wording
from reports.wording import number, services, strong

Figures = Mapping[str, Any]


def change(figures: Figures) -> int | None:
    """Ready services at the month's end against those a month before; None where that month is not in the trend."""
    before = months.name(months.step(months.parse(figures["month"]), -1))
    ready = {point["month"]: point["ready"] for point in figures["trend"]}
    return figures["totals"]["ready"] - ready[before] if before in ready else None


def late_deadline(figures: Figures) -> Mapping[str, Any] | None:
    """Of the deadlines that have passed and are not met, the one with the most open services."""
    late = [each for each in figures["deadlines"] if each["days_left"] < 0 and each["open"] > 0]
    return max(late, key=lambda each: (each["open"], -each["days_left"]), default=None)


def next_deadline(figures: Figures) -> Mapping[str, Any] | None:
    """Of the deadlines to come, the next that is not met."""
    ahead = [each for each in figures["deadlines"] if each["days_left"] >= 0 and each["open"] > 0]
    return min(ahead, key=lambda each: (each["days_left"], -each["in_scope"]), default=None)


def lead(figures: Figures) -> str:
    """The report in three sentences; parts to be printed bold are marked (`wording.spans`)."""
    totals = figures["totals"]
    if not totals["relevant"]:
        return _("Für diesen Stichtag ist keine Leistung eingetragen, für die die Kommune zuständig ist.")
    return " ".join(part for part in (_lead_online(figures), _lead_deadline(figures), _lead_end(figures)) if part)


def _lead_online(figures: Figures) -> str:
    ready, relevant = figures["totals"]["ready"], figures["totals"]["relevant"]
    words = {"whole": services(relevant), "n": strong(_("%(n)s vollständig online") % {"n": number(ready)})}
    if ready == 0:
        words["n"] = strong(_("noch keine vollständig online"))
    sentence = ngettext(
        "Von %(whole)s der Kommune lässt sich %(n)s beantragen",
        "Von %(whole)s der Kommune lassen sich %(n)s beantragen",
        max(ready, 1),
    )
    return sentence % words + _compared(figures) + "."


def _compared(figures: Figures) -> str:
    gain = change(figures)
    if gain is None:
        return ""
    before = wording.month_alone(months.name(months.step(months.parse(figures["month"]), -1)))
    if gain == 0:
        return _(", genauso viele wie im %(month)s") % {"month": before} if figures["totals"]["ready"] else ""
    words = {"n": number(abs(gain)), "month": before}
    return (_(", %(n)s mehr als im %(month)s") if gain > 0 else _(", %(n)s weniger als im %(month)s")) % words


def _lead_deadline(figures: Figures) -> str:
    named = figures["questions"].get("deadline") or {}
    same = [
        each for each in figures["deadlines"] if (each["name"], each["date"]) == (named.get("name"), named.get("date"))
    ]
    deadline = next(iter(same), None) or late_deadline(figures) or next_deadline(figures)
    return _deadline_sentence(deadline) if deadline else ""


def _deadline_sentence(deadline: Mapping[str, Any]) -> str:
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


def _lead_end(figures: Figures) -> str:
    forecast = figures["forecast"]
    if forecast["status"] == "complete":
        return _("Damit ist alles fertig.")
    if forecast["status"] != "ok" or not forecast["p50"]:
        return _no_forecast(figures)
    words = {"month": strong(wording.month(forecast["p50"]))}
    return _("Bleibt das Tempo, sind alle Leistungen voraussichtlich im %(month)s fertig.") % words


def _no_forecast(figures: Figures) -> str:
    if figures["forecast"]["status"] == "ok":
        return _("Bleibt das Tempo, ist nicht abzusehen, wann alle Leistungen fertig sind.")
    return _("Für eine Vorausschau fehlen Daten: Sie braucht mindestens drei Monate, in denen sich etwas bewegt hat.")


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
    told = [_counted(figures["movement"], group) for group in (_RATED, _OURS)]
    if not any(told):
        return _("In diesem Monat hat sich nichts bewegt: kein Reifegrad und keine Zuständigkeit.")
    if not told[0]:
        told[0] = _("Kein Reifegrad hat sich verändert")
    return " ".join(f"{sentence}." for sentence in told if sentence)


def _counted(movement: Mapping[str, Any], group: tuple[tuple[str, _Words, _Words], ...]) -> str:
    """ "9 Leistungen sind neu fertig, 6 weitere sind besser geworden": only the first part names what is counted."""
    parts: list[str] = []
    for name, first, then in group:
        count = len(movement[name])
        if count:
            parts.append((then if parts else first)(count) % {"n": number(count)})
    return wording.listed(parts)


def late(figures: Figures) -> str:
    """Was ist zu spät?"""
    if not figures["deadlines"]:
        return _("Es ist keine Frist eingetragen.")
    behind, ahead = late_deadline(figures), next_deadline(figures)
    parts = [_behind(behind) if behind else _nothing_late(figures)]
    if ahead:
        parts.append(_deadline_sentence(ahead))
        parts.append(_still_open(ahead["open"]))
    return " ".join(parts)


def _behind(deadline: Mapping[str, Any]) -> str:
    return ngettext(
        "Die Frist „%(name)s“ ist abgelaufen; %(n)s Leistung ist danach noch offen.",
        "Die Frist „%(name)s“ ist abgelaufen; %(n)s Leistungen sind danach noch offen.",
        deadline["open"],
    ) % {"name": deadline["name"], "n": number(deadline["open"])}


def _nothing_late(figures: Figures) -> str:
    if any(each["days_left"] < 0 for each in figures["deadlines"]):
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
    parts = [_expected(forecast) if forecast["status"] == "ok" and forecast["p50"] else _no_forecast(figures)]
    needed = [each for each in forecast["needed_per_month"] or [] if each["numerator"] and each["denominator"]]
    return " ".join(parts + [_needed(each) for each in needed[:2]])


def _expected(forecast: Mapping[str, Any]) -> str:
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
    pace = wording.tenths(each["numerator"], each["denominator"], 10)
    figure = wording.number(pace // 10) if pace % 10 == 0 else wording.one_decimal(pace)
    words = {"name": each["name"], "n": figure}
    if pace == 10:
        return _("Für die Frist „%(name)s“ braucht es %(n)s fertige Leistung im Monat.") % words
    return _("Für die Frist „%(name)s“ braucht es %(n)s fertige Leistungen im Monat.") % words
