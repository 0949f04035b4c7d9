from datetime import UTC, date, datetime
from random import Random

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.people import change_role, let_go
from ozg_tracker.training.assigning.changing import change_task
from ozg_tracker.training.assigning.suspension import suspend_task
from ozg_tracker.training.assigning.withdrawing import move_due_day, withdraw_task
from ozg_tracker.training.completing.completion import complete_task
from ozg_tracker.training.council import half_years
from ozg_tracker.training.council.half_years import told, training_figures
from ozg_tracker.training.models import TaskDeed
from tests import make
from tests.training import made
from tests.training.council.attacker import bounds

MARCH, JULY = date(2026, 3, 31), date(2026, 7, 31)


def at(*day):
    return time_machine.travel(datetime(*day, 12, tzinfo=UTC), tick=False)


def staff(department, count):
    start = department.memberships.count()
    return [make.user(f"{department}{start + n}", Role.STAFF, department=department) for n in range(count)]


def owed(people, due_on=date(2026, 5, 1), title="Datenschutz"):
    with at(2026, 1, 5):
        return [made.task(person, made.course(title), due_on, date(2026, 1, 5)) for person in people]


def done(tasks, *day):
    with at(*day):
        for task in tasks:
            complete_task(task, by=task.person, completed_on=date(*day))


def said(day=MARCH, **more):
    figures = training_figures(make.municipality(), day, **more)
    return [
        (each["group"], each["assigned"], each["completed_at_least"], each["completed_at_most"])
        for each in figures["groups"]
    ]


@pytest.mark.parametrize(
    ("number", "of", "range_"),
    [(0, 10, (0, 4)), (4, 10, (0, 4)), (5, 10, (5, 5)), (6, 10, (6, 10)), (10, 10, (6, 10)), (7, 12, (7, 7))],
)
def test_no_number_is_nearer_than_five_to_nobody_or_to_all(number, of, range_):
    assert told(number, of) == range_


@pytest.mark.django_db
def test_a_group_is_a_top_department_and_small_ones_are_together():
    top = make.department("Bürgerdienste")
    people = staff(make.department("Bürgerbüro", parent=top), 8) + staff(top, 6)
    tasks = owed(people)
    owed(staff(make.department("Bauen"), 6) + staff(make.department("Kultur"), 5))
    done(tasks[:7], 2026, 3, 2)
    assert said() == [("Bürgerdienste", 14, 7, 7), ("übrige", 11, 0, 4)]
    assert training_figures(make.municipality(), MARCH)["groups"][1]["departments"] == ["Bauen", "Kultur"]


@pytest.mark.django_db
def test_too_few_are_filled_up_by_the_smallest_other_and_a_small_municipality_says_nothing():
    staff(make.department("Kultur"), 3)
    assert said() == []
    staff(make.department("Bauen"), 12)
    staff(make.department("Soziales"), 20)
    assert said() == [("Soziales", 20, 16, 20), ("übrige", 15, 11, 15)]


@pytest.mark.django_db
def test_who_leaves_moves_or_comes_changes_nothing_until_the_next_half_year():
    office, other = make.department("Bürgerdienste"), make.department("Bauen")
    people, neighbours = staff(office, 12), staff(other, 12)
    tasks = owed(people + neighbours)
    done(tasks[:6] + tasks[12:18], 2026, 2, 2)
    coordinator = make.user("koordination", Role.COORDINATOR, department=other)
    before = said()
    with at(2026, 3, 10):
        let_go(people[11].memberships.get(), by=coordinator)
        gone = {"withdrawn_on": date(2026, 3, 10)}
        change_task(tasks[11], TaskDeed.OUT_OF_SCOPE, gone, by=None, reason="nicht mehr hier tätig")
        change_role(neighbours[0].memberships.get(), role=Role.STAFF, department=office, by=coordinator)
        made.task(neighbours[0], made.course("Neu"), date(2026, 4, 1), date(2026, 3, 10))
    first = datetime(2026, 2, 3, tzinfo=UTC)
    assert said(group_known_at=first) == before == [("Bauen", 13, 7, 7), ("Bürgerdienste", 12, 6, 6)]


