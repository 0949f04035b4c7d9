"""Who may assign trainings to whom: coordinators to all, who leads a department to its people, everybody to oneself."""

from ozg_tracker.accounts.access import managed_ids
from ozg_tracker.accounts.access import membership as membership_of
from ozg_tracker.accounts.models import Membership, Municipality, Role, User
from ozg_tracker.training.models import LEARNERS


def assignable_people(user: User, municipality: Municipality) -> list[Membership]:
    """The memberships, with their people, to whom `user` may assign a training in `municipality`."""
    held = membership_of(user, municipality)
    people = Membership.objects.filter(municipality=municipality, user__is_active=True, role__in=LEARNERS)
    if held is None or held.role not in LEARNERS:
        people = people.none()
    elif held.role == Role.MANAGER:
        people = people.filter(department__in=managed_ids(user)) | people.filter(user=user)
    elif held.role == Role.STAFF:
        people = people.filter(user=user)
    return list(people.select_related("user", "department").order_by("user__last_name", "user__username"))


def may_assign(user: User, person: User, municipality: Municipality) -> bool:
    return any(each.user_id == person.pk for each in assignable_people(user, municipality))
