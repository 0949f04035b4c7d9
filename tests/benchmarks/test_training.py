"""Trainings of thousands of people, measured against the bare SQL of the same rows."""

import tracemalloc
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ozg_tracker.accounts.models import Membership, Role, User
from ozg_tracker.accounts.reminding.sending import BATCH, send_due_reminders
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.models import Course, Requirement, TrainingEvent, TrainingTask
from ozg_tracker.training.team.standing import team, team_members
from tests import make
from tests.benchmarks.clock import best_of, race, ratio

pytestmark = pytest.mark.django_db
PEOPLE, RULES, OFFICES, DAY = 4_000, 25, 40, date(2026, 3, 2)


@pytest.fixture
def municipality():
    """4,000 people in 40 offices, all of whom 25 rules reach: 100,000 tasks."""
    ours = make.municipality()
    tops = [make.department(f"Fachbereich {number}") for number in range(4)]
    offices = [make.department(f"Amt {number}", parent=tops[number % 4]) for number in range(OFFICES)]
    people = User.objects.bulk_create(
        User(username=f"p{number:05d}", last_name=f"Name {number:05d}", email=f"p{number}@example.invalid")
        for number in range(PEOPLE)
    )
    Membership.objects.bulk_create(
        Membership(user=person, municipality=ours, role=Role.STAFF, department=offices[number % OFFICES])
        for number, person in enumerate(people)
    )
    courses = Course.objects.bulk_create(Course(municipality=ours, title=f"Schulung {n:03d}") for n in range(RULES))
    Requirement.objects.bulk_create(
        Requirement(course=course, role=Role.STAFF if number % 2 else "", starts_on=DAY)
        for number, course in enumerate(courses)
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # as it looks at tables by itself wherever it is in use
            cursor.execute("ANALYZE")
    return ours


def undone(deed):
    def run():
        with transaction.atomic():
            deed()
            transaction.set_rollback(True)

    return run


def names(model):
    return ", ".join(field.column for field in model._meta.local_concrete_fields if field.name != "id")


def bare():
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO training_trainingtask ({names(TrainingTask)}) SELECT {names(TrainingTask)} FROM kept_task"
        )
        cursor.execute(
            f"INSERT INTO training_trainingevent ({names(TrainingEvent)})"
            f" SELECT {names(TrainingEvent).replace('task_id', '(SELECT min(id) FROM training_trainingtask)')}"
            f" FROM kept_event"
        )


def test_assigning_costs_at_most_twice_the_bare_insert_and_finding_nothing_new_a_fraction(municipality):
    assert assign_due_trainings(municipality, DAY) == PEOPLE * RULES
    idle = best_of(3, lambda: assign_due_trainings(municipality, DAY))
    with connection.cursor() as cursor:
        for name in ("task", "event"):
            cursor.execute(f"CREATE TEMPORARY TABLE kept_{name} AS SELECT * FROM training_training{name}")
    TrainingTask.objects.all()._raw_delete("default")
    TrainingEvent.objects.all()._raw_delete("default")
    ours, floor = race(4, undone(lambda: assign_due_trainings(municipality, DAY)), undone(bare))
    ratio("assigning 100,000 trainings", ours, floor, at_most=2)
    ratio("finding nothing new among them", idle, floor, at_most=0.7)


def test_assigning_takes_no_memory_of_its_own(municipality):
    assign_due_trainings(municipality, DAY - timedelta(days=1))  # what is read once
    tracemalloc.start()
    assign_due_trainings(municipality, DAY)
    _held, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"assigning 100,000 trainings: {most / 1e6:.1f} MB")  # noqa: T201 (a benchmark prints its figure)
    assert most < 5_000_000


def test_a_page_of_the_team_costs_what_its_fifty_people_cost(municipality):
    assign_due_trainings(municipality, DAY)
    coordinator = make.user()

    def page(start):
        return team(list(team_members(coordinator, municipality)[start : start + 50]), municipality, DAY)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert sum(len(line.open) for line in page(0)) == 50 * RULES
    assert len(asked) == 2 + ASKED_OF_RIGHTS

    def floor():
        people = list(User.objects.order_by("last_name").values_list("pk", flat=True)[:50])
        list(TrainingTask.objects.filter(person__in=people).select_related("course", "person"))

    measured, bare_read = race(3, lambda: page(0), floor)
    ratio("a page of the team", measured, bare_read, at_most=6)


ASKED_OF_RIGHTS = 1  # the membership of who asks


def test_reminding_asks_at_most_twice_for_each_hundred_people(municipality):
    Course.objects.filter(title__gt="Schulung 003").delete()
    assign_due_trainings(municipality, DAY)
    noon = timezone.localtime().replace(hour=12)  # nobody's quiet hour
    TrainingTask.objects.update(due_on=noon.date() + timedelta(days=5))
    mail.outbox = []
    with CaptureQueriesContext(connection) as asked:
        assert send_due_reminders(noon, municipality=municipality) == PEOPLE
    print(f"reminders: {len(asked)} statements for {PEOPLE} people, {BATCH} at once")  # noqa: T201 (as above)
    assert len(asked) <= 2 * PEOPLE / 100
    with CaptureQueriesContext(connection) as asked:
        assert send_due_reminders(noon, municipality=municipality) == 0
    # one for each of what people hear of (planned dates, rounds, mentions, watched services, trainings), two for the
    # council's questions, three for its meetings and who hears of them, one for whom
    assert len(asked) == 10


def test_reminding_of_all_rooms_asks_at_most_twice_for_each_hundred_people(municipality):
    assign_due_trainings(municipality, DAY)
    noon = timezone.localtime().replace(hour=12)  # nobody's quiet hour
    TrainingTask.objects.update(due_on=noon.date() + timedelta(days=5))
    people = Membership.objects.order_by("pk")
    people.filter(pk__in=people[:OFFICES].values("pk")).update(role=Role.MANAGER)
    late = TrainingTask.objects.filter(person__in=people.values("user")[OFFICES : 2 * OFFICES])
    late.update(due_on=noon.date() - timedelta(days=20))
    for number, each in enumerate(people.select_related("user")[: 2 * OFFICES]):
        service = make.service(f"991070000{number:05d}", f"Leistung {number}")
        make.row(service, owner=each.user, department=each.department, state="planned", planned_on=noon.date())
    mail.outbox = []
    with CaptureQueriesContext(connection) as asked:
        assert send_due_reminders(noon, municipality=municipality) == PEOPLE
    print(f"reminders of all rooms: {len(asked)} statements for {PEOPLE} people")  # noqa: T201 (as above)
    assert sum(letter.subject == "Das steht bei Ihnen an" for letter in mail.outbox) == 2 * OFFICES
    assert len(asked) <= 2 * PEOPLE / 100
