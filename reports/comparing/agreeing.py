"""agree_to_comparison and end_comparison: whether a municipality takes part in the comparison of the installation."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.reasons import given
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.rows.locks import hold
from reports.editions.approving import refuse_unless_decides
from reports.models import ComparisonAgreement

_WORDS = {True: "yes", False: "no"}


def agreement_of(municipality: Municipality) -> ComparisonAgreement | None:
    """What holds now; None where nothing was ever agreed to."""
    return ComparisonAgreement.objects.filter(municipality=municipality).first()


def takes_part(municipality: Municipality) -> bool:
    """One query."""
    holds = agreement_of(municipality)
    return holds is not None and holds.agreed


@transaction.atomic
def agree_to_comparison(
    municipality: Municipality, by: User, *, reason: str, seen: int | None = None
) -> ComparisonAgreement:
    """From the next month that is computed on, the rates of the municipality's published editions go into quartiles.

    `seen`: the id of the agreement that the person saw, 0 for none; None asks for nothing. A ValidationError
    `not_allowed`, `reason` (`reason_required`), `already_agreed`, `changed_meanwhile`.
    """
    sentence = _("Ihre Kommune stimmt dem Vergleich schon zu. Es wurde nichts geändert.")
    return _say(municipality, by, reason, seen, agreed=True, already=ValidationError(sentence, code="already_agreed"))


@transaction.atomic
def end_comparison(
    municipality: Municipality, by: User, *, reason: str, seen: int | None = None
) -> ComparisonAgreement:
    """No later month counts the municipality; what earlier months published stays, since it names nobody.

    A ValidationError `not_allowed`, `reason` (`reason_required`), `not_agreed`, `changed_meanwhile`.
    """
    sentence = _("Ihre Kommune nimmt am Vergleich nicht teil. Es wurde nichts geändert.")
    return _say(municipality, by, reason, seen, agreed=False, already=ValidationError(sentence, code="not_agreed"))


def _say(
    municipality: Municipality, by: User, reason: str, seen: int | None, *, agreed: bool, already: ValidationError
) -> ComparisonAgreement:
    refuse_unless_decides(by, municipality)
    try:
        why = given(reason, _("Bitte begründen Sie das, etwa mit dem Beschluss des Rates."))
    except ValidationError as error:
        raise ValidationError({"reason": error}) from error
    hold(municipality.pk, exclusive=True)
    before = agreement_of(municipality)
    if seen is not None and seen != (before.pk if before else 0):
        sentence = _(
            "Inzwischen hat jemand anderes das geändert. Bitte prüfen Sie, was jetzt gilt. Nichts ist geändert."
        )
        raise ValidationError(sentence, code="changed_meanwhile")
    held = before is not None and before.agreed
    if held == agreed:
        raise already
    made = ComparisonAgreement.objects.create(
        municipality=municipality, agreed=agreed, reason=why, by=by, recorded_at=timezone.now()
    )
    journal.write(
        journal.Kind.MUNICIPALITY,
        municipality=municipality,
        by=by,
        about=_("Vergleich der Kommunen"),
        before={"compared": _WORDS[held]},
        after={"compared": _WORDS[agreed]},
        reason=why,
    )
    return made