@pytest.mark.django_db
def test_each_training_belongs_to_one_half_year_whatever_moves_it():
    office = make.department("Bürgerdienste")
    people = staff(office, 12)
    coordinator = make.user("koordination", Role.COORDINATOR, department=office)
    tasks = owed(people[:6], date(2026, 6, 1)) + owed(people[6:], date(2026, 8, 1))
    with at(2026, 5, 4):
        suspend_task(tasks[0], date(2026, 8, 1), "absent", by=coordinator)
        move_due_day(tasks[6], date(2026, 6, 30), "früher", by=coordinator)
    assert said(date(2026, 5, 31)) == [("Bürgerdienste", 13, 7, 7)]
    assert said(JULY) == [("Bürgerdienste", 13, 7, 7)]


@pytest.mark.django_db
def test_what_was_taken_back_is_not_open_and_what_was_done_later_is():
    office = make.department("Bürgerdienste")
    coordinator = make.user("koordination", Role.COORDINATOR, department=office)
    tasks = owed(staff(office, 12))
    with at(2026, 2, 2):
        withdraw_task(tasks[0], "falsche Regel", by=coordinator)
    done(tasks[1:5], 2026, 2, 2)
    done(tasks[5:7], 2026, 4, 2)
    assert said(MARCH) == [("Bürgerdienste", 13, 6, 6)]
    assert said(date(2026, 4, 30)) == [("Bürgerdienste", 13, 8, 8)]


@pytest.mark.django_db
def test_overdue_is_told_for_the_municipality_alone_and_only_where_it_is_safe():
    people = [each for name in ("A", "B") for each in staff(make.department(name), 20)]
    tasks = owed(people[::2], date(2026, 2, 1)) + owed(people[1::2], date(2026, 6, 1))
    ends = ("overdue_at_least", "overdue_at_most")
    figures = training_figures(make.municipality(), MARCH)
    assert [figures[end] for end in ends] == [20, 20]
    done(tasks[20:34], 2026, 3, 2)  # nearly all that is open is late now
    figures = training_figures(make.municipality(), MARCH, before=[figures])
    assert [figures[end] for end in ends] == [20, 20]
    done(tasks[34:], 2026, 3, 3)
    figures = training_figures(make.municipality(), MARCH)
    assert [figures[end] for end in ends] == [None, None]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [10, 14])
def test_as_many_queries_however_many_people(count, django_assert_num_queries):
    owed(staff(make.department("Bürgerdienste"), count))
    municipality = make.municipality()
    with django_assert_num_queries(4):
        training_figures(municipality, MARCH)


def history(random, calm):
    """Six editions of a municipality in which some get done each month and some are late, as they would be frozen."""
    sizes = [random.randint(10, 24) for _ in range(random.randint(1, 4))]
    finished = [[random.randint(1, 6) if random.random() > calm else 7 for _ in range(size)] for size in sizes]
    prone = [[random.random() < 0.5 for _ in range(size)] for size in sizes]
    editions = []
    for month in range(1, 7):
        lines = []
        for number, people in enumerate(finished):
            count = sum(1 for each in people if each <= month)
            low, high = told(count, len(people))
            lines.append(
                {"group": number, "assigned": len(people), "completed_at_least": low, "completed_at_most": high}
            )
        late = sum(
            1
            for people, slow in zip(finished, prone, strict=True)
            for each, lags in zip(people, slow, strict=True)
            if each > month and lags and month > 2
        )
        overdue = half_years._overdue(lines, late, editions)
        ends = dict(zip(("overdue_at_least", "overdue_at_most"), overdue or (None, None), strict=True))
        editions.append({"groups": lines, **ends})
    return editions


@pytest.mark.parametrize("calm", [0.1, 0.5, 0.9])
def test_nobody_who_holds_all_editions_can_tell_anything_of_one_to_four_people(calm):
    random = Random(7)
    for _ in range(30):
        editions = history(random, calm)
        groups = range(len(editions[0]["groups"]))
        asked = [[(group, last)] * few for group in groups for few in (1, 4) for last in (1, 5)]
        asked.append([(random.choice(groups), random.randrange(6)) for _ in range(4)])
        for few in asked:
            assert bounds(editions, few) == [(0, len(few))] * len(editions)


def test_the_attacker_wins_where_figures_are_exact():
    def line(count):
        return {"assigned": 12, "completed_at_least": count, "completed_at_most": count}

    editions = [{"groups": [line(count)], "overdue_at_least": None} for count in (9, 11, 12)]
    assert bounds(editions, [(0, 2)] * 4) == [(1, 4), (3, 4), (4, 4)]
    assert bounds(editions, [(0, 0)]) == [(1, 1)] * 3  # who left in the first month
