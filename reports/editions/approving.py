"""approve_edition and return_edition: the decision by which the council may read, and by whom."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.reasons import given
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.access import may, refuse_unless_person
from ozg_tracker.accounts.models import Deed, Municipality, User, who_may
from ozg_tracker.tracking.rows.locks import hold
from reports.editions import letters
from reports.editions.moves import move
from reports.editions.sign import sign_edition
from reports.editions.storing import in_its_place, settled
from reports.models import Edition, EditionStep, ReportRules

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

State, Step = Edition.State, EditionStep.Kind


def second_person(municipality: Municipality) -> bool:
    """Whether the municipality wants that nobody approves what they submitted."""
    return ReportRules.objects.filter(municipality=municipality, second_person=True).exists()


@transaction.atomic
def set_rules(municipality: Municipality, *, second_person: bool, by: User) -> ReportRules:
    """Say whether a second person approves; by who decides about reports, and written into the journal."""
    refuse_unless_decides(by, municipality)
    refuse_unless_person(by)
    rules, _made = ReportRules.objects.select_for_update().get_or_create(municipality=municipality)
    words = {True: "yes", False: "no"}
    if rules.second_person != second_person:
        rules.second_person = second_person
        rules.save(update_fields=["second_person"])
        journal.write(
            journal.Kind.MUNICIPALITY,
            municipality=municipality,
            by=by,
            about=_("Berichte"),
            before={"second_person": words[not second_person]},
            after={"second_person": words[second_person]},
        )
    return rules


def approvers(municipality: Municipality, submitter: User | None = None) -> QuerySet[User]:
    """Who can be asked to approve: coordination and leads; where a second person is wanted, not `submitter`."""
    found = User.objects.filter(
        is_active=True, memberships__municipality=municipality, memberships__role__in=who_may(Deed.REVIEW_EDITIONS)
    ).order_by("last_name", "first_name", "username")
    if submitter is not None and second_person(municipality):
        found = found.exclude(pk=submitter.pk)
    return found.distinct()


def may_approve(edition: Edition, by: "User | AnonymousUser") -> bool:
    """Whether `by` may decide about the edition as it stands."""
    return not by.is_anonymous and not _why_not(edition, by)


def approve_edition(edition: Edition, by: User, *, tell: bool = False) -> Edition:
    """Show `edition` to the council, at once or from the time that was set; `tell`: with a letter to its members.

    A draft by who coordinates the municipality, where no second person is wanted; what was submitted by the person who
    was asked, or by the coordination. A ValidationError otherwise: `not_allowed`, `second_person`, `not_submitted`,
    `dropped`. An edition that is approved stays as it was approved first. What comes back is the edition that the
    council reads: another row where the draft had words that are not in its figures yet.
    """
    edition.refresh_from_db()
    if edition.state == State.APPROVED:
        return edition
    if why := _why_not(edition, by):
        raise why
    with transaction.atomic():
        hold(edition.municipality_id, exclusive=True)
        if edition.state == State.DRAFT:
            edition = settled(edition, by)
        return put_through(edition, by, tell=tell)


def put_through(edition: Edition, by: User | None, *, tell: bool = False) -> Edition:
    """Approve without asking who may; signed where the municipality has a key. Within a transaction."""
    now = timezone.now()
    more = {"tells_council": True} if tell else {}
    if move(edition, State.APPROVED, approved_by=by, approved_at=now, **more):
        EditionStep.objects.create(edition=edition, kind=Step.APPROVED, by=by, recorded_at=now)
        sign_edition(edition)
    return edition


@transaction.atomic
def return_edition(edition: Edition, by: User, comment: str) -> Edition:
    """Give what was submitted back with a comment, which is no part of the report; its words can be changed again.

    By who may approve it, or who submitted it. A ValidationError without a comment (`reason_required`), where it is
    not submitted (`not_submitted`) and for anybody else (`not_allowed`).
    """
    hold(edition.municipality_id, exclusive=True)
    edition.refresh_from_db()
    why = _why_not(edition, by)
    if why and by.pk != edition.submitted_by_id:
        raise why
    if edition.state != State.SUBMITTED:
        raise _not_submitted()
    text = given(comment, _("Bitte schreiben Sie, was zu ändern ist. Der Kommentar steht nicht im Bericht."))
    if edition.drawn_from is not None:
        origin = edition.drawn_from
        edition = in_its_place(edition, origin.figures, by, state=State.DRAFT, differences=origin.differences)
    else:
        move(edition, State.DRAFT, approver=None, publish_at=None)
    EditionStep.objects.create(edition=edition, kind=Step.RETURNED, by=by, recorded_at=timezone.now(), text=text)
    letters.tell_returned(edition, text)
    return edition


def refuse_unless_decides(by: User, municipality: Municipality) -> None:
    if not may(by, municipality, Deed.DECIDE_EDITIONS):
        raise _not_allowed()


def _why_not(edition: Edition, by: "User | AnonymousUser") -> ValidationError | None:
    """Why `by` cannot decide about the edition; None: it can be."""
    decides = may(by, edition.municipality, Deed.DECIDE_EDITIONS)
    asked = edition.approver_id == by.pk and may(by, edition.municipality, Deed.REVIEW_EDITIONS)
    if not decides and not (asked and edition.state == State.SUBMITTED):
        return _not_allowed()
    if isinstance(by, User) and by.is_service:
        sentence = _("Einen Bericht genehmigt ein Mensch, kein Dienstkonto. Es wurde nichts geändert.")
        return ValidationError(sentence, code="not_allowed")
    if edition.state == State.DROPPED:
        return ValidationError(_("Dieser Entwurf ist verworfen oder ersetzt. Bitte laden Sie neu."), code="dropped")
    two = second_person(edition.municipality)
    if edition.state == State.IN_REVIEW or (edition.state == State.DRAFT and two):
        return _not_submitted()
    if two and edition.submitted_by_id == by.pk:
        sentence = _("Eine zweite Person genehmigt: nicht, wer den Bericht vorgelegt hat. Es wurde nichts geändert.")
        return ValidationError(sentence, code="second_person")
    return None


def _not_allowed() -> ValidationError:
    sentence = _("Einen Bericht genehmigt die OZG-Koordination der Kommune. Es wurde nichts geändert.")
    return ValidationError(sentence, code="not_allowed")


def _not_submitted() -> ValidationError:
    sentence = _("Dieser Bericht liegt nicht zur Genehmigung vor. Bitte legen Sie ihn zuerst vor.")
    return ValidationError(sentence, code="not_submitted")
