"""What a preview asks besides training rules: what becomes of deadlines, and who leads what comes to be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ozg_tracker.accounts.departments.as_of import below
from ozg_tracker.accounts.models import Membership, Municipality, Role, User
from ozg_tracker.reorganising.reorganise import Moving
from ozg_tracker.reorganising.telling import after, services_on
from ozg_tracker.reorganising.wishes import Plan
from ozg_tracker.tracking.deadlines.moving import Becomes
from ozg_tracker.tracking.models import Deadline

MOST = 300  # people to choose from; more are given their role at their own page


@dataclass(frozen=True)
class DeadlineChoice:
    """A deadline of a department that ends, named `source`. `had`, `gets`: for how many services it is and would be in
    `target` ("" where nothing takes it over, and it ends).
    """

    deadline: Deadline
    source: str
    target: str
    had: int
    gets: int
    chosen: str


def deadline_choices(municipality: Municipality, plan: Plan, moving: Moving, day: date) -> list[DeadlineChoice]:
    """A constant number of queries."""
    if not moving.deadlines:
        return []
    services = services_on(municipality, day)
    then = after(services, plan, "services")
    found = []
    for deadline in Deadline.objects.filter(pk__in=moving.deadlines).select_related("department"):
        office = deadline.department_id if deadline.department_id in plan.ending else next(iter(plan.ending))
        target = plan.ending.get(office or 0)
        had = sum(services[pk] for pk in below(plan.before, [office or 0]))
        gets = sum(then[pk] for pk in below(plan.after, [target])) if target is not None else 0
        name = plan.after[target].name if target is not None else ""
        chosen = str(plan.wish.becomes.get(deadline.pk, Becomes.ALONG))
        found.append(DeadlineChoice(deadline, plan.before[office or 0].name, name, had, gets, chosen))
    return found


@dataclass(frozen=True)
class LeadChoice:
    """Somebody who moves and led `source` until now: leads `target`, or works there."""

    user: User
    source: str
    target: str
    works: bool


@dataclass(frozen=True)
class NewLead:
    """A department that comes to be, who among those who move to it leads one now, and who could; `chosen`: an id."""

    field: str
    name: str
    led: bool
    people: list[User]
    chosen: int


def lead_choices(municipality: Municipality, plan: Plan, moving: Moving) -> tuple[list[LeadChoice], list[NewLead]]:
    """Two queries."""
    if not moving.people:
        return [], []
    members = Membership.objects.filter(municipality=municipality, user__in=moving.people).select_related("user")
    going: dict[int, list[Membership]] = {}
    for each in members.order_by("user__last_name", "user__username"):
        going.setdefault(_target(plan, each), []).append(each)
    leading = [
        LeadChoice(each.user, plan.before[each.department_id or 0].name, plan.after[target].name, works)
        for target, held in going.items()
        if target
        for each in held
        if each.role == Role.MANAGER
        for works in [each.user_id in plan.wish.works]
    ]
    return leading, list(_new_leads(plan, going))


def _target(plan: Plan, held: Membership) -> int:
    fits = (
        each.target
        for each in plan.moves
        if each.source == held.department_id and (each.share is None or held.user_id in each.share.people)
    )
    return next(fits, 0)


def _new_leads(plan: Plan, going: Mapping[int, list[Membership]]) -> Iterable[NewLead]:
    for pk, node in plan.new.items():
        held = going.get(pk, [])
        staff = [each.user for each in held if each.role == Role.STAFF]
        led = any(each.role == Role.MANAGER and each.user_id not in plan.wish.works for each in held)
        if staff and len(staff) <= MOST:
            chosen = next((each.pk for each in staff if each.pk in plan.wish.leads), 0)
            yield NewLead(f"lead_{-pk}", node.name, led, staff, chosen)
