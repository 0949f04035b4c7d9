"""A service that takes another's place takes over what each town knew of it: its whole state, by an event of its own.

Set-wise, over any number of towns: a row of the new service that nobody has decided yet gets the state of the old one.
The old row keeps its history; that it leaves the counts is said by the catalogue. Who takes whose place is suggested
with the import (`catalog.importing.successors`) and decided by a person, for all towns or for one.
"""

from collections.abc import Collection, Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.import_models import CatalogueImport
from catalog.importing import lock
from catalog.models import Service, Succession
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking import locks
from ozg_tracker.tracking.rules import check_day, clean_text
from ozg_tracker.tracking.succession_models import TownSuccession
from ozg_tracker.tracking.succession_sql import write

Pair = tuple[int, int]


@transaction.atomic
def decide(
    catalogue_import: CatalogueImport,
    chosen: Collection[int],
    *,
    accept: bool,
    town: Municipality | None,
    by: User,
    reason: str,
) -> int:
    """Confirm or reject successions of the import, by id; `town` None: for all towns. Returns the number of events.

    A second run does nothing. ValidationError `no_choice`, `reason_required`, `undone`; `taken_over` for rejecting what
    has been confirmed: the towns' rows have taken over.
    """
    lock.hold()
    found = list(catalogue_import.successions.filter(pk__in=chosen))
    if not found:
        raise ValidationError(_("Bitte wählen Sie mindestens eine Nachfolge aus."), code="no_choice")
    reason = _given(reason)
    if CatalogueImport.objects.filter(undoes=catalogue_import).exists():
        raise ValidationError(_("Dieser Stand ist zurückgenommen; seine Nachfolgen gelten nicht."), code="undone")
    if not accept:
        _refuse_taken_over(found, town)
    _record(found, accept, town, by, reason)
    if not accept:
        return 0
    pairs = [(each.old_id, each.new_id) for each in found]
    towns = None if town is None else {town.pk}
    return take_over(pairs, towns=towns, by=by, reason=reason, catalogue_import=catalogue_import)


def _refuse_taken_over(found: list[Succession], town: Municipality | None) -> None:
    ours = TownSuccession.objects.filter(succession__in=found, accepted=True)
    ours = ours if town is None else ours.filter(municipality=town)
    if any(each.accepted for each in found) or ours.exists():
        raise ValidationError(
            _("Was bestätigt ist, lässt sich nicht ablehnen: Der Stand ist übernommen. Bitte ändern Sie die Leistung."),
            code="taken_over",
        )


def _record(found: list[Succession], accept: bool, town: Municipality | None, by: User, reason: str) -> None:
    """Keep who decided, when and why; what has been decided so before stays as it is kept."""
    said = {"accepted": accept, "by": by, "decided_at": timezone.now(), "reason": reason}
    if town is None:
        Succession.objects.filter(pk__in=[each.pk for each in found]).exclude(accepted=accept).update(**said)
        return
    held = TownSuccession.objects.filter(succession__in=found, municipality=town)
    known = set(held.values_list("succession", flat=True))
    held.exclude(accepted=accept).update(**said)
    TownSuccession.objects.bulk_create(
        TownSuccession(succession=each, municipality=town, **said) for each in found if each.pk not in known
    )


@transaction.atomic
def take_over(
    pairs: Iterable[Pair],
    *,
    towns: Collection[int] | None,
    by: User | None,
    reason: str,
    effective_on: date | None = None,
    catalogue_import: CatalogueImport | None = None,
) -> int:
    """Let the rows of new services take over from the old ones; `pairs` of service ids, old before new.

    `towns`: ids of the municipalities, None for all. Takes over the row's state as of today, from `effective_on` on
    (default: the day of `catalogue_import`, by default the last), but not from before the day that either row's last
    event holds from. A row that a person has decided stays as it is, so a second run does nothing; of several old rows
    for one new, ours comes first. A town that holds the old row and none for the new service gets one, unless it never
    decided the old one. Returns the number of events. ValidationError `reason_required`, `in_future`, `too_early`.
    """
    reason = _given(reason)
    last = catalogue_import or CatalogueImport.objects.select_related("release").first()
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


def _given(reason: str) -> str:
    reason = clean_text(reason)
    if not reason:
        raise ValidationError(
            _("Bitte begründen Sie, warum die Leistung die Nachfolgerin ist oder nicht ist."), code="reason_required"
        )
    return reason


def _named(pairs: Iterable[Pair], rest: str) -> list[tuple[int, int, str]]:
    """The pairs, each with its reason: kept and reported, so German, whoever confirms."""
    wanted = list(dict.fromkeys(pairs))
    olds = Service.objects.filter(pk__in={old for old, _new in wanted}).values_list("pk", "key", "name")
    names = {pk: f"{key} {name}" if key else name for pk, key, name in olds}
    return [(old, new, f"Nachfolge von {names[old]}{rest}") for old, new in wanted if old in names]
