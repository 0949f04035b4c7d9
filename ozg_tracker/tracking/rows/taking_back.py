"""take_back(): what was saved is undone by counter-events that say what they take back; nothing is deleted."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import LONGEST_TEXT
from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models import Confirmation, MunicipalService, Source, StatusChange
from ozg_tracker.tracking.rows.confirming import unconfirm_these
from ozg_tracker.tracking.rows.merging import Values, values_of
from ozg_tracker.tracking.rows.rights import Rights
from ozg_tracker.tracking.rows.rules import Tracked
from ozg_tracker.tracking.rows.status import Change, Conflict, change_many
from ozg_tracker.tracking.rows.storyline import steps_between

# By event (id), why it goes back only with what it is part of: rooms above this one add theirs.
PARTS: list[Callable[[Municipality, Sequence[StatusChange]], dict[int, str]]] = []
Made = Sequence[tuple[int, int]]  # the events of a deed, each as its row's id and the version it made
History = Sequence[StatusChange]  # all events of a row, in the order of their days

_ONLY_WHOLE = {
    Source.CATALOGUE.value: gettext_lazy(
        "Das kam mit einem Katalogstand; ihn nimmt als Ganzes zurück, wer ihn geladen hat, unter „Katalog“. Den Stand "
        "dieser Leistung ändern Sie auf ihrer Seite."
    ),
    Source.SETUP.value: gettext_lazy(
        "Das kam mit der Einrichtung. Den Stand dieser Leistung ändern Sie auf ihrer Seite."
    ),
    Source.REORGANISE.value: gettext_lazy(
        "Das gehört zu einem Umbau der Fachbereiche. Er geht als Ganzes zurück, unter „Kommune“, „Fachbereiche“."
    ),
}


class _Known(NamedTuple):
    """An event to be taken back, the one that would stand without its deed, and those that came after the deed."""

    event: StatusChange
    before: StatusChange | None
    later: list[StatusChange]


def made_at(municipality: Municipality, instant: datetime) -> list[tuple[int, int]]:
    """What was recorded at `instant`: the whole of a bulk change, a file, a handover, a deed of any door."""
    events = StatusChange.objects.filter(municipality=municipality, recorded_at=instant).order_by("pk")
    return list(events.values_list("row_id", "version"))


def said_at(municipality: Municipality, instants: Iterable[datetime]) -> list[tuple[int, int]]:
    """What was confirmed then in one go and stands, each as its row's id and its own."""
    said = Confirmation.objects.standing().filter(municipality=municipality, recorded_at__in=list(instants))
    return list(said.order_by("pk").values_list("row_id", "pk"))


@transaction.atomic
def take_back(
    municipality: Municipality,
    made: Made,
    *,
    by: User,
    rights: Rights,
    source: str = Source.PAGE,
    said: Collection[int] = (),
) -> list[StatusChange]:
    """Undo the events `made` and the confirmations `said` (ids), all or none; returns the counter-events, each with the
    day of the event it takes back.

    A counter-event can be taken back too: that makes the change again. ValidationError, with the sentence for people,
    where a later change builds on a value or the deed is part of more; PermissionDenied for a field the person may not
    change, or for what others confirmed.
    """
    rows = MunicipalService.objects.filter(municipality=municipality, pk__in={row for row, _version in made})
    stored = rows.select_related("service").in_bulk()
    changes = list[Change]()
    seen = set[int]()
    found = _known(municipality, made)
    for sentence in part_of_more(municipality, [known.event for known in found]).values():
        raise ValidationError(sentence, code="part_of_more")
    for known in found:
        row = stored[known.event.row_id]
        back = _back(known)
        _refuse_if_built_upon(known, row, back)
        rights.refuse_unless_allowed(row, back)
        version = None if row.pk in seen else row.version  # a deed may hold several days of one row
        seen.add(row.pk)
        changes.append(Change(row.pk, back, known.event.effective_on, _reason(known), version))
    withdrawn = unconfirm_these(municipality, said, by=by, rights=rights) if said else []
    if not changes and not withdrawn:
        raise ValidationError(_("Hier ist nichts zurückzunehmen."), code="nothing_to_do")
    try:
        return change_many(municipality, changes, by=by, source=source) if changes else []
    except Conflict as conflict:
        raise ValidationError(str(conflict), code="conflict") from conflict


def part_of_more(municipality: Municipality, events: Sequence[StatusChange]) -> dict[int, str]:
    """By event (id), with what it goes back and where, as a sentence; what can go back alone is left out."""
    found = {event.pk: str(_ONLY_WHOLE[event.source]) for event in events if event.source in _ONLY_WHOLE}
    for parts in PARTS:
        found |= parts(municipality, [event for event in events if event.pk not in found])
    return found


def why_they_stay(
    municipality: Municipality, events: Sequence[StatusChange], histories: Mapping[int, History], rights: Rights
) -> dict[int, str]:
    """By event (id), the sentence with which `take_back` would refuse its deed because of it; others are left out.

    `events` with their rows; `histories` as of `histories_of`.
    """
    found = part_of_more(municipality, events)
    for event in events:
        if event.pk in found:
            continue
        history = histories[event.row_id]
        deed = {each.version for each in history if each.recorded_at == event.recorded_at}
        for known in _in_history(history, deed):
            try:
                back = _back(known)
                _refuse_if_built_upon(known, event.row, back)
                rights.refuse_unless_allowed(event.row, back)
            except ValidationError as refused:
                found[event.pk] = refused.messages[0]
            except PermissionDenied as refused:
                found[event.pk] = str(refused)
    return found


def histories_of(municipality: Municipality, rows: Collection[int]) -> dict[int, list[StatusChange]]:
    """By row, all its events in the order of their days, with what they name, each read once; five queries."""
    events = StatusChange.objects.filter(municipality=municipality, row__in=rows)
    found = defaultdict[int, list[StatusChange]](list)
    named = ("by", "on_behalf_of", "department", "owner", "level")
    for event in events.prefetch_related(*named).order_by("row_id", "effective_on", "id"):
        found[event.row_id].append(event)
    return found


def _known(municipality: Municipality, made: Made) -> list[_Known]:
    """The events asked for, with what is before and after each."""
    wanted = defaultdict[int, set[int]](set)
    for row_id, version in made:
        wanted[row_id].add(version)
    histories = histories_of(municipality, wanted)
    return [known for row, history in histories.items() for known in _in_history(history, wanted[row])]


def _in_history(history: History, deed: Collection[int]) -> list[_Known]:
    """The events of a deed (by their versions) in one row; `before`: the last one that no part of the deed is."""
    found, before = list[_Known](), None
    later = [event for event in history if event.version > max(deed)]
    for event in history:
        if event.version in deed:
            found.append(_Known(event, before, later))
        else:
            before = event
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
        "by": last.who or _("System"),
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
        by = known.event.who or "System"
        when = f" ({by}, {timezone.localtime(known.event.recorded_at):%d.%m.%Y, %H:%M})"
        return f"Zurückgenommen: {steps}"[: LONGEST_TEXT - len(when)] + when
