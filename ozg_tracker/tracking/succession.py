"""A service that takes another's place takes over what each town knew of it: its whole state, by an event of its own.

Set-wise, over any number of towns: a row of the new service that nobody has decided yet gets the state of the old one.
The old row keeps its history; that it leaves the counts is said by the catalogue.
"""

from collections.abc import Collection, Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import CatalogueImport, Service
from ozg_tracker.accounts.models import User
from ozg_tracker.tracking import locks
from ozg_tracker.tracking.rules import check_day, clean_text
from ozg_tracker.tracking.succession_sql import write

Pair = tuple[int, int]


@transaction.atomic
def take_over(
    pairs: Iterable[Pair],
    *,
    towns: Collection[int] | None,
    by: User | None,
    reason: str,
    effective_on: date | None = None,
) -> int:
    """Let the rows of new services take over from the old ones; `pairs` of service ids, old before new.

    `towns`: ids of the municipalities, None for all. Takes over the row's state as of today, from `effective_on` on
    (default: the day of the last import), but not from before the day that either row's last event holds from. A row
    that a person has decided stays as it is, so a second run does nothing; of several old rows for one new, ours comes
    first. A town that holds the old row and none for the new service gets one, unless it never decided the old one.
    Returns the number of events. ValidationError `reason_required`, `in_future`, `too_early`.
    """
    reason = clean_text(reason)
    if not reason:
        raise ValidationError(
            _("Bitte begründen Sie, warum die Leistung die Nachfolgerin ist."), code="reason_required"
        )
    last = CatalogueImport.objects.select_related("release").first()
    day = effective_on or (timezone.localdate(last.applied_at) if last else timezone.localdate())
    if errors := check_day(day, timezone.localdate()):
        raise errors["effective_on"]
    named = _named(pairs, f" (Katalogstand {last.release.label if last else '–'}): {reason}")
    if not named or (towns is not None and not towns):
        return 0
    if towns is not None and len(towns) == 1:
        locks.hold(next(iter(towns)))
    else:
        locks.hold_all()
    return write(named, towns, by, day)


def _named(pairs: Iterable[Pair], rest: str) -> list[tuple[int, int, str]]:
    """The pairs, each with its reason: kept and reported, so German, whoever confirms."""
    wanted = list(dict.fromkeys(pairs))
    names = {
        pk: f"{key} {name}" if key else name
        for pk, key, name in Service.objects.filter(pk__in={old for old, _new in wanted}).values_list(
            "pk", "key", "name"
        )
    }
    return [(old, new, f"Nachfolge von {names[old]}{rest}") for old, new in wanted if old in names]
