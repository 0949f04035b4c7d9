"""record(): the only way the tree of departments changes. One deed, its events, and the tree as of today.

Whoever may change while a month is frozen holds the municipality's lock (`ozg_tracker.tracking.rows.locks`) first: it
lies in a room above this one, and so with the doors' deeds.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.reasons import refuse_long_reason
from ozg_tracker.accounts import journal
from ozg_tracker.accounts.departments.as_of import Entry, Node, Tree, entries, tree_on, way_up
from ozg_tracker.accounts.models import Department, DepartmentEvent, Municipality, Reorganisation, User
from ozg_tracker.accounts.models.departments import LONGEST_NAME, LONGEST_REASON

BEGINNING = date(2017, 8, 18)  # the OZG came into force: what has no day of its own is there from then on
EARLIEST = date(1950, 1, 1)
AHEAD = timedelta(days=3 * 366)
Kind = Reorganisation.Kind


@transaction.atomic
def add_department(
    municipality: Municipality,
    name: str,
    parent: Department | None = None,
    *,
    effective_on: date = BEGINNING,
    by: User | None = None,
    reason: str = "",
) -> Department:
    """Add one department, there from `effective_on` on. ValidationError as of `record`."""
    made = new_departments(municipality, [name])[0]
    node = Node(clean_name(name), parent.pk if parent else None)
    record(municipality, Kind.ADD, {made: node}, effective_on=effective_on, by=by, reason=reason)
    return Department.objects.get(pk=made)


def new_departments(municipality: Municipality, names: Sequence[str]) -> list[int]:
    """Ids for departments that `record` then tells the first event of, in the same transaction."""
    made = Department.objects.bulk_create(
        Department(municipality=municipality, name=clean_name(name)[:LONGEST_NAME], ended=True) for name in names
    )
    return [each.pk for each in made]


def clean_name(name: str) -> str:
    return " ".join(name.split())


@transaction.atomic
def record(
    municipality: Municipality,
    kind: str,
    changes: Mapping[int, Node],
    *,
    effective_on: date,
    by: User | None,
    reason: str,
    undoes: Reorganisation | None = None,
    recorded_at: datetime | None = None,
    moved: tuple[int, int, int] = (0, 0, 0),
    told: bool = True,
) -> Reorganisation:
    """From `effective_on` on each department is what `changes` says: one deed, an event each, the tree of today.

    `moved`: how many services, people and rules go with it. `told`: whether the journal hears of it; not of what is set
    up as if it had always been there. ValidationError by field (`name`, `parent`,
    `departments`, `effective_on`, `reason`) for a day to come or before an earlier change of the same department, and
    for a tree that would have a name twice, a circle, or something below what has ended.
    """
    known = entries(municipality.pk)
    reason = reason.strip()
    refuse_strange(known, changes, effective_on, reason)
    said = {
        "municipality": municipality,
        "effective_on": effective_on,
        "recorded_at": recorded_at or timezone.now(),
        "by": by,
        "reason": reason,
    }
    services, people, rules = moved
    deed = Reorganisation.objects.create(
        kind=kind, undoes=undoes, services=services, people=people, rules=rules, **said
    )
    DepartmentEvent.objects.bulk_create(
        [
            DepartmentEvent(
                department_id=pk, name=node.name, parent_id=node.parent, ended=node.ended, reorganisation=deed, **said
            )
            for pk, node in changes.items()
        ],
        batch_size=2000,
    )
    _bring_up_to_date(deed)
    if told:
        _tell(deed, changes, tree_on(known, effective_on))
    return deed


def free_instant(municipality: Municipality) -> datetime:
    """Now, or just after the last reorganisation where a clock stands still: each has an instant of its own."""
    last = Reorganisation.objects.filter(municipality=municipality).aggregate(last=Max("recorded_at"))["last"]
    now = timezone.now()
    return now if last is None or last < now else last + timedelta(microseconds=1)


def refuse_strange(
    known: Sequence[Entry], changes: Mapping[int, Node], day: date, reason: str, *, ahead: bool = False
) -> None:
    """Raise the ValidationError that `record` would for this deed, given the `entries` of the municipality.

    `ahead`: the deed may be meant for a day to come, on which `record` would do it.
    """
    _refuse_strange_day(known, changes, day, ahead)
    refuse_long_reason(reason, LONGEST_REASON, "too_long")
    later = sorted({entry.effective_on for entry in known if entry.effective_on > day})
    for each in (day, *later):
        _refuse_strange_tree(tree_on(known, each) | dict(changes), changes, each)


def _refuse_strange_day(known: Sequence[Entry], changes: Mapping[int, Node], day: date, ahead: bool) -> None:
    if ahead and day > timezone.localdate() + AHEAD:
        sentence = _("Ein Umbau lässt sich höchstens drei Jahre im Voraus vorsehen.")
        raise _wrong("effective_on", sentence, "strange_day")
    if day > timezone.localdate() and not ahead:
        raise _wrong("effective_on", _("Ein Umbau gilt ab heute oder ab einem Tag davor."), "in_the_future")
    if day < EARLIEST:
        raise _wrong("effective_on", _("Dieser Tag liegt zu weit zurück. Bitte prüfen Sie das Jahr."), "strange_day")
    for entry in known:
        if entry.department in changes and entry.effective_on > day:
            sentence = _(
                "Für „%(name)s“ steht schon eine Änderung ab dem %(day)s. Bitte wählen Sie diesen Tag oder einen "
                "späteren, oder nehmen Sie jene Änderung zuerst zurück."
            ) % {"name": entry.node.name, "day": date_format(entry.effective_on, "d.m.Y")}
            raise _wrong("effective_on", sentence, "before_later_change")


def _refuse_strange_tree(tree: Tree, changes: Mapping[int, Node], day: date) -> None:
    """The part of `tree`, that of `day`, that the departments in `changes` have a hand in."""
    standing: dict[str, list[int]] = {}
    for pk, node in tree.items():
        if not node.ended:
            standing.setdefault(node.name, []).append(pk)
            if node.parent is not None and node.parent in changes and changes[node.parent].ended:
                raise _wrong("departments", _still_below(tree, pk, node.parent), "something_below")
    for pk, node in changes.items():
        if not node.name or len(node.name) > LONGEST_NAME:
            sentence = _("Ein Fachbereich braucht einen Namen mit höchstens %(most)d Zeichen.")
            raise _wrong("name", sentence % {"most": LONGEST_NAME}, "name_needed")
        if tree[way_up(tree, pk)[-1]].parent is not None:
            raise _wrong("parent", _("Ein Fachbereich kann nicht unter sich selbst stehen."), "cycle")
        if not node.ended:
            _refuse_strange_place(tree, node, day)
            if len(standing[node.name]) > 1:
                sentence = _("Einen Fachbereich „%(name)s“ gibt es schon.") % {"name": node.name}
                raise _wrong("name", sentence, "name_taken")


def _refuse_strange_place(tree: Tree, node: Node, day: date) -> None:
    if node.parent is None:
        return
    above = tree.get(node.parent)
    if above is None or above.ended or not above.begun:
        name = above.name if above else ""
        sentence = _("Den Fachbereich „%(name)s“, zu dem „%(below)s“ gehören soll, gibt es am %(day)s nicht.")
        words = {"name": name, "below": node.name, "day": date_format(day, "d.m.Y")}
        raise _wrong("parent", sentence % words, "unknown_parent")


def _still_below(tree: Tree, pk: int, above: int) -> str:
    return _("Zu „%(above)s“ gehört noch „%(below)s“. Verschieben oder beenden Sie das zuerst.") % {
        "above": tree[above].name,
        "below": tree[pk].name,
    }


def _wrong(field: str, sentence: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(sentence, code)})


def _bring_up_to_date(deed: Reorganisation) -> None:
    """No earlier day than that of any event before it: what the deed says is what is so today."""
    with connection.cursor() as cursor:
        cursor.execute(_TODAY, [deed.pk])


_TODAY = """
    UPDATE accounts_department SET name = e.name, parent_id = e.parent_id, ended = e.ended
    FROM accounts_departmentevent e WHERE e.department_id = accounts_department.id AND e.reorganisation_id = %s"""


def _tell(deed: Reorganisation, changes: Mapping[int, Node], before: Tree) -> None:
    """An entry in the journal for each department; a list that was read in has one for all of it."""
    if len(changes) > _TOLD_EACH:
        about = f"{len(changes)} Fachbereiche"  # kept, so German
        journal.write(
            journal.Kind.DEPARTMENT, municipality=deed.municipality, by=deed.by, about=about, reason=deed.reason
        )
        return
    tree = before | dict(changes)
    journal.write_all(
        journal.entry(
            journal.Kind.DEPARTMENT,
            municipality=deed.municipality,
            by=deed.by,
            about=node.name,
            before=_texts(before.get(pk), tree),
            after=_texts(node, tree),
            reason=deed.reason,
        )
        for pk, node in changes.items()
    )


_TOLD_EACH = 50


def _texts(node: Node | None, tree: Tree) -> dict[str, str | None]:
    if node is None:
        return {}
    above = tree.get(node.parent) if node.parent is not None else None
    return {
        "name": node.name,
        "parent": above.name if above else None,
        "ended": "ja" if node.ended else None,
    }
