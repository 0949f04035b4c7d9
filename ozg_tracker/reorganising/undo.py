"""undo(): a reorganisation taken back as a whole, by counter-events; refused where later work builds on it."""

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ozg_tracker.accounts.departments.as_of import Node, entries, tree_on
from ozg_tracker.accounts.departments.changing import free_instant, record
from ozg_tracker.accounts.departments.people import move_people_back
from ozg_tracker.accounts.memberships import held_as_of
from ozg_tracker.accounts.models import DepartmentEvent, Membership, MembershipEvent, Reorganisation, User
from ozg_tracker.reorganising.leading import roles_given, tell_roles
from ozg_tracker.reorganising.rules import move_rules_back
from ozg_tracker.tracking.deadlines.moving import changed_since, move_deadlines_back, moved
from ozg_tracker.tracking.models import Deadline, MunicipalService, Source, StatusChange
from ozg_tracker.tracking.rows import locks
from ozg_tracker.tracking.rows.department_moves import move_rows_back
from ozg_tracker.training.models import Requirement

Kind = Reorganisation.Kind


class Obstacle(NamedTuple):
    """Why a reorganisation stays, as a sentence; `later`: what must be taken back first, if it is one deed."""

    sentence: str
    later: Reorganisation | None = None


@transaction.atomic
def undo(deed: Reorganisation, *, by: User | None, reason: str) -> Reorganisation:
    """Take `deed` back: from its day on departments, rows, people and rules are what they were before it.

    Later months and editions keep what was known when they were frozen. ValidationError with the sentence of `obstacle`
    (`stays`), or `reason_needed`.
    """
    municipality = deed.municipality
    locks.hold(municipality.pk, exclusive=True)
    if not reason.strip():
        sentence = _("Bitte nennen Sie den Grund der Rücknahme.")
        raise ValidationError({"reason": ValidationError(sentence, "reason_needed")})
    if found := obstacle(deed):
        raise ValidationError(found.sentence, code="stays")
    roles = roles_given(deed) if deed.people else {}
    made = record(
        municipality,
        Kind.UNDO,
        _before(deed),
        effective_on=deed.effective_on,
        by=by,
        reason=reason,
        undoes=deed,
        recorded_at=free_instant(municipality),
        moved=(deed.services, deed.people, deed.rules),
    )
    by_id, said, at = made.by_id, made.reason, made.recorded_at
    if deed.services:
        move_rows_back(municipality.pk, deed.effective_on, deed.recorded_at, by_id=by_id, reason=said, recorded_at=at)
    if deed.people:
        move_people_back(municipality.pk, deed.effective_on, deed.recorded_at, by_id=by_id, reason=said, recorded_at=at)
    if deed.rules:
        move_rules_back(deed)
    move_deadlines_back(deed, reason=said, by=by, recorded_at=at)
    if roles:
        now = held_as_of(municipality, deed.effective_on, known_at=deed.recorded_at, people=roles)
        tell_roles(made, now)
    return made


def _before(deed: Reorganisation) -> dict[int, Node]:
    """What the departments of the deed were before it; those that it made have ended."""
    touched = list(deed.events.values_list("pk", "department_id", "name", "parent_id"))
    first = min(pk for pk, *_rest in touched)
    earlier = [
        each for each in entries(deed.municipality_id) if each.effective_on <= deed.effective_on and each.event < first
    ]
    was = tree_on(earlier, deed.effective_on)
    return {pk: was.get(pk, Node(name, parent, ended=True)) for _event, pk, name, parent in touched}


def obstacle(deed: Reorganisation) -> Obstacle | None:
    """What keeps the deed from being taken back; None: nothing does. A few queries."""
    if Reorganisation.objects.filter(undoes=deed).exists():
        return Obstacle(_("Dieser Umbau ist schon zurückgenommen."))
    if deed.kind in (Kind.UNDO, Kind.TAKEN_OVER):
        return Obstacle(_("Eine Rücknahme und der Anfang des Baumes bleiben; führen Sie den Umbau neu aus."))
    return (
        _later_deed(deed) or _later_rows(deed) or _later_people(deed) or _later_deadlines(deed) or _filled_since(deed)
    )


def _later_deed(deed: Reorganisation) -> Obstacle | None:
    touched = list(deed.events.values_list("department_id", flat=True))
    later = DepartmentEvent.objects.filter(
        Q(department__in=touched) | Q(parent__in=touched) & ~Q(ended=True),
        municipality=deed.municipality_id,
        reorganisation__gt=deed.pk,
        reorganisation__undone_by=None,
    ).exclude(reorganisation__kind=Kind.UNDO)
    found = later.order_by("-reorganisation").select_related("reorganisation").first()
    if found is None:
        return None
    sentence = _(
        "Darauf baut ein späterer Umbau auf: „%(name)s“ %(kind)s ab %(day)s. Nehmen Sie zuerst ihn zurück."
    ) % {
        "name": found.name,
        "kind": found.reorganisation.get_kind_display(),
        "day": date_format(found.effective_on, "d.m.Y"),
    }
    return Obstacle(sentence, found.reorganisation)


