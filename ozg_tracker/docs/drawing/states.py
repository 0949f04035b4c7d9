"""What can be in which state, and what leads from one to another, as Mermaid state diagrams.

A row is drawn by asking the rules that every change goes through; an edition from the table its deeds obey; a training
task from the expression that every list reads its standing from.
"""

from collections.abc import Iterable
from datetime import date
from itertools import product
from typing import Any

from ozg_tracker.tracking.models import Responsibility, State
from ozg_tracker.tracking.rows.rules import Facts, Level, Tracked, after, reason_needed
from ozg_tracker.training.models import Standing, TrainingTask
from reports.editions.moves import MOVES
from reports.models import Edition

Arrow = tuple[str, str, str]  # from, to, what is said of it
_NOTHING = "[*]"
_LOW, _CONFORM = 1, 2  # ids of two levels, one below the conform level and one at it
_SCALE = {_LOW: Level(model_id=1, number=2, conform=3), _CONFORM: Level(model_id=1, number=3, conform=3)}
_FACTS = Facts("Musterstadt", 1, _SCALE, frozenset(), frozenset(), date(2022, 1, 1))


def row() -> str:
    """The state of a tracked row (Umsetzungsstand): which step needs a reason, and which a level."""
    pairs = [(one, other) for one, other in product(State, State) if one != other]
    named = [(one.value, other.value, _said_of(one, other)) for one, other in pairs]
    return _diagram({each.value: str(each.label) for each in State}, [(_NOTHING, State.OPEN.value, ""), *named])


def _said_of(one: State, other: State) -> str:
    before = Tracked(Responsibility.MUNICIPALITY.value, state=one.value, level_id=_CONFORM)
    result, errors = after(before, {"state": other.value}, _FACTS)
    _low, errors_below = after(before._replace(level_id=_LOW), {"state": other.value}, _FACTS)
    said = {"never": errors, "conform level": errors_below, "reason": reason_needed(before, result, _FACTS)}
    return ", ".join(words for words, holds in said.items() if holds)


def edition() -> str:
    """The state of an edition of the report."""
    arrows = [(move.before or _NOTHING, move.after, deed) for move, deed in MOVES.items()]
    return _diagram({each.value: str(each.label) for each in Edition.State}, arrows)


# What a standing is read from, by the field or the kind of the condition; and what changes it.
_CHANGES = {
    "withdrawn_on": (("withdraw_task", True),),
    "completed_on": (("complete_task", True), ("take_back_completion, reject_completion", False)),
    "suspended_until": (("suspend_task", True), ("resume_task, or its day passes", False)),
    "due_on": (("the due day passes", True),),
    "Exists": (),  # a round done before: a repetition is born with it
}
_Cases = dict[tuple[str, ...], str]


def training_task() -> str:
    """The standing of a training task, which nothing stores: it is read from its days, first condition first."""
    cases, default = _standings()
    names = list(_CHANGES)
    arrows: set[Arrow] = set()
    for values in product((False, True), repeat=len(names)):
        facts = dict(zip(names, values, strict=True))
        here = _standing(facts, cases, default)
        if not any(facts[name] for name in ("withdrawn_on", "completed_on", "suspended_until", "due_on")):
            arrows.add((_NOTHING, here, "assign"))
        arrows |= {(here, there, by) for there, by in _next(facts, cases, default) if there != here}
    return _diagram({each.value: str(each.label) for each in Standing}, sorted(arrows, key=_order))


def _next(facts: dict[str, bool], cases: _Cases, default: str) -> Iterable[tuple[str, str]]:
    if facts["withdrawn_on"] or (
        facts["completed_on"] and facts["suspended_until"]
    ):  # for good; what is done rests not
        return
    for fact, deeds in _CHANGES.items():
        if facts["completed_on"] and fact != "completed_on":  # what is done stays done, unless it is taken back
            continue
        for deed, becomes in deeds:
            if facts[fact] != becomes and not (fact == "due_on" and facts["suspended_until"]):  # a rest moves the day
                yield _standing(facts | {fact: becomes}, cases, default), deed


def _standing(facts: dict[str, bool], cases: _Cases, default: str) -> str:
    return next((standing for wanted, standing in cases.items() if all(facts[each] for each in wanted)), default)


def _standings() -> tuple[_Cases, str]:
    """Standing by what it is read from, in the order of the code's own CASE, and the standing of all the rest."""
    case: Any = TrainingTask.objects.with_standing(date(2022, 1, 1)).query.annotations["standing"]
    return {_facts(each.condition): str(each.result.value) for each in case.cases}, str(case.default.value)


def _facts(condition: Any) -> tuple[str, ...]:
    """The fields that the condition asks for, or what kind of condition it is; all of them hold where it does."""
    asked: list[Any] = condition.children
    return tuple(
        str(each.lhs.target.name) if hasattr(each.lhs, "target") else type(each.lhs).__name__ for each in asked
    )


def _order(arrow: Arrow) -> tuple[int, int, str]:
    place = {_NOTHING: -1, **{each: index for index, each in enumerate(Standing.values)}}
    return place[arrow[0]], place[arrow[1]], arrow[2]


def _diagram(names: dict[str, str], arrows: Iterable[Arrow]) -> str:
    lines = ["stateDiagram-v2"]
    lines += [f"  {code}: {code} ({name})" for code, name in names.items()]
    lines += [f"  {one} --> {other}" + (f": {said}" if said else "") for one, other, said in arrows]
    return "\n".join(lines)
