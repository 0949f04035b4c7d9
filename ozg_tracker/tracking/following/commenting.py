"""comment(): a person says something of a row, and may name people; withdraw() takes the words away, not the event."""

import re
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.access import may
from ozg_tracker.accounts.models import Deed, User
from ozg_tracker.tracking.models import LONGEST_REMARK, Comment, Mention, MentionDone, MunicipalService
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.rights import may_be_responsible

MOST_NAMED = 20
_NAMED = re.compile(r"(?<![\w.+-])@([\w.+-]*\w)")  # not inside a mail address; a full stop ends the sentence


@transaction.atomic
def comment(row: MunicipalService, text: str, *, by: User, named: Iterable[str] = ()) -> Comment:
    """`by`, who may see the row, says `text` of it; `named` (user names) and whoever stands as @name in it are told.

    What named `by` at this row before is dealt with by it. ValidationError by field (`text`, `named`).
    """
    words = text.strip()
    if not words or len(words) > LONGEST_REMARK:
        sentence = _("Bitte schreiben Sie etwas, mit höchstens %(most)d Zeichen.") % {"most": LONGEST_REMARK}
        raise ValidationError({"text": ValidationError(sentence, code="text_required")})
    locks.hold(row.municipality_id)
    people = _people(row, {*named, *_NAMED.findall(words)})
    now = timezone.now()
    said = Comment.objects.create(municipality_id=row.municipality_id, row=row, text=words, by=by, recorded_at=now)
    Mention.objects.bulk_create(Mention(comment=said, person=person) for person in people if person != by)
    _deal_with(row, by)
    return said


def _people(row: MunicipalService, names: set[str]) -> list[User]:
    """Whom the names mean. ValidationError for those who cannot see the row: they would never be told."""
    if len(names) > MOST_NAMED:
        sentence = _("Mehr als %(most)d Personen kann ein Kommentar nicht nennen.") % {"most": MOST_NAMED}
        raise ValidationError({"named": ValidationError(sentence, code="too_many")})
    if not names:
        return []
    wanted = {name.casefold() for name in names}
    here = may_be_responsible(row.municipality).order_by("pk").distinct()
    found = {each.username.casefold(): each for each in here if each.username.casefold() in wanted}
    if unknown := sorted(name for name in names if name.casefold() not in found):
        sentence = _("Diese Leistung sieht niemand mit diesem Namen: %(names)s. Gespeichert ist nichts.")
        told = ", ".join(f"@{name}" for name in unknown)
        raise ValidationError({"named": ValidationError(sentence % {"names": told}, code="unknown_person")})
    return list(found.values())


@transaction.atomic
def withdraw(said: Comment, *, by: User) -> Comment:
    """The comment does not hold: its words are shown no more. PermissionDenied unless `by` wrote it or coordinates;
    ValidationError `nothing_to_do` where it was withdrawn before.
    """
    locks.hold(said.municipality_id)
    if said.by_id != by.pk and not may(by, said.municipality, Deed.LEAD_ROUNDS):
        raise PermissionDenied(_("Zurücknehmen kann einen Kommentar, wer ihn geschrieben hat, und die Koordination."))
    if said.withdraws_id is not None or Comment.objects.filter(withdraws=said).exists():
        raise ValidationError(_("Dieser Kommentar ist schon zurückgenommen."), code="nothing_to_do")
    here = {"municipality_id": said.municipality_id, "row_id": said.row_id}
    return Comment.objects.create(**here, withdraws=said, by=by, recorded_at=timezone.now())


@transaction.atomic
def deal_with(row: MunicipalService, *, by: User) -> int:
    """Nothing at the row waits for `by` any more; says how many comments that were."""
    return _deal_with(row, by)


def _deal_with(row: MunicipalService, by: User) -> int:
    waiting = Mention.objects.filter(person=by, comment__row=row, dealt_with=None)
    now = timezone.now()
    done = [MentionDone(mention_id=pk, recorded_at=now) for pk in waiting.values_list("pk", flat=True)]
    return len(MentionDone.objects.bulk_create(done, ignore_conflicts=True))
