"""What a report says, in order, ready to be printed: made from the frozen figures, shared by page, PDF and file.

Nothing here knows HTML or PDF, and nothing is read from the database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports import answers, charts, findings, labels, lists, trends, wording
from reports.charts import Segment
from reports.exporting.text import clean_all, cleaned
from reports.key_figures import KeyFigure, key_figures
from reports.lists import Move, ServiceList
from reports.models import Edition
from reports.trends import Forecast, Growth


@dataclass(frozen=True)
class Bar:
    """A bar of levels and what it says in words."""

    label: str
    segments: tuple[Segment, ...]
    steps: int

    def large(self) -> SafeString:
        return charts.level_bar(self.segments, steps=self.steps, label=self.label, height=48, bracket=True)

    def small(self) -> SafeString:
        return charts.level_bar(self.segments, steps=self.steps, label=self.label, height=16)

    def drawn(self, width: int, height: int, *, bracket: bool = False) -> SafeString:
        """Of a fixed width and without a label, for a PDF."""
        return charts.level_bar(
            self.segments, steps=self.steps, label="", height=height, width=str(width), bracket=bracket
        )


@dataclass(frozen=True)
class LegendEntry:
    step: int | None
    words: str
    count: str
    steps: int

    def swatch(self) -> SafeString:
        return charts.swatch(self.step, self.steps)


@dataclass(frozen=True)
class RateLine:
    name: str
    percent: str
    counted: str
    meaning: str


@dataclass(frozen=True)
class Part:
    """A department, a topic or the whole: one line of a table."""

    name: str
    bar: Bar
    counted: str
    percent: str
    not_rated: str


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
    town: str
    meta: str
    draft: str
    correction: findings.Correction | None
    lead: list[dict[str, Any]]
    key_figures: list[KeyFigure]
    answers: dict[str, str]
    relevant: int
    bar: Bar
    legend: list[LegendEntry]
    level_words: str
    rates: list[RateLine]
    departments: list[Part]
    topics: list[Part]
    whole: Part
    states: str
    moves_title: str
    moves_short: list[Move]
    moves: list[Move]
    moves_all: str
    growth: Growth | None
    deadlines: list[DeadlineLine]
    passed: str
    forecast: Forecast
    lists: dict[str, ServiceList]
    trainings: list[str]
    definitions: list[tuple[str, str]]
    quality: list[str]
    proof: list[tuple[str, str]]

    def has_annex(self) -> bool:
        return bool(self.moves_all) or any(each.services for each in self.lists.values())


def report(edition: Edition) -> Report:
    """The content of `edition` in the language that is active."""
    figures = cleaned(edition.figures)
    return _report(
        figures,
        title=_("Sachstandsbericht %(month)s") % {"month": wording.month(figures["month"])},
        meta=findings.meta(edition, figures),
        draft=findings.draft(edition),
        correction=findings.correction(edition),
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
    correction: findings.Correction | None,
    proof: list[tuple[str, str]],
) -> Report:
    totals, steps = figures["totals"], len(figures["totals"]["levels"])
    moved = [move for kind in labels.MOVEMENT for move in lists.moves(figures, kind)]
    first, moves_title = lists.short(moved, lists.NEWLY_READY_SHOWN, lists.REGRESSED_SHOWN)
    whole = _part(figures, _("Insgesamt"), totals)
    return Report(
        title=title,
        town=figures["municipality"]["name"],
        meta=meta,
        draft=draft,
        correction=correction,
        lead=wording.spans(answers.lead(figures)),
        key_figures=key_figures(figures),
        answers={each.__name__: each(figures) for each in (answers.online, answers.moved, answers.late, answers.done)},
        relevant=totals["relevant"],
        bar=whole.bar,
        legend=_legend(figures, steps),
        level_words=_level_words(figures),
        rates=list(_rates(figures)),
        departments=[
            _part(figures, each["department"] or str(labels.NO_DEPARTMENT), each) for each in figures["by_department"]
        ],
        topics=[_part(figures, each["topic"], each) for each in figures["by_topic"]],
        whole=whole,
        states=_states(totals["states"]),
        moves_title=moves_title,
        moves_short=first,
        moves=moved,
        moves_all=_("Alle %(n)s Veränderungen") % {"n": wording.number(len(moved))} if moved[len(first) :] else "",
        growth=trends.growth(figures),
        deadlines=[_deadline(each) for each in sorted(figures["deadlines"], key=_by_day)],
        passed=findings.passed(figures),
        forecast=trends.forecast(figures),
        lists=lists.lists(figures),
        trainings=findings.trainings(figures),
        definitions=_definitions(figures),
        quality=findings.quality(figures),
        proof=proof,
    )


def _segments(figures: Mapping[str, Any], levels: Mapping[str, int], relevant: int) -> tuple[Segment, ...]:
    conform = figures["conform_level"]
    rated = [Segment(int(step), count, int(step) >= conform) for step, count in sorted(levels.items(), key=_as_number)]
    return (*rated, Segment(None, relevant - sum(levels.values())))


def _as_number(item: tuple[str, int]) -> int:
    return int(item[0])


def _part(figures: Mapping[str, Any], name: str, counts: Mapping[str, Any]) -> Part:
    segments = _segments(figures, counts["levels"], counts["relevant"])
    said = ", ".join(f"{wording.number(each.count)} {_step_words(each.step)}" for each in segments)
    label = f"{name}, {wording.services(counts['relevant'])}: {said}"
    return Part(
        name=name,
        bar=Bar(label, segments, len(figures["totals"]["levels"])),
        counted=wording.of(counts["ready"], counts["relevant"]),
        percent=wording.percent(counts["ready"], counts["relevant"]),
        not_rated=wording.number(segments[-1].count),
    )


def _step_words(step: int | None) -> str:
    return _("nicht bewertet") if step is None else _("Reifegrad %(step)s") % {"step": step}


def _level_name(figures: Mapping[str, Any], step: int) -> str:
    """The level's name as frozen with the figures; figures without names call it by its number."""
    name = figures.get("level_names", {}).get(str(step), "")
    return f"{step} {name}" if name else _step_words(step)


