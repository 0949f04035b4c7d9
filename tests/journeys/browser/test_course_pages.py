"""Courses, their dates, proofs to check and certificates by keyboard, on a phone, without scripts and on paper."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.reminder_choices import choice_of
from ozg_tracker.training.completing.certificates import in_groups, issue_certificate
from ozg_tracker.training.models import Certificate, Completion, Course, CourseDate, TrainingTask
from tests import make
from tests.journeys.browser.looking import sideways, violations
from tests.training import made

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def coordinator():
    return make.user()


@pytest.fixture
def person(coordinator):
    return make.user(
        "kim", Role.STAFF, first_name="Kim", last_name="Beispiel", department=make.department("Bürgerbüro")
    )


def press_until(page, name, key="Tab", most=150):
    """Go by keyboard until what has the focus is called `name`."""
    for _step in range(most):
        page.keyboard.press(key)
        if page.evaluate(
            """name => {
            const at = document.activeElement, by = (at.getAttribute("aria-describedby") || "")
            const label = at.labels && at.labels[0] ? at.labels[0].textContent : ""
            const told = at.getAttribute("aria-label") || label || at.textContent || by
            return told.replace(/\\s+/g, " ").trim() === name
        }""",
            name,
        ):
            return
    raise AssertionError(name)


def test_a_course_is_made_looked_at_and_changed_by_keyboard(open_page, coordinator, person):
    first = made.course("Grundlagen")
    page = open_page(coordinator, width=320)
    page.goto("/schulungen/kurse/neu/")
    press_until(page, "Schulung")
    page.keyboard.type("Datenschutz")
    press_until(page, "wiederholen nach Monaten")
    page.keyboard.type("12")
    press_until(page, "Grundlagen")
    page.keyboard.press("Space")
    press_until(page, "Kurs anlegen")
    page.keyboard.press("Enter")
    page.get_by_text("„Datenschutz“ ist angelegt").wait_for()
    course = Course.objects.get(title="Datenschutz")
    assert (course.interval_months, list(course.prerequisites.all())) == (12, [first])
    made.done(made.task(person, course), timezone.localdate() - timedelta(days=200))
    page.goto(f"/schulungen/kurse/{course.pk}/aendern/")
    press_until(page, "wiederholen nach Monaten")
    page.keyboard.press("Control+A")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Vorschau").wait_for()
    assert (sideways(page), violations(page), page.complaints) == (0, [], [])
    press_until(page, "So speichern")
    page.keyboard.press("Enter")
    page.get_by_text("„Datenschutz“ ist gespeichert").wait_for()
    course.refresh_from_db()
    assert course.interval_months == 6


def test_a_date_is_made_by_keyboard_and_taken_by_a_person(open_page, coordinator, person):
    course = made.course()
    made.task(person, course, due_on=timezone.localdate() + timedelta(days=60))
    page = open_page(coordinator, width=320)
    page.goto(f"/schulungen/kurse/{course.pk}/termine/")
    begin = timezone.localdate() + timedelta(days=10)
    for name, hour in (("starts_at", "09:00"), ("ends_at", "11:00")):
        page.locator(f"[name=s-0-{name}]").fill(f"{begin:%Y-%m-%d}T{hour}")
    page.locator("[name=s-0-place]").press("Enter")
    page.wait_for_url(lambda address: not address.endswith("/termine/"))
    assert CourseDate.objects.count() == 1
    page = open_page(person, width=320)
    page.goto(f"/schulungen/kurse/{course.pk}/")
    assert (sideways(page), violations(page), page.complaints) == (0, [], [])
    page.get_by_role("button", name="Anmelden").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").first.wait_for()
    assert TrainingTask.objects.get().seated_at is not None


def test_a_proof_is_confirmed_by_keyboard(open_page, coordinator, person):
    made.done(made.task(person), date(2026, 2, 1))
    page = open_page(coordinator, width=320)
    page.goto("/schulungen/nachweise/")
    assert (sideways(page), violations(page), page.complaints) == (0, [], [])
    button = page.get_by_role("button", name="Bestätigen").first
    press_until(page, button.get_attribute("aria-label") or button.inner_text().strip())
    page.keyboard.press("Enter")
    page.get_by_text("bestätigt").first.wait_for()
    assert Completion.objects.get().confirmed_on == timezone.localdate()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_certificate_is_fetched_and_anybody_checks_its_number(open_page, person, scripts):
    task = made.done(made.task(person), date(2026, 2, 1)).task
    Completion.objects.update(confirmed_on=date(2026, 2, 3))
    page = open_page(person, width=320, scripts=scripts)
    page.goto("/schulungen/")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Bescheinigung: Datenschutz").click()
    assert fetched.value.suggested_filename == "bescheinigung-2026-02-01.pdf"
    number = in_groups(Certificate.objects.get(task=task).number)
    page = open_page(width=320, scripts=scripts)
    page.goto("/pruefen/bescheinigung/")
    page.get_by_label("Nummer").fill(number.lower())
    page.get_by_label("Nummer").press("Enter")
    page.get_by_role("heading", name="Die Bescheinigung gilt.").wait_for()
    assert page.get_by_text("Kim Beispiel").is_visible()
    if scripts:
        assert (sideways(page), violations(page), page.complaints) == (0, [], [])


def test_a_checked_certificate_prints_its_answer(open_page, person):
    task = made.done(made.task(person), date(2026, 2, 1)).task
    Completion.objects.update(confirmed_on=date(2026, 2, 3))
    page = open_page()
    page.goto(f"/pruefen/bescheinigung/?number={issue_certificate(task).number}")
    page.emulate_media(media="print")
    assert page.get_by_text("Die Bescheinigung gilt.").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_chooses_reminders_by_enter(open_page, person, scripts):
    page = open_page(person, width=320, scripts=scripts)
    page.goto("/konto/")
    page.get_by_label("Wie oft").select_option("weekly")
    page.get_by_label("Keine Nachricht ab").select_option("18")
    page.get_by_role("button", name="Erinnerungen speichern").press("Enter")
    page.get_by_text("So werden Sie von jetzt an erinnert").wait_for()
    assert (choice_of(person).how_often, choice_of(person).quiet_from) == ("weekly", 18)
    if scripts:
        assert (sideways(page), violations(page), page.complaints) == (0, [], [])
