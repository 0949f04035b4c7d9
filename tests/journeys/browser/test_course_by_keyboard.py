"""A course and its dates by the keyboard alone: made, moved, called off, and who was there noted day by day."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.models import Course, CourseDate, TrainingTask
from tests import make
from tests.journeys.browser.keys import Keys
from tests.journeys.browser.looking import sideways, violations
from tests.training import made

pytestmark = pytest.mark.django_db(transaction=True)


def tomorrow_at(hour, days=1):
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def coordinator():
    return make.user()


@pytest.fixture
def kim():
    return make.user("kim", Role.STAFF, first_name="Kim", last_name="Probe", email="kim@example.invalid")


def files(letter):
    return [Calendar.from_ical(content) for _name, content, _kind in letter.attachments]


def test_a_course_with_a_date_of_two_days_is_made_by_keys(open_page, coordinator):
    page = open_page(coordinator)
    keys = Keys(page)
    page.goto("/schulungen/kurse/neu/")
    keys.type("Schulung", "Digitaler Führerschein")
    for name in ("Wozu", "Inhalt"):
        keys.type(name, "Was mit dem neuen Portal anders wird.")
    keys.press("Kurs anlegen")
    course = Course.objects.get()
    page.goto(f"/schulungen/kurse/{course.pk}/termine/")
    for day in (1, 2):
        keys.moment("Beginn", tomorrow_at(9, day))
        keys.moment("Ende", tomorrow_at(12, day))
        keys.type("Ort", f"Raum {day}")
    keys.press("Termin speichern")
    page.get_by_text("Der Termin steht zur Wahl.").wait_for()
    told = [(each.starts_at, each.ends_at, each.place) for each in CourseDate.objects.get().sessions.all()]
    assert told == [(tomorrow_at(9, day), tomorrow_at(12, day), f"Raum {day}") for day in (1, 2)]
    assert (course.title, page.complaints) == ("Digitaler Führerschein", [])


def test_a_date_is_moved_and_called_off_by_keys_and_its_people_hear_of_both(open_page, coordinator, kim):
    date = made.course_date(starts_at=tomorrow_at(9), place="Raum 1")
    made.task(kim, course_date=date)
    page = open_page(coordinator)
    keys = Keys(page)
    page.goto(f"/schulungen/termine/{date.pk}/")
    keys.press("Termin ändern")
    keys.moment("Beginn", tomorrow_at(13))
    keys.moment("Ende", tomorrow_at(15))
    keys.press("Termin speichern")
    page.get_by_text("Der Termin ist geändert. Eine Person war angemeldet und bekommt eine Nachricht.").wait_for()
    keys.press("Termin absagen")
    keys.type("Grund", "Die Leitung ist krank.")
    keys.press("Termin absagen und E-Mail senden")
    page.get_by_text("Der Termin ist abgesagt.").wait_for()
    assert [(each.to, each.subject) for each in mail.outbox] == [
        (["kim@example.invalid"], "Termin geändert: Datenschutz"),
        (["kim@example.invalid"], "Termin fällt aus: Datenschutz"),
    ]
    told = [
        (str(file["METHOD"]), event["SEQUENCE"])
        for each in mail.outbox
        for file in files(each)
        for event in file.walk("VEVENT")
    ]
    assert [method for method, _sequence in told] == ["REQUEST", "CANCEL"]
    assert 0 < told[0][1] < told[1][1]
    assert page.complaints == []


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scripts", [True, False])
def test_who_was_there_is_noted_day_by_day_by_keys(open_page, coordinator, kim, width, scripts):
    date = made.course_date(starts_at=tomorrow_at(0, -2), days=2)
    task = made.task(kim, course_date=date, period_start=tomorrow_at(0, -30).date())
    page = open_page(coordinator, width=width, scripts=scripts)
    keys = Keys(page)
    page.goto(f"/schulungen/termine/{date.pk}/")
    if scripts:
        assert (sideways(page), violations(page)) == (0, [])
    keys.go("anwesend")
    page.keyboard.press("Space")
    keys.press("Anwesenheit speichern")
    page.get_by_text("Die Anwesenheit ist gespeichert.").wait_for()
    assert TrainingTask.objects.get(pk=task.pk).completed_on is None
    keys.go("anwesend")
    keys.go("anwesend")
    page.keyboard.press("Space")
    keys.press("Anwesenheit speichern")
    page.get_by_text("1 Schulung ist damit erledigt.").wait_for()
    assert TrainingTask.objects.get(pk=task.pk).completed_on == tomorrow_at(0, -1).date()
    assert page.complaints == []
