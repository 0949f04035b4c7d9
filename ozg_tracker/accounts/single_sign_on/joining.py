"""Who a person is here by what the provider says: a role by the mapping of `OIDC_ROLES`, set by the deeds of people.

A person without a role there is refused, and nobody is made; what the person has here stays until the coordination
decides, since services and trainings may hang on it. The role Betrieb comes from outside where the operator says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.access import operates
from ozg_tracker.accounts.journal.sign_ins import home_of
from ozg_tracker.accounts.models import Department, Membership, Municipality, Role, User
from ozg_tracker.accounts.people import add_user, change_role
from ozg_tracker.accounts.signing_in.sessions import end_others

Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """What the provider says of a person, in our terms; `department` None: nothing, or none that there is."""

    municipality: Municipality
    role: Role
    department: Department | None
    username: str
    first_name: str
    last_name: str
    email: str


@transaction.atomic
def join(claims: Claims, user: User | None, *, provider: str, uid: str) -> User:
    """The person that signs in, made or changed to what `claims` say from today on.

    `user`: who is connected already, None for nobody yet. ValidationError, with a sentence for the person and a code
    for the log: `no_role`, `no_municipality`, `operator`, `second_coordinator`, `name_taken`, or what the deeds refuse.
    """
    said = _said(claims)
    if user is None:
        user = _connected(said, provider, uid)
    if not user.is_active:
        return user  # refused by the page of those who have left
    if operates(user) and not settings.OIDC.operators:
        raise _no(_("Wer die Rolle Betrieb hat, meldet sich hier mit Benutzername und Passwort an."), "operator")
    held = Membership.objects.filter(user=user, municipality=said.municipality).first()
    _refuse_alone(said, held)
    if held is None:
        _add(user.username, said)
        return user
    department = said.department or held.department
    if (held.role, held.department_id) != (said.role, department.pk if department else None):
        change_role(held, role=said.role, department=department, reason=_reason())
    return user


def refuse_known(user: User, code: str) -> None:
    """A person that the provider lets in no more is signed out here too, and the journal says so; the role stays."""
    journal.write(
        journal.Kind.SIGN_IN_FAILED, municipality=home_of(user), by=None, person=user, after={"access": "provider"}
    )
    if code == "no_role":
        end_others(user, None)


def _connected(said: Said, provider: str, uid: str) -> User:
    """A new person, or the one of this name where the operator allows that; from now on without a password of ours."""
    user = User.objects.select_for_update().filter(username__iexact=said.username).first()
    if user is not None and (not settings.OIDC.connect_usernames or SocialAccount.objects.filter(user=user).exists()):
        sentence = _(
            "Den Benutzernamen „%(name)s“ hat hier schon jemand. Der Betrieb kann erlauben, dass er verbunden wird."
        )
        raise _no(sentence % {"name": said.username}, "name_taken")
    if user is not None and operates(user) and not settings.OIDC.operators:
        raise _no(_("Wer die Rolle Betrieb hat, meldet sich hier mit Benutzername und Passwort an."), "operator")
    if user is None:
        _refuse_alone(said, None)
        user = _add(said.username, said)
    if not user.is_active:
        return user
    user.set_unusable_password()
    user.save(update_fields=["password"])
    SocialAccount.objects.create(user=user, provider=provider, uid=uid)
    journal.write(
        journal.Kind.ADDRESS, municipality=said.municipality, by=None, person=user, after={"access": "provider"}
    )
    return user


def _add(username: str, said: Said) -> User:
    """The role in this municipality for who has none there; a person that is not there yet is made."""
    return add_user(
        username,
        municipality=said.municipality,
        role=said.role,
        department=said.department,
        email=said.email,
        first_name=said.first_name,
        last_name=said.last_name,
        reason=_reason(),
    )


def _reason() -> str:
    """In the language of the journal, whoever signs in."""
    with override("de"):
        return _("Anmeldung über %(name)s") % {"name": settings.OIDC.name or "OpenID Connect"}


def _refuse_alone(said: Said, held: Membership | None) -> None:
    """What claims alone do not decide."""
    new = held is None or held.role != said.role
    if new and said.role == Role.COORDINATOR and said.municipality.asks_second_coordinator:
        sentence = _(
            "Eine neue OZG-Koordination bestätigt hier eine zweite Person; bitte lassen Sie sich dort eintragen."
        )
        raise _no(sentence, "second_coordinator")
    if said.role == Role.MANAGER and said.department is None and (held is None or held.department is None):
        sentence = _(
            "Eine Leitung braucht einen Fachbereich, und die zentrale Anmeldung nennt keinen, den es hier gibt."
        )
        raise _no(sentence, "no_department")


def _said(claims: Claims) -> Said:
    municipality = _municipality(claims)
    role = _role(claims)
    return Said(
        municipality=municipality,
        role=role,
        department=_department(claims, municipality),
        username=_text(claims, "preferred_username") or _text(claims, "sub"),
        first_name=_text(claims, "given_name")[:150],
        last_name=_text(claims, "family_name")[:150],
        email=_text(claims, "email"),
    )


def _role(claims: Claims) -> Role:
    told = _value(claims, settings.OIDC.role_claim)
    named = {each for each in (told if isinstance(told, list) else [told]) if isinstance(each, str)}
    for name, role in settings.OIDC.roles.items():
        if name in named and (role != Role.OPERATOR or settings.OIDC.operators):
            return Role(role)
    sentence = _("Die zentrale Anmeldung nennt für Sie keine Rolle im OZG-Tracker. Ihre OZG-Koordination hilft weiter.")
    raise _no(sentence, "no_role")


def _municipality(claims: Claims) -> Municipality:
    told = _text(claims, settings.OIDC.municipality_claim) if settings.OIDC.municipality_claim else ""
    wanted = told if settings.OIDC.municipality_claim else settings.OIDC.municipality
    found = Municipality.objects.filter(ars=wanted) if wanted else Municipality.objects.all()
    here = list(found[:2]) if wanted or not settings.OIDC.municipality_claim else []
    if len(here) != 1:
        sentence = _(
            "Für welche Kommune Sie arbeiten, sagt die zentrale Anmeldung nicht. Bitte melden Sie sich beim Betrieb."
        )
        raise _no(sentence, "no_municipality")
    return here[0]


def _department(claims: Claims, municipality: Municipality) -> Department | None:
    """The one standing department of this name; none where there is no such name, or several."""
    name = _text(claims, settings.OIDC.department_claim) if settings.OIDC.department_claim else ""
    found = list(Department.objects.standing().filter(municipality=municipality, name__iexact=name)[:2]) if name else []
    return found[0] if len(found) == 1 else None


def _value(claims: Claims, path: str) -> Any:
    """A claim by its name, or by the names on the way to it: `realm_access.roles`."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _text(claims: Claims, path: str) -> str:
    found = _value(claims, path)
    return " ".join(found.replace("\0", "").split()) if isinstance(found, str) else ""


def _no(sentence: str, code: str) -> ValidationError:
    return ValidationError(sentence, code)
