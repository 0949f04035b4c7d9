"""Taking people in, giving them their one role in a municipality, and letting them leave."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Department, Membership, Municipality, Role, User


def find_user(username: str) -> User:
    """The person of this name. ValidationError `unknown_user`."""
    found = User.objects.filter(username__iexact=username.strip()).first()
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
    password: str | None = None,
) -> User:
    """Give the person `username` the role in `municipality`; a person not there yet is made.

    Without `password` a new person cannot sign in before setting one (`ozg_tracker.accounts.passwords`). A person who
    is there already keeps password and address. ValidationError: `has_role` already in this municipality, `left`,
    `unknown_role`, `other_municipality` for the department, or what the models refuse.
    """
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        user = _new_user(username, email, password)
    elif not user.is_active:
        raise ValidationError(
            _("„%(user)s“ ist stillgelegt. Wählen Sie einen anderen Namen, oder nehmen Sie die Person wieder auf."),
            code="left",
            params={"user": user.username},
        )
    _give_role(user, municipality, role, department)
    return user


def _new_user(username: str, email: str, password: str | None) -> User:
    user = User(username=User.normalize_username(username), email=email)
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    return user


def _give_role(user: User, municipality: Municipality, role: str, department: Department | None) -> None:
    if role not in Role.values:
        raise ValidationError(
            _("Die Rolle „%(role)s“ gibt es nicht. Möglich sind: %(roles)s."),
            code="unknown_role",
            params={"role": role, "roles": ", ".join(Role.values)},
        )
    held = user.memberships.filter(municipality=municipality).first()
    if held is not None:
        raise ValidationError(
            _("„%(user)s“ hat in %(municipality)s schon die Rolle „%(role)s“. Je Kommune gibt es eine Rolle."),
            code="has_role",
            params={"user": user.username, "municipality": municipality.name, "role": held.get_role_display()},
        )
    membership = Membership(user=user, municipality=municipality, role=role, department=department)
    membership.full_clean()
    membership.save()


@transaction.atomic
def change_role(membership: Membership, *, role: str, department: Department | None) -> Membership:
    """Give the person another role or department in the same municipality."""
    membership.role, membership.department = role, department
    membership.full_clean()
    membership.save(update_fields=["role", "department"])
    return membership


@transaction.atomic
def deactivate(user: User) -> None:
    """Let a person leave: no sign-in and no key works from now on; what the person did stays in the history."""
    if user.is_active:
        user.is_active = False
        user.left_on = timezone.localdate()
        user.save(update_fields=["is_active", "left_on"])
    user.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def reactivate(user: User) -> None:
    """Take a person who left back in. The keys of before stay revoked."""
    user.is_active = True
    user.left_on = None
    user.save(update_fields=["is_active", "left_on"])
