"""set_meeting, change_meeting, cancel_meeting: the calendar that the coordination keeps."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.reasons import given
from ozg_tracker.accounts.models import Municipality, User
from reports.meetings.committees import refuse_unless_keeps
from reports.models import Committee, Meeting, MeetingEvent

_STATE = ("committee", "starts_at", "place", "due_on", "month", "cancelled")


@dataclass(frozen=True)
class Plan:
    """What a meeting is to be. Without `due_on` the committee's usual lead says when papers are due; `month` is any day
    of the month whose report goes there.
    """

    committee: Committee
    starts_at: datetime
    place: str = ""
    due_on: date | None = None
    month: date | None = None


@transaction.atomic
def set_meeting(municipality: Municipality, plan: Plan, by: User) -> Meeting:
    """Put a meeting into the calendar. A ValidationError for papers due after it (`due_after`), another municipality's
    committee (`unknown`), one that had ended by then (`ended`), and for who does not coordinate (`not_allowed`).
    """
    refuse_unless_keeps(municipality, by)
    now = timezone.now()
    made = Meeting(municipality=municipality, changed_at=now)
    _apply(made, plan)
    made.save()
    _note(made, by, "")
    return made


@transaction.atomic
def change_meeting(meeting: Meeting, plan: Plan, seen_version: int, by: User, reason: str = "") -> Meeting:
    """Change a meeting as it was seen, or set one again that was called off; nothing new: nothing happens.

    Refused as `set_meeting` does, and where somebody was quicker (`changed_meanwhile`).
    """
    held = _held(meeting, seen_version, by)
    before = {name: getattr(held, name) for name in _STATE}
    _apply(held, plan)
    held.cancelled = False
    if before == {name: getattr(held, name) for name in _STATE}:
        return held
    return _kept(held, by, reason.strip())


@transaction.atomic
def cancel_meeting(meeting: Meeting, seen_version: int, by: User, reason: str) -> Meeting:
    """Call a meeting off, with a reason (`reason_required`); it stays in the calendar as called off."""
    held = _held(meeting, seen_version, by)
    text = given(reason, _("Bitte nennen Sie den Grund. Die Sitzung wurde nicht abgesagt."))
    if held.cancelled:
        raise ValidationError(_("Diese Sitzung ist schon abgesagt."), code="cancelled")
    held.cancelled = True
    return _kept(held, by, text)


def _apply(meeting: Meeting, plan: Plan) -> None:
    committee = Committee.objects.select_for_update().get(pk=plan.committee.pk)  # it may be ending meanwhile
    if committee.municipality_id != meeting.municipality_id:
        raise ValidationError({"committee": ValidationError(_("Dieses Gremium gibt es hier nicht."), code="unknown")})
    day = timezone.localdate(plan.starts_at)
    if committee.ended_on and day > committee.ended_on:
        sentence = _("Dieses Gremium ist beendet; danach tagt es nicht mehr.")
        raise ValidationError({"committee": ValidationError(sentence, code="ended")})
    due = plan.due_on or committee.suggested_due(day)
    if due > day:
        sentence = _("Vorlagen sind spätestens am Tag der Sitzung fällig.")
        raise ValidationError({"due_on": ValidationError(sentence, code="due_after")})
    meeting.committee, meeting.starts_at, meeting.place = committee, plan.starts_at, plan.place.strip()
    meeting.due_on, meeting.month = due, plan.month.replace(day=1) if plan.month else None
    meeting.clean_fields()


def _held(meeting: Meeting, seen_version: int, by: User) -> Meeting:
    refuse_unless_keeps(meeting.municipality, by)
    held = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if held.version != seen_version:
        sentence = _("Diese Sitzung wurde inzwischen geändert. Bitte laden Sie neu; es wurde nichts gespeichert.")
        raise ValidationError(sentence, code="changed_meanwhile")
    return held


def _kept(meeting: Meeting, by: User, reason: str) -> Meeting:
    meeting.version, meeting.changed_at = meeting.version + 1, timezone.now()
    meeting.save()
    _note(meeting, by, reason)
    return meeting


def _note(meeting: Meeting, by: User, reason: str) -> None:
    MeetingEvent.objects.create(
        meeting=meeting,
        number=meeting.version,
        reason=reason,
        by=by,
        recorded_at=meeting.changed_at,
        **{name: getattr(meeting, name) for name in _STATE},
    )
