"""Pages of rules, exemptions, readiness, histories and lists of completions, on a phone and in a browser."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.assigning.assignment import assign_training
from ozg_tracker.training.assigning.exempting import exempt
from ozg_tracker.training.models import Course, Requirement, TrainingTask
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "/schulungen/fachbereich/",
    "/schulungen/zuweisen/",
    "/schulungen/personen/{kim}/",
    "/schulungen/befreiungen/",
    "/schulungen/{task}/verlauf/",
    "/schulungen/bereitschaft/",
    "/schulungen/kurse/{course}/",
    "/schulungen/kurse/{course}/pflichten/",
    "/schulungen/pflichten/{rule}/",
    "/schulungen/pflichten/{rule}/beenden/",
    "/schulungen/nachweise/",
    "/schulungen/nachweise/liste/",
)


@pytest.fixture
def trained():
    office = make.department("Bürgerbüro")
    coordinator = make.user()
    people = [make.user(f"kim{number}", Role.STAFF, department=office) for number in range(6)]
    course = Course.objects.create(municipality=make.municipality(), title="Neues Antragsportal bedienen")
    row = make.row(department=office, planned_on=timezone.localdate() + timedelta(days=60))
    rule = Requirement.objects.create(course=course, service=row.service, days_before=14, starts_on=date(2026, 1, 1))
    task = assign_training(course, people[0], due_on=timezone.localdate() + timedelta(days=9), by=coordinator)
    exempt(people[1], make.municipality(), timezone.localdate() + timedelta(days=90), "absent", by=coordinator)
    return coordinator, {"kim": people[0].pk, "task": task.pk, "course": course.pk, "rule": rule.pk}


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_fits_and_excludes_nobody(open_page, trained, width):
    coordinator, numbers = trained
    page = open_page(coordinator, width=width)
    found = {}
    for address in PAGES:
        answer = page.goto(address.format_map(numbers))
        wide, wrong = sideways(page), violations(page)
        if answer.status != 200 or wide or wrong or page.complaints:
            found[address] = (answer.status, wide, wrong, list(page.complaints))
        page.complaints.clear()
    assert found == {}


def test_a_rule_is_previewed_by_enter_and_kept_by_its_button(open_page, trained):
    coordinator, numbers = trained
    page = open_page(coordinator, width=320)
    page.goto(f"/schulungen/kurse/{numbers['course']}/pflichten/")
    page.get_by_label("Zu erledigen binnen Tagen").fill("30")
    page.get_by_label("Zu erledigen binnen Tagen").press("Enter")
    page.get_by_role("heading", name="Vorschau").wait_for()
    assert (sideways(page), violations(page), Requirement.objects.count()) == (0, [], 1)
    page.get_by_role("button", name="Schulungspflicht speichern").click()
    page.get_by_text("Gespeichert:").wait_for()
    assert (Requirement.objects.count(), TrainingTask.objects.count()) == (2, 6)
