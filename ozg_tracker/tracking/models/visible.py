"""Which rows of this room a person may see: start every list and every look-up from here; hidden is 404.

Rows and their history are read by coordination, leaders and staff of the municipality. The council reads approved
editions, the operator runs the installation: neither sees rows.
"""

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models

from ozg_tracker.accounts.models import Deed, Membership, who_may

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User


T = TypeVar("T", bound=models.Model)


def municipalities_of(user: "User | AnonymousUser", *roles: str) -> models.QuerySet[Membership, Any] | list[int]:
    """Ids of the municipalities in which `user` has one of `roles`: a subquery, or a list where they have been read.

    With a list the database walks a municipality's rows in order of their index and stops after a page; with a subquery
    it sorts all of them first.
    """
    held = getattr(user, "roles_held", None)
    if held is not None:
        return [municipality for role, municipality in held if role in roles]
    if isinstance(user, AnonymousUser) or not user.is_active:
        return []
    return user.memberships.filter(role__in=roles).values("municipality")


class OfAMunicipality(models.QuerySet[T]):
    path = "municipality"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those of the municipalities whose rows `user` may read."""
        return self.filter(**{f"{self.path}__in": municipalities_of(user, *who_may(Deed.READ_ROWS))})
