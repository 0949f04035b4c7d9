"""Invented courses of the demo municipality, who needs them, and who has done them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from ozg_tracker.accounts.models import Department, Municipality, Role
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.assigning.periods import add_months
from ozg_tracker.training.completing.completion import complete_task
from ozg_tracker.training.models import Course, CourseDate, Requirement, TrainingTask


@dataclass(frozen=True)
class Lesson:
    """A course and who needs it; `new`: only for so many months, else from the first day told of."""

    title: str
    description: str
    interval: int | None = None
    role: str = ""
    department: str = ""
    new: int | None = None


# Done in time, but for the last two: one is owed by all at the end of the last month, one by a single person and late.
LESSONS = (
    Lesson("Datenschutz im Bürgerkontakt", "Was darf gespeichert, gezeigt und weitergegeben werden?", 12),
    Lesson("Informationssicherheit", "Passwörter, verdächtige Nachrichten, gesperrte Bildschirme.", 12),
    Lesson("Reifegrade bewerten", "Wann eine Leistung online ist und was der Nachweis ist.", role=Role.MANAGER),
    Lesson("Neues Antragsportal", "Anträge annehmen, Rückfragen stellen, Bescheide zustellen.", role=Role.STAFF),
    Lesson("Barrierefreie Dokumente", "Überschriften, Textalternativen, geprüfte PDF-Dateien.", new=0),
    Lesson("Steuerbescheide elektronisch", "Zustellen und Fristen im Nutzerkonto.", department="Steueramt", new=4),
)


def make_trainings(municipality: Municipality, first: date, until: date) -> int:
    """Add courses and requirements from day `first`, assign them, complete most; returns the number of tasks."""
    for number, lesson in enumerate(LESSONS):
        course = Course.objects.create(
            municipality=municipality,
            title=lesson.title,
            description=lesson.description,
            interval_months=lesson.interval,
            language="Deutsch",
            cost="keine für Sie und Ihren Bereich",
            self_enrolment=lesson.role == "" and lesson.department == "",
        )
        needed = first if lesson.new is None else add_months(until.replace(day=1), -lesson.new)
        department = (
            Department.objects.get(municipality=municipality, name=lesson.department) if lesson.department else None
        )
        Requirement.objects.create(
            course=course, role=lesson.role, department=department, starts_on=needed, due_within_days=90
        )
        _offer(course, _first_monday(until) + timedelta(weeks=1, days=number % 5))
    day = first
    while day <= until:
        assign_due_trainings(municipality, today=day)
        _complete(municipality, day)
        day += timedelta(days=15)
    return TrainingTask.objects.filter(municipality=municipality).count()


def _first_monday(until: date) -> date:
    """The first Monday more than a month after `until`."""
    day = until + timedelta(days=31)
    return day + timedelta(days=-day.weekday() % 7)


def _offer(course: Course, day: date) -> None:
    begin = timezone.make_aware(datetime.combine(day, time(9)))
    hours: dict[str, Any] = {"starts_at": begin, "ends_at": begin + timedelta(hours=2), "place": "Rathaus, Raum 2.14"}
    made = CourseDate.objects.create(course=course, places=12, led_from_outside="Studieninstitut", **hours)
    made.sessions.create(**hours)


def _complete(municipality: Municipality, day: date) -> None:
    """What is due within a month is done on `day`, but for what the municipality does not do."""
    settled = [lesson.title for lesson in LESSONS if lesson.new is None]
    due = TrainingTask.objects.open().filter(municipality=municipality, course__title__in=settled)
    for task in due.filter(due_on__lte=day + timedelta(days=30)).select_related("person").order_by("pk"):
        complete_task(task, by=task.person, completed_on=day)
