"""The journal of rows: what was changed, said or confirmed in one go, by whom, when and why, the latest first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Min, Q, QuerySet, TextChoices, Value
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.following.telling import Remark, told_of
from ozg_tracker.tracking.models import Comment, Confirmation, MunicipalService, Source, StatusChange
from ozg_tracker.tracking.models.acting import DoneFor
from ozg_tracker.tracking.rows.confirming import why_not_withdrawn
from ozg_tracker.tracking.rows.rights import Rights
from ozg_tracker.tracking.rows.storyline import Step, steps_between
from ozg_tracker.tracking.rows.taking_back import histories_of, why_they_stay

SHOWN = 3  # of the rows of one deed; the list of rows has them all


class Kind(TextChoices):
    CHANGED = "changed"
    COMMENTED = "commented"
    CONFIRMED = "confirmed"


class Entry(NamedTuple):
    """One row of a deed with what the event of it changed; no step where it was confirmed."""

    row: MunicipalService
    steps: list[Step]


class Deed(NamedTuple):
    """What was recorded at one instant: in `rows` services `number` changes of those asked for, `whole` in all with
    what was confirmed besides.

    `entries`: the first few. `alike`: what changed in them, where it is the same in each. `stays`: why it cannot be
    taken back, as far as the first few say; "" where it can, and for what is said, which `remark` has.
    """

    kind: str
    recorded_at: datetime
    who: str
    way: str
    rows: int
    number: int
    whole: int
    entries: list[Entry]
    reasons: list[str]
    alike: list[Step]
    stays: str = ""
    remark: Remark | None = None


def grouped(
    events: QuerySet[StatusChange], comments: QuerySet[Comment], confirmations: QuerySet[Confirmation]
) -> "QuerySet[Any, Any]":
    """One line a deed, to be cut into pages, the latest first: each comment, and each confirmation of several rows.

    Nothing but the instant, the row and the id is read of an event, so the index `event_as_of` alone serves it, whose
    entries of a municipality lie beside each other however many municipalities there are.
    """
    said = comments.order_by().annotate(kind=Value(Kind.COMMENTED), number=Value(1), rows=Value(1), first=F("pk"))
    several = _in_one_go(confirmations, Kind.CONFIRMED).filter(rows__gt=1)
    names = ("recorded_at", "kind", "number", "rows", "first")
    lines = _in_one_go(events, Kind.CHANGED).union(said.values(*names), several, all=True)
    return lines.order_by("-recorded_at", "kind", "-first")


def _in_one_go(found: QuerySet[Any], kind: str) -> "QuerySet[Any, Any]":
    counts = {"number": Count("pk"), "rows": Count("row", distinct=True), "first": Min("pk")}
    lines: QuerySet[Any, Any] = found.order_by().values("recorded_at").annotate(kind=Value(kind), **counts)
    return lines


def told(
    municipality: Municipality,
    events: QuerySet[StatusChange],
    lines: Sequence[dict[str, Any]],
    rights: Rights,
) -> list[Deed]:
    """The lines of `grouped(events, …)` with the first rows of each, what changed in them, why, and whether the person
    with `rights` can take it back. Constant queries.
    """
    by_kind = defaultdict[str, list[dict[str, Any]]](list)
    for line in lines:
        by_kind[line["kind"]].append(line)
    found = (
        _changes(municipality, events, by_kind[Kind.CHANGED], rights)
        | _comments(by_kind[Kind.COMMENTED])
        | _confirmations(municipality, by_kind[Kind.CONFIRMED], rights)
    )
    return [found[line["kind"], line["first"]] for line in lines]


Deeds = dict[tuple[str, int], Deed]  # by kind and the id of the first of what was recorded


def _changes(
    municipality: Municipality, events: QuerySet[StatusChange], lines: Sequence[dict[str, Any]], rights: Rights
) -> Deeds:
    if not lines:
        return {}
    shown, histories = _shown(municipality, events, lines)
    stay = why_they_stay(municipality, shown, histories, rights)
    by_instant = defaultdict[datetime, list[StatusChange]](list)
    for event in shown:
        by_instant[event.recorded_at].append(event)
    whole = _whole(municipality, by_instant)
    steps = {event.pk: steps_between(_built_on(event, histories[event.row_id]), event) for event in shown}
    found: Deeds = {}
    for line in lines:
        instant = line["recorded_at"]
        here = by_instant[instant]
        entries = [Entry(event.row, steps[event.pk]) for event in here]
        found[Kind.CHANGED, line["first"]] = Deed(
            Kind.CHANGED,
            instant,
            _who(here),
            str(Source(here[0].source).label),
            line["rows"],
            line["number"],
            whole[instant],
            entries,
            list(dict.fromkeys(event.reason for event in here if event.reason)),
            entries[0].steps if all(each.steps == entries[0].steps for each in entries) else [],
            next((stay[event.pk] for event in here if event.pk in stay), ""),
        )
    return found


def _who(events: Sequence[DoneFor]) -> str:
    """Who did this in one go, "" for the system; who stood in for another in a part of it is named for both."""
    return ", ".join(dict.fromkeys(each.who for each in events if each.who))


def _comments(lines: Sequence[dict[str, Any]]) -> Deeds:
    if not lines:
        return {}
    said = Comment.objects.filter(pk__in=[line["first"] for line in lines]).select_related("row__service")
    return {
        (Kind.COMMENTED, remark.comment.pk): Deed(
            Kind.COMMENTED,
            remark.comment.recorded_at,
            str(remark.comment.by),
            _("Kommentar"),
            1,
            1,
            1,
            [Entry(remark.comment.row, [])],
            [],
            [],
            remark=remark,
        )
        for remark in told_of(said)
    }


def _confirmations(municipality: Municipality, lines: Sequence[dict[str, Any]], rights: Rights) -> Deeds:
    if not lines:
        return {}
    instants = [line["recorded_at"] for line in lines]
    near = Q(pk__in=[line["first"] + at for line in lines for at in range(SHOWN)], recorded_at__in=instants)
    shown = Confirmation.objects.filter(near, municipality=municipality, withdraws=None).order_by("pk")
    by_instant = defaultdict[datetime, list[Confirmation]](list)
    people = ("by", "on_behalf_of", "withdrawn_by__by", "withdrawn_by__on_behalf_of")
    for each in shown.select_related("row__service", *people):
        by_instant[each.recorded_at].append(each)
    return {
        (Kind.CONFIRMED, line["first"]): Deed(
            Kind.CONFIRMED,
            line["recorded_at"],
            _who(by_instant[line["recorded_at"]]),
            _("Bestätigung"),
            line["rows"],
            line["number"],
            line["number"],
            [Entry(each.row, []) for each in by_instant[line["recorded_at"]]],
            [],
            [],
            next(filter(None, (why_not_withdrawn(each, rights) for each in by_instant[line["recorded_at"]])), ""),
        )
        for line in lines
    }


def _shown(
    municipality: Municipality, events: QuerySet[StatusChange], lines: Iterable[dict[str, Any]]
) -> tuple[list[StatusChange], dict[int, list[StatusChange]]]:
    """The first events of each line, with their rows, and the histories of those rows. The events of a deed are written
    one after the other, so their ids are near.
    """
    near = {line["first"] + at for line in lines for at in range(SHOWN if line["number"] > 1 else 1)}
    instants = {line["recorded_at"] for line in lines}
    found = events.filter(pk__in=near).order_by().values_list("pk", "row", "recorded_at")
    wanted = {pk: row for pk, row, recorded_at in found if recorded_at in instants}
    rows = MunicipalService.objects.filter(municipality=municipality).prefetch_related("service")
    by_id = rows.in_bulk(set(wanted.values()))
    histories = histories_of(municipality, by_id)
    shown = [event for history in histories.values() for event in history if event.pk in wanted]
    for event in shown:
        event.row = by_id[event.row_id]
    return sorted(shown, key=lambda event: event.pk), histories


def _whole(municipality: Municipality, instants: Iterable[datetime]) -> dict[datetime, int]:
    """By instant: how many changes were recorded then in all, and how many confirmations that stand."""
    wanted = list(instants)
    events = StatusChange.objects.filter(municipality=municipality, recorded_at__in=wanted).order_by()
    said = Confirmation.objects.standing().filter(municipality=municipality, recorded_at__in=wanted).order_by()
    found = dict.fromkeys(wanted, 0)
    for each in (events, said):
        for instant, number in each.values_list("recorded_at").annotate(Count("pk")):
            found[instant] += number
    return found


def _built_on(event: StatusChange, history: Iterable[StatusChange]) -> StatusChange | None:
    """The event that it built on, in the order of the days, of those recorded until then."""
    place = (event.effective_on, event.pk)
    earlier = [each for each in history if (each.effective_on, each.pk) < place and each.version < event.version]
    return earlier[-1] if earlier else None
