"""change_status() and change_many(): the only way a tracked row changes.

A change for day D builds on the state as of D; its event holds the whole result. The row shows the state as of today,
that of the event with the greatest (effective_on, id): a late entry for an earlier day joins the history and leaves a
newer state alone. Later events stay as they are, each holds what was stated for its day.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService, Source, StatusChange
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.planning import Change, Plan, Planned, load_facts, load_histories, plan, write

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ozg_tracker.accounts.models import User

__all__ = ["Change", "ChangesRefused", "Conflict", "change_many", "change_status"]


class Conflict(Exception):
    """Somebody changed the row since it was looked at; nothing was written.

    `stored` is the row as it stands, `event` its last change (by whom, when, why), `index` the place of the change in
    what was asked.
    """

    def __init__(self, stored: MunicipalService, event: StatusChange | None, index: int = 0) -> None:
        super().__init__(
            _("„%s“ wurde inzwischen geändert. Gespeichert wurde nichts; bitte beide Angaben vergleichen.") % stored
        )
        self.stored = stored
        self.event = event
        self.index = index


class ChangesRefused(ValidationError):
    """What is wrong with several changes; nothing was written. `by_change`: errors by field, by the change's place."""

    def __init__(self, by_change: dict[int, dict[str, ValidationError]], names: Mapping[int, str]) -> None:
        super().__init__(
            [
                ValidationError(
                    f"{names[index]}: {error.messages[0]}" if index in names else error.messages[0], error.code
                )
                for index, errors in by_change.items()
                for error in errors.values()
            ]
        )
        self.by_change = by_change


def change_status(
    row: MunicipalService,
    changes: Mapping[str, object],
    *,
    seen_version: int | None,
    by: "User | AnonymousUser | None",
    reason: str,
    effective_on: date,
    source: str = Source.PAGE,
) -> StatusChange | None:
    """Change `row` from `effective_on` on and add the event; None where nothing would change, and nothing is written.

    `changes`: names of the fields of TrackedState with their new values (objects or ids). `seen_version`: the version
    the person looked at; None for a program that takes the row as it is. Afterwards `row` shows the stored state.
    Raises Conflict when the version is no longer the stored one, ValidationError (by field) when a rule refuses.
    Asks no rights: that is the door's, with `ozg_tracker.tracking.rows.rights`.
    """
    change = Change(row.pk, changes, effective_on, reason, seen_version)
    try:
        made = write_changes(row.municipality, [change], by=by, source=source)
    except ChangesRefused as refused:
        raise ValidationError(dict(refused.by_change[0])) from None
    if not made.events:
        return None
    history = made.histories[row.pk]
    for name, value in (*history.states[-1]._asdict().items(), ("version", history.version)):
        setattr(row, name, value)
    return _stored(row.municipality, made.events)[0]


def change_many(
    municipality: Municipality, changes: Sequence[Change], *, by: "User | AnonymousUser | None", source: str
) -> list[StatusChange]:
    """Make all the changes, one after the other as `change_status` would, or none; returns the events made.

    A change that changes nothing makes no event. Raises Conflict for the first stale version, else ChangesRefused with
    everything that is wrong. Needs the same few statements for one change and for ten thousand.
    """
    return _stored(municipality, write_changes(municipality, changes, by=by, source=source).events)


def write_changes(
    municipality: Municipality, changes: Sequence[Change], *, by: "User | AnonymousUser | None", source: str
) -> Plan:
    """`change_many` for who needs to know which changes made an event, and not the events as objects."""
    with transaction.atomic():
        locks.hold(municipality.pk)
        histories = load_histories(municipality.pk, [change.row_id for change in changes])
        now = timezone.now()  # after the locks, so that it is later than any frozen month's or earlier event's
        made = plan(histories, changes, load_facts(municipality, changes, timezone.localdate(now)))
        if made.stale:
            raise _conflict(changes, made.stale[0])
        if made.errors:
            raise ChangesRefused(made.errors, _names(changes) if len(changes) > 1 else {})
        if not write(municipality.pk, made, by.pk if by else None, source, now, getattr(by, "stands_for", None)):
            raise _conflict(changes, made.events[0].at)
        made.recorded_at = now
        return made


def _stored(municipality: Municipality, written: Sequence[Planned]) -> list[StatusChange]:
    wanted = {(event.row_id, event.version) for event in written}
    found = StatusChange.objects.filter(
        municipality=municipality,
        row__in={event.row_id for event in written},
        version__gte=min((event.version for event in written), default=0),
    )
    return sorted((each for each in found if (each.row_id, each.version) in wanted), key=lambda each: each.pk)


def _conflict(changes: Sequence[Change], index: int) -> Conflict:
    stored = MunicipalService.objects.select_related("service", "municipality").get(pk=changes[index].row_id)
    event = stored.events.select_related("by", "on_behalf_of").order_by("-version").first()
    return Conflict(stored, event, index)


def _names(changes: Sequence[Change]) -> dict[int, str]:
    wanted = {change.row_id for change in changes}
    names = dict(MunicipalService.objects.filter(pk__in=wanted).values_list("pk", "service__name"))
    return {index: names[change.row_id] for index, change in enumerate(changes) if change.row_id in names}
