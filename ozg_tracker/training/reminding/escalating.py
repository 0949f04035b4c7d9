"""Telling managers which trainings of their people are open long after their day: by name and course alone."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
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

    def people(self, municipality: Municipality | None) -> Q:
        asked = [municipality] if municipality else Municipality.objects.all()
        return Q(pk__in={manager for each in asked for _task, manager, _day in self._new(each)})

    def claim(self, people: list[int], municipalities: list[Municipality]) -> Iterable[Line]:
        theirs = set(people)
        wanted = {told for each in municipalities for told in self._new(each) if told[1] in theirs}
        if not wanted:
            return []
        wanted -= _told(municipalities, self.moment)
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
            late = _long_late(municipality, self.today)
            self._found[municipality.pk] = (
                _to_tell(municipality, late) - _told([municipality], self.moment) if late else set()
            )
        return self._found[municipality.pk]


def _to_tell(municipality: Municipality, late: list[tuple[int, int, int | None, date]]) -> set[Told]:
    leads = _managers(municipality)
    above = dict(Department.objects.filter(municipality=municipality).values_list("pk", "parent"))
    return {
        (task, manager, due_on)
        for task, person, department, due_on in late
        for manager in _nearest(department, person, leads, above)
    }


def _told(municipalities: list[Municipality], moment: datetime) -> set[Told]:
    """Which of what is still due then was said, or is being said now."""
    kept = Escalation.objects.filter(task__municipality__in=municipalities, task__due_on=F("due_on"))
    busy = kept.filter(Q(sent_at__isnull=False) | Q(failed_at=None, claimed_at__gt=moment - CLAIM_HOLDS))
    return set(busy.values_list("task", "manager", "due_on"))


def _managers(municipality: Municipality) -> dict[int, set[int]]:
    """Who leads which department, of those who can be written to."""
    leads = defaultdict[int, set[int]](set)
    held = Membership.objects.filter(municipality=municipality, role=Role.MANAGER, user__is_active=True)
    for user, department in held.exclude(user__email="").exclude(department=None).values_list("user", "department"):
        leads[department or 0].add(user)
    return leads


def _long_late(municipality: Municipality, today: date) -> list[tuple[int, int, int | None, date]]:
    """The task, its person, the person's department and the due day."""
    late = TrainingTask.objects.late(today).filter(municipality=municipality, due_on__lt=today - AFTER)
    here = late.filter(person__memberships__municipality=municipality, person__memberships__department__isnull=False)
    awaited = here.filter(Q(suspended_until=None) | Q(suspended_until__lt=today))
    return list(awaited.values_list("pk", "person", "person__memberships__department", "due_on"))


def _nearest(
    department: int | None, person: int, leads: dict[int, set[int]], above: dict[int, int | None]
) -> frozenset[int]:
    while department is not None:
        found = leads.get(department, set()) - {person}
        if found:
            return frozenset(found)
        department = above.get(department)
    return frozenset()
