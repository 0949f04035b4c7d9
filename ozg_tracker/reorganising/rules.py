"""Training rules of a department that go with a reorganisation, and back with it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import Case, F, Value, When

from ozg_tracker.accounts.departments.as_of import Tree, below
from ozg_tracker.accounts.models import Municipality, Reorganisation
from ozg_tracker.reorganising.models import RuleMove
from ozg_tracker.reorganising.wishes import Goes, Wish
from ozg_tracker.training.assigning.requirements import name_people
from ozg_tracker.training.assigning.scope import Scope
from ozg_tracker.training.models import NamedPerson, Requirement


class Rules(NamedTuple):
    """`targets`: where each rule goes. `resting`: those whose target has the same already, and those that are to stay:
    they keep the department that ends, and apply to nobody. `narrowed`: who is named by a rule from then on.
    """

    targets: dict[Requirement, int]
    resting: list[Requirement]
    narrowed: dict[Requirement, set[int]]


def rules_to_move(municipality: Municipality, goes: Sequence[Goes], wish: Wish, tree: Tree) -> Rules:
    """What becomes of the rules of the departments in `goes`, as `wish` decides; `tree`: that of today."""
    found = Rules({}, [], {})
    if not goes:
        return found
    held = _held(municipality, goes)
    taken = {(rule.department_id, *_same(rule)) for rule in held if not rule.named}
    for rule in held:
        target = next((each.target for each in goes if each.source == rule.department_id and _goes(rule, each)), None)
        if target is None:
            continue
        alone = rule.named or rule.pk in wish.named
        if rule.pk in wish.staying or (not alone and (target, *_same(rule)) in taken):
            found.resting.append(rule)
            continue
        found.targets[rule] = target
        if not alone:
            taken.add((target, *_same(rule)))
        elif not rule.named:
            found.narrowed[rule] = set()
    if found.narrowed:
        scope = Scope(municipality, found.narrowed)
        for rule in found.narrowed:
            found.narrowed[rule] = scope.people(rule, below(tree, [rule.department_id or 0]))
    return found


def _held(municipality: Municipality, goes: Sequence[Goes]) -> list[Requirement]:
    named = {pk for each in goes for pk in (each.source, each.target)}
    rules = Requirement.objects.filter(course__municipality=municipality, department__in=named).order_by("pk")
    return list(rules.select_related("course", "department"))


def move_rules(deed: Reorganisation, rules: Rules) -> None:
    """The rules apply to their new departments, and what moved is kept; a statement for each that is narrowed."""
    targets, narrowed = rules.targets, rules.narrowed
    if targets:
        RuleMove.objects.bulk_create(
            RuleMove(
                reorganisation=deed,
                requirement=rule,
                source_id=rule.department_id or 0,
                target_id=target,
                named=rule in narrowed,
            )
            for rule, target in targets.items()
        )
        Requirement.objects.filter(pk__in=[rule.pk for rule in narrowed]).update(named=True)
        _place({rule.pk: target for rule, target in targets.items()})
    for rule, people in narrowed.items():
        name_people(rule, sorted(people))


def move_rules_back(undone: Reorganisation) -> None:
    """Each rule that the deed moved, and that is where it moved it to, is where it was, and for whom it was."""
    moves = RuleMove.objects.filter(reorganisation=undone, requirement__department=F("target"))
    back = dict(moves.values_list("requirement", "source"))
    narrowed = list(moves.filter(named=True).values_list("requirement", flat=True))
    if back:
        NamedPerson.objects.filter(requirement__in=narrowed).delete()
        _place(back)
        Requirement.objects.filter(pk__in=narrowed).update(named=False)


def _place(departments: Mapping[int, int]) -> None:
    places = Case(*(When(pk=pk, then=Value(department)) for pk, department in departments.items()))
    Requirement.objects.filter(pk__in=departments).update(department=places)


def _goes(rule: Requirement, each: Goes) -> bool:
    return each.share is None or rule.pk in each.share.rules


def _same(rule: Requirement) -> tuple[object, ...]:
    return rule.course_id, rule.role, rule.service_id, rule.bundle_id, rule.days_before, rule.ends_on
