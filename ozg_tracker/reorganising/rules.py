"""Training rules of a department that go with a reorganisation, and back with it."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Case, F, Value, When

from ozg_tracker.accounts.models import Municipality, Reorganisation
from ozg_tracker.reorganising.models import RuleMove
from ozg_tracker.reorganising.wishes import Goes
from ozg_tracker.training.models import Requirement


class Rules(NamedTuple):
    """`targets`: where each rule goes. `resting`: those whose target has the same already, and those that are to stay:
    they keep the department that ends, and apply to nobody.
    """

    targets: dict[Requirement, int]
    resting: list[Requirement]


def rules_to_move(municipality: Municipality, goes: Sequence[Goes], staying: Collection[int] = ()) -> Rules:
    """What becomes of the rules of the departments in `goes`; those in `staying` do not go along."""
    if not goes:
        return Rules({}, [])
    named = {pk for each in goes for pk in (each.source, each.target)}
    rules = Requirement.objects.filter(course__municipality=municipality, department__in=named).order_by("pk")
    held = list(rules.select_related("course", "department"))
    taken = {(rule.department_id, *_same(rule)) for rule in held}
    found = Rules({}, [])
    for rule in held:
        target = next((each.target for each in goes if each.source == rule.department_id and _goes(rule, each)), None)
        if target is None:
            continue
        if rule.pk in staying or (target, *_same(rule)) in taken:
            found.resting.append(rule)
        else:
            taken.add((target, *_same(rule)))
            found.targets[rule] = target
    return found


def move_rules(deed: Reorganisation, targets: Mapping[Requirement, int]) -> None:
    """The rules apply to their new departments, and what moved is kept; two statements."""
    if targets:
        RuleMove.objects.bulk_create(
            RuleMove(reorganisation=deed, requirement=rule, source_id=rule.department_id or 0, target_id=target)
            for rule, target in targets.items()
        )
        _place({rule.pk: target for rule, target in targets.items()})


def move_rules_back(undone: Reorganisation) -> None:
    """Each rule that the deed moved, and that is where it moved it to, is where it was."""
    moves = RuleMove.objects.filter(reorganisation=undone)
    back = dict(moves.filter(requirement__department=F("target")).values_list("requirement", "source"))
    if back:
        _place(back)


def _place(departments: dict[int, int]) -> None:
    places = Case(*(When(pk=pk, then=Value(department)) for pk, department in departments.items()))
    Requirement.objects.filter(pk__in=departments).update(department=places)


def _goes(rule: Requirement, each: Goes) -> bool:
    return each.share is None or rule.pk in each.share.rules


def _same(rule: Requirement) -> tuple[object, ...]:
    return rule.course_id, rule.role, rule.service_id
