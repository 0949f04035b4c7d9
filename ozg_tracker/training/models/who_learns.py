"""Whose trainings are looked after, and who may read the plan of them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q

from ozg_tracker.accounts.access import managed_ids
from ozg_tracker.accounts.memberships import held_as_of
from ozg_tracker.accounts.models import Deed, Membership, Municipality, Reach, Role, who_may

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User


Planned = TypeVar("Planned", bound=models.Model)


class PlanQuerySet(models.QuerySet[Planned]):
    """Courses and what hangs on them: read by all who learn in the municipality, changed by its coordinators."""

    municipality = "course__municipality"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        return self._where_role(user, who_may(Deed.LEARN))

    def editable_by(self, user: "User | AnonymousUser") -> Self:
        return self._where_role(user, who_may(Deed.KEEP_COURSES))

    def _where_role(self, user: "User | AnonymousUser", roles: tuple[Role, ...]) -> Self:
        if not user.is_authenticated:
            return self.none()
        held = user.memberships.filter(role__in=roles).values("municipality")
        return self.filter(**{f"{self.municipality}__in": held})


def learners_as_of(municipality: Municipality, day: date, known_at: datetime | None = None) -> dict[int, int | None]:
    """Who learned in the municipality at the end of `day`, as known at `known_at`: person to department; one query."""
    held = held_as_of(municipality, day, known_at)
    return {person: each.department for person, each in held.items() if each.role in who_may(Deed.LEARN)}


def learners() -> "models.QuerySet[Membership]":
    """Who may have trainings: the active people of a municipality, with their membership in it."""
    return Membership.objects.filter(role__in=who_may(Deed.LEARN), user__is_active=True)


def learning_in(user: "User") -> "models.QuerySet[Membership, int]":
    return user.memberships.filter(role__in=who_may(Deed.LEARN)).values_list("municipality", flat=True)


def coordinated_by(user: "User") -> "models.QuerySet[Membership, int]":
    coordinating = who_may(Deed.LEAD_TRAININGS, Reach.ALL)
    return user.memberships.filter(role__in=coordinating).values_list("municipality", flat=True)


def led_by(user: "User", municipality: Municipality) -> "models.QuerySet[Membership]":
    """The other people there whose trainings `user` leads or coordinates; nobody is among them for oneself."""
    led = Q(municipality__in=coordinated_by(user)) | Q(department__in=managed_ids(user))
    return learners().filter(led, municipality=municipality).exclude(user=user)
