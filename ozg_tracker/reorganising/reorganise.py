"""reorganise(): a deed on the tree with all that moves by it, in one transaction: all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.departments.changing import free_instant, new_departments, record
from ozg_tracker.accounts.departments.moving import Move
from ozg_tracker.accounts.departments.people import move_people, people_to_move
from ozg_tracker.accounts.memberships import held_as_of
from ozg_tracker.accounts.models import Municipality, Reorganisation, User
from ozg_tracker.reorganising.leading import tell_roles
from ozg_tracker.reorganising.letters import tell_moved
from ozg_tracker.reorganising.rules import move_rules, rules_to_move
from ozg_tracker.reorganising.wishes import Goes, Plan, Wish, plan_of
from ozg_tracker.tracking.deadlines.moving import deadlines_to_move, move_deadlines
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.department_moves import move_rows, rows_to_move


@dataclass(frozen=True)
class Moving:
    """What moves: ids of rows, people, training rules and deadlines, each once; `resting`: rules that their target has
    already.
    """

    services: list[int]
    people: list[int]
    rules: list[int]
    resting: list[int]
    deadlines: list[int]

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in ("services", "people", "rules", "deadlines")}


def planned(municipality: Municipality, wish: Wish) -> tuple[Plan, Moving]:
    """What `wish` comes to and what moves by it, as `reorganise` would do it now; nothing is written.

    The ValidationErrors of `plan_of`, and `into` (`something_left`) where an ended department has something yet.
    """
    plan = _checked(municipality, wish)
    return plan, _moving(municipality, plan)


def _checked(municipality: Municipality, wish: Wish) -> Plan:
    plan = plan_of(municipality, wish, timezone.localdate())
    if wish.kind == Reorganisation.Kind.END and wish.into is None:
        _refuse_left(_moving(municipality, replace(plan, moves=tuple(Goes(pk, pk) for pk in wish.departments))))
    return plan


def _refuse_left(left: Moving) -> None:
    if left.services or left.people or left.resting:
        words = {"services": len(left.services), "people": len(left.people), "rules": len(left.resting)}
        sentence = _(
            "Dazu gehören noch Leistungen: %(services)d, Personen: %(people)d, Regeln: %(rules)d. Bitte wählen Sie, "
            "welcher Fachbereich sie übernimmt."
        )
        raise ValidationError({"into": ValidationError(sentence % words, "something_left")})


def _moving(municipality: Municipality, plan: Plan) -> Moving:
    """All that is in the departments of `plan` on its day or later; a few queries, however much it is."""
    day = plan.wish.effective_on
    rows, people = rows_among(plan.moves), people_among(plan.moves)
    rules = rules_to_move(municipality, plan.moves, plan.wish, plan.before)
    return Moving(
        rows_to_move(municipality.pk, rows, day) if rows else [],
        people_to_move(municipality.pk, people, day) if people else [],
        [rule.pk for rule in rules.targets],
        [rule.pk for rule in rules.resting],
        [deadline.pk for deadline in deadlines_to_move(municipality, plan.ending, day)],
    )


@transaction.atomic
def reorganise(municipality: Municipality, wish: Wish, *, by: User | None) -> Reorganisation:
    """Do what `wish` says from its day on: events of departments, rows and people, and the rules, as one deed.

    Raises the ValidationErrors of `planned`; nothing is written then. Whether `by` may is for the door to ask. The
    number of statements is constant.
    """
    locks.hold(municipality.pk, exclusive=True)
    plan = _checked(municipality, wish)
    ids = dict(zip(plan.new, new_departments(municipality, [node.name for node in plan.new.values()]), strict=True))
    goes = [each._replace(target=ids.get(each.target, each.target)) for each in plan.moves]
    at, rules = free_instant(municipality), rules_to_move(municipality, goes, wish, plan.before)
    before = held_as_of(municipality, wish.effective_on, people=wish.roles) if wish.roles else {}
    services, people = _move(municipality, goes, wish, by, at)
    targets = {pk: None if to is None else ids.get(to, to) for pk, to in plan.ending.items()}
    deed = record(
        municipality,
        wish.kind,
        {
            ids.get(pk, pk): node if node.parent is None else node._replace(parent=ids.get(node.parent, node.parent))
            for pk, node in plan.changes.items()
        },
        effective_on=wish.effective_on,
        by=by,
        reason=wish.reason,
        recorded_at=at,
        moved=(services, people, len(rules.targets)),
    )
    move_rules(deed, rules)
    move_deadlines(deed, targets, wish.becomes, plan.before)
    tell_roles(deed, before)
    tell_moved(deed)
    return deed


def _move(
    municipality: Municipality, goes: Sequence[Goes], wish: Wish, by: User | None, at: datetime
) -> tuple[int, int]:
    """How many rows and people went."""
    by_id, reason, day = by.pk if by else None, wish.reason.strip(), wish.effective_on
    rows, people = rows_among(goes), people_among(goes)
    return (
        move_rows(municipality.pk, rows, day, by_id=by_id, reason=reason, recorded_at=at) if rows else 0,
        move_people(municipality.pk, people, day, by_id=by_id, reason=reason, recorded_at=at, roles=wish.roles)
        if people
        else 0,
    )


def rows_among(goes: Sequence[Goes]) -> list[Move]:
    return [Move(each.source, each.target, each.share and each.share.services) for each in goes]


def people_among(goes: Sequence[Goes]) -> list[Move]:
    return [Move(each.source, each.target, each.share and each.share.people) for each in goes]
