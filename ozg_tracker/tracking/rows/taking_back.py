"""take_back(): what was saved is undone by counter-events that say what they take back; nothing is deleted."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalog.models import LONGEST_TEXT
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import MunicipalService, Source, StatusChange
from ozg_tracker.tracking.rows.merging import Values, values_of
from ozg_tracker.tracking.rows.rights import Rights
from ozg_tracker.tracking.rows.rules import Tracked
from ozg_tracker.tracking.rows.status import Change, Conflict, change_many
from ozg_tracker.tracking.rows.storyline import steps_between

# Why events go back only with what they are part of, as a sentence, "" for nothing: rooms above this one add theirs.
PARTS: list[Callable[[Municipality, Sequence[StatusChange]], str]] = []
Made = Sequence[tuple[int, int]]  # the events of a deed, each as its row's id and the version it made


class _Known(NamedTuple):
    """An event to be taken back, the one that would stand without its deed, and those that came after the deed."""

    event: StatusChange
    before: StatusChange | None
    later: list[StatusChange]


def made_at(municipality: Municipality, instant: datetime) -> list[tuple[int, int]]:
    """What was recorded at `instant`: the whole of a bulk change, a file, a handover, a deed of any door."""
    events = StatusChange.objects.filter(municipality=municipality, recorded_at=instant).order_by("pk")
    return list(events.values_list("row_id", "version"))


def take_back(
    municipality: Municipality, made: Made, *, by: User, rights: Rights, source: str = Source.PAGE
) -> list[StatusChange]:
    """Undo the events `made`, all or none; returns the counter-events, each with the day of the event it takes back.

    A counter-event can be taken back too: that makes the change again. ValidationError, with the sentence for people,
    where a later change builds on a value; PermissionDenied for a field the person may not change.
    """
    rows = MunicipalService.objects.filter(municipality=municipality, pk__in={row for row, _version in made})
    stored = rows.select_related("service").in_bulk()
    changes = list[Change]()
    seen = set[int]()
    found = _known(municipality, made)
    for part_of in PARTS:
        if sentence := part_of(municipality, [known.event for known in found]):
            raise ValidationError(sentence, code="part_of_more")
    for known in found:
        row = stored[known.event.row_id]
        back = _back(known)
        _refuse_if_built_upon(known, row, back)
        rights.refuse_unless_allowed(row, back)
        version = None if row.pk in seen else row.version  # a deed may hold several days of one row
        seen.add(row.pk)
        changes.append(Change(row.pk, back, known.event.effective_on, _reason(known), version))
    if not changes:
        raise ValidationError(_("Hier ist nichts zurückzunehmen."), code="nothing_to_do")
    try:
        return change_many(municipality, changes, by=by, source=source)
    except Conflict as conflict:
        raise ValidationError(str(conflict), code="conflict") from conflict


def _known(municipality: Municipality, made: Made) -> list[_Known]:
    """The events asked for, with what is before and after each; one query."""
    wanted: dict[int, set[int]] = {}
    for row_id, version in made:
        wanted.setdefault(row_id, set()).add(version)
    events = StatusChange.objects.filter(municipality=municipality, row__in=list(wanted)).select_related(
        "by", "department", "owner", "level", "row__service"
    )
    found = list[_Known]()
    before: dict[
        int, StatusChange
    ] = {}  # by row: the last event, in the order of the days, that no part of the deed is
    history: dict[int, list[StatusChange]] = {}
    for event in events.order_by("row", "effective_on", "id"):
        history.setdefault(event.row_id, []).append(event)
        if event.version in wanted[event.row_id]:
            found.append(_Known(event, before.get(event.row_id), []))
        else:
            before[event.row_id] = event
    for each in found:
        mine = wanted[each.event.row_id]
        each.later.extend(event for event in history[each.event.row_id] if event.version > max(mine))
    return found


def _back(known: _Known) -> Values:
    """The fields that the event changed, with the values it found."""
    after, before = values_of(known.event), values_of(known.before or Tracked())
    return {name: before[name] for name, value in after.items() if value != before[name]}


def _refuse_if_built_upon(known: _Known, row: MunicipalService, back: Values) -> None:
    now, then = values_of(row), values_of(known.event)
    if all(now[name] == then[name] for name in back) or not known.later:
        return
    last = max(known.later, key=lambda event: event.version)
    words = {
        "service": row,
        "fields": ", ".join(f"{step.label} „{step.after}“" for step in steps_between(known.before, known.event)),
        "by": last.by or _("System"),
        "when": f"{timezone.localtime(last.recorded_at):%d.%m.%Y, %H:%M}",
    }
    sentence = _(
        "Zurücknehmen geht nicht mehr: Bei „%(service)s“ baut auf %(fields)s eine Änderung von %(by)s auf (%(when)s)."
    )
    raise ValidationError(sentence % words, code="built_upon")


def _reason(known: _Known) -> str:
    """Kept for good, so German whoever takes back."""
    with translation.override("de"):
        steps = "; ".join(
            f"{step.label} „{step.after}“ statt „{step.before or 'leer'}“"
            for step in steps_between(known.before, known.event)
        )
        by = known.event.by or "System"
        when = f" ({by}, {timezone.localtime(known.event.recorded_at):%d.%m.%Y, %H:%M})"
        return f"Zurückgenommen: {steps}"[: LONGEST_TEXT - len(when)] + when
