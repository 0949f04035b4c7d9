"""Who may: the role of a person in a municipality, and the departments below the one a person leads."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Deed, Department, Deputyship, Membership, Municipality, Role, User, who_may

if TYPE_CHECKING:
    from collections.abc import Collection


def membership(user: "User | AnonymousUser", municipality: Municipality) -> Membership | None:
    """The one role of `user` in `municipality`, with its department; none without sign-in or after leaving."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return None
    return user.memberships.select_related("department").filter(municipality=municipality).first()


def held_and_stood_in_for(
    user: "User | AnonymousUser", municipality: Municipality
) -> tuple[Membership | None, list[Membership]]:
    """The role of `user`, and those of the people for whom `user` stands in today; one query.

    Nobody stands in without a role that reads rows, a deputy never for those whom the absent person stands in for.
    """
    if isinstance(user, AnonymousUser) or not user.is_active or user.bound_to not in (None, municipality.pk):
        return None, []
    absent = Deputyship.objects.on(timezone.localdate()).filter(municipality=municipality, deputy=user.pk)
    people = absent.order_by().values("absent").union(User.everyone.filter(pk=user.pk).values("pk"))
    found = Membership._base_manager.select_related("department").filter(municipality=municipality, user__in=people)
    rows = list(found.filter(user__is_active=True))
    own = next((each for each in rows if each.user_id == user.pk), None)
    if own is None or user.is_service or Deed.READ_ROWS not in own.deeds:
        return own, []
    return own, [each for each in rows if each.user_id != user.pk]


def may(user: "User | AnonymousUser", municipality: Municipality, deed: Deed) -> bool:
    found = membership(user, municipality)
    return found is not None and deed in found.deeds


def operates(user: "User | AnonymousUser") -> bool:
    """Whether `user` has the role Betrieb in any municipality, and with it a hand in what all of them share."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return False
    return user.memberships.filter(role__in=who_may(Deed.OPERATE)).exists()


def refuse_unless_person(by: "User | None") -> None:
    """PermissionDenied for a service account where two people decide, or where one could make itself another way in."""
    if by is not None and by.is_service:
        raise PermissionDenied(_("Das macht ein Mensch, kein Dienstkonto. Bitte melden Sie sich selbst dafür an."))


def trees(departments: "Collection[Department]") -> dict[int, frozenset[int]]:
    """By the id of each of these departments of one municipality, the ids of it and all below; one query, or none."""
    if not departments:
        return {}
    standing = list(Department.objects.filter(municipality=next(iter(departments)).municipality_id))
    return {each.pk: frozenset(_below([each.pk], standing)) for each in departments}


def tree_ids(department: Department) -> list[int]:
    """Ids of `department` and of all departments below it, each once, the department itself first."""
    return _below([department.pk], Department.objects.filter(municipality=department.municipality_id))


def managed_ids(user: "User | AnonymousUser") -> list[int]:
    """Ids of all departments `user` leads, in any municipality, and of all below them; empty for anybody else."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return []
    led = dict(
        user.memberships.filter(role=Role.MANAGER, department__isnull=False).values_list("department", "municipality")
    )
    return _below(list(led), Department.objects.filter(municipality__in=led.values())) if led else []


def _below(roots: list[int | None], departments: Iterable[Department]) -> list[int]:
    children: defaultdict[int, list[int]] = defaultdict(list)
    for department in departments:
        if department.parent_id is not None:
            children[department.parent_id].append(department.pk)
    found: dict[int, None] = {}
    waiting = [root for root in roots if root is not None]
    while waiting:
        current = waiting.pop(0)
        if current not in found:
            found[current] = None
            waiting.extend(children[current])
    return list(found)
