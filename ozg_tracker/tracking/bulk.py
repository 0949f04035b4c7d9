"""One new value for many rows, with one reason and one day; all or none."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import MunicipalService, Source
from ozg_tracker.tracking.rights import Rights
from ozg_tracker.tracking.status import Change, Conflict, change_many


def apply_bulk(
    municipality: Municipality,
    rows: Sequence[MunicipalService],
    changes: Mapping[str, object],
    *,
    by: User,
    rights: Rights,
    reason: str,
    effective_on: date,
    seen: Mapping[int, int],
) -> int:
    """Make `changes` in every one of `rows`; returns how many rows got an event.

    `seen`: by row id, the version the person looked at. ValidationError for no row, for what a rule refuses, and for a
    row that somebody else has changed meanwhile; PermissionDenied for a field the person may not change.
    """
    if not rows:
        raise ValidationError(_("Bitte wählen Sie zuerst Zeilen aus."), code="no_rows")
    for row in rows:
        rights.refuse_unless_allowed(row, dict(changes))
    many = [Change(row.pk, changes, effective_on, reason, seen.get(row.pk, row.version)) for row in rows]
    try:
        return len(change_many(municipality, many, by=by, source=Source.PAGE))
    except Conflict as conflict:
        raise ValidationError(
            _("%(conflict)s Bei den übrigen ausgewählten Zeilen ist auch nichts geändert.") % {"conflict": conflict},
            code="conflict",
        ) from conflict
