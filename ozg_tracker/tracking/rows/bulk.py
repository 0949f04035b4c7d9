"""New values for many rows, with one reason and one day; all or none. First a look at what would change."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import MunicipalService, Source, StatusChange
from ozg_tracker.tracking.rows.merging import values_of
from ozg_tracker.tracking.rows.planning import load_facts, load_histories, plan
from ozg_tracker.tracking.rows.rights import Rights
from ozg_tracker.tracking.rows.rules import reason_needed
from ozg_tracker.tracking.rows.status import Change, ChangesRefused, Conflict, change_many


@dataclass(frozen=True, slots=True)
class Bulk:
    """The same `changes` for all of `rows`. `seen`: by row id, the version the person looked at."""

    rows: Sequence[MunicipalService]
    changes: Mapping[str, object]
    reason: str
    effective_on: date
    seen: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """What a bulk would do. `changed`: per row the fields with their values before and after; `same`: rows that stay.

    `problems`: the sentences for which nothing can be changed. `needs_reason`: rows that need one.
    """

    changed: list[tuple[MunicipalService, list[tuple[str, object, object]]]]
    same: int
    problems: list[str]
    needs_reason: int


def look_at_bulk(municipality: Municipality, bulk: Bulk, *, rights: Rights) -> Look:
    """What `apply_bulk` would do, by the same plan; nothing is written. Raises what that raises before it plans."""
    asked = _asked(bulk, rights, fallback_reason="–")
    with transaction.atomic():
        facts = load_facts(municipality, asked, timezone.localdate())
        made = plan(load_histories(municipality.pk, [row.pk for row in bulk.rows]), asked, facts)
    changed = []
    for event in made.events:
        before, after = values_of(event.before), values_of(event.state)
        fields = [(name, before[name], value) for name, value in after.items() if value != before[name]]
        changed.append((bulk.rows[event.at], fields))
    return Look(
        changed=changed,
        same=len(bulk.rows) - len(changed) - len(made.errors) - len(made.stale),
        problems=[_stale(bulk.rows[at]) for at in made.stale] + _sentences(made.errors, bulk.rows),
        needs_reason=sum(reason_needed(event.before, event.state, facts) for event in made.events),
    )


def apply_bulk(municipality: Municipality, bulk: Bulk, *, by: User, rights: Rights) -> list[StatusChange]:
    """Make the changes in every row; returns the events made, none for a row that stays the same.

    ValidationError for no row, for what a rule refuses, and for a row that somebody else has changed meanwhile;
    PermissionDenied for a field the person may not change.
    """
    try:
        return change_many(municipality, _asked(bulk, rights), by=by, source=Source.PAGE)
    except ChangesRefused as refused:
        raise ValidationError(_sentences(refused.by_change, bulk.rows), code="refused") from refused
    except Conflict as conflict:
        raise ValidationError(
            _("%(conflict)s Bei den übrigen ausgewählten Zeilen ist auch nichts geändert.") % {"conflict": conflict},
            code="conflict",
        ) from conflict


def _asked(bulk: Bulk, rights: Rights, fallback_reason: str = "") -> list[Change]:
    if not bulk.rows:
        raise ValidationError(_("Bitte wählen Sie zuerst Zeilen aus."), code="no_rows")
    for row in bulk.rows:
        rights.refuse_unless_allowed(row, dict(bulk.changes))
    return [
        Change(
            row.pk, bulk.changes, bulk.effective_on, bulk.reason, bulk.seen.get(row.pk, row.version), fallback_reason
        )
        for row in bulk.rows
    ]


def _sentences(errors: Mapping[int, Mapping[str, ValidationError]], rows: Sequence[MunicipalService]) -> list[str]:
    """Each reason once, with the services it is about; of many the first two are named."""
    about = defaultdict[str, list[str]](list)
    for at, found in errors.items():
        for error in found.values():
            about[error.messages[0]].append(str(rows[at]))
    return [f"{_named(names)}: {sentence}" for sentence, names in about.items()]


def _named(names: Sequence[str]) -> str:
    if len(names) <= 3:
        return ", ".join(names)
    return _("%(first)s, %(second)s und %(n)d weitere") % {"first": names[0], "second": names[1], "n": len(names) - 2}


def _stale(row: MunicipalService) -> str:
    return _("„%(service)s“ wurde inzwischen geändert. Bitte die Liste neu laden und vergleichen.") % {"service": row}
