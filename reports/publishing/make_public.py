"""make_public and end_public: whether anybody may read a municipality's published editions, and under which licence."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.reasons import given
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.rows.locks import hold
from reports.editions.approving import refuse_unless_decides
from reports.models import LONGEST_PUBLISHER, Licence, Publication

# assigned by GovData: https://www.dcat-ap.de/def/contributors/
_CONTRIBUTOR = re.compile(r"http://dcat-ap\.de/def/contributors/[A-Za-z0-9_-]+")
_TOLD = ("licence", "publisher", "mail", "contributor")
_WORDS = {True: "yes", False: "no"}


def publication_of(municipality: Municipality) -> Publication | None:
    """What holds now; None where nothing was ever open."""
    return Publication.objects.filter(municipality=municipality).first()


@transaction.atomic
def make_public(
    municipality: Municipality,
    by: User,
    *,
    licence: str,
    publisher: str,
    mail: str,
    reason: str,
    contributor: str = "",
    seen: int | None = None,
) -> Publication:
    """Open every published edition of the municipality to anybody, those of earlier months too; or change under which
    licence and in whose name that is.

    `publisher` and `mail` are those of an office, and open as well: no address of an account. `contributor` is the
    address that GovData gave, or empty. `seen`: the id of the publication that the person saw, 0 for none; None asks
    for nothing. A ValidationError by field, or `not_allowed`, `changed_meanwhile`; where nothing would change, what
    stands is given back and nothing is written.
    """
    refuse_unless_decides(by, municipality)
    wanted = {
        "licence": licence,
        "publisher": publisher.strip(),
        "mail": mail.strip(),
        "contributor": contributor.strip(),
    }
    _check(municipality, wanted)
    why = _reason(reason)
    hold(municipality.pk, exclusive=True)
    before = _standing(municipality, seen)
    if before and before.public and all(getattr(before, name) == wanted[name] for name in _TOLD):
        return before
    return _record(municipality, by, why, before, public=True, **wanted)


@transaction.atomic
def end_public(municipality: Municipality, by: User, *, reason: str, seen: int | None = None) -> Publication:
    """Nobody reads the municipality's editions without signing in any more; copies that others made stay theirs.

    A ValidationError `not_allowed`, `reason_required`, `not_public`, `changed_meanwhile`.
    """
    refuse_unless_decides(by, municipality)
    why = _reason(reason)
    hold(municipality.pk, exclusive=True)
    before = _standing(municipality, seen)
    if before is None or not before.public:
        sentence = _("Die Berichte sind nicht öffentlich. Es wurde nichts geändert.")
        raise ValidationError(sentence, code="not_public")
    return _record(municipality, by, why, before, public=False)


def _record(
    municipality: Municipality, by: User, why: str, before: Publication | None, *, public: bool, **wanted: str
) -> Publication:
    made = Publication.objects.create(
        municipality=municipality, public=public, reason=why, by=by, recorded_at=timezone.now(), **wanted
    )
    journal.write(
        journal.Kind.MUNICIPALITY,
        municipality=municipality,
        by=by,
        about=_("Öffentliche Berichte"),
        before=_told(before) if before else {"public": "no"},
        after=_told(made),
        reason=why,
    )
    return made


def _told(publication: Publication) -> dict[str, str]:
    return {"public": _WORDS[publication.public]} | {name: getattr(publication, name) for name in _TOLD}


def _standing(municipality: Municipality, seen: int | None) -> Publication | None:
    before = publication_of(municipality)
    if seen is not None and seen != (before.pk if before else 0):
        sentence = _(
            "Inzwischen hat jemand anderes das geändert. Bitte prüfen Sie, was jetzt gilt. Nichts ist geändert."
        )
        raise ValidationError(sentence, code="changed_meanwhile")
    return before


def _reason(reason: str) -> str:
    try:
        return given(reason, _("Bitte begründen Sie das, etwa mit dem Beschluss des Rates."))
    except ValidationError as error:
        raise ValidationError({"reason": error}) from error


def _check(municipality: Municipality, wanted: dict[str, str]) -> None:
    problems: dict[str, ValidationError] = {}
    if wanted["licence"] not in Licence.values:
        problems["licence"] = ValidationError(_("Bitte wählen Sie eine Lizenz."), code="invalid_choice")
    if not wanted["publisher"]:
        problems["publisher"] = ValidationError(_("Bitte nennen Sie die Stelle, die herausgibt."), code="required")
    elif len(wanted["publisher"]) > LONGEST_PUBLISHER:
        problems["publisher"] = ValidationError(_("Der Name der Stelle ist zu lang."), code="too_long")
    if why := _bad_mail(municipality, wanted["mail"]):
        problems["mail"] = why
    if wanted["contributor"] and not _CONTRIBUTOR.fullmatch(wanted["contributor"]):
        sentence = _("Die Kennung beginnt mit http://dcat-ap.de/def/contributors/. GovData vergibt sie; sonst leer.")
        problems["contributor"] = ValidationError(sentence, code="invalid")
    if problems:
        raise ValidationError(problems)


def _bad_mail(municipality: Municipality, mail: str) -> ValidationError | None:
    try:
        validate_email(mail)
    except ValidationError:
        return ValidationError(_("Bitte nennen Sie eine E-Mail-Adresse der Stelle."), code="invalid")
    if User.objects.filter(email__iexact=mail, memberships__municipality=municipality).exists():
        sentence = _(
            "Diese Adresse gehört zum Konto einer Person. Bitte nennen Sie die einer Stelle: Sie wird öffentlich."
        )
        return ValidationError(sentence, code="personal")
    return None
