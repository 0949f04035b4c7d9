"""Taking people in, giving them their one role in a municipality, and letting them leave, each from a day on.

Every deed takes `effective_on`, the day from which it holds (default: today; earlier and later are possible), and a
`reason`. What happened then is an event (`ozg_tracker.accounts.memberships`); a day to come changes nothing yet.
"""

from collections.abc import Callable
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts import access, coordinators, letters, memberships
from ozg_tracker.accounts.addresses import change_details, send_confirmation
from ozg_tracker.accounts.holdings import NOTHING as NOTHING_HELD
from ozg_tracker.accounts.holdings import answering
from ozg_tracker.accounts.memberships import NOTHING, Held
from ozg_tracker.accounts.models import (
    Deed,
    Department,
    Membership,
    MembershipEvent,
    Municipality,
    Role,
    User,
)
from ozg_tracker.accounts.signing_in.passwords import password_link
from ozg_tracker.accounts.staff_numbers import keep_staff_number

ONE_DAY = timedelta(days=1)
# What a person holds in a municipality, in words, "" for nothing: rooms above this one add theirs.
HOLDINGS: list[Callable[[Municipality, int], str]] = [
    lambda municipality, person: answering(municipality, [person]).get(person, NOTHING_HELD).words
]


def holdings(municipality: Municipality, person: int) -> list[str]:
    """All that the person holds in the municipality, in words."""
    return [words for told in HOLDINGS if (words := told(municipality, person))]


def find_user(username: str, *, everyone: bool = False) -> User:
    """The person of this name; with `everyone` a service account too. ValidationError `unknown_user`."""
    those = User.everyone if everyone else User.objects
    found = those.filter(username__iexact=username.strip()).first()
    if found is None:
        raise ValidationError(
            _("Eine Person mit dem Namen „%(user)s“ gibt es nicht."), code="unknown_user", params={"user": username}
        )
    return found


@transaction.atomic
def add_user(
    username: str,
    *,
    municipality: Municipality,
    role: str,
    department: Department | None = None,
    email: str = "",
    first_name: str = "",
    last_name: str = "",
    password: str | None = None,
    effective_on: date | None = None,
    reason: str = "",
    staff_number: str = "",
    by: User | None = None,
) -> User:
    """Give the person `username` the role in `municipality`; a person not there yet is made.

    Without `password` a new person cannot sign in before setting one (`ozg_tracker.accounts.signing_in.passwords`). On
    the command line (`by` is None) a person who is there already keeps password, name and address; `by` a person, only
    new people are taken in, since those of other municipalities do not exist for them. PermissionDenied for whom may
    not. ValidationError: `name_taken`, `has_role` already in this municipality, `left`, `unknown_role`,
    `other_municipality` for the department, `strange_day`, or what the models refuse.
    """
    refuse_unless_manages(by, municipality, role)
    user = User.objects.filter(username__iexact=username).first()
    if user is not None and by is not None:
        sentence = _("Diesen Benutzernamen gibt es schon. Bitte wählen Sie einen anderen.")
        raise ValidationError({"username": ValidationError(sentence, "name_taken")})
    if user is None:
        user = _new_user(User(username=username, first_name=first_name, last_name=last_name, email=email), password)
        send_confirmation(user)
    elif not user.is_active:
        raise ValidationError(
            _("„%(user)s“ ist stillgelegt. Wählen Sie einen anderen Namen, oder nehmen Sie die Person wieder auf."),
            code="left",
            params={"user": user.username},
        )
    _refuse_role(user, municipality, role, department)
    _hold(user, municipality, role, department, effective_on, reason, by)
    keep_staff_number(user, municipality, staff_number, by=by)
    return user


def _hold(
    user: User,
    municipality: Municipality,
    role: str,
    department: Department | None,
    effective_on: date | None,
    reason: str,
    by: User | None,
) -> None:
    """Let a person who is nothing here be this; who waits for a second coordinator is Sachbearbeitung first."""
    waits = by is not None and coordinators.asks_second(municipality, role, "", by)
    held = Held(Role.STAFF if waits else role, department.pk if department else None)
    memberships.record(municipality, {user.pk: held}, effective_on=effective_on, by=by, reason=reason)
    if waits and by is not None:
        coordinators.ask_for(municipality, user, department, effective_on=effective_on, reason=reason, by=by)


