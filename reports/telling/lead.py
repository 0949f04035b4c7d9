"""The report in three sentences, from frozen figures alone."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import months
from reports.telling import answers, wording
from reports.telling.answers import Figures
from reports.telling.wording import number, services, strong


def lead(figures: Figures) -> str:
    """The report in three sentences; parts to be printed bold are marked (`wording.spans`)."""
    totals = figures["totals"]
    if not totals["relevant"]:
        return _("Für diesen Stichtag ist keine Leistung eingetragen, für die die Kommune zuständig ist.")
    late = _promises(figures) if "promises" in figures else _deadline(figures)
    parts = (_online(figures), _unclear(figures), late, _end(figures))
    return " ".join(part for part in parts if part)


def _online(figures: Figures) -> str:
    ready, relevant = figures["totals"]["ready"], figures["totals"]["relevant"]
    words = {
        "whole": services(relevant),
        "n": strong(_("%(n)s vollständig online") % {"n": number(ready)}, "list=ready"),
    }
    if ready == 0:
        words["n"] = strong(_("noch keine vollständig online"))
    sentence = ngettext(
        "Von %(whole)s der Kommune lässt sich %(n)s beantragen",
        "Von %(whole)s der Kommune lassen sich %(n)s beantragen",
        max(ready, 1),
    )
    return sentence % words + _compared(figures) + _proven(figures) + "."


def _compared(figures: Figures) -> str:
    gain = answers.change(figures)
    if gain is None:
        return ""
    before = wording.month_alone(months.name(months.step(months.parse(figures["month"]), -1)))
    if gain == 0:
        return _(", genauso viele wie im %(month)s") % {"month": before} if figures["totals"]["ready"] else ""
    words = {"n": number(abs(gain)), "month": before}
    told = (_(", %(n)s mehr als im %(month)s") if gain > 0 else _(", %(n)s weniger als im %(month)s")) % words
    gained = figures.get("gained", gain)
    if gained == gain:
        return told
    return told + _(" (ohne Erstbewertungen und Wechsel der Zuständigkeit %(n)s)") % {"n": wording.signed(gained)}


def _proven(figures: Figures) -> str:
    count = figures.get("proven", {}).get("numerator", 0)
    if not count:
        return ""
    sentence = ngettext("; %(n)s davon ist öffentlich belegt", "; %(n)s davon sind öffentlich belegt", count)
    return sentence % {"n": number(count)}


def _unclear(figures: Figures) -> str:
    count = figures.get("unclear", {}).get("count", 0)
    if not count:
        return ""
    return ngettext(
        "Bei %(n)s weiteren ist ungeklärt, ob sie zur Kommune gehört.",
        "Bei %(n)s weiteren ist ungeklärt, ob sie zur Kommune gehören.",
        count,
    ) % {"n": number(count)}


def _promises(figures: Figures) -> str:
    return strong(answers.kept(figures)) if figures["promises"]["due"] else ""


def _deadline(figures: Figures) -> str:
    named = figures["questions"].get("deadline") or {}
    same = [
        each for each in figures["deadlines"] if (each["name"], each["date"]) == (named.get("name"), named.get("date"))
    ]
    deadline = next(iter(same), None) or answers.late_deadline(figures) or answers.next_deadline(figures)
    return answers.deadline_sentence(deadline) if deadline else ""


def _end(figures: Figures) -> str:
    forecast = figures["forecast"]
    if forecast["status"] == "complete":
        return _("Damit ist alles fertig.")
    if forecast["status"] == "ok" and forecast["p50"]:
        words = {"month": strong(wording.month(forecast["p50"]))}
        return _("Bleibt das Tempo, sind alle Leistungen voraussichtlich im %(month)s fertig.") % words
    return answers.no_forecast(figures)
