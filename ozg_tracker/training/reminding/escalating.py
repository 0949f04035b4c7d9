"""Telling managers which trainings of their people are open long after their day: by name and course alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Department, Membership, Municipality, Role
from ozg_tracker.accounts.reminding.rooms import CLAIM_HOLDS, Line, Room
from ozg_tracker.training.models import Escalation, TrainingTask

AFTER = timedelta(days=14)  # so long after its day the person alone is reminded

Told = tuple[int, int, date]  # the task, the manager, the due day


class LongLate(Room):
    """What whoever leads the nearest department above (of a manager's own trainings the next one up) hears of, once for
    each due day.
    """

    claims = Escalation

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self._found: dict[int, set[Told]] = {}
        self._hears: dict[int, list[tuple[int, int, int]]] = {}

    def people(self, municipality: Municipality | None) -> Q:
        asked = [municipality] if municipality else Municipality.objects.all()
        return Q(pk__in={manager for each in asked for _task, manager, _day in self._new(each)})

    def claim(self, people: list[int], municipalities: list[Municipality]) -> Iterable[Line]:
        theirs = set(people)
        new = [each for each in municipalities if self._new(each)]
        # asked again: what another run has claimed meanwhile is its own
        wanted = {told for each in new for told in self._untold(each) if told[1] in theirs}
        if not wanted:
            return []
        claims = Escalation.objects.bulk_create(
            [
                Escalation(task_id=task, manager_id=manager, due_on=day, claimed_at=self.moment)
                for task, manager, day in sorted(wanted)
            ],
            update_conflicts=True,
            unique_fields=["task", "manager", "due_on"],
            update_fields=["claimed_at", "failed_at"],
        )
        shown = Escalation.objects.filter(pk__in=[each.pk for each in claims])
        shown = shown.select_related("task__course", "task__person")
        ordered = shown.order_by("task__person__last_name", "task__person", "task__course__title")
        return [Line(each.manager_id, each.pk, f"– {each.task.person}: {each.task.course.title}") for each in ordered]

    def subject(self, count: int) -> str:
        return _("Schulungen in Ihrem Fachbereich sind offen")

    def opening(self) -> str:
        return _("im Fachbereich, den Sie leiten, sind seit mehr als zwei Wochen diese Schulungen offen:")

    def closing(self) -> str:
        sentence = _(
            "Fehlt Zeit, ein Termin oder der Anlass? Unter %(team)s können Sie helfen, etwa mit einer Aussetzung."
        )
        return sentence % {"team": f"{settings.BASE_URL.rstrip('/')}/schulungen/fachbereich/"}

    def _new(self, municipality: Municipality) -> set[Told]:
        """What somebody has not heard of; looked up once."""
        if municipality.pk not in self._found:
            self._found[municipality.pk] = self._untold(municipality)
        return self._found[municipality.pk]

    def _untold(self, municipality: Municipality) -> set[Told]:
        if municipality.pk not in self._hears:
            self._hears[municipality.pk] = list(_hears(municipality))
        return _untold(municipality, self._hears[municipality.pk], self.moment)


# The database compares what is long late with what was said, so that an hour in which nothing is new reads nothing.
# `hears`: department, manager and, of who leads nearest it, the person whose own trainings these are.
_UNTOLD = """SELECT t.id, hears.column2, t.due_on FROM training_trainingtask t
JOIN accounts_membership m ON m.user_id = t.person_id AND m.municipality_id = t.municipality_id
JOIN (VALUES {hears}) AS hears ON hears.column1 = m.department_id AND hears.column2 <> t.person_id
  AND (hears.column3 = 0 OR hears.column3 = t.person_id)
WHERE t.id IN ({late}) AND NOT EXISTS (SELECT 1 FROM training_escalation e
  WHERE e.task_id = t.id AND e.manager_id = hears.column2 AND e.due_on = t.due_on
    AND (e.sent_at IS NOT NULL OR e.failed_at IS NULL AND e.claimed_at > %s))"""


def _untold(municipality: Municipality, hears: list[tuple[int, int, int]], moment: datetime) -> set[Told]:
    """What is long late, with each manager who has not heard of this due day and is not being told now."""
    if not hears:
        return set()
    today = timezone.localdate(moment)
    late = TrainingTask.objects.late(today).filter(municipality=municipality, due_on__lt=today - AFTER)
    awaited = late.filter(Q(suspended_until=None) | Q(suspended_until__lt=today)).order_by().values("pk")
    long_late, days = awaited.query.sql_with_params()
    rows = ", ".join("(%s, %s, %s)" for _ in hears)
    statement = _UNTOLD.format(hears=rows, late=long_late)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*chain.from_iterable(hears), *days, moment - CLAIM_HOLDS])
        return {(task, manager, due_on) for task, manager, due_on in cursor}


def _hears(municipality: Municipality) -> Iterator[tuple[int, int, int]]:
    """Of each department who hears of its people, and of whom of these who leads it somebody else does."""
    leads = _managers(municipality)
    if not leads:
        return
    above = dict(Department.objects.filter(municipality=municipality).values_list("pk", "parent"))
    for department in above:
        nearest = _nearest(department, None, leads, above)
        yield from ((department, manager, 0) for manager in nearest)
        if len(nearest) == 1:
            (alone,) = nearest
            yield from ((department, manager, alone) for manager in _nearest(department, alone, leads, above))


def _managers(municipality: Municipality) -> dict[int, set[int]]:
    """Who leads which department, of those who can be written to."""
    leads = defaultdict[int, set[int]](set)
    held = Membership.objects.filter(municipality=municipality, role=Role.MANAGER, user__is_active=True)
    for user, department in held.exclude(user__email="").exclude(department=None).values_list("user", "department"):
        leads[department or 0].add(user)
    return leads


def _nearest(
    department: int | None, person: int | None, leads: dict[int, set[int]], above: dict[int, int | None]
) -> frozenset[int]:
    while department is not None:
        found = leads.get(department, set()) - {person}
        if found:
            return frozenset(found)
        department = above.get(department)
    return frozenset()
