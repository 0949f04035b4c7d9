"""Three-way merge of one row: what a person entered, what the person had seen, and what is stored now.

Plain values throughout, keyed by the names of the fields of TrackedState; departments, people and levels by id.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from ozg_tracker.tracking.models import MunicipalService, StatusChange, TrackedState
from ozg_tracker.tracking.rows.rules import FIELDS, Tracked

Values = dict[str, object]


class Clash(NamedTuple):
    """A field that somebody else changed to something else while it was being edited here."""

    mine: object
    stored: object


def values_of(state: TrackedState | Tracked) -> Values:
    """The whole state of a row or an event as plain values."""
    return {field: getattr(state, name) for field, name in FIELDS.items()}


def values_on(row: MunicipalService, day: date) -> Values:
    """The state of `row` at the end of `day`, as known now; before its first event a row is unclear and open."""
    return values_of(row.events.filter(effective_on__lte=day).order_by("effective_on", "id").last() or Tracked())


def merge(mine: Mapping[str, object], seen: Values, stored: Values) -> tuple[Values, dict[str, Clash]]:
    """What to change in `stored`, and where both sides changed a field differently. Looks only at the fields of `mine`.

    A field left as it was seen is no change, even when somebody else has changed it since.
    """
    entered = {field: value for field, value in mine.items() if value not in (seen[field], stored[field])}
    clashes = {field: Clash(value, stored[field]) for field, value in entered.items() if stored[field] != seen[field]}
    return {field: value for field, value in entered.items() if field not in clashes}, clashes


def seen_values(rows: Iterable[MunicipalService], versions: Mapping[int, int]) -> dict[int, Values]:
    """By row id: what a page showed that was made when the row stood at `versions[row id]`.

    A row at its own version showed itself. For an older version the events tell: one query for all rows.
    """
    rows = list(rows)
    seen = {row.pk: values_of(row) for row in rows}
    stale = {row.pk: versions[row.pk] for row in rows if versions.get(row.pk, row.version) != row.version}
    if stale:
        known = StatusChange.objects.filter(row__in=stale, effective_on__lte=timezone.localdate())
        for event in known.order_by("effective_on", "id"):
            if event.version <= stale[event.row_id]:
                seen[event.row_id] = values_of(event)
    return seen
