"""How people come to a municipality, move within it and leave: events from a day on, and the present that follows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DateField, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.database import many_rows
from catalog.reasons import refuse_long_reason
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import (
    CalendarAddress,
    Membership,
    MembershipEvent,
    MembershipEventQuerySet,
    Municipality,
    Token,
    User,
)
from ozg_tracker.accounts.models.membership_events import LONGEST_REASON

EARLIEST = date(1950, 1, 1)
AHEAD = timedelta(days=3 * 366)


class Held(NamedTuple):
    """What a person is in a municipality; without a role the person does not belong to it."""

    role: str = ""
    department: int | None = None


NOTHING = Held()


def held_as_of(
    municipality: Municipality, day: date, known_at: datetime | None = None, people: Collection[int] | None = None
) -> dict[int, Held]:
    """What each member is at the end of `day`, as known at `known_at` (default: now), by the person's id; one query.

    Who does not belong to the municipality then is not in it.
    """
    found = MembershipEvent.objects.members_as_of(municipality, day, known_at)
    if people is not None:
        found = found.filter(user__in=people)
    rows = found.order_by().values_list("user", "role", "department")
    return {user: Held(role, department) for user, role, department in rows}


@transaction.atomic
def record(
    municipality: Municipality,
    changes: Mapping[int, Held],
    *,
    effective_on: date | None = None,
    by: User | None = None,
    reason: str = "",
) -> int:
    """From `effective_on` (default: today) each person is what `changes` says; returns how many events that took.

    Who is that already on the day gets none. The present follows at once where the day has come. Whether `by` may is
    for the caller to ask. ValidationError: `strange_day`, `reason_too_long`.
    """
    today = timezone.localdate()
    day = effective_on or today
    added = write(municipality, changes, effective_on=day, by=by, reason=reason)
    if day <= today:
        bring_up_to_date(municipality, changes, today)
    return added


def write(
    municipality: Municipality, changes: Mapping[int, Held], *, effective_on: date, by: User | None, reason: str
) -> int:
    """The events of `record` alone, inside a transaction; the present is for the caller to change."""
    _refuse_strange(effective_on, timezone.localdate(), reason)
    people = {each.pk: each for each in User.objects.select_for_update().filter(pk__in=changes).order_by("pk")}
    before = held_as_of(municipality, effective_on, people=changes)
    now = timezone.now()
    events = [
        MembershipEvent(
            municipality=municipality,
            user=people[user],
            role=held.role,
            department_id=held.department,
            effective_on=effective_on,
            recorded_at=now,
            by=by,
            reason=reason.strip(),
        )
        for user, held in changes.items()
        if before.get(user, NOTHING) != held
    ]
    many_rows.insert_objects(events)
    enter_in_journal(municipality, events, before)
    return len(events)


def enter_in_journal(municipality: Municipality, events: Sequence[MembershipEvent], before: Mapping[int, Held]) -> None:
    """Tell of each of the events what the person was, and is from then on."""
    names = dict(municipality.departments.values_list("pk", "name")) if events else {}

    def told(held: Held) -> dict[str, str | None]:
        return {"role": held.role, "department": names.get(held.department or 0)}

    journal.write_all(
        journal.entry(
            journal.Kind.ROLE,
            municipality=municipality,
            by=each.by,
            person=each.user,
            about=str(each.user),
            before=told(before.get(each.user_id, NOTHING)),
            after=told(Held(each.role, each.department_id)) | {"effective_on": each.effective_on.isoformat()},
            reason=each.reason,
        )
        for each in events
    )


def _refuse_strange(day: date, today: date, reason: str) -> None:
    if not EARLIEST <= day <= today + AHEAD:
        raise ValidationError(
            {
                "effective_on": ValidationError(
                    _("Dieser Tag liegt zu weit weg. Bitte prüfen Sie das Jahr."), "strange_day"
                )
            }
        )
    refuse_long_reason(reason, LONGEST_REASON)


@transaction.atomic
def bring_up_to_date(municipality: Municipality, people: Collection[int], today: date | None = None) -> int:
    """Let `Membership` show what the events of these people say as of today; returns for how many it changed.

    Who belongs nowhere any more is deactivated, and who comes back can sign in again. A constant number of queries.
    """
    day = today or timezone.localdate()
    wanted = held_as_of(municipality, day, people=people)
    rows = municipality.memberships.filter(user__in=people).order_by()
    shown = {
        user: (Held(role, department), active)
        for user, role, department, active in rows.values_list("user", "role", "department", "user__is_active")
    }
    new = [user for user in wanted if user not in shown]
    moved = [user for user, (held, active) in shown.items() if wanted.get(user, held) != held]
    left = [user for user, (held, active) in shown.items() if user not in wanted and active]
    back = [user for user, (held, active) in shown.items() if user in wanted and not active]
    _join(municipality, {user: wanted[user] for user in new})
    last = MembershipEvent.objects.last_of(OuterRef("user"), municipality, day)
    municipality.memberships.filter(user__in=moved).update(
        role=Subquery(last.values("role")[:1]), department=Subquery(last.values("department")[:1])
    )
    _leave(municipality, left, day)
    User.objects.filter(pk__in=[*back, *new], is_active=False).update(is_active=True, left_on=None)
    return len({*new, *moved, *left, *back})


def _join(municipality: Municipality, people: Mapping[int, Held]) -> None:
    many_rows.insert_objects(
        [
            Membership(municipality=municipality, user_id=user, role=held.role, department_id=held.department)
            for user, held in people.items()
        ]
    )


def _leave(municipality: Municipality, people: Collection[int], today: date) -> None:
    """No role in this municipality for those who have another elsewhere; the others can no longer sign in."""
    elsewhere = Membership.objects.filter(user__in=people).exclude(municipality=municipality)
    others = set(elsewhere.values_list("user", flat=True))
    municipality.memberships.filter(user__in=others).delete()
    gone = [user for user in people if user not in others]
    last = MembershipEvent.objects.last_of(OuterRef("pk"), municipality, today)
    User.objects.filter(pk__in=gone).update(is_active=False, left_on=_day_of(last, today))
    Token.objects.filter(user__in=gone, revoked_at=None).update(revoked_at=timezone.now())
    CalendarAddress.objects.filter(user__in=gone).delete()


def _day_of(last: MembershipEventQuerySet, today: date) -> Coalesce:
    return Coalesce(Subquery(last.values("effective_on")[:1]), Value(today), output_field=DateField())


def come_due(municipality: Municipality, today: date | None = None) -> int:
    """Bring up to date those for whom a planned day has come; says for how many the present changed."""
    day = today or timezone.localdate()
    planned = MembershipEvent.objects.filter(
        Q(municipality=municipality, effective_on__lte=day), effective_on__gt=F("recorded_at__date")
    )
    people = set(planned.order_by().values_list("user", flat=True))
    return bring_up_to_date(municipality, people, day) if people else 0


@dataclass(frozen=True)
class Span:
    """What a person was from one day to another, both included; `until` None: until further notice."""

    event: MembershipEvent
    since: date
    until: date | None = None
    before: MembershipEvent | None = None

    @property
    def planned(self) -> bool:
        return self.since > timezone.localdate()

    @property
    def belongs(self) -> bool:
        return bool(self.event.role)

    @property
    def kind(self) -> str:
        """`joins`, `moves`, `leaves`; "" where nothing changed for others to see."""
        before, after = (bool(self.before and self.before.role), self.belongs)
        return {(False, True): "joins", (True, True): "moves", (True, False): "leaves"}.get((before, after), "")


def spans(municipality: Municipality, people: Collection[int]) -> dict[int, list[Span]]:
    """The history of each of the people here, as known today, the earliest first; one query."""
    events = MembershipEvent.objects.filter(municipality=municipality, user__in=people)
    told: defaultdict[int, dict[date, MembershipEvent]] = defaultdict(dict)
    for each in events.select_related("user", "department", "by").order_by("effective_on", "pk"):
        told[each.user_id][each.effective_on] = each
    return {user: _spans(list(days.values())) for user, days in told.items()}


def _spans(events: list[MembershipEvent]) -> list[Span]:
    """Events that leave all as it was make no span of their own."""
    found: list[Span] = []
    for each in events:
        before = found[-1].event if found else None
        if before is None and not each.role:
            continue  # taken back before it came true
        if before and (before.role, before.department_id) == (each.role, each.department_id):
            continue
        if found:
            found[-1] = replace(found[-1], until=each.effective_on - timedelta(days=1))
        found.append(Span(each, each.effective_on, before=before))
    return found


def movements(municipality: Municipality, since: date) -> list[Span]:
    """Who comes, moves or leaves on `since` or later, the first day first; two queries."""
    events = MembershipEvent.objects.filter(municipality=municipality, effective_on__gte=since)
    people = set(events.order_by().values_list("user", flat=True))
    found = [span for each in spans(municipality, people).values() for span in each if span.since >= since]
    return sorted(found, key=lambda span: (span.since, str(span.event.user)))
