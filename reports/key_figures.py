"""The four numbers on top of a report, one for each question."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import answers, wording
from reports.answers import Figures
from reports.wording import number, services


@dataclass(frozen=True)
class KeyFigure:
    """One of the four numbers on top. `tone` is "", "late" or "quiet"."""

    anchor: str
    question: str
    figure: str
    unit: str
    words: str
    tone: str = ""


def key_figures(figures: Figures) -> list[KeyFigure]:
    """The four numbers on top, in the order of the questions."""
    return [_online_figure(figures), _moved_figure(figures), _late_figure(figures), _done_figure(figures)]


def _online_figure(figures: Figures) -> KeyFigure:
    ready, relevant = figures["totals"]["ready"], figures["totals"]["relevant"]
    rate = wording.rate(ready, relevant)
    figure = wording.NO_VALUE if rate is None else wording.percent_figure(rate)
    words = ngettext("%(n)s von %(whole)s ist fertig", "%(n)s von %(whole)s sind fertig", ready) % {
        "n": number(ready),
        "whole": services(relevant),
    }
    return KeyFigure("online", _("Was ist online?"), figure, "" if rate is None else "%", words)


def _moved_figure(figures: Figures) -> KeyFigure:
    gain, movement = answers.change(figures), figures["movement"]
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
    return KeyFigure("bewegt", _("Was hat sich bewegt?"), figure, "", ", ".join(parts))


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
        return KeyFigure("fertig", question, _("offen"), "", _("bei gleichem Tempo nicht abzusehen"), "quiet")
    span = wording.month_span(forecast["p50"], forecast["p85"] or forecast["p50"])
    return KeyFigure(
        "fertig", question, forecast["p50"][:4], "", _("%(span)s, bei gleichem Tempo") % {"span": span}, "quiet"
    )
