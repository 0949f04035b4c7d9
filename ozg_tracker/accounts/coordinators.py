"""A second coordinator confirms a new one, where the municipality asks for it."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts import access, journal, letters, memberships
from ozg_tracker.accounts.memberships import Held
from ozg_tracker.accounts.models import (
    CoordinatorRequest,
    Deed,
    Department,
    Membership,
    MembershipQuerySet,
    Municipality,
    Role,
    User,
)

Outcome = CoordinatorRequest.Outcome
ENOUGH = 2  # coordinators, so that there is a second one


def asks_second(municipality: Municipality, role: str, before: str, by: User | None) -> bool:
    """Whether a role that `by` gives waits for a second person; the command line (None) is whose machine it is."""
    if by is None or role != Role.COORDINATOR or before == Role.COORDINATOR:
        return False
    return Municipality.objects.filter(pk=municipality.pk, asks_second_coordinator=True).exists()


@transaction.atomic
def ask_for(
    municipality: Municipality,
    user: User,
    department: Department | None,
    *,
    effective_on: date | None = None,
    reason: str = "",
    by: User,
) -> CoordinatorRequest:
    """Propose the person as a coordinator; who could confirm it is told by mail. The caller has asked whether `by` may.

    PermissionDenied for a service account: two people decide it. ValidationError `waits_already`.
    """
    access.refuse_unless_person(by)
    if CoordinatorRequest.objects.waiting().filter(municipality=municipality, user=user).exists():
        sentence = _("„%(person)s“ wartet schon darauf, dass eine zweite Person die Koordination bestätigt.")
        raise ValidationError(sentence % {"person": user}, "waits_already")
    made = CoordinatorRequest.objects.create(
        municipality=municipality,
        user=user,
        department=department,
        effective_on=effective_on or timezone.localdate(),
        reason=reason.strip(),
        asked_by=by,
        asked_at=timezone.now(),
    )
    _enter(made, by, "waiting", reason)
    _tell_others(made)
    return made


@transaction.atomic
def decide(request: CoordinatorRequest, *, confirmed: bool, reason: str = "", by: User) -> CoordinatorRequest:
    """Confirm or decline a proposal, once. Confirmed, the person coordinates from its day, at the earliest from today.

    PermissionDenied for whoever does not manage the people there, proposed it, or is the person.
    ValidationError: `decided`, `left`, `reason_too_long`.
    """
    access.refuse_unless_person(by)
    held = access.membership(by, request.municipality)
    if held is None or Deed.MANAGE_PEOPLE not in held.deeds:
        raise PermissionDenied(_("Personen verwalten die OZG-Koordination und der Betrieb."))
    found = CoordinatorRequest.objects.select_for_update(of=("self",)).select_related("user", "asked_by")
    locked = found.get(pk=request.pk)
    if by.pk in (locked.asked_by_id, locked.user_id):
        raise PermissionDenied(_("Darüber entscheidet eine zweite Person."))
    if locked.outcome:
        sentence = _("Darüber ist schon entschieden: %(outcome)s.")
        raise ValidationError(sentence % {"outcome": locked.get_outcome_display()}, "decided")
    locked.outcome = Outcome.CONFIRMED if confirmed else Outcome.DECLINED
    locked.decided_by, locked.decided_at = by, timezone.now()
    locked.save(update_fields=["outcome", "decided_by", "decided_at"])
    _enter(locked, by, "yes" if confirmed else "no", reason)
    if confirmed:
        _make_coordinator(locked, reason or locked.reason, by)
    return locked


def _make_coordinator(request: CoordinatorRequest, reason: str, by: User) -> None:
    member = Membership.objects.filter(user=request.user, municipality=request.municipality_id).first()
    if member is None or not request.user.is_active:
        sentence = _("„%(person)s“ gehört nicht mehr dazu. Bitte lehnen Sie den Vorschlag ab.")
        raise ValidationError(sentence % {"person": request.user}, "left")
    day = max(request.effective_on, timezone.localdate())
    changes = {request.user_id: Held(Role.COORDINATOR, request.department_id)}
    memberships.record(request.municipality, changes, effective_on=day, by=by, reason=reason)
    letters.tell_role(member, Role.COORDINATOR, request.department, day)


@transaction.atomic
def set_second_coordinator(municipality: Municipality, asked: bool, *, reason: str = "", by: User | None) -> bool:
    """Whether a second person confirms each new coordinator from now on; says whether that changed.

    On: whoever manages the people there, once there are two coordinators. Off: the operator alone, so that nobody takes
    the second person away to do without. PermissionDenied, ValidationError `too_few`.
    """
    access.refuse_unless_person(by)
    held = access.membership(by, municipality) if by else None
    if by is not None and (held is None or Deed.MANAGE_PEOPLE not in held.deeds):
        raise PermissionDenied(_("Personen verwalten die OZG-Koordination und der Betrieb."))
    locked = Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
    if locked.asks_second_coordinator == asked:
        return False
    if not asked and held is not None and held.role != Role.OPERATOR:
        raise PermissionDenied(_("Auf die zweite Person verzichtet nur der Betrieb, damit niemand sie umgeht."))
    if asked and coordinators(municipality).count() < ENOUGH:
        sentence = _("Dafür braucht es zwei Personen mit der Rolle OZG-Koordination; bitte nehmen Sie erst eine auf.")
        raise ValidationError(sentence, "too_few")
    locked.asks_second_coordinator = municipality.asks_second_coordinator = asked
    locked.save(update_fields=["asks_second_coordinator"])
    journal.write(
        journal.Kind.MUNICIPALITY,
        municipality=municipality,
        by=by,
        before={"second_coordinator": "no" if asked else "yes"},
        after={"second_coordinator": "yes" if asked else "no"},
        reason=reason,
    )
    return True


def coordinators(municipality: Municipality) -> MembershipQuerySet:
    """Those of the municipality who can sign in."""
    return Membership.objects.filter(municipality=municipality, role=Role.COORDINATOR, user__is_active=True)


def waiting_for(member: Membership) -> CoordinatorRequest | None:
    """The proposal to make this person a coordinator that waits to be decided."""
    found = CoordinatorRequest.objects.waiting().filter(municipality=member.municipality_id, user=member.user_id)
    return found.select_related("asked_by").first()


def _enter(request: CoordinatorRequest, by: User, state: str, reason: str) -> None:
    facts = {"role": Role.COORDINATOR.value, "effective_on": request.effective_on.isoformat()}
    journal.write(
        journal.Kind.ROLE,
        municipality=request.municipality,
        by=by,
        person=request.user,
        about=str(request.user),
        after=facts | {"second_coordinator": state},
        reason=reason,
    )


def _tell_others(request: CoordinatorRequest) -> None:
    """Whoever could confirm it, by mail."""
    others = coordinators(request.municipality).exclude(user__in=[request.asked_by_id, request.user_id])
    text = _(
        "Guten Tag %(name)s,\n\n%(by)s möchte „%(person)s“ ab %(day)s zur OZG-Koordination von %(municipality)s machen."
        " Das gilt erst, wenn eine zweite Person es bestätigt. Bitte entscheiden Sie im OZG-Tracker unter"
        " „Personen“.\n\nWissen Sie nichts davon? Dann lehnen Sie bitte ab und fragen nach."
    )
    for each in others.select_related("user"):
        words = {
            "name": each.user,
            "by": request.asked_by,
            "person": request.user,
            "day": date_format(request.effective_on, "d.m.Y"),
            "municipality": request.municipality,
        }
        letters.send(each.user.email, _("Eine neue Koordination wartet auf Ihre Bestätigung"), text % words)
