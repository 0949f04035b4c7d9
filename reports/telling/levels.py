"""The levels of many services: a bar, its legend, and what the bar says in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports.telling import wording
from reports.telling.pictures import charts
from reports.telling.pictures.charts import Segment

NONE = "-"  # no level, no department, in the address of a list


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
    segment: Segment
    words: str
    count: str
    steps: int

    @property
    def step(self) -> int | None:
        return self.segment.step

    @property
    def query(self) -> str:
        """What leads to the services of this level; of another model's there is no list."""
        if self.segment.elsewhere:
            return ""
        return "list=not_rated" if self.step is None else urlencode({"level": self.step})

    def swatch(self) -> SafeString:
        return charts.swatch(self.segment, self.steps)


@dataclass(frozen=True)
class Part:
    """A department, a topic or the whole: one line of a table. `proven` is empty in editions without their services."""

    name: str
    bar: Bar
    counted: str
    percent: str
    proven: str
    not_rated: str
    query: str
    proven_query: str
    not_rated_query: str


def _segments(figures: Mapping[str, Any], counts: Mapping[str, Any]) -> tuple[Segment, ...]:
    """The parts of the bar, what is ready side by side. What was rated with another model is no level of this one."""
    levels = [(int(step), count) for step, count in sorted(counts["levels"].items(), key=_as_number)]
    left = [Segment(step, count) for step, count in levels if step < figures["conform_level"]]
    ready = [Segment(step, count, ready=True) for step, count in levels if step >= figures["conform_level"]]
    ready_elsewhere = counts["ready"] - sum(each.count for each in ready)
    others = counts["relevant"] - sum(count for _step, count in levels) - ready_elsewhere
    not_rated = counts.get("not_rated", others)  # older editions tell it of the whole alone
    return (
        *left,
        Segment(None, others - not_rated, elsewhere=True),
        *ready,
        Segment(None, ready_elsewhere, ready=True, elsewhere=True),
        Segment(None, not_rated),
    )


def _as_number(item: tuple[str, int]) -> int:
    return int(item[0])


def bar(figures: Mapping[str, Any], name: str, counts: Mapping[str, Any]) -> Bar:
    """`counts` of the services called `name`: relevant, ready, levels, and not_rated where it is told."""
    segments = _segments(figures, counts)
    said = ", ".join(f"{wording.number(each.count)} {_words(each)}" for each in segments if _said(each))
    label = f"{name}, {wording.services(counts['relevant'])}: {said}"
    return Bar(label, segments, len(figures["totals"]["levels"]))


def part(figures: Mapping[str, Any], name: str, counts: Mapping[str, Any], narrowed: Mapping[str, str]) -> Part:
    drawn = bar(figures, name, counts)
    return Part(
        name=name,
        bar=drawn,
        counted=wording.of(counts["ready"], counts["relevant"]),
        percent=wording.percent(counts["ready"], counts["relevant"]),
        proven=_proven(figures, narrowed),
        not_rated=wording.number(drawn.segments[-1].count),
        query=urlencode({"list": "ready", **narrowed}),
        proven_query=urlencode({"list": "proven", **narrowed}),
        not_rated_query=urlencode({"list": "not_rated", **narrowed}),
    )


def _proven(figures: Mapping[str, Any], narrowed: Mapping[str, str]) -> str:
    """How many of the ready services of a department or topic the public directory shows, too."""
    if "services" not in figures:
        return ""
    department, topic = narrowed.get("department"), narrowed.get("topic")
    return wording.number(
        sum(
            bool(each["ready"])
            and each["proof"] == "agree"
            and (department is None or (each["department"] or NONE) == department)
            and (topic is None or topic in each["topics"])
            for each in figures["services"]
        )
    )


def _said(segment: Segment) -> bool:
    """Of levels and of what is not rated a 0 is said too."""
    return segment.count > 0 or not segment.elsewhere


def _words(segment: Segment) -> str:
    if segment.elsewhere:
        return _("nach anderem Modell, fertig") if segment.ready else _("nach anderem Modell, nicht fertig")
    return _("nicht bewertet") if segment.step is None else _step_words(segment.step)


def _step_words(step: int) -> str:
    return _("Reifegrad %(step)s") % {"step": step}


def _level_name(figures: Mapping[str, Any], step: int) -> str:
    """The level's name as frozen with the figures; figures without names call it by its number."""
    name = figures.get("level_names", {}).get(str(step), "")
    return f"{step} {name}" if name else _step_words(step)


def legend(figures: Mapping[str, Any], segments: Iterable[Segment], steps: int) -> list[LegendEntry]:
    return [
        LegendEntry(
            each,
            _words(each) if each.step is None else _level_name(figures, each.step),
            wording.number(each.count),
            steps,
        )
        for each in segments
        if _said(each)
    ]


def level_words(figures: Mapping[str, Any]) -> str:
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
