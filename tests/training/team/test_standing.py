"""The people of a team: who has something overdue first, then by department and name, on pages that join up."""

from datetime import timedelta

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.team.standing import Pages, found_people, team_members
from tests import make
from tests.training import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    """Of 24 people in departments, two of which are called the same, and in none; every third has something overdue."""
    places = [make.department("Amt"), make.department("Bau"), make.department("Zentrale"), None]
    places.append(make.department("Meldewesen", parent=places[1]))
    for number in range(24):
        person = make.user(
            f"p{number:02d}", Role.STAFF, department=places[number % 5], last_name=f"N{number * 7 % 24:02d}"
        )
        days = -1 if number % 3 == 0 else 5
        made.task(person, due_on=timezone.localdate() + timedelta(days=days))
    return make.user()


@pytest.mark.parametrize("size", [1, 3, 5, 50])
@pytest.mark.parametrize("search", [{}, {"late": True}, {"name": "n1"}, {"name": "niemand"}])
def test_the_pages_together_are_the_list(coordinator, size, search):
    whole = list(team_members(coordinator, make.municipality(), **search))
    pages = Paginator(Pages(team_members(coordinator, make.municipality(), **search)), size)
    assert [each for page in pages for each in page] == whole
    assert pages.count == len(whole)


def test_first_comes_who_has_something_overdue_then_department_and_name(coordinator):
    people = list(found_people(coordinator, make.municipality()).filter(department__isnull=False))
    shown = [(not each.is_late, each.department.name, each.user.last_name) for each in people]
    assert shown == sorted(shown)
    assert sum(not late for late, *_rest in shown) == 6


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_asks_twice_however_deep(coordinator, number):
    found = team_members(coordinator, make.municipality())
    with CaptureQueriesContext(connection) as asked:
        assert len(list(Paginator(Pages(found), 5).page(number))) == 5
    assert len(asked) == 2


def test_one_of_them_and_all_of_them(coordinator):
    whole = list(team_members(coordinator, make.municipality()))
    pages = Pages(team_members(coordinator, make.municipality()))
    assert (pages[4], pages[-30:3], list(pages)) == (whole[4], whole[:3], whole)
