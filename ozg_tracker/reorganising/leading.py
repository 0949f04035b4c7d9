"""Who leads a department that came to be: whom a reorganisation gave another role, and what the journal says of it."""

from collections.abc import Mapping

from django.db.models import OuterRef, QuerySet, Subquery

from ozg_tracker.accounts.memberships import Held, enter_in_journal
from ozg_tracker.accounts.models import MembershipEvent, Reorganisation


def tell_roles(deed: Reorganisation, before: Mapping[int, Held]) -> None:
    """Enter in the journal whose role is another since the deed; `before`: what those in question were."""
    if not before:
        return
    events = list(_moved(deed).filter(user__in=before).select_related("user", "by"))
    enter_in_journal(deed.municipality, [each for each in events if each.role != before[each.user_id].role], before)


def roles_given(deed: Reorganisation) -> dict[int, Held]:
    """What those were to whom the deed gave another role, by id; one query."""
    known = MembershipEvent.objects.filter(
        municipality=deed.municipality_id,
        user=OuterRef("user"),
        effective_on__lte=deed.effective_on,
        recorded_at__lt=deed.recorded_at,
    ).order_by("-effective_on", "-id")
    told = _moved(deed).annotate(was=Subquery(known.values("role")[:1]), from_=Subquery(known.values("department")[:1]))
    rows = told.order_by().values_list("user", "role", "was", "from_")
    return {user: Held(was, department) for user, role, was, department in rows if was and was != role}


def _moved(deed: Reorganisation) -> "QuerySet[MembershipEvent]":
    return MembershipEvent.objects.filter(
        municipality=deed.municipality_id, recorded_at=deed.recorded_at, effective_on=deed.effective_on
    )
