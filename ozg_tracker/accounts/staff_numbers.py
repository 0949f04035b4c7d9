"""The number a person has in a municipality's own lists."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import Municipality, StaffNumber, User


def keep_staff_number(user: User, municipality: Municipality, number: str, *, by: User | None) -> None:
    """Let the person have this Personalnummer in the municipality; empty: none. ValidationError where it is taken."""
    held = StaffNumber.objects.filter(user=user, municipality=municipality).first()
    before, number = held.number if held else "", number.strip()
    if before == number:
        return
    if held is not None and not number:
        held.delete()
    else:
        _keep(held or StaffNumber(user=user, municipality=municipality), number)
    journal.write(
        journal.Kind.PERSON,
        municipality=municipality,
        by=by,
        person=user,
        about=str(user),
        before={"staff_number": before},
        after={"staff_number": number},
    )


def _keep(kept: StaffNumber, number: str) -> None:
    taken = StaffNumber.objects.filter(municipality=kept.municipality_id, number=number).exclude(user=kept.user_id)
    if taken.exists():
        sentence = _("Diese Personalnummer hat schon eine andere Person.")
        raise ValidationError({"staff_number": ValidationError(sentence, "staff_number_taken")})
    kept.number = number
    kept.full_clean()
    kept.save()
