"""Dienstkonten: made, changed, given keys and ended. People do it, who manage the people of the municipality.

A service account is a `User` with one membership and no event of one: it belongs to no department's history of people.
Its role never changes, so that a key opens what it opened when it was made; another role is another account.
"""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ozg_tracker.accounts import access, coordinators, journal
from ozg_tracker.accounts.models import (
    Department,
    Membership,
    MembershipQuerySet,
    Municipality,
    Role,
    ServiceAccount,
    Token,
    User,
)
from ozg_tracker.accounts.models.people import SERVICE_FIRST_NAME, SERVICE_PREFIX
from ozg_tracker.accounts.models.service_accounts import ONE_ANSWERS
from ozg_tracker.accounts.people import refuse_unless_manages
from ozg_tracker.accounts.signing_in.tokens import create_token, revoke_token

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_SLUG = 60  # letters of the name that the username holds


@transaction.atomic
def add_service_account(
    municipality: Municipality,
    *,
    name: str,
    role: str,
    department: Department | None = None,
    purpose: str = "",
    responsible: User | None = None,
    responsible_department: Department | None = None,
    reason: str = "",
    by: User | None = None,
) -> ServiceAccount:
    """An account for a program, with the one role it has in the municipality; without a key it opens nothing yet.

    A person of the municipality or one of its departments answers for it. The role Betrieb is given by operators alone,
    and where a second person confirms each new coordinator, that of the coordination too. `by` None: the command line.
    PermissionDenied for whom may not; ValidationError `other_municipality`, `department_ended`, `not_here`,
    `one_answers`, `second_person`, `unknown_role`, or what the models refuse.
    """
    _refuse(by, municipality, role)
    _refuse_going_round_second_person(by, municipality, role)
    plain = " ".join(name.split())
    _refuse_strangers(municipality, responsible, department, responsible_department)
    _refuse_unless_one_answers(responsible, responsible_department)
    user = User(
        username=_username(plain), first_name=SERVICE_FIRST_NAME, last_name=plain, is_service=True, is_active=True
    )
    user.password = make_password(None)
    made = ServiceAccount(
        user=user,
        municipality=municipality,
        name=plain,
        purpose=purpose.strip(),
        responsible=responsible,
        responsible_department=responsible_department,
        made_by=by,
        made_at=timezone.now(),
    )
    made.full_clean(exclude=["user"])
    held = Membership(user=user, municipality=municipality, role=role, department=department)
    held.full_clean(exclude=["user"])
    user.save(force_insert=True)
    held.user = made.user = user
    held.save()
    made.save()
    told = {"service_account": plain, "role": role, "department": department.name if department else ""}
    _write(made, by, after=told | _facts(made), reason=reason)
    return made


@transaction.atomic
def change_service_account(
    account: ServiceAccount,
    *,
    purpose: str,
    responsible: User | None,
    responsible_department: Department | None,
    reason: str = "",
    by: User | None,
) -> ServiceAccount:
    """Another who answers for it, or another purpose; what is the same is no entry.

    PermissionDenied for whom may not; ValidationError `ended`, and as `add_service_account`.
    """
    locked = _locked(account, by)
    before = _facts(locked)
    _refuse_unless_one_answers(responsible, responsible_department)
    same = (locked.responsible, locked.responsible_department) == (responsible, responsible_department)
    if not same:
        _refuse_strangers(locked.municipality, responsible, responsible_department)
    locked.purpose = purpose.strip()
    locked.responsible, locked.responsible_department = responsible, responsible_department
    locked.full_clean()
    if (after := _facts(locked)) != before:
        locked.save(update_fields=["purpose", "responsible", "responsible_department"])
        _write(locked, by, before=before, after=after, reason=reason)
    return locked


@transaction.atomic
def add_key(
    account: ServiceAccount,
    *,
    name: str,
    scopes: Iterable[str],
    networks: str = "",
    expires_on: date | None,
    by: User | None,
) -> str:
    """A new key of the account, in plain text for this one time; it opens the account's municipality alone.

    PermissionDenied for whom may not; ValidationError `ended`, and as `create_token`, which wants a last day.
    """
    found = _locked(account, by)
    return create_token(
        found.user,
        name=name,
        scopes=scopes,
        municipality=found.municipality,
        networks=networks,
        expires_on=expires_on,
        by=by,
    )


def end_key(account: ServiceAccount, token: Token, *, by: User | None) -> None:
    """From now on this key of the account opens nothing. PermissionDenied for whom may not."""
    _refuse(by, account.municipality, role_of(account))
    revoke_token(Token.objects.get(pk=token.pk, user=account.user_id), by=by)