def refuse_unless_manages(by: User | None, municipality: Municipality, *roles: str) -> None:
    """PermissionDenied unless `by` manages the municipality's people, and the operators' role only for operators."""
    if by is None:  # the command line: whose machine it is, may
        return
    held = access.membership(by, municipality)
    if held is None or Deed.MANAGE_PEOPLE not in held.deeds:
        raise PermissionDenied(_("Personen verwalten die OZG-Koordination und der Betrieb."))
    if Role.OPERATOR in roles and held.role != Role.OPERATOR:
        raise PermissionDenied(_("Die Rolle Betrieb gilt für die ganze Installation; nur der Betrieb vergibt sie."))


def roles_to_give(by: User, municipality: Municipality) -> list[Role]:
    """The roles that `by` may give and take in the municipality."""
    held = access.membership(by, municipality)
    if held is None or Deed.MANAGE_PEOPLE not in held.deeds:
        return []
    return [role for role in Role if role != Role.OPERATOR or held.role == Role.OPERATOR]


def _new_user(user: User, password: str | None) -> User:
    user.username = User.normalize_username(user.username)
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    return user


def _refuse_role(user: User, municipality: Municipality, role: str, department: Department | None) -> None:
    """ValidationError where the person has or will have a role in the municipality already, or this one cannot be."""
    if role not in Role.values:
        raise ValidationError(
            _("Die Rolle „%(role)s“ gibt es nicht. Möglich sind: %(roles)s."),
            code="unknown_role",
            params={"role": role, "roles": ", ".join(Role.values)},
        )
    held: Membership | MembershipEvent | None = (
        user.memberships.filter(municipality=municipality).first()
        or user.membership_events.filter(municipality=municipality).first()
    )
    if held is not None and held.role:
        raise ValidationError(
            _("„%(user)s“ hat in %(municipality)s schon die Rolle „%(role)s“. Je Kommune gibt es eine Rolle."),
            code="has_role",
            params={"user": user.username, "municipality": municipality.name, "role": held.get_role_display()},
        )
    Membership(user=user, municipality=municipality, role=role, department=department).full_clean()


@transaction.atomic
def change_role(
    membership: Membership,
    *,
    role: str,
    department: Department | None,
    effective_on: date | None = None,
    reason: str = "",
    by: User | None = None,
) -> Membership:
    """Give the person another role or department in the same municipality; returns the membership as of today.

    A new coordinator waits for a second person where the municipality asks for it (`coordinators`).

    PermissionDenied for whom may not; ValidationError `yourself` for one's own role, `strange_day`, or what the models
    refuse.
    """
    before = Membership.objects.get(pk=membership.pk).role
    refuse_unless_manages(by, membership.municipality, before, role)
    _refuse_ended(department)
    if role != before:
        refuse_oneself(membership, by)
    membership.role, membership.department = role, department
    membership.full_clean()
    place, user = membership.municipality, membership.user
    if by is not None and coordinators.asks_second(place, role, before if user.is_active else "", by):
        if user.is_active:
            coordinators.ask_for(place, user, department, effective_on=effective_on, reason=reason, by=by)
        else:
            _hold(user, place, role, department, effective_on, reason, by)
        membership.refresh_from_db()
        return membership
    held = Held(role, department.pk if department else None)
    if _record(membership, held, effective_on, reason, by):
        letters.tell_role(membership, held.role, department, effective_on)
    membership.refresh_from_db()
    return membership


def _refuse_ended(department: Department | None) -> None:
    if department is not None and department.ended:
        sentence = _(
            "Den Fachbereich „%(name)s“ gibt es nicht mehr. Bitte wählen Sie einen anderen und speichern Sie; damit "
            "gehört die Person wieder dazu."
        ) % {"name": department.name}
        raise ValidationError({"department": ValidationError(sentence, "department_ended")})


def in_ended_departments(municipality: Municipality) -> QuerySet[Membership]:
    """The people of the municipality who belong to a department that has ended; none, if all went as it should."""
    return municipality.memberships.filter(department__ended=True, user__is_active=True)


def _record(membership: Membership, held: Held, effective_on: date | None, reason: str, by: User | None) -> int:
    changes = {membership.user_id: held}
    return memberships.record(membership.municipality, changes, effective_on=effective_on, by=by, reason=reason)


