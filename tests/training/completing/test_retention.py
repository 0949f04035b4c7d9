from datetime import date
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.db.models import CASCADE

from ozg_tracker.accounts.models import JournalEntry, Membership, Role, User
from ozg_tracker.training.completing.retention import delete_expired
from ozg_tracker.training.models import (
    Certificate,
    Completion,
    Escalation,
    Presence,
    Reminder,
    TrainingEvent,
    TrainingTask,
)
from tests import make
from tests.training import made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_years(settings):
    settings.TRAINING_RETENTION_MONTHS = 24


@pytest.fixture
def rounds():
    """Two completed rounds of a yearly training; the first was superseded on 29 February 2024."""
    person = make.user("amt", Role.STAFF)
    yearly = made.course(interval_months=12)
    first = made.task(person, yearly, period_start=date(2022, 1, 1))
    made.done(first, date(2022, 1, 15))
    second = made.task(person, yearly, period_start=date(2023, 1, 15))
    made.done(second, date(2024, 2, 29))
    return first, second


def test_a_superseded_proof_is_kept_for_its_months_and_then_deleted(rounds):
    _, second = rounds
    assert delete_expired(date(2026, 2, 28)) == 0
    assert delete_expired(date(2026, 3, 1)) == 1
    assert list(TrainingTask.objects.all()) == [second]
    assert delete_expired(date(2090, 1, 1)) == 0


def test_the_file_and_the_reminders_go_with_it(rounds, settings, django_capture_on_commit_callbacks):
    first, _ = rounds
    first.completion.proof.save("zeugnis.pdf", ContentFile(b"%PDF-"))
    Reminder.objects.create(task=first, stage="7", due_on=first.due_on, claimed_at=first.completion.recorded_at)
    files = lambda: [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]  # noqa: E731
    assert len(files()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        delete_expired(date(2026, 3, 1))
    assert (files(), Reminder.objects.count(), Completion.objects.count()) == ([], 0, 1)


def test_whatever_hangs_on_a_task_goes_with_it_and_the_rest_of_the_run_is_not_held_up(rounds):
    first, second = rounds
    moment = first.completion.recorded_at
    session = made.course_date(first.course).sessions.get()
    for task in rounds:
        Reminder.objects.create(task=task, stage="7", due_on=task.due_on, claimed_at=moment)
        Escalation.objects.create(task=task, manager=task.person, due_on=task.due_on, claimed_at=moment)
        Presence.objects.create(task=task, session=session, by=task.person, recorded_at=moment)
        certified = {"completed_on": task.completed_on, "issued_at": moment}
        Certificate.objects.create(task=task, number=str(task.pk), name="Amt", course="Datenschutz", **certified)
    hanging = TrainingTask._meta.related_objects
    # A new one is made above too; what is not to go with the task needs its own step.
    assert {each.related_model for each in hanging} == {
        TrainingEvent, Completion, Reminder, Escalation, Presence, Certificate,
    }  # fmt: skip
    assert {each.on_delete for each in hanging} == {CASCADE}
    assert delete_expired(date(2026, 3, 1)) == 1
    connection.check_constraints()
    left = {each.related_model: set(each.related_model.objects.values_list("task", flat=True)) for each in hanging}
    assert left == {each.related_model: {second.pk} for each in hanging}


def test_who_left_is_forgotten_after_the_same_time_and_who_stays_is_not(rounds):
    User.objects.update(is_active=False, left_on=date(2024, 5, 31))
    made.task(make.user("bleibt", Role.STAFF), period_start=date(2010, 1, 1), due_on=date(2010, 2, 1))
    assert delete_expired(date(2026, 5, 30)) == 1  # only the superseded one
    assert delete_expired(date(2026, 5, 31)) == 1
    assert list(TrainingTask.objects.values_list("person__username", flat=True)) == ["bleibt"]
    assert User.objects.count() == 2


def test_who_moved_to_another_municipality_is_forgotten_here_when_every_day_is_past(rounds):
    Membership.objects.all().delete()
    TrainingTask.objects.update(due_on=date(2023, 6, 1))
    assert delete_expired(date(2025, 12, 31)) == 1  # the first round ended in 2022
    assert delete_expired(date(2026, 3, 1)) == 1


def test_only_in_the_municipality_named(rounds):
    neighbour = make.municipality("Neustadt", ars="159990020020")
    assert delete_expired(date(2026, 3, 1), neighbour) == 0
    assert delete_expired(date(2026, 3, 1), make.municipality()) == 1


def test_the_job_reports_how_much_went_and_until_when_but_not_whose(settings):
    settings.TRAINING_RETENTION_MONTHS = 24
    person = make.user("amt", Role.STAFF)
    made.task(person, withdrawn_on=date(2023, 1, 1), due_on=date(2023, 1, 1), period_start=date(2022, 1, 1))
    for _again in range(2):
        delete_expired(date(2026, 3, 2), make.municipality())
    (entry,) = JournalEntry.objects.all()
    assert (entry.person, entry.about, entry.after) == (
        None,
        "Schulungen gelöscht",
        {"rows": "1", "until": "2024-03-02"},
    )
