"""`expand=`: what the rows of a list name, told with them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.models import Scope
from ozg_tracker.accounts.signing_in.tokens import create_token
from ozg_tracker.api_urls import router
from tests import make
from tests.api.programs import as_role, edition, fill

pytestmark = pytest.mark.django_db
EXPANDABLE = [(name, view.expandable) for name, view, _ in router.registry if getattr(view, "expandable", None)]


@pytest.mark.parametrize(("name", "known"), EXPANDABLE)
def test_each_thing_is_told_as_its_own_address_tells_it(name, known, program):
    fill(range(2))
    rows = program.read(f"{name}/", expand=",".join(known)).json()["results"]
    plain = program.read(f"{name}/").json()["results"]
    assert [{key: row[key] for key in row if key != "expanded"} for row in rows] == plain
    for row in rows:
        assert row["expanded"] == {
            field: None if row[field] is None else program.read(f"{collection}/{row[field]}/").json()
            for field, collection in known.items()
        }


@pytest.mark.parametrize(("name", "known"), EXPANDABLE)
def test_three_rows_cost_as_many_queries_as_one(name, known, program):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            program.read(f"{name}/", expand=",".join(known))
        return len(captured)

    fill(range(1))
    asked()
    one = asked()
    fill(range(1, 3))
    assert asked() == one


def test_with_fields_the_place_stays(program):
    make.row(department=make.department())
    [row] = program.read("municipal-services/", fields="id,state", expand="department").json()["results"]
    assert (set(row), row["expanded"]["department"]["name"]) == ({"id", "state", "expanded"}, "Bürgerdienste")


def test_it_works_as_of_a_day_too(program):
    row = make.row(department=make.department())
    [then] = program.read("municipal-services/", as_of="2026-01-01", expand="service,department").json()["results"]
    told = then["expanded"]
    assert (told["service"]["id"], told["department"]["name"]) == (row.service_id, "Bürgerdienste")


def test_what_cannot_be_told_is_refused_by_name(program):
    answer = program.read("municipal-services/", expand="service,owner")
    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        [
            {
                "field": "expand",
                "code": "invalid_choice",
                "message": "Das lässt sich nicht mitlesen: owner. Möglich sind: service, department, municipality.",
            }
        ],
    )
    assert program.read("topics/", expand="x").json()["errors"][0]["code"] == "unknown_key"


def test_a_collection_that_is_closed_to_a_role_is_not_read_through_another():
    edition()
    answer = as_role("council").read("editions/", expand="catalogue_import")
    assert answer.status_code == 403


def test_a_key_that_does_not_open_a_room_reads_nothing_of_it_through_another():
    edition()
    key = {"Authorization": f"Bearer {create_token(make.user(), scopes=[Scope.REPORTS])}"}
    read = Client(headers=key).get
    assert read("/api/v1/editions/").status_code == 200
    assert read("/api/v1/catalogue-imports/").status_code == 403
    assert read("/api/v1/editions/?expand=catalogue_import").status_code == 403
