"""The four numbers on top of a report, one for each question."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import months
from reports.telling import answers, foretold, wording
from reports.telling.answers import Figures
from reports.telling.pictures.certainty import certainty
from reports.telling.wording import number, services


@dataclass(frozen=True)
class KeyFigure:
    """One of the four numbers on top. `tone` is "", "late" or "quiet"."""

    anchor: str
    question: str
    figure: str
    unit: str
    words: str
    tone: str = ""
    query: str = ""  # what leads to the list that the number is counted from
    strong: str = ""  # what `words` begin with and is said first

    @property
    def rest(self) -> str:
        return self.words.removeprefix(self.strong)


def key_figures(figures: Figures) -> list[KeyFigure]:
    """The four numbers on top, in the order of the questions."""
    if "promises" not in figures:
        return [_online_figure(figures), _moved_figure(figures), _late_figure(figures), _done_figure(figures)]
    return [_online_figure(figures), _moved_figure(figures), _promised_figure(figures), _next_figure(figures)]


def _online_figure(figures: Figures) -> KeyFigure:
    ready, relevant = figures["totals"]["ready"], figures["totals"]["relevant"]
    rate = wording.rate(ready, relevant)
    figure = wording.NO_VALUE if rate is None else wording.percent_figure(rate)
    words = ngettext("%(n)s von %(whole)s ist fertig", "%(n)s von %(whole)s sind fertig", ready) % {
        "n": number(ready),
        "whole": services(relevant),
    }
    if "proven" in figures:
        words += _(", davon belegt %(n)s") % {"n": number(figures["proven"]["numerator"])}
    strong = ""
    if sure := certainty(figures):
        strong, count = sure.range, figures["unclear"]["count"]
        sentence = ngettext(
            "%(range)s, solange %(n)s Zuständigkeit ungeklärt ist. %(ready)s",
            "%(range)s, solange %(n)s Zuständigkeiten ungeklärt sind. %(ready)s",
            count,
        )
        words = sentence % {"range": strong, "n": number(count), "ready": words}
    unit = "" if rate is None else "%"
    return KeyFigure("online", _("Was ist online?"), figure, unit, words, query="list=ready", strong=strong)


def _moved_figure(figures: Figures) -> KeyFigure:
    gain, movement = figures.get("gained", answers.change(figures)), figures["movement"]
    parts = [
        sentence % {"n": number(len(movement[name]))}
        for name, sentence in (
            ("newly_ready", _("%(n)s neu fertig")),
            ("improved", _("%(n)s besser")),
            ("regressed", _("%(n)s zurückgestuft")),
        )
        if movement[name] or name == "newly_ready"
    ]
    figure = wording.NO_VALUE if gain is None else wording.signed(gain)
    if movement.get("first_rated"):
        parts.append(_("ohne %(n)s Erstbewertungen") % {"n": number(len(movement["first_rated"]))})
    # What fell back is taken off: then no list has as many lines as the figure says.
    query = "list=newly_ready" if gain == len(movement["newly_ready"]) else ""
    return KeyFigure("bewegt", _("Was hat sich bewegt?"), figure, "", ", ".join(parts), query=query)


def _late_figure(figures: Figures) -> KeyFigure:
    question, deadline = _("Was ist zu spät?"), answers.late_deadline(figures)
    if deadline:
        words = {"whole": services(deadline["in_scope"]), "day": wording.day(deadline["date"])}
        return KeyFigure(
            "spaet",
            question,
            number(deadline["open"]),
            "",
            _("von %(whole)s nach der Frist vom %(day)s offen") % words,
            "late",
        )
    ahead = answers.next_deadline(figures)
    words_ahead = (
        _("Frist vom %(day)s: %(left)s")
        % {
            "day": wording.day(ahead["date"]),
            "left": wording.days_left(ahead["days_left"]),
        }
        if ahead
        else _("keine Frist ist verletzt")
    )
    return KeyFigure("spaet", question, "0", "", words_ahead, "quiet")


def _done_figure(figures: Figures) -> KeyFigure:
    forecast, question = figures["forecast"], _("Wann sind wir fertig?")
    if forecast["status"] == "complete":
        return KeyFigure("fertig", question, _("fertig"), "", _("alle Leistungen"), "quiet")
    if forecast["status"] != "ok":
        return KeyFigure("fertig", question, _("offen"), "", _("Für eine Vorausschau fehlen Daten"), "quiet")
    if not forecast["p50"]:
        words = _("bei gleichem Tempo %(until)s") % {"until": foretold.until(None, forecast.get("horizon"))}
        return KeyFigure("fertig", question, _("offen"), "", words, "quiet")
    span = wording.month_span(forecast["p50"], forecast["p85"] or forecast["p50"])
    return KeyFigure(
        "fertig", question, forecast["p50"][:4], "", _("%(span)s, bei gleichem Tempo") % {"span": span}, "quiet"
    )


def _promised_figure(figures: Figures) -> KeyFigure:
    """What was promised for the month and not kept, and all that is late."""
    promises, question = figures["promises"], _("Zugesagt und nicht gehalten")
    missed = promises["moved"] + promises["open"]
    parts = [_passed(figures), _blocked(figures)]
    if missed:
        words = {"moved": number(promises["moved"]), "open": number(promises["open"])}
        parts.insert(0, _("%(moved)s verschoben, %(open)s offen") % words)
    elif not promises["due"]:
        parts.insert(0, _("für diesen Monat war nichts zugesagt"))
    unit = _("von %(n)s") % {"n": number(promises["due"])} if promises["due"] else ""
    tone = "late" if missed else "quiet"
    words_all = "; ".join(part for part in parts if part)
    query = "list=missed" if missed else ""
    return KeyFigure("spaet", question, number(missed), unit, words_all, tone, query)


def _passed(figures: Figures) -> str:
    count = len(figures["late"]["planned_passed"])
    return ngettext("insgesamt %(n)s Termin verstrichen", "insgesamt %(n)s Termine verstrichen", count) % {
        "n": number(count)
    }


def _blocked(figures: Figures) -> str:
    count = len(figures["late"]["blocked"])
    return ngettext("%(n)s Leistung blockiert", "%(n)s Leistungen blockiert", count) % {"n": number(count)}


def _next_figure(figures: Figures) -> KeyFigure:
    """What is promised for the three months to come, and when all will be done."""
    last = months.name(months.step(months.parse(figures["month"]), 3))
    words = _("bis %(month)s; alle fertig: %(when)s") % {"month": wording.month(last), "when": _when(figures)}
    count = len(figures["promises"]["next"])
    query = "list=next" if count else ""
    return KeyFigure("fertig", _("Als Nächstes"), number(count), _("zugesagt"), words, "quiet", query)


def _when(figures: Figures) -> str:
    forecast = figures["forecast"]
    if forecast["status"] == "complete":
        return _("schon jetzt")
    if forecast["status"] != "ok":
        return _("Daten fehlen")
    words = {name: foretold.until(forecast[name], forecast["horizon"]) for name in ("p50", "p85")}
    if not forecast["p50"]:
        return words["p50"]
    return _("wahrscheinlich %(p50)s, mit 85%(space)s%% %(p85)s") % {**words, "space": wording.NARROW}
