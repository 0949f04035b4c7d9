"""Taking people in, giving them their one role in a municipality, and letting them leave."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts import access
from ozg_tracker.accounts.models import MANAGES_PEOPLE, Department, Membership, Municipality, Role, User
from ozg_tracker.accounts.passwords import password_link


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
    first_name: str = "",
    last_name: str = "",
    password: str | None = None,
    by: User | None = None,
) -> User:
    """Give the person `username` the role in `municipality`; a person not there yet is made.

    Without `password` a new person cannot sign in before setting one (`ozg_tracker.accounts.passwords`). On the command
    line (`by` is None) a person who is there already keeps password, name and address; `by` a person, only new people
    are taken in, since those of other municipalities do not exist for them. PermissionDenied for whom may not.
    ValidationError: `name_taken`, `has_role` already in this municipality, `left`, `unknown_role`,
    `other_municipality` for the department, or what the models refuse.
    """
    _refuse_unless_manages(by, municipality, role)
    user = User.objects.filter(username__iexact=username).first()
    if user is not None and by is not None:
        sentence = _("Diesen Benutzernamen gibt es schon. Bitte wählen Sie einen anderen.")
        raise ValidationError({"username": ValidationError(sentence, "name_taken")})
    if user is None:
        user = _new_user(User(username=username, first_name=first_name, last_name=last_name, email=email), password)
    elif not user.is_active:
        raise ValidationError(
            _("„%(user)s“ ist stillgelegt. Wählen Sie einen anderen Namen, oder nehmen Sie die Person wieder auf."),
            code="left",
            params={"user": user.username},
        )
    _give_role(user, municipality, role, department)
    return user


def _refuse_unless_manages(by: User | None, municipality: Municipality, *roles: str) -> None:
    """PermissionDenied unless `by` manages the people of the town, and the operators' role only for operators."""
    if by is None:  # the command line: whose machine it is, may
        return
    held = access.membership(by, municipality)
    if held is None or held.role not in MANAGES_PEOPLE:
        raise PermissionDenied(_("Personen verwalten die OZG-Koordination und der Betrieb."))
    if Role.OPERATOR in roles and held.role != Role.OPERATOR:
        raise PermissionDenied(_("Die Rolle Betrieb gilt für die ganze Installation; nur der Betrieb vergibt sie."))


def roles_to_give(by: User, municipality: Municipality) -> list[Role]:
    """The roles that `by` may give and take in the town."""
    held = access.membership(by, municipality)
    if held is None or held.role not in MANAGES_PEOPLE:
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
def change_role(
    membership: Membership, *, role: str, department: Department | None, by: User | None = None
) -> Membership:
    """Give the person another role or department in the same municipality.

    PermissionDenied for whom may not; ValidationError `yourself` for one's own role, or what the models refuse.
    """
    before = Membership.objects.get(pk=membership.pk).role
    _refuse_unless_manages(by, membership.municipality, before, role)
    if role != before:
        _refuse_oneself(membership, by)
    membership.role, membership.department = role, department
    membership.full_clean()
    membership.save(update_fields=["role", "department"])
    return membership


@transaction.atomic
def rename_person(membership: Membership, *, first_name: str, last_name: str, email: str, by: User) -> User:
    """Change the name and address of a person who has a role in this municipality alone.

    Who writes the address can ask for a new password, so a person of several municipalities is out of reach of each.
    ValidationError `elsewhere`, or what the model refuses; PermissionDenied for whom may not.
    """
    _refuse_unless_manages(by, membership.municipality, membership.role)
    if belongs_elsewhere(membership):
        raise _elsewhere()
    user = membership.user
    user.first_name, user.last_name, user.email = first_name, last_name, email
    user.full_clean(exclude=["password"])
    user.save(update_fields=["first_name", "last_name", "email"])
    return user


def belongs_elsewhere(membership: Membership) -> bool:
    """Whether the person has a role in another municipality too."""
    return Membership.objects.filter(user=membership.user_id).exclude(pk=membership.pk).exists()


@transaction.atomic
def let_go(membership: Membership, *, by: User) -> bool:
    """Let a person leave the municipality: deactivated, or only without this role where others are held.

    Says whether the person was deactivated. PermissionDenied for whom may not; ValidationError `yourself`.
    """
    _refuse_unless_manages(by, membership.municipality, membership.role)
    _refuse_oneself(membership, by)
    if belongs_elsewhere(membership):
        membership.delete()
        return False
    deactivate(membership.user)
    return True


@transaction.atomic
def take_back(membership: Membership, *, by: User) -> None:
    """Take a person who left back in. PermissionDenied for whom may not; ValidationError `elsewhere`."""
    _refuse_unless_manages(by, membership.municipality, membership.role)
    if belongs_elsewhere(membership):
        raise _elsewhere()
    reactivate(membership.user)


def first_password_link(membership: Membership, *, by: User) -> str | None:
    """The address under which a person of this municipality alone sets a first password; None where there is one."""
    _refuse_unless_manages(by, membership.municipality, membership.role)
    return None if belongs_elsewhere(membership) else password_link(membership.user)


def _refuse_oneself(membership: Membership, by: User | None) -> None:
    """So that somebody who manages people is always left."""
    if by is not None and membership.user_id == by.pk:
        raise ValidationError(
            _("Die eigene Rolle ändert oder beendet jemand anderes aus Koordination oder Betrieb."), code="yourself"
        )


def _elsewhere() -> ValidationError:
    return ValidationError(
        _("Diese Person hat auch in einer anderen Kommune eine Rolle. Name, Adresse und Zugang ändert der Betrieb."),
        code="elsewhere",
    )


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
