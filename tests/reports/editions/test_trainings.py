"""What an edition says of trainings: counted at the first freezing of the month, kept by each correction."""

import json
from datetime import UTC, date, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.completing.completion import complete_task
from reports.editions.freeze import freeze_edition
from tests import make
from tests.training import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks():
    office = make.department("Bürgerdienste")
    people = [make.user(f"p{number}", Role.STAFF, department=office) for number in range(12)]
    make.row(effective_on=date(2025, 12, 1))
    with time_machine.travel(datetime(2026, 1, 5, 12, tzinfo=UTC), tick=False):
        return [made.task(person, due_on=date(2026, 5, 1), period_start=date(2026, 1, 5)) for person in people]


def frozen(tasks, month, correct=""):
    with time_machine.travel(datetime(2026, month + 1, 3, 12, tzinfo=UTC), tick=False):
        return json.loads(freeze_edition(tasks[0].municipality, date(2026, month, 1), correct=correct).figures)[
            "training"
        ]


def test_a_correction_keeps_the_figures_and_the_next_month_has_its_own(tasks):
    january = frozen(tasks, 1)
    assert [(each["assigned"], each["completed_at_most"]) for each in january["groups"]] == [(12, 4)]
    with time_machine.travel(datetime(2026, 2, 3, 13, tzinfo=UTC), tick=False):
        for task in tasks[:6]:
            complete_task(task, by=task.person, completed_on=date(2026, 1, 20))
        make.row(make.service("99102014104000", "Zweitwohnungssteuer Anmeldung"), effective_on=date(2025, 12, 1))
    assert frozen(tasks, 1, correct="Es fehlte eine Leistung.") == january
    assert [each["completed"] for each in frozen(tasks, 2)["groups"]] == [6]