@transaction.atomic
def rename_person(membership: Membership, *, first_name: str, last_name: str, email: str, by: User) -> User:
    """Change the name, and once it is confirmed the address, of a person who has a role in this municipality alone.

    A person of several municipalities is out of reach of each.
    ValidationError `elsewhere`, or what the model refuses; PermissionDenied for whom may not.
    """
    refuse_unless_manages(by, membership.municipality, membership.role)
    if belongs_elsewhere(membership):
        raise out_of_reach()
    user = membership.user
    return change_details(user, first_name=first_name, last_name=last_name, email=email, by=by)


def belongs_elsewhere(membership: Membership) -> bool:
    """Whether the person has a role in another municipality too."""
    return Membership.objects.filter(user=membership.user_id).exclude(pk=membership.pk).exists()


@transaction.atomic
def let_go(
    membership: Membership,
    *,
    effective_on: date | None = None,
    reason: str = "",
    by: User,
    holding_nothing: bool = False,
) -> bool:
    """Let a person leave the municipality: deactivated, or only without this role where others are held.

    `effective_on` is the first day on which the person does not belong here any more. `holding_nothing`: refuse it
    while the person holds something there. Says whether the person is deactivated by now. PermissionDenied for whom
    may not; ValidationError `yourself`, `strange_day`, `still_holds`.
    """
    refuse_unless_manages(by, membership.municipality, membership.role)
    refuse_oneself(membership, by)
    if holding_nothing and (held := holdings(membership.municipality, membership.user_id)):
        sentence = _(
            "„%(person)s“ hält noch etwas: %(held)s. Bitte übergeben Sie es zuerst, oder bestätigen Sie, dass danach "
            "niemand dafür handeln kann."
        )
        words = {"person": membership.user, "held": ", ".join(held)}
        raise ValidationError(sentence % words, code="still_holds")
    if _record(membership, NOTHING, effective_on, reason, by):
        letters.tell_role(membership, "", None, effective_on)
    return not User.objects.get(pk=membership.user_id).is_active


@transaction.atomic
def take_back(membership: Membership, *, effective_on: date | None = None, reason: str = "", by: User) -> None:
    """Take a person who left back in, as what the person was. PermissionDenied for whom may not; ValidationError
    `elsewhere`, `strange_day`, `department_ended`: then `change_role` takes the person in, with another department.
    """
    refuse_unless_manages(by, membership.municipality, membership.role)
    if belongs_elsewhere(membership):
        raise out_of_reach()
    _refuse_ended(membership.department)
    _hold(membership.user, membership.municipality, membership.role, membership.department, effective_on, reason, by)


@transaction.atomic
def call_off(event: MembershipEvent, *, reason: str = "", by: User) -> None:
    """Let what is planned for a day to come not happen: from that day the person is what the person was the day before.

    PermissionDenied for whom may not; ValidationError `yourself`, or `not_planned` where the day has come.
    """
    before = memberships.held_as_of(event.municipality, event.effective_on - ONE_DAY, people=[event.user_id])
    held = before.get(event.user_id, NOTHING)
    refuse_unless_manages(by, event.municipality, event.role, held.role)
    if event.user_id == by.pk:
        raise _yourself()
    if event.effective_on <= timezone.localdate():
        raise ValidationError(_("Dieser Tag ist schon gekommen. Ändern Sie die Person ab heute."), code="not_planned")
    changes = {event.user_id: held}
    memberships.record(event.municipality, changes, effective_on=event.effective_on, by=by, reason=reason)


def first_password_link(membership: Membership, *, by: User) -> str | None:
    """The address under which a person of this municipality alone sets a first password; None where there is one."""
    refuse_unless_manages(by, membership.municipality, membership.role)
    return None if belongs_elsewhere(membership) else password_link(membership.user)


def refuse_oneself(membership: Membership, by: User | None) -> None:
    """ValidationError `yourself`, so that somebody who manages people is always left."""
    if by is not None and membership.user_id == by.pk:
        raise _yourself()


def _yourself() -> ValidationError:
    return ValidationError(
        _("Die eigene Rolle ändert oder beendet jemand anderes aus Koordination oder Betrieb."), code="yourself"
    )


def out_of_reach() -> ValidationError:
    """What is said of a person whom several municipalities have: `elsewhere`."""
    return ValidationError(
        _("Diese Person hat auch in einer anderen Kommune eine Rolle. Name, Adresse und Zugang ändert sie selbst."),
        code="elsewhere",
    )