def _later_rows(deed: Reorganisation) -> Obstacle | None:
    """Rows that somebody has given to another department since, or moved on to one that the deed made."""
    if not deed.services:
        return None
    moved = StatusChange.objects.filter(
        municipality=deed.municipality_id, source=Source.REORGANISE, recorded_at=deed.recorded_at
    )
    given = moved.filter(row=OuterRef("row")).values("department")
    later = StatusChange.objects.filter(
        municipality=deed.municipality_id,
        recorded_at__gt=deed.recorded_at,
        effective_on__gte=deed.effective_on,
        row__in=moved.values("row"),
    ).exclude(department__in=given.values("department"))
    number = later.filter(~Q(source=Source.REORGANISE)).aggregate(n=Count("row", distinct=True))["n"]
    if not number:
        return None
    sentence = ngettext(
        "Seither ist %(n)d der Leistungen einem anderen Fachbereich gegeben worden.",
        "Seither sind %(n)d der Leistungen anderen Fachbereichen gegeben worden.",
        number,
    )
    return Obstacle(f"{sentence % {'n': number}} {_('Der Umbau lässt sich nicht mehr als Ganzes zurücknehmen.')}")


def _later_people(deed: Reorganisation) -> Obstacle | None:
    if not deed.people:
        return None
    moved = MembershipEvent.objects.filter(municipality=deed.municipality_id, recorded_at=deed.recorded_at)
    last = MembershipEvent.objects.filter(municipality=deed.municipality_id, user=OuterRef("user")).order_by("-pk")
    number = moved.annotate(now=Subquery(last.values("pk")[:1])).exclude(now=F("pk")).values("user").distinct().count()
    return _people_sentence(number) if number else None


def _people_sentence(number: int) -> Obstacle:
    sentence = ngettext(
        "Seither hat sich für %(n)d der Personen Rolle oder Fachbereich geändert.",
        "Seither hat sich für %(n)d der Personen Rolle oder Fachbereich geändert.",
        number,
    )
    return Obstacle(f"{sentence % {'n': number}} {_('Der Umbau lässt sich nicht mehr als Ganzes zurücknehmen.')}")


def _later_deadlines(deed: Reorganisation) -> Obstacle | None:
    """Deadlines that somebody has changed since, or given to a department that the deed made."""
    number = changed_since(deed)
    if number:
        sentence = ngettext(
            "Seither ist eine der Fristen geändert worden.",
            "Seither sind %(n)d der Fristen geändert worden.",
            number,
        )
        return Obstacle(f"{sentence % {'n': number}} {_('Der Umbau lässt sich nicht mehr als Ganzes zurücknehmen.')}")
    mine = moved(deed).values("deadline")
    here = Deadline.objects.filter(department__in=_made(deed), ended=False).exclude(pk__in=mine)
    if found := here.first():
        sentence = _("Die Frist „%(name)s“ gilt für einen der neuen Fachbereiche. Ändern oder beenden Sie zuerst sie.")
        return Obstacle(sentence % {"name": found.name})
    return None


def _made(deed: Reorganisation) -> "QuerySet[DepartmentEvent, int]":
    """The ids of the departments that the deed made."""
    earlier = DepartmentEvent.objects.filter(department=OuterRef("department"), pk__lt=OuterRef("pk")).values("pk")
    return deed.events.annotate(earlier=Subquery(earlier[:1])).filter(earlier=None).values_list("department", flat=True)


def _filled_since(deed: Reorganisation) -> Obstacle | None:
    """What came into the departments that the deed made, otherwise than by it."""
    made = _made(deed)
    rows_moved = StatusChange.objects.filter(
        municipality=deed.municipality_id, source=Source.REORGANISE, recorded_at=deed.recorded_at
    ).values("row")
    joined = MembershipEvent.objects.filter(municipality=deed.municipality_id, recorded_at=deed.recorded_at)
    here = {"department__in": made}
    rows = MunicipalService.objects.filter(**here).exclude(pk__in=rows_moved).count()
    people = Membership.objects.filter(**here).exclude(user__in=joined.values("user")).count()
    rules = Requirement.objects.filter(**here).exclude(pk__in=deed.rule_moves.values("requirement")).count()
    if not (rows or people or rules):
        return None
    return Obstacle(
        _(
            "Inzwischen haben die neuen Fachbereiche auch anderes: Leistungen %(rows)d, Personen %(people)d, Regeln "
            "%(rules)d. Geben Sie das zuerst einem anderen Fachbereich."
        )
        % {"rows": rows, "people": people, "rules": rules}
    )