def _legend(figures: Mapping[str, Any], steps: int) -> list[LegendEntry]:
    totals = figures["totals"]
    rated = [
        LegendEntry(int(step), _level_name(figures, int(step)), wording.number(count), steps)
        for step, count in sorted(totals["levels"].items(), key=_as_number)
    ]
    return [*rated, LegendEntry(None, _step_words(None), wording.number(totals["not_rated"]), steps)]


def _level_words(figures: Mapping[str, Any]) -> str:
    """What "Reifegrad" and "fertig" mean, for the disclosure beside the bar."""
    steps = sorted(map(int, figures["totals"]["levels"]))
    words = {
        "model": figures["maturity_model"],
        "levels": ", ".join(_level_name(figures, step) for step in steps),
        "ready": wording.ready_levels(figures["conform_level"], figures["totals"]["levels"]),
        "n": wording.services(figures["totals"]["relevant"]),
    }
    return (
        _(
            "Reifegradmodell %(model)s: %(levels)s. Fertig heißt %(ready)s. Nenner: %(n)s, für die die Kommune "
            "zuständig ist und die zählen. „Nicht bewertet“ ist nicht Reifegrad 0."
        )
        % words
    )


def _rates(figures: Mapping[str, Any]) -> Iterable[RateLine]:
    for code, meaning in labels.RATES.items():
        rate = figures["rates"][code]
        said = str(meaning)
        if "known_rows" in rate:
            known = {"known": wording.of(rate["known_rows"], figures["totals"]["relevant"])}
            said += _("; Fallzahlen für %(known)s Leistungen bekannt") % known
        counted = wording.of(rate["numerator"], rate["denominator"])
        yield RateLine(
            str(labels.DEFINITIONS[code]), wording.percent(rate["numerator"], rate["denominator"]), counted, said
        )


def _states(states: Mapping[str, int]) -> str:
    order = ("open", "planned", "in_progress", "done", "blocked")
    codes = [*order, *sorted(set(states) - set(order))]
    return ", ".join(f"{wording.number(states[code])} {labels.state(code)}" for code in codes if code in states)


def _by_day(deadline: Mapping[str, Any]) -> tuple[str, str]:
    return str(deadline["date"]), str(deadline["name"])


def _deadline(each: Mapping[str, Any]) -> DeadlineLine:
    return DeadlineLine(
        name=each["name"],
        day=wording.day(each["date"]),
        left=wording.days_left(each["days_left"]),
        late=each["days_left"] < 0 and each["open"] > 0,
        still_open=wording.of(each["open"], each["in_scope"]),
    )


def _definitions(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    frozen = figures.get("definitions", {})
    known = [
        (str(name), frozen[code].removeprefix(f"{name}: "))
        for code, name in labels.DEFINITIONS.items()
        if code in frozen
    ]
    return known + [(code, frozen[code]) for code in sorted(set(frozen) - set(labels.DEFINITIONS))]
