from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.models import Completion, Course, CourseDate, Requirement, Standing, TrainingTask
from ozg_tracker.training.team.access import assignable_people
from ozg_tracker.training.team.department import department_tasks
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Everybody has one task of one course; the neighbour's too."""
    top = make.department("Bürgerdienste")
    office = make.department("Bürgerbüro", parent=top)
    neighbour = make.municipality("Neustadt", ars="159990020020")
    people = {
        "koordination": make.user("koordination", Role.COORDINATOR),
        "leitung": make.user("leitung", Role.MANAGER, department=top),
        "amt": make.user("amt", Role.STAFF, department=office),
        "bau": make.user("bau", Role.STAFF, department=make.department("Bauamt")),
        "rat": make.user("rat", Role.COUNCIL),
        "betrieb": make.user("betrieb", Role.OPERATOR),
    }
    for person in people.values():
        if person.username not in ("rat", "betrieb"):
            made.task(person)
    people["fremd"] = make.user("fremd", Role.COORDINATOR, municipality=neighbour)
    made.task(people["fremd"], made.course(municipality=neighbour))
    return people | {"niemand": AnonymousUser()}


ALL = {"koordination", "leitung", "amt", "bau"}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("koordination", ALL),
        ("leitung", {"leitung", "amt"}),
        ("amt", {"amt"}),
        ("rat", set()),
        ("betrieb", set()),
        ("fremd", {"fremd"}),
        ("niemand", set()),
    ],
)
def test_tasks_are_seen_by_their_person_their_managers_and_the_coordination(people, who, seen):
    visible = TrainingTask.objects.visible_to(people[who])
    assert sorted(visible.values_list("person__username", flat=True)) == sorted(seen)


@pytest.mark.parametrize(
    ("who", "completable"),
    [("koordination", ALL), ("leitung", {"leitung"}), ("amt", {"amt"}), ("rat", set()), ("niemand", set())],
)
def test_a_proof_is_for_its_person_and_the_coordination(people, who, completable):
    for task in TrainingTask.objects.all():
        made.done(task, TODAY)
    visible = Completion.objects.visible_to(people[who])
    assert set(visible.values_list("task__person__username", flat=True)) == completable


@pytest.mark.parametrize("who", ["koordination", "leitung", "amt", "rat", "betrieb", "fremd", "niemand"])
def test_courses_are_read_by_who_learns_and_changed_by_the_coordination(people, who):
    made.requirement()
    made.course_date()
    here = {"koordination", "leitung", "amt"}
    for model in (Course, Requirement, CourseDate):
        theirs = (
            {"municipality": make.municipality()} if model is Course else {"course__municipality": make.municipality()}
        )
        rows = model.objects.filter(**theirs)
        assert rows.visible_to(people[who]).exists() == (who in here)
        assert rows.editable_by(people[who]).exists() == (who == "koordination")


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        ("koordination", ALL),
        ("leitung", {"leitung", "amt"}),
        ("amt", {"amt"}),
        ("rat", set()),
        ("betrieb", set()),
        ("fremd", set()),
    ],
)
def test_trainings_are_assigned_by_the_coordination_by_managers_and_to_oneself(people, who, whom):
    municipality = make.municipality()
    assert {each.user.username for each in assignable_people(people[who], municipality)} == whom


def test_the_departments_list_is_of_others_and_by_name(people):
    municipality = make.municipality()
    assert [task.person.username for task in department_tasks(people["leitung"], municipality, TODAY)] == ["amt"]
    assert [task.person.username for task in department_tasks(people["koordination"], municipality, TODAY)] == [
        "amt",
        "bau",
        "leitung",
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_one_row_as_for_three(people, rows, django_assert_num_queries):
    for number in range(rows - 1):
        made.task(people["amt"], made.course(f"Schulung {number}"))
    municipality = make.municipality()
    with django_assert_num_queries(3):
        tasks = department_tasks(people["leitung"], municipality, TODAY)
        assert len([(task.person, task.course, task.course_date) for task in tasks]) == rows


@pytest.mark.parametrize(
    ("due", "suspended_until", "done_on", "standing"),
    [
        (0, None, None, Standing.DUE),
        (-1, None, None, Standing.OVERDUE),
        (0, 0, None, Standing.SUSPENDED),
        (-1, 5, None, Standing.OVERDUE),
        (-1, -1, None, Standing.OVERDUE),
        (-9, None, 0, Standing.DONE),
        (-9, 5, -1, Standing.DONE),
        (-9, None, 1, Standing.OVERDUE),
    ],
)
def test_how_a_task_stands_on_a_day(due, suspended_until, done_on, standing):
    def day(offset):
        return None if offset is None else TODAY + timedelta(days=offset)

    task = made.task(make.user("amt", Role.STAFF), due_on=day(due), suspended_until=day(suspended_until))
    if done_on is not None:
        made.done(task, day(done_on))
    assert TrainingTask.objects.with_standing(TODAY).get().standing == standing


def test_a_late_repetition_is_expired_and_not_never_done():
    person = make.user("amt", Role.STAFF)
    made.done(made.task(person, period_start=date(2025, 1, 1)), date(2025, 1, 15))
    late = made.task(person, period_start=date(2026, 1, 15), due_on=TODAY - timedelta(days=1))
    assert TrainingTask.objects.with_standing(TODAY).get(pk=late.pk).standing == Standing.EXPIRED


def test_the_api_shows_a_manager_the_current_rounds_alone():
    led = make.department("Bürgerdienste")
    manager = make.user("leitung", Role.MANAGER, department=led)
    amt = make.user("amt", Role.STAFF, department=led)
    yearly = made.course(interval_months=12)
    before = made.task(amt, yearly, period_start=date(2024, 1, 1))
    made.done(before, date(2024, 2, 1))
    now = made.task(amt, yearly, period_start=date(2025, 2, 1))
    own = made.task(manager, yearly, period_start=date(2024, 1, 1))
    made.done(own, date(2024, 2, 1))
    latest = made.task(manager, yearly, period_start=date(2025, 2, 1))
    for person, shown in (
        (manager, {now, own, latest}),
        (make.user(), {before, now, own, latest}),
        (amt, {before, now}),
    ):
        assert set(TrainingTask.objects.shown_to(person, TODAY)) == shown
