"""Who may: the role of a person in a municipality, and the departments below the one a person leads."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Deed, Department, Membership, Municipality, Role, who_may

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User


def membership(user: "User | AnonymousUser", municipality: Municipality) -> Membership | None:
    """The one role of `user` in `municipality`, with its department; none without sign-in or after leaving."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return None
    return user.memberships.select_related("department").filter(municipality=municipality).first()


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
