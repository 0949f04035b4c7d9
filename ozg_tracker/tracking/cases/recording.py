"""record_cases(): how many cases of rows came in a year, by channel. Nothing is overwritten: an entry supersedes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.cases.known import last_said
from ozg_tracker.tracking.models import (
    FIRST_YEAR,
    LONGEST_CASE_REASON,
    MOST_CASES,
    CaseCount,
    Channel,
    MunicipalService,
)
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.rights import Rights
from ozg_tracker.tracking.rows.rules import clean_text


@dataclass(frozen=True)
class Number:
    """What is said of a channel; `value` None: it is not known. `low`, `high`: of one that is extrapolated."""

    value: int | None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Entry:
    """What is said of a row and year: by channel; a channel that is not named stays as it is.

    `seen`: the id of the last entry of the row and year that whoever writes has seen, 0 where there was none; None:
    what was said meanwhile does not matter.
    """

    row_id: int
    year: int
    numbers: Mapping[str, Number]
    seen: int | None = None


@transaction.atomic
def record_cases(
    municipality: Municipality,
    entries: Sequence[Entry],
    *,
    by: User | None,
    rights: Rights | None = None,
    how: str = CaseCount.How.HAND,
    reason: str = "",
    recorded_at: datetime | None = None,
) -> list[CaseCount]:
    """Keep what differs from what is known, all or none; gives what was kept. `by` None: a command, which may all.

    ValidationError: by field (`year`, a channel, `reason`) where a value cannot be, `stale` where somebody said
    something of the row and year since it was seen. PermissionDenied for a row whose status the person may not report.
    """
    why = clean_text(reason)
    if len(why) > LONGEST_CASE_REASON:
        sentence = _("Bitte höchstens %(most)d Zeichen.") % {"most": LONGEST_CASE_REASON}
        raise ValidationError({"reason": ValidationError(sentence, code="too_long")})
    for entry in entries:
        refuse_odd(entry)
    locks.hold(municipality.pk)
    behind = _refuse_unless_allowed(municipality, entries, rights if by else None)
    now = recorded_at or timezone.now()
    stored = _stored(municipality, entries)
    made = []
    for entry in entries:
        said = stored.get((entry.row_id, entry.year), {})
        _refuse_stale(entry, said)
        made += [
            CaseCount(
                municipality=municipality,
                row_id=entry.row_id,
                year=entry.year,
                channel=channel,
                number=number.value,
                low=number.low,
                high=number.high,
                how=how,
                reason=why,
                by=by,
                on_behalf_of_id=behind.get(entry.row_id),
                recorded_at=now,
            )
            for channel, number in entry.numbers.items()
            if _is_news(number, said.get(channel), how)
        ]
    return CaseCount.objects.bulk_create(made, batch_size=500)


def refuse_odd(entry: Entry) -> None:
    """ValidationError by field for a year or a number that cannot be."""
    this_year = timezone.localdate().year
    if not FIRST_YEAR <= entry.year <= this_year:
        sentence = _("Das Jahr liegt zwischen %(first)d und %(last)d.") % {"first": FIRST_YEAR, "last": this_year}
        raise ValidationError({"year": ValidationError(sentence, code="invalid_year")})
    for channel, number in entry.numbers.items():
        if channel not in Channel.values:
            raise ValidationError(_("Diesen Eingangskanal gibt es nicht."), code="invalid_channel")
        value = number.value
        if value is not None and (isinstance(value, bool) or not 0 <= value <= MOST_CASES):
            sentence = _("Eine Fallzahl ist eine ganze Zahl von 0 bis 100.000.000.")
            raise ValidationError({channel: ValidationError(sentence, code="invalid_number")})


def _refuse_unless_allowed(
    municipality: Municipality, entries: Iterable[Entry], rights: Rights | None
) -> dict[int, int]:
    """Lock the rows, so that writers of one wait for each other, and look at the rights in each; by the row's id, for
    whom the writer stands in.
    """
    wanted = {entry.row_id for entry in entries}
    rows = MunicipalService.objects.select_for_update(of=("self",)).select_related("service")
    found = list(rows.filter(municipality=municipality, pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise ValidationError(_("Diese Leistung gibt es nicht."), code="does_not_exist")
    for row in found:
        if rights and "cases_per_year" not in rights.fields(row):
            sentence = _("Fälle von „%(row)s“ trägt ein, wer den Stand der Leistung melden darf.")
            raise PermissionDenied(sentence % {"row": row})
    return {row.pk: other for row in found if rights and (other := rights.in_place_of(row)) is not None}


def _stored(municipality: Municipality, entries: Iterable[Entry]) -> dict[tuple[int, int], dict[str, CaseCount]]:
    named = [(entry.row_id, entry.year) for entry in entries]
    here = CaseCount.objects.filter(municipality=municipality, year__in={year for _row, year in named})
    found: dict[tuple[int, int], dict[str, CaseCount]] = {each: {} for each in named}
    for said in last_said(here.filter(row__in={row for row, _year in named})).select_related("by", "on_behalf_of"):
        found.setdefault((said.row_id, said.year), {})[said.channel] = said
    return found


def _refuse_stale(entry: Entry, said: Mapping[str, CaseCount]) -> None:
    last = max(said.values(), key=lambda each: each.pk, default=None)
    if entry.seen is None or last is None or last.pk == entry.seen:
        return
    words = {
        "by": last.who or _("System"),
        "at": f"{timezone.localtime(last.recorded_at):%d.%m.%Y, %H:%M}",
        "numbers": told({channel: each.number for channel, each in said.items()}),
    }
    sentence = _(
        "Inzwischen hat %(by)s am %(at)s etwas eingetragen; jetzt gilt: %(numbers)s. Ihre Zahlen stehen noch in den "
        "Feldern, gespeichert ist davon nichts. Bitte sehen Sie noch einmal hin und speichern Sie dann."
    )
    raise ValidationError(sentence % words, code="stale")


def told(numbers: Mapping[str, int | None]) -> str:
    """The numbers of the channels in words, as in „online 120, vor Ort 30, Post unbekannt“."""
    parts = [(Channel(channel).label, numbers.get(channel)) for channel in Channel.values]
    return ", ".join(f"{label} {_('unbekannt') if number is None else number}" for label, number in parts)


def _is_news(number: Number, stored: CaseCount | None, how: str) -> bool:
    """Whether it differs from what is known. The same number said without bounds leaves those that are known."""
    if stored is None:
        return number.value is not None
    if how != CaseCount.How.WEEK:
        return stored.number != number.value
    return (stored.number, stored.low, stored.high) != (number.value, number.low, number.high)