@transaction.atomic
def end_service_account(account: ServiceAccount, *, reason: str = "", by: User | None) -> ServiceAccount:
    """Let the account go: none of its keys opens anything from now on, and it never comes back. What it did stays.

    PermissionDenied for whom may not; ValidationError `ended`.
    """
    locked = _locked(account, by)
    for token in Token.objects.filter(user=locked.user_id, revoked_at=None):
        revoke_token(token, by=by)
    locked.user.is_active = False
    locked.user.save(update_fields=["is_active"])
    locked.ended_on = timezone.localdate()
    locked.save(update_fields=["ended_on"])
    _write(locked, by, before={"active": "yes"}, after={"active": "no"}, reason=reason)
    return locked


def role_of(account: ServiceAccount) -> str:
    """The role that the account has in its municipality."""
    return account.user.memberships.values_list("role", flat=True).get(municipality=account.municipality_id)


def find_service_account(municipality: Municipality, name: str) -> ServiceAccount:
    """The standing account of this name or username. ValidationError `unknown_service_account`."""
    wanted = name.strip().casefold()
    for each in municipality.service_accounts.standing().select_related("user", "municipality"):
        if wanted in (each.name.casefold(), each.user.username):
            return each
    sentence = _("Ein Dienstkonto mit dem Namen „%(name)s“ gibt es in %(municipality)s nicht.")
    raise ValidationError(sentence % {"name": name, "municipality": municipality.name}, "unknown_service_account")


def _locked(account: ServiceAccount, by: User | None) -> ServiceAccount:
    found = ServiceAccount.objects.select_for_update(of=("self",)).select_related("user", "municipality")
    locked = found.get(pk=account.pk)
    _refuse(by, locked.municipality, role_of(locked))
    if locked.ended_on is not None:
        sentence = _("Dieses Dienstkonto ist beendet. Bitte legen Sie ein neues an.")
        raise ValidationError(sentence, code="ended")
    return locked


def _refuse(by: User | None, municipality: Municipality, role: str) -> None:
    access.refuse_unless_person(by)
    refuse_unless_manages(by, municipality, role)


def _refuse_going_round_second_person(by: User | None, municipality: Municipality, role: str) -> None:
    """One coordinator alone must not make another that way."""
    if by is None or not coordinators.asks_second(municipality, role, "", by):
        return
    held = access.membership(by, municipality)
    if held is None or held.role != Role.OPERATOR:
        raise PermissionDenied(
            _(
                "In dieser Kommune bestätigt eine zweite Person jede neue Koordination. Ein Dienstkonto mit dieser "
                "Rolle legt deshalb nur der Betrieb an."
            )
        )


def _refuse_strangers(municipality: Municipality, person: User | None, *departments: Department | None) -> None:
    """ValidationError where the person, or one of the departments, is not one of the municipality now."""
    for each in departments:
        if each is not None and (each.municipality_id != municipality.pk or each.ended):
            raise ValidationError(_("Diesen Fachbereich gibt es hier nicht."), code="not_here")
    if person is not None and not people_who_can_answer(municipality).filter(user=person).exists():
        sentence = _("Verantwortlich sein kann nur, wer sich in dieser Kommune anmelden kann.")
        raise ValidationError({"responsible": ValidationError(sentence, "not_here")})


def _refuse_unless_one_answers(person: User | None, department: Department | None) -> None:
    """The database refuses it too, but of no field."""
    if (person is None) == (department is None):
        raise ValidationError({"responsible": ValidationError(ONE_ANSWERS, "one_answers")})


def people_who_can_answer(municipality: Municipality) -> MembershipQuerySet:
    """The people of the municipality who can answer for a service account: all who can sign in there."""
    return Membership.objects.filter(municipality=municipality, user__is_active=True)


def _username(name: str) -> str:
    """One that nobody has: what it is, and the name in plain letters."""
    plain = slugify(name.casefold().translate(_UMLAUTS))[:_SLUG].strip("-") or "programm"
    number, wanted = 1, f"{SERVICE_PREFIX}{plain}"
    while User.everyone.filter(username=wanted).exists():
        number += 1
        wanted = f"{SERVICE_PREFIX}{plain}-{number}"
    return wanted


def _facts(account: ServiceAccount) -> dict[str, str]:
    return {"purpose": account.purpose, "responsible": account.answers}


def _write(account: ServiceAccount, by: User | None, **told: object) -> None:
    journal.write(
        journal.Kind.SERVICE_ACCOUNT,
        municipality=account.municipality,
        by=by,
        person=account.user,
        about=account.name,
        **told,  # type: ignore[arg-type]
    )
