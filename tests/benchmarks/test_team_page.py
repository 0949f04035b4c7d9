"""The team's page, overdue first, of 20,000 people to whom 200 rules gave 666,666 trainings: any page of it costs about
what the bare statements of its figures cost.
"""

from datetime import timedelta

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ozg_tracker.accounts.models import Membership, Role, User
from ozg_tracker.training.models import Course, TrainingTask
from ozg_tracker.training.team.standing import Pages, team, team_members
from tests import make
from tests.benchmarks.clock import race, ratio

pytestmark = pytest.mark.django_db
PEOPLE, RULES, OFFICES = 20_000, 200, 400
GIVEN = """INSERT INTO training_trainingtask (municipality_id, course_id, person_id, round, period_start, assigned_on,
  due_on, completed_on, suspension_reason, reason, rejection)
SELECT c.municipality_id, c.id, u.id, 1, {day}, {day}, CASE WHEN (u.id + c.id) % 10 < 3 THEN {past} ELSE {coming} END,
  CASE WHEN (u.id * 31 + c.id * 17) % 10 < 6 THEN {day} END, '', 'alle', ''
FROM accounts_user u CROSS JOIN training_course c WHERE (u.id * 7 + c.id * 31) % 6 = 0"""
LATE = """SELECT count(*) FROM (SELECT DISTINCT person_id FROM training_trainingtask WHERE completed_on IS NULL
  AND withdrawn_on IS NULL AND municipality_id = %s AND due_on < {day}) late"""


@pytest.fixture
def coordinator():
    ours, today = make.municipality(), timezone.localdate()
    offices = [make.department(f"Amt {number:03d}") for number in range(OFFICES)]
    people = User.objects.bulk_create(
        [User(username=f"p{n:05d}", last_name=f"Name {n * 7919 % PEOPLE:05d}") for n in range(PEOPLE)]
    )
    Membership.objects.bulk_create(
        Membership(user=person, municipality=ours, role=Role.STAFF, department=offices[number % OFFICES])
        for number, person in enumerate(people)
    )
    Course.objects.bulk_create(Course(municipality=ours, title=f"Schulung {n:03d}") for n in range(RULES))
    days = {"day": today - timedelta(days=99), "past": today - timedelta(days=9), "coming": today + timedelta(days=9)}
    with connection.cursor() as cursor:
        cursor.execute(GIVEN.format(**{name: _day(day) for name, day in days.items()}))
    return make.user()


def _day(day):
    return f"date '{day}'" if connection.vendor == "postgresql" else f"'{day}'"


@pytest.fixture
def vacuumed(coordinator):
    """As the database looks at its tables by itself where they are in use."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.usefixtures("vacuumed")
def test_every_page_costs_about_its_figures(coordinator, client):
    client.force_login(coordinator)
    municipality, today = make.municipality(), timezone.localdate()

    def page(number):
        found = Paginator(Pages(team_members(coordinator, municipality)), 50).get_page(number)
        return team(list(found), municipality, today)

    with CaptureQueriesContext(connection) as asked:
        page(1)
    assert len(asked) == 4  # the membership of who asks, who is where, fifty people, their trainings

    def bare():
        people = Membership.objects.filter(municipality=municipality, user__is_active=True, role=Role.STAFF)
        with connection.cursor() as cursor:
            cursor.execute(LATE.format(day=_day(today)), [municipality.pk])
        list(people.values("department__name").annotate(number=Count("pk")).order_by("department__name"))
        shown = list(people.values_list("user", flat=True)[:50])
        list(TrainingTask.objects.filter(person__in=shown).select_related("course"))

    def drawn():
        assert client.get("/schulungen/fachbereich/").status_code == 200

    drawn()  # what is read once
    whole, first, middle, last, floor = race(5, drawn, lambda: page(1), lambda: page(201), lambda: page(400), bare)
    ratio("the whole answer", whole, floor, at_most=3)
    ratio("first page of the team", first, floor, at_most=2)
    ratio("its page 201", middle, floor, at_most=2)
    ratio("its last page", last, floor, at_most=2)
    ratio("its page 201, of the first", middle, first, at_most=1.5)
