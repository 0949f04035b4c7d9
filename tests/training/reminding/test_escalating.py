"""Managers are told what is open long after its day, and nothing more."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.models import HowOften, Role
from ozg_tracker.accounts.reminder_choices import choose
from ozg_tracker.accounts.reminding.sending import send_due_reminders
from ozg_tracker.training.models import Escalation, TrainingTask
from ozg_tracker.training.reminding.escalating import LongLate
from tests import make
from tests.training import made

DUE = date(2026, 3, 31)
pytestmark = pytest.mark.django_db


def at(days, hour=10):
    """So many days after the due day."""
    day = DUE + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def told(days, hour=10, minutes=0):
    """How many managers hear of their people then."""
    before = len(letters())
    send_due_reminders(at(days, hour) + timedelta(minutes=minutes), make.municipality())
    return len(letters()) - before


def letters():
    return [each for each in mail.outbox if "im Fachbereich, den Sie leiten" in each.body]


@pytest.fixture
def tree(municipality):
    top = make.department("Bürgerdienste")
    return top, make.department("Meldewesen", parent=top)


@pytest.fixture
def task(tree):
    person = make.user("kim", Role.STAFF, department=tree[1], first_name="Kim", last_name="Beispiel")
    return made.task(person, due_on=DUE)


@pytest.fixture
def lead(tree):
    return make.user("leitung", Role.MANAGER, department=tree[0])


def test_two_weeks_later_who_leads_hears_of_it_once_without_a_day(task, lead, settings):
    settings.BASE_URL = "https://ozg.example.invalid"
    assert [told(days) for days in (1, 14, 15, 16, 60)] == [0, 0, 1, 0, 0]
    (sent,) = letters()
    assert (sent.to, sent.subject) == (["leitung@example.invalid"], "Schulungen in Ihrem Fachbereich sind offen")
    assert "– Kim Beispiel: Datenschutz\n" in sent.body
    assert "https://ozg.example.invalid/schulungen/fachbereich/" in sent.body
    assert "31.03" not in sent.body


def test_the_nearest_manager_hears_and_of_the_own_trainings_the_next_one_up(task, lead, tree):
    office = make.user("amtsleitung", Role.MANAGER, department=tree[1])
    made.task(office, made.course("Brandschutz"), due_on=DUE)
    assert told(15) == 2
    bodies = {sent.to[0].split("@")[0]: sent.body.split("die Sie leiten")[-1] for sent in letters()}
    lines = {who: [line for line in body.splitlines() if ": " in line] for who, body in bodies.items()}
    assert lines == {"amtsleitung": ["– Kim Beispiel: Datenschutz"], "leitung": ["– amtsleitung: Brandschutz"]}


@pytest.mark.parametrize("why", ["done", "withdrawn", "suspended", "left", "no_address", "night"])
def test_what_nobody_need_hear_is_not_told(task, lead, why):
    if why == "done":
        made.done(task, DUE)
    elif why == "withdrawn":
        TrainingTask.objects.update(withdrawn_on=DUE)
    elif why == "suspended":
        TrainingTask.objects.update(suspended_until=DUE + timedelta(days=30))
    elif why == "left":
        make.leave(task.person)
    elif why == "no_address":
        lead.email = ""
        lead.save()
    assert told(15, hour=22 if why == "night" else 10) == 0
    assert not Escalation.objects.exists()


def test_a_day_that_was_moved_and_passed_again_is_told_again(task, lead):
    told(15)
    TrainingTask.objects.update(due_on=DUE + timedelta(days=20))
    assert [told(days) for days in (16, 34, 35)] == [0, 0, 1]


def test_a_manager_hears_as_often_as_chosen(task, lead):
    choose(lead, HowOften.WEEKLY, 20, 6)
    told(15)  # a Wednesday
    made.task(task.person, made.course("Brandschutz"), due_on=DUE + timedelta(days=1))
    assert [told(days) for days in range(16, 22)] == [0, 0, 0, 0, 1, 0]


def test_a_refused_letter_is_tried_again_and_stops_nobody(task, lead, tree, settings, caplog):
    other = make.department("Amt")
    make.user("amt", Role.MANAGER, department=other)
    made.task(make.user("alex", Role.STAFF, department=other), due_on=DUE)
    settings.EMAIL_BACKEND = "tests.training.made.RefusesFirst"
    assert told(15) == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert [told(15, hour) for hour in (11, 12)] == [1, 0]
    assert "was not sent" in caplog.text


def test_a_claim_that_died_is_taken_up_after_an_hour(task, lead):
    Escalation.objects.create(task=task, manager=lead, due_on=DUE, claimed_at=at(15))
    assert [told(15, minutes=each) for each in (59, 60, 61)] == [0, 1, 0]


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_however_many_people_there_are(tree, lead, number, django_assert_max_num_queries):
    for each in range(number):
        made.task(make.user(f"person{each}", Role.STAFF, department=tree[1]), due_on=DUE)
    with django_assert_max_num_queries(28):
        assert told(15) == 1


def test_an_hour_in_which_nothing_is_new_reads_no_training(task, lead, tree):
    for each in range(3):
        made.task(make.user(f"person{each}", Role.STAFF, department=tree[1]), due_on=DUE)
    assert told(15) == 1
    ours = make.municipality()
    with CaptureQueriesContext(connection) as asked:
        assert LongLate(at(16)).claim([lead.pk], [ours]) == []
    assert [each["sql"].split()[1].split(".")[0].strip('"') for each in asked] == [
        "accounts_membership",
        "accounts_department",
        "t",
    ]


def test_who_begins_to_lead_hears_of_what_another_was_told(task, lead, tree):
    assert told(15) == 1
    make.user("neu", Role.MANAGER, department=tree[1])
    assert [told(days) for days in (16, 17)] == [1, 0]
    assert letters()[-1].to == ["neu@example.invalid"]
