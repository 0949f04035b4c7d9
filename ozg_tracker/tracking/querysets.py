"""Which rows of this room a person may see and edit: start every list and every look-up from here; hidden is 404.

Rows and their history are read by coordination, leaders and staff of the municipality. The council reads approved
editions, the operator runs the installation: neither sees rows.
"""

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from ozg_tracker.accounts.access import managed_ids
from ozg_tracker.accounts.models import Membership, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User
    from ozg_tracker.tracking.models import (  # noqa: F401 (types)
        Deadline,
        Evidence,
        MunicipalService,
        ScopeProfile,
        StatusChange,
    )
    from ozg_tracker.tracking.own_models import OwnService  # noqa: F401 (types)

READERS = (Role.COORDINATOR, Role.MANAGER, Role.STAFF)
T = TypeVar("T", bound=models.Model)


def towns_of(user: "User | AnonymousUser", *roles: str) -> models.QuerySet[Membership, Any] | list[int]:
    """Ids of the municipalities in which `user` has one of `roles`: a subquery, or a list where they have been read.

    With a list the database walks a town's rows in order of their index and stops after a page; with a subquery it
    sorts all of them first.
    """
    held = getattr(user, "roles_held", None)
    if held is not None:
        return [municipality for role, municipality in held if role in roles]
    mine = Membership.objects.filter(user=user.pk, user__is_active=True) if user.pk else Membership.objects.none()
    return mine.filter(role__in=roles).values("municipality")


class _OfATown(models.QuerySet[T]):
    town = "municipality"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those of the municipalities in which `user` is coordinator, manager or staff."""
        return self.filter(**{f"{self.town}__in": towns_of(user, *READERS)})


class MunicipalServiceQuerySet(_OfATown["MunicipalService"]):
    def editable_by(self, user: "User | AnonymousUser") -> Self:
        """Those in which `user` may change at least one field; which ones says `rights.changeable_fields`."""
        own_tree = Q(department__in=managed_ids(user), municipality__in=towns_of(user, Role.MANAGER))
        own_rows = Q(owner=user.pk, municipality__in=towns_of(user, Role.MANAGER, Role.STAFF))
        return self.filter(Q(municipality__in=towns_of(user, Role.COORDINATOR)) | own_tree | own_rows)


class StatusChangeQuerySet(_OfATown["StatusChange"]):
    pass


class EvidenceQuerySet(_OfATown["Evidence"]):
    town = "row__municipality"


class DeadlineQuerySet(_OfATown["Deadline"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Deadlines of the law for everybody who signed in, those of a municipality for its people."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(municipality=None) | Q(municipality__in=towns_of(user, *Role.values)))


class OwnServiceQuerySet(_OfATown["OwnService"]):
    pass


class ScopeProfileQuerySet(models.QuerySet["ScopeProfile"]):
    def in_force(self, kind: str) -> "ScopeProfile | None":
        """The version that counts: the last that a person made, else the newest that came with the program."""
        complete = self.filter(kind=kind, complete=True)
        return complete.order_by(F("shipped").desc(nulls_first=True), "-version").first()
