"""Whom a municipality knows already, read once for a whole list."""

from dataclasses import dataclass, field
from datetime import date

from ozg_tracker.accounts.memberships import Held
from ozg_tracker.accounts.models import Membership, MembershipEvent, Municipality, StaffNumber, User


@dataclass
class Known:
    """A person of the municipality, here now, before or to come."""

    user: User
    number: str = ""
    elsewhere: bool = False
    held: list[tuple[date, Held]] = field(default_factory=list)

    def on(self, day: date) -> Held:
        return next((held for since, held in reversed(self.held) if since <= day), Held())

    @property
    def usual(self) -> Held:
        """What the person is or was last, for lines that do not say it."""
        return next((held for _since, held in reversed(self.held) if held.role), Held())


@dataclass
class People:
    by_number: dict[str, Known]
    by_email: dict[str, list[Known]]
    all: list[Known]


def people_of(municipality: Municipality) -> People:
    """Everybody who has, had or will have a role here; a constant number of queries."""
    told = MembershipEvent.objects.filter(municipality=municipality).order_by().values("user")
    users = {each.pk: Known(each) for each in User.objects.filter(pk__in=told)}
    for user, number in StaffNumber.objects.filter(municipality=municipality).values_list("user", "number"):
        if user in users:
            users[user].number = number
    others = Membership.objects.filter(user__in=told).exclude(municipality=municipality)
    for user in others.values_list("user", flat=True):
        users[user].elsewhere = True
    events = MembershipEvent.objects.filter(municipality=municipality).order_by("effective_on", "pk")
    for user, since, role, department in events.values_list("user", "effective_on", "role", "department"):
        users[user].held.append((since, Held(role, department)))
    emails: dict[str, list[Known]] = {}
    for each in users.values():
        if each.user.email:
            emails.setdefault(each.user.email.casefold(), []).append(each)
    numbers = {each.number: each for each in users.values() if each.number}
    return People(numbers, emails, list(users.values()))
