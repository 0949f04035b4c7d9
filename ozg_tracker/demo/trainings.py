"""Invented courses of the demo town, who needs them, and who has done them."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from ozg_tracker.accounts.models import Municipality, Role
from ozg_tracker.training.assignment import assign_due_trainings
from ozg_tracker.training.completion import complete_task
from ozg_tracker.training.models import Course, CourseDate, Requirement, TrainingTask

COURSES = (
    ("Datenschutz im Bürgerkontakt", "Was darf gespeichert, gezeigt und weitergegeben werden?", 12, ""),
    ("Informationssicherheit", "Passwörter, verdächtige Nachrichten, gesperrte Bildschirme.", 12, ""),
    (
        "Reifegrade bewerten",
        "Wann eine Leistung als Online-Leistung zählt und was der Nachweis ist.",
        None,
        Role.MANAGER,
    ),
    ("Neues Antragsportal bedienen", "Anträge annehmen, Rückfragen stellen, Bescheide zustellen.", None, Role.STAFF),
)


def make_trainings(town: Municipality, first: date, until: date) -> int:
    """Add courses and requirements from day `first`, assign them, complete most; returns the number of tasks."""
    for title, description, interval, role in COURSES:
        course = Course.objects.create(
            municipality=town, title=title, description=description, interval_months=interval
        )
        Requirement.objects.create(course=course, role=role, starts_on=first, due_within_days=90)
        begin = timezone.make_aware(datetime.combine(until + timedelta(days=35), time(9)))
        CourseDate.objects.create(
            course=course, starts_at=begin, ends_at=begin + timedelta(hours=2), place="Rathaus, Raum 2.14"
        )
    day = first
    while day <= until:
        assign_due_trainings(town, today=day)
        for task in TrainingTask.objects.filter(municipality=town, completion=None).order_by("id"):
            done_on = task.due_on + timedelta(days=60 if task.pk % 5 == 0 else -30)
            if done_on <= day:
                complete_task(task, by=task.person, completed_on=day)
        day += timedelta(days=30)
    return TrainingTask.objects.filter(municipality=town).count()
