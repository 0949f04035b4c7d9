"""Who may assign trainings to whom: coordinators to all, who leads a department to its people, everybody to oneself."""

from django.db.models import QuerySet

from ozg_tracker.accounts.access import managed_ids
from ozg_tracker.accounts.access import membership as membership_of
from ozg_tracker.accounts.models import Deed, Department, Membership, Municipality, Reach, User, reach_of
from ozg_tracker.training.models import learners


def assignable_people(user: User, municipality: Municipality) -> list[Membership]:
    """The memberships, with their people, to whom `user` may assign a training in `municipality`."""
    return list(assignable(user, municipality))


def assignable(user: User, municipality: Municipality) -> QuerySet[Membership]:
    """The same, by name, of whom a page reads only those it shows."""
    held = membership_of(user, municipality)
    people = learners().filter(municipality=municipality)
    if held is None or Deed.LEARN not in held.deeds:
        people = people.none()
    elif reach_of(held.role, Deed.LEAD_TRAININGS) == Reach.TREE:
        people = people.filter(department__in=managed_ids(user)) | people.filter(user=user)
    elif Deed.LEAD_TRAININGS not in held.deeds:
        people = people.filter(user=user)
    return people.select_related("user", "department").order_by("user__last_name", "user__username", "pk")


def led_departments(user: User, municipality: Municipality) -> QuerySet[Department]:
    """Those whose people's trainings `user` leads, by name."""
    standing = Department.objects.standing().filter(municipality=municipality).order_by("name", "pk")
    held = membership_of(user, municipality)
    if held is None or Deed.LEAD_TRAININGS not in held.deeds:
        return standing.none()
    if reach_of(held.role, Deed.LEAD_TRAININGS) == Reach.TREE:
        return standing.filter(pk__in=managed_ids(user))
    return standing
