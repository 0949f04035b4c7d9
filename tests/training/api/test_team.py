"""The team's trainings as a file, as a program asks for it: the page's own, with the same refusals."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from ozg_tracker.accounts.models import JournalEntry, Role
from tests import make
from tests.training import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]
TEAM, PAGE = "/api/v1/training-team/", "/schulungen/fachbereich/liste"


@pytest.fixture
def office(municipality):
    return make.department("Bürgerbüro")


@pytest.fixture(params=[Role.COORDINATOR, Role.MANAGER])
def leading(request, sign_in, office):
    """Who leads, and two people, of whom one is late and one has done the round before too."""
    kim = make.user("kim", Role.STAFF, department=office, last_name="Probe")
    made.done(made.task(kim), date(2025, 3, 1))
    made.done(made.task(kim), date(2026, 2, 1))
    made.task(make.user("alex", Role.STAFF, department=office, last_name="Muster"), due_on=date(2026, 2, 1))
    make.department("Bauamt")
    department = office if request.param == Role.MANAGER else None
    return sign_in(make.user("leitung", request.param, department=department))


def asked(client, **query):
    return client.get(TEAM, {"municipality": make.municipality().pk, "format": "xlsx"} | query)


def lines(answer):
    return list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))


ALL = {"name": "", "department": "", "course": "", "late": ""}


@pytest.mark.parametrize("search", [{}, {"late": "1"}, {"name": "probe"}, ALL, {"course": "Datenschutz"}])
def test_it_is_the_file_of_the_page(leading, search):
    search = {name: made.course().pk if value == "Datenschutz" else value for name, value in search.items()}
    answer = asked(leading, **search)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="schulungen-{make.municipality().ars}.xlsx"'
    assert lines(answer) == lines(leading.get(f"{PAGE}.xlsx", search))
    assert len({row[0] for row in lines(answer)[1:]}) == len(lines(answer)) - 1  # of each the current round alone
    assert JournalEntry.objects.filter(kind="export").count() == 2


def test_the_open_document_too(leading):
    assert asked(leading, format="ods").content[:2] == b"PK"


@pytest.mark.parametrize("search", [{"team": "1"}, {"late": "ja"}, {"course": "999"}, {"department": "²"}])
def test_what_nobody_can_mean_is_refused_as_on_the_page(leading, search):
    assert (asked(leading, **search).status_code, leading.get(f"{PAGE}.xlsx", search).status_code) == (400, 400)
    assert [each["field"] for each in asked(leading, **search).json()["errors"]] == list(search)


@pytest.mark.parametrize("query", [{"format": "csv"}, {"format": ""}, {"municipality": "999"}, {"municipality": ""}])
def test_which_file_of_which_municipality_is_to_be_said(leading, query):
    assert asked(leading, **query).status_code == 400


def test_a_department_that_one_does_not_lead_does_not_exist(sign_in, office):
    manager = sign_in(make.user("leitung", Role.MANAGER, department=office))
    assert asked(manager, department=make.department("Bauamt").pk).status_code == 400


def test_staff_have_no_team(sign_in, office):
    assert asked(sign_in(make.user("kim", Role.STAFF, department=office))).status_code == 403
