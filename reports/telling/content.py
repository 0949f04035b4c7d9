"""What a report says, in order, ready to be printed: made from the frozen figures, shared by page, PDF and file.

Nothing here knows HTML or PDF, and nothing is read from the database but the edition that a correction replaces.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.models import Edition
from reports.telling import (
    answers,
    asked,
    findings,
    foretold,
    labels,
    lead,
    levels,
    lists,
    services,
    trained,
    voices,
    wording,
)
from reports.telling.corrections import Correction, correction
from reports.telling.foretold import Forecast
from reports.telling.key_figures import KeyFigure, key_figures
from reports.telling.lists import Move, ServiceList
from reports.telling.pictures import growth
from reports.telling.pictures.certainty import Certainty, certainty
from reports.telling.pictures.growth import Growth
from reports.telling.promises import Promises, promises
from reports.telling.text import clean_all, cleaned


@dataclass(frozen=True)
class RateLine:
    name: str
    percent: str
    counted: str
    meaning: str


@dataclass(frozen=True)
class Counted:
    """How many of what; `query` leads to them."""

    count: str
    words: str
    query: str


@dataclass(frozen=True)
class DeadlineLine:
    name: str
    day: str
    left: str
    late: bool
    still_open: str


@dataclass(frozen=True)
class Report:
    """The whole, in the order of the page."""

    title: str
    municipality: str
    meta: str
    draft: str
    correction: Correction | None
    lead: list[dict[str, Any]]
    key_figures: list[KeyFigure]
    answers: answers.Answers
    relevant: int
    bar: levels.Bar
    legend: list[levels.LegendEntry]
    level_words: str
    certainty: Certainty | None
    rates: list[RateLine]
    departments: list[levels.Part]
    topics: list[levels.Part]
    whole: levels.Part
    states: list[Counted]
    moved: list[Counted]
    moves_title: str
    moves_short: list[Move]
    moves: list[Move]
    moves_all: str
    growth: Growth | None
    deadlines: list[DeadlineLine]
    passed: str
    promises: Promises | None
    forecast: Forecast
    lists: dict[str, ServiceList]
    trainings: list[str]
    trained: trained.Table | None
    voices: dict[str, voices.Voice]
    asked: list[asked.Question]
    definitions: list[tuple[str, str]]
    quality: list[str]
    proof: list[tuple[str, str]]

    def has_annex(self) -> bool:
        return bool(self.moves_all) or any(each.services for each in self.lists.values())


def title(figures: Mapping[str, Any]) -> str:
    return _("Sachstandsbericht %(month)s") % {"month": wording.month(figures["month"])}


def report(edition: Edition) -> Report:
    """The content of `edition` in the language that is active."""
    figures = cleaned(edition.figures)
    return _report(
        figures,
        title=title(figures),
        meta=findings.meta(edition, figures),
        draft=findings.draft(edition),
        correction=correction(edition),
        proof=findings.proof(edition, figures),
    )


def preview(figures: Mapping[str, Any]) -> Report:
    """The same of a month that is not frozen: it has no edition, so nothing of one is said."""
    return _report(
        clean_all(figures),
        title=_("Vorschau %(month)s") % {"month": wording.month(figures["month"])},
        meta=findings.preview_meta(figures),
        draft="",
        correction=None,
        proof=findings.sources(figures),
    )


def _report(
    figures: Mapping[str, Any],
    *,
    title: str,
    meta: str,
    draft: str,
    correction: Correction | None,
    proof: list[tuple[str, str]],
) -> Report:
    totals, steps = figures["totals"], len(figures["totals"]["levels"])
    moved = [move for kind in labels.MOVEMENT for move in lists.moves(figures, kind)]
    first, moves_title = lists.short(moved, lists.NEWLY_READY_SHOWN, lists.REGRESSED_SHOWN)
    whole = levels.part(figures, _("Insgesamt"), totals, {})
    return Report(
        title=title,
        municipality=figures["municipality"]["name"],
        meta=meta,
        draft=draft,
        correction=correction,
        lead=wording.spans(lead.lead(figures)),
        key_figures=key_figures(figures),
        answers=answers.answers(figures),
        relevant=totals["relevant"],
        bar=whole.bar,
        legend=levels.legend(figures, whole.bar.segments, steps),
        level_words=levels.level_words(figures),
        certainty=certainty(figures),
        rates=[*_rates(figures), *_take_up(figures)],
        departments=[
            levels.part(
                figures,
                each["department"] or str(labels.NO_DEPARTMENT),
                each,
                {"department": each["department"] or services.WITHOUT},
            )
            for each in figures["by_department"]
        ],
        topics=[levels.part(figures, each["topic"], each, {"topic": each["topic"]}) for each in figures["by_topic"]],
        whole=whole,
        states=_states(totals["states"]),
        moved=[
            Counted(wording.number(len(rows)), str(name), f"list={kind}" if kind in services.LISTED else "")
            for kind, name in labels.MOVEMENT.items()
            if (rows := figures["movement"].get(kind))
        ],
        moves_title=moves_title,
        moves_short=first,
        moves=moved,
        moves_all=_("Alle %(n)s Veränderungen") % {"n": wording.number(len(moved))} if moved[len(first) :] else "",
        growth=growth.growth(figures),
        deadlines=[_deadline(each) for each in sorted(figures["deadlines"], key=_by_day)],
        passed=findings.passed(figures),
        promises=promises(figures),
        forecast=foretold.forecast(figures),
        lists=lists.lists(figures),
        trainings=trained.trainings(figures),
        trained=trained.table(figures),
        voices=voices.voices(figures),
        asked=asked.asked(figures),
        definitions=definitions(figures),
        quality=findings.quality(figures),
        proof=proof,
    )


def _rates(figures: Mapping[str, Any]) -> Iterable[RateLine]:
    for code, meaning in labels.RATES.items():
        rate = figures["rates"][code]
        said = str(meaning)
        if "known_rows" in rate:
            known = {"known": wording.of(rate["known_rows"], figures["totals"]["relevant"])}
            said += (
                ngettext(
                    "; Fallzahlen für %(known)s Leistung bekannt",
                    "; Fallzahlen für %(known)s Leistungen bekannt",
                    figures["totals"]["relevant"],
                )
                % known
            )
        counted = wording.of(rate["numerator"], rate["denominator"])
        yield RateLine(
            str(labels.DEFINITIONS[code]), wording.percent(rate["numerator"], rate["denominator"]), counted, said
        )


def _take_up(figures: Mapping[str, Any]) -> Iterable[RateLine]:
    """How much of it is used; editions of before say nothing of it."""
    told = figures.get("take_up")
    if told is None:
        return
    name = str(labels.DEFINITIONS["take_up"])
    if told["year"] is None:
        said = _("Über welchen Weg die Fälle fertiger Leistungen kommen, ist von keiner Leistung bekannt.")
        yield RateLine(name, _("nicht bekannt"), wording.NO_VALUE, said)
        return
    ready = figures["totals"]["ready"]
    said = ngettext(
        "Fälle %(year)s, die online kamen; bekannt für %(known)s fertige Leistung",
        "Fälle %(year)s, die online kamen; bekannt für %(known)s fertigen Leistungen",
        ready,
    ) % {"year": told["year"], "known": wording.of(told["known_rows"], ready)}
    if told["extrapolated_rows"]:
        said += _(", davon %(count)s aus Zählwochen hochgerechnet") % {
            "count": wording.number(told["extrapolated_rows"])
        }
    counted = wording.of(told["numerator"], told["denominator"])
    yield RateLine(name, wording.percent(told["numerator"], told["denominator"]), counted, said)


def _states(states: Mapping[str, int]) -> list[Counted]:
    order = ("open", "planned", "in_progress", "done", "blocked")
    codes = [*order, *sorted(set(states) - set(order))]
    return [
        Counted(wording.number(states[code]), labels.state(code), f"state={code}") for code in codes if code in states
    ]


def _by_day(deadline: Mapping[str, Any]) -> tuple[str, str]:
    return str(deadline["date"]), str(deadline["name"])


def _deadline(each: Mapping[str, Any]) -> DeadlineLine:
    return DeadlineLine(
        name=each["name"],
        day=wording.day(each["date"]),
        left=wording.days_left(each["days_left"]),
        late=each["days_left"] < 0 and (each["open"] or 0) > 0,
        still_open=wording.of_known(each["open"], each["in_scope"]),
    )


def definitions(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The name and the meaning of each figure, as they were frozen."""
    frozen = figures.get("definitions", {})
    known = [
        (str(name), frozen[code].removeprefix(f"{name}: "))
        for code, name in labels.DEFINITIONS.items()
        if code in frozen
    ]
    return known + [(code, frozen[code]) for code in sorted(set(frozen) - set(labels.DEFINITIONS))]
