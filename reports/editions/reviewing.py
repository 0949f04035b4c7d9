"""A draft on its way to approval: departments object, the coordination answers, submits, renews or drops it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.reasons import given
from ozg_tracker.accounts.access import managed_ids, may, refuse_unless_person
from ozg_tracker.accounts.models import Deed, Department, User
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.locks import hold
from reports import canonical
from reports.editions import letters
from reports.editions.answers import answers_of, steps_of
from reports.editions.approving import approvers, refuse_unless_decides, second_person
from reports.editions.moves import move
from reports.editions.storing import in_its_place, settled
from reports.editions.texts import raw_figures, unexplained
from reports.figures.compute import compute
from reports.models import Edition, EditionStep

State, Step = Edition.State, EditionStep.Kind
LONGEST_REVIEW = 60  # days


@dataclass(frozen=True)
class Missing:
    """What an edition still lacks before it can be submitted, and the part of the page where it is mended."""

    anchor: str
    words: str


def missing(edition: Edition) -> list[Missing]:
    """What is to be done before the edition can be submitted."""
    found = []
    if blocked := len(unexplained(raw_figures(edition))):
        words = ngettext("der Grund für %d blockierte Leistung", "die Gründe für %d blockierte Leistungen", blocked)
        found.append(Missing("befunde", words % blocked))
    answers = answers_of(edition)
    if waiting := sum(each.unanswered for each in answers):
        words = ngettext("die Antwort auf %d Einwand", "die Antworten auf %d Einwände", waiting)
        found.append(Missing("einwaende", words % waiting))
    ends = edition.object_until
    if edition.state == State.IN_REVIEW and ends and timezone.localdate() <= ends:
        silent = sum(1 for each in answers if not each.given)
        if silent:
            words = ngettext(
                "die Antwort von %(n)d Fachbereich, der bis %(day)s Zeit hat",
                "die Antworten von %(n)d Fachbereichen, die bis %(day)s Zeit haben",
                silent,
            )
            found.append(Missing("einwaende", words % {"n": silent, "day": date_format(ends, "d.m.Y")}))
    return found


@transaction.atomic
def open_review(edition: Edition, until: date, by: User) -> Edition:
    """Let the departments object until the end of the day; their leads are told by mail.

    A ValidationError for a day that has passed or is too far (`bad_day`), and where it is no draft (`not_open`).
    """
    refuse_unless_decides(by, edition.municipality)
    today = timezone.localdate()
    if not today <= until or (until - today).days > LONGEST_REVIEW:
        words = _("Bitte nennen Sie einen Tag von heute an, höchstens %d Tage voraus.") % LONGEST_REVIEW
        raise ValidationError({"until": ValidationError(words, code="bad_day")})
    if not move(edition, State.IN_REVIEW, object_until=until):
        raise _not_open()
    _add(edition, Step.OPENED, by)
    letters.tell_opened(edition)
    return edition


@transaction.atomic
def remind(edition: Edition, by: User, department: Department | None = None) -> list[Department]:
    """Write once more to the leads of departments that have not answered, of all or of `department`; which they were.

    A department is written to once a day: a ValidationError where every one of them was today, or has answered
    (`nobody`), and where the day has passed (`not_in_review`).
    """
    hold(edition.municipality_id, exclusive=True)
    refuse_unless_decides(by, edition.municipality)
    today = timezone.localdate()
    if edition.state != State.IN_REVIEW or edition.object_until is None or today > edition.object_until:
        raise ValidationError(_("Die Frist für Einwände ist vorbei; erinnert wird niemand mehr."), code="not_in_review")
    written = [each for each in steps_of(edition) if each.kind in (Step.OPENED, Step.REMINDED)]
    done = {each.department_id for each in written if timezone.localdate(each.recorded_at) == today}
    silent = [each.department for each in answers_of(edition) if not each.given]
    asked = [each for each in silent if each.pk not in done and department in (None, each)]
    if not asked or None in done:  # without a department: it was opened, which all were told
        sentence = _("Heute ist niemand mehr zu erinnern: Wer fehlt, hat heute schon eine Nachricht erhalten.")
        raise ValidationError(sentence, code="nobody")
    for each in asked:
        _add(edition, Step.REMINDED, by, department=each)
    letters.tell_again(edition, asked)
    return asked


@transaction.atomic
def object_to(edition: Edition, by: User, text: str, row: MunicipalService | None = None) -> EditionStep:
    """Raise an objection for one's own department, at a service where one is meant.

    A ValidationError without a text (`reason_required`), when the day has passed or the edition is not in review
    (`not_in_review`), and for a service of another department (`not_allowed`).
    """
    department = _department(edition, by)
    if row is not None and department is not None and row.department_id not in managed_ids(by):
        raise ValidationError(_("Diese Leistung gehört zu einem anderen Fachbereich."), code="not_allowed")
    sentence = given(text, _("Bitte schreiben Sie, was anders sein müsste. Der Einwand wurde nicht gespeichert."))
    return _add(edition, Step.OBJECTED, by, text=sentence, department=department, row=row)


@transaction.atomic
def be_content(edition: Edition, by: User) -> EditionStep:
    """Say for one's own department that there is nothing to object; refused as an objection is."""
    return _add(edition, Step.CONTENT, by, department=_department(edition, by))


