"""A service that takes another's place takes over what each municipality knew of it: its whole state, by an event of
its own.

Set-wise, over any number of municipalities: a row of the new service that nobody has decided yet gets the state of the
old one. The old row keeps its history; that it leaves the counts is said by the catalogue. Who takes whose place is
suggested with the import (`catalog.importing.successors`) and decided by a person, for all municipalities or for one.
"""

from collections.abc import Collection, Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.database import lock
from catalog.models import CatalogueImport, Service, Succession
from catalog.reasons import given
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import MunicipalitySuccession
from ozg_tracker.tracking.releases.succession_sql import write
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.rules import check_day, clean_text

Pair = tuple[int, int]


@transaction.atomic
def decide(
    catalogue_import: CatalogueImport,
    chosen: Collection[int],
    *,
    accept: bool,
    municipality: Municipality | None,
    by: User,
    reason: str,
) -> int:
    """Confirm or reject successions of the import, by id; `municipality` None: for every one. Returns the number of
    events.

    A second run does nothing. ValidationError `no_choice`, `reason_required`, `too_long`, `undone`; `taken_over` for
    rejecting what has been confirmed: the municipalities' rows have taken over.
    """
    lock.hold()
    found = list(catalogue_import.successions.filter(pk__in=chosen))
    if not found:
        raise ValidationError(_("Bitte wählen Sie mindestens eine Nachfolge aus."), code="no_choice")
    reason = _given(reason)
    if CatalogueImport.objects.filter(undoes=catalogue_import).exists():
        raise ValidationError(_("Dieser Stand ist zurückgenommen; seine Nachfolgen gelten nicht."), code="undone")
    if not accept:
        _refuse_taken_over(found, municipality)
    _record(found, accept, municipality, by, reason)
    if not accept:
        return 0
    pairs = [(each.old_id, each.new_id) for each in found]
    municipalities = None if municipality is None else {municipality.pk}
    return take_over(pairs, municipalities=municipalities, by=by, reason=reason, catalogue_import=catalogue_import)


def _refuse_taken_over(found: list[Succession], municipality: Municipality | None) -> None:
    ours = MunicipalitySuccession.objects.filter(succession__in=found, accepted=True)
    ours = ours if municipality is None else ours.filter(municipality=municipality)
    if any(each.accepted for each in found) or ours.exists():
        raise ValidationError(
            _("Was bestätigt ist, lässt sich nicht ablehnen: Der Stand ist übernommen. Bitte ändern Sie die Leistung."),
            code="taken_over",
        )


def _record(found: list[Succession], accept: bool, municipality: Municipality | None, by: User, reason: str) -> None:
    """Keep who decided, when and why; what has been decided so before stays as it is kept."""
    said = {"accepted": accept, "by": by, "decided_at": timezone.now(), "reason": reason}
    if municipality is None:
        Succession.objects.filter(pk__in=[each.pk for each in found]).exclude(accepted=accept).update(**said)
        return
    held = MunicipalitySuccession.objects.filter(succession__in=found, municipality=municipality)
    known = set(held.values_list("succession", flat=True))
    held.exclude(accepted=accept).update(**said)
    MunicipalitySuccession.objects.bulk_create(
        MunicipalitySuccession(succession=each, municipality=municipality, **said)
        for each in found
        if each.pk not in known
    )


@transaction.atomic
def take_over(
    pairs: Iterable[Pair],
    *,
    municipalities: Collection[int] | None,
    by: User | None,
    reason: str,
    effective_on: date | None = None,
    catalogue_import: CatalogueImport | None = None,
) -> int:
    """Let the rows of new services take over from the old ones; `pairs` of service ids, old before new.

    `municipalities`: ids of the municipalities, None for all. Takes over the row's state as of today, from
    `effective_on` on (default: the day of `catalogue_import`, by default the last), but not from before the day that
    either row's last event holds from. A row that a person has decided stays as it is, so a second run does nothing; of
    several old rows for one new, ours comes first. A municipality that holds the old row and none for the new service
    gets one, unless it never decided the old one. Returns the number of events. ValidationError `reason_required`,
    `too_long`, `in_future`, `too_early`.
    """
    reason = _given(reason)
    last = catalogue_import or CatalogueImport.objects.select_related("release").first()
    day = effective_on or (timezone.localdate(last.applied_at) if last else timezone.localdate())
    if errors := check_day(day, timezone.localdate()):
        raise errors["effective_on"]
    named = _named(pairs, f" (Katalogstand {last.release.label if last else '–'}): {reason}")
    if not named or (municipalities is not None and not municipalities):
        return 0
    if municipalities is not None and len(municipalities) == 1:
        locks.hold(next(iter(municipalities)))
    else:
        locks.hold_all()
    return write(named, municipalities, by, day)


def _given(reason: str) -> str:
    missing = _("Bitte begründen Sie, warum die Leistung die Nachfolgerin ist oder nicht ist.")
    return given(clean_text(reason), missing)


def _named(pairs: Iterable[Pair], rest: str) -> list[tuple[int, int, str]]:
    """The pairs, each with its reason: kept and reported, so German, whoever confirms."""
    wanted = list(dict.fromkeys(pairs))
    olds = Service.objects.filter(pk__in={old for old, _new in wanted}).values_list("pk", "key", "name")
    names = {pk: f"{key} {name}" if key else name for pk, key, name in olds}
    return [(old, new, f"Nachfolge von {names[old]}{rest}") for old, new in wanted if old in names]
