"""Trainings by the keyboard alone and without scripts: a rule is changed, a course given to many and archived; a person
enrols and registers for a date.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.models import Course, TrainingTask
from tests import make
from tests.journeys.browser.keys import Keys
from tests.training import made

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    office = make.department("Bürgerbüro")
    return [make.user(name, Role.STAFF, department=office) for name in ("alex", "kim", "mara")]


def choose(keys, name, text):
    """In a list to choose from, by typing what it says."""
    keys.go(name)
    keys.page.keyboard.type(text)


def test_a_rule_is_changed_a_course_given_to_many_and_archived(open_page, people):
    given, ruled = made.course("Brandschutz"), made.course("Datenschutz")
    rule = made.requirement(ruled, due_within_days=90)
    page = open_page(make.user(), scripts=False, width=320)
    keys = Keys(page)
    page.goto(f"/schulungen/kurse/{ruled.pk}/aendern/")
    keys.press("ändern")
    keys.type("Zu erledigen binnen Tagen", "30")
    page.keyboard.press("Enter")
    page.get_by_text("Noch ist nichts geändert.").wait_for()
    keys.press("Schulungspflicht speichern")
    page.get_by_text("Gespeichert:").wait_for()
    rule.refresh_from_db()
    assert rule.due_within_days == 30

    page.goto("/schulungen/fachbereich/")
    keys.press("Schulung zuweisen")
    choose(keys, "Schulung", "Brandschutz")
    keys.day("Fällig am", timezone.localdate() + timedelta(days=30))
    for name in ("alex", "mara"):
        keys.go(name)
        page.keyboard.press("Space")
    keys.press("Schulung zuweisen")
    page.get_by_text("2 Personen zugewiesen.").wait_for()
    assert set(TrainingTask.objects.filter(course=given).values_list("person__username", flat=True)) == {"alex", "mara"}

    page.goto(f"/schulungen/kurse/{given.pk}/aendern/")
    keys.press("Kurs archivieren")
    assert Course.objects.get(pk=given.pk).archived_on == timezone.localdate()
    assert page.complaints == []


def test_a_person_enrols_and_registers_for_a_date(open_page, people):
    course = made.course("Klar schreiben")
    Course.objects.update(self_enrolment=True)
    day = made.course_date(course, starts_at=timezone.now() + timedelta(days=9), places=5)
    page = open_page(people[1], scripts=False, width=320)
    keys = Keys(page)
    page.goto("/schulungen/kurse/")
    keys.press("Klar schreiben")
    keys.press("Einschreiben")
    keys.press("Anmelden")
    page.get_by_text("Sie haben einen Platz").first.wait_for()
    task = TrainingTask.objects.get(person=people[1], course=course)
    assert (task.course_date, task.seated_at is not None) == (day, True)
    keys.press("Abmelden")
    task.refresh_from_db()
    assert (task.registered, page.complaints) == (None, [])
