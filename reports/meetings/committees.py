"""keep_committee, change_committee, end_committee, resume_committee: who meets, each with its change in the journal."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.reasons import given
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.access import may
from ozg_tracker.accounts.models import Deed, Municipality, User
from reports.models import Committee, Meeting


@transaction.atomic
def keep_committee(municipality: Municipality, name: str, lead_days: int, by: User) -> Committee:
    """Take a committee in. A ValidationError for a name that is taken or missing, a lead that is too long, and for who
    does not coordinate (`not_allowed`).
    """
    refuse_unless_keeps(municipality, by)
    made = Committee(municipality=municipality, name=name.strip(), lead_days=lead_days)
    made.full_clean()
    made.save()
    _write(made, {}, by, "")
    return made


@transaction.atomic
def change_committee(committee: Committee, name: str, lead_days: int, seen_version: int, by: User) -> Committee:
    """Rename a committee, or change its lead, as it was seen; nothing new: nothing happens. Its meetings stay its own,
    under the new name.

    Refused as `keep_committee` does, and where somebody was quicker (`changed_meanwhile`).
    """
    held = _held(committee, seen_version, by)
    before = _told(held)
    held.name, held.lead_days = name.strip(), lead_days
    held.full_clean()
    return held if before == _told(held) else _kept(held, before, by)


@transaction.atomic
def end_committee(committee: Committee, seen_version: int, by: User, reason: str) -> Committee:
    """From tomorrow on the committee meets no more; its meetings stay to be read.

    A ValidationError `reason_required`, `already_ended`, `meetings_to_come` (they are called off first, so that whoever
    wanted to go there hears of it), `changed_meanwhile`, `not_allowed`.
    """
    held = _held(committee, seen_version, by)
    text = given(reason, _("Bitte nennen Sie den Grund. Das Gremium wurde nicht beendet."))
    if held.ended_on:
        raise ValidationError(_("Dieses Gremium ist schon beendet."), code="already_ended")
    if Meeting.objects.filter(committee=held, cancelled=False, starts_at__gt=timezone.now()).exists():
        sentence = _("Dieses Gremium hat noch Sitzungen vor sich. Bitte sagen Sie zuerst diese ab.")
        raise ValidationError(sentence, code="meetings_to_come")
    before = _told(held)
    held.ended_on = timezone.localdate()
    return _kept(held, before, by, text)


@transaction.atomic
def resume_committee(committee: Committee, seen_version: int, by: User) -> Committee:
    """A committee that had ended meets again. A ValidationError `not_ended`, `changed_meanwhile`, `not_allowed`."""
    held = _held(committee, seen_version, by)
    if held.ended_on is None:
        raise ValidationError(_("Dieses Gremium ist nicht beendet."), code="not_ended")
    before = _told(held)
    held.ended_on = None
    return _kept(held, before, by)


def refuse_unless_keeps(municipality: Municipality, by: User) -> None:
    """A ValidationError `not_allowed` for who does not coordinate."""
    if not may(by, municipality, Deed.KEEP_MEETINGS):
        raise ValidationError(_("Sitzungen trägt die OZG-Koordination ein."), code="not_allowed")


def _held(committee: Committee, seen_version: int, by: User) -> Committee:
    refuse_unless_keeps(committee.municipality, by)
    held = Committee.objects.select_for_update().get(pk=committee.pk)
    if held.version != seen_version:
        sentence = _("Dieses Gremium wurde inzwischen geändert. Bitte laden Sie neu; es wurde nichts gespeichert.")
        raise ValidationError(sentence, code="changed_meanwhile")
    return held


def _kept(committee: Committee, before: dict[str, str], by: User, reason: str = "") -> Committee:
    committee.version, committee.changed_at = committee.version + 1, timezone.now()
    committee.save()
    _write(committee, before, by, reason)
    return committee


def _write(committee: Committee, before: dict[str, str], by: User, reason: str) -> None:
    journal.write(
        journal.Kind.MUNICIPALITY,
        municipality=committee.municipality,
        by=by,
        about="Gremium",  # kept, so German
        before=before,
        after=_told(committee),
        reason=reason,
    )


def _told(committee: Committee) -> dict[str, str]:
    return {
        "name": committee.name,
        "lead_days": f"{committee.lead_days}",
        "ended_on": committee.ended_on.isoformat() if committee.ended_on else "",
    }