def answer_objection(objection: EditionStep, by: User, text: str) -> EditionStep:
    """Say what becomes of an objection, once; a ValidationError without a text, or where one was given (`answered`)."""
    refuse_unless_decides(by, objection.edition.municipality)
    sentence = given(text, _("Bitte schreiben Sie, was aus dem Einwand wird."))
    try:
        with transaction.atomic():
            return _add(objection.edition, Step.ANSWERED, by, text=sentence, answers=objection)
    except IntegrityError as error:
        raise ValidationError(_("Dieser Einwand ist schon beantwortet."), code="answered") from error


@transaction.atomic
def submit_edition(
    edition: Edition, by: User, approver: User, *, publish_at: datetime | None = None, tell: bool = True
) -> Edition:
    """Put the edition, with its words in its figures, before `approver`; what comes back is the row that was submitted.

    A ValidationError where something is `missing`, the person cannot approve (`bad_approver`), the time has passed
    (`bad_time`), or it is not open (`not_open`). PermissionDenied for a service account where two people are wanted.
    """
    hold(edition.municipality_id, exclusive=True)
    refuse_unless_decides(by, edition.municipality)
    if second_person(edition.municipality):
        refuse_unless_person(by)
    edition.refresh_from_db()
    if edition.state not in Edition.OPEN:
        raise _not_open()
    if lacking := missing(edition):
        words = ", ".join(each.words for each in lacking)
        raise ValidationError(_("Vorher fehlen noch: %s.") % words, code="missing")
    if not approvers(edition.municipality, by).filter(pk=approver.pk).exists():
        words = _("Diese Person kann den Bericht nicht genehmigen. Bitte wählen Sie eine andere.")
        raise ValidationError({"approver": ValidationError(words, code="bad_approver")})
    now = timezone.now()
    if publish_at is not None and publish_at <= now:
        words = _("Dieser Zeitpunkt ist vorbei. Leer heißt: mit der Genehmigung.")
        raise ValidationError({"publish_at": ValidationError(words, code="bad_time")})
    edition = settled(edition, by, submitted=True)
    way: Mapping[str, Any] = {"submitted_by": by, "submitted_at": now, "approver": approver, "publish_at": publish_at}
    if not move(edition, State.SUBMITTED, tells_council=tell, **way):
        raise _not_open()
    _add(edition, Step.SUBMITTED, by)
    letters.tell_submitted(edition)
    return edition


@transaction.atomic
def renew_edition(edition: Edition, by: User) -> Edition:
    """Reckon an open draft anew with all that is known now; its words and steps stay. Nothing new: the same edition."""
    hold(edition.municipality_id, exclusive=True)
    refuse_unless_decides(by, edition.municipality)
    edition.refresh_from_db()
    if edition.state not in Edition.OPEN:
        raise _not_open()
    known_at = timezone.now()
    text = canonical.dumps(compute(edition.municipality, edition.month, known_at))
    made = in_its_place(edition, text, by, known_at=known_at)
    _add(made, Step.RENEWED, by)
    return made


@transaction.atomic
def drop_edition(edition: Edition, by: User, reason: str) -> None:
    """Take a draft off the table, with a reason: nobody reads it any more, its bytes stay. Never what is approved."""
    refuse_unless_decides(by, edition.municipality)
    text = given(reason, _("Bitte nennen Sie den Grund. Der Entwurf wurde nicht verworfen."))
    if not move(edition, State.DROPPED):
        sentence = _("Eine genehmigte Ausgabe wird nicht verworfen, sondern berichtigt. Es wurde nichts geändert.")
        raise ValidationError(sentence, code="not_open")
    _add(edition, Step.DROPPED, by, text=text)


def _add(edition: Edition, kind: str, by: User | None, **fields: Any) -> EditionStep:
    return EditionStep.objects.create(edition=edition, kind=kind, by=by, recorded_at=timezone.now(), **fields)


def _department(edition: Edition, by: User) -> Department | None:
    """For whom `by` may speak about the edition now."""
    if not may(by, edition.municipality, Deed.REVIEW_EDITIONS):
        sentence = _("Einwände erheben Leitungen für ihren Fachbereich, solange ein Bericht geprüft wird.")
        raise ValidationError(sentence, code="not_allowed")
    until = edition.object_until
    if edition.state != State.IN_REVIEW or until is None or timezone.localdate() > until:
        sentence = _("Die Frist für Einwände ist vorbei. Bitte wenden Sie sich an die OZG-Koordination.")
        raise ValidationError(sentence, code="not_in_review")
    return by.memberships.get(municipality=edition.municipality_id).department


def _not_open() -> ValidationError:
    sentence = _("Dieser Bericht ist kein offener Entwurf mehr. Bitte laden Sie neu; es wurde nichts geändert.")
    return ValidationError(sentence, code="not_open")
