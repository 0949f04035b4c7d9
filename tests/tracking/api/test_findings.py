from datetime import UTC, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from tests import make
from tests.api.programs import Program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 30, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def row():
    return make.row(make.service(), department=make.department("Bauamt", parent=make.department("Bauen")))


def listed(program, **more):
    return program.read("findings/", municipality=make.municipality().pk, **more).json()


def found(answer):
    return {each["code"]: each["count"] for each in answer["results"] if each["count"]}


def body(row, **more):
    return {"municipality": row.municipality_id, "code": "not_rated", "services": [row.pk]} | more


def test_findings_are_counted_by_department_and_filter_the_rows(row):
    program = Program(make.user())
    answer = listed(program)
    assert (answer["total"], answer["services"]) == (4, 1)
    assert found(answer) == {"not_rated": 1, "no_owner": 1, "unconfirmed": 1, "cases_unknown": 1}
    place = next(each for each in answer["results"] if each["code"] == "not_rated")
    assert (place["severity"], place["departments"]) == (
        "warning",
        [{"department": row.department.parent_id, "count": 1}],
    )
    assert listed(program, department=row.department_id)["total"] == 4
    for code, number in (("not_rated", 1), ("done_below", 0)):
        assert len(program.read("municipal-services/", finding=code).json()["results"]) == number
    assert program.get("/api/v1/municipal-services/?finding=nichts").status_code == 400


def test_a_finding_is_put_off_and_taken_up(row):
    program = Program(make.user())
    sent = body(row, until="2026-12-31", reason="neues Amt")
    assert program.send("findings/put-off/", sent).json() == {"services": 1}
    assert "not_rated" not in found(listed(program))
    assert program.send("findings/put-off/", sent).status_code == 400
    assert program.send("findings/take-up/", body(row)).json() == {"services": 1}
    assert found(listed(program))["not_rated"] == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"until": "2026-11-30", "reason": "x"}, "until"),
        ({"until": "2026-12-31", "reason": ""}, "reason"),
        ({"until": "2026-12-31"}, "reason"),
        ({"until": "2026-12-31", "reason": "x", "code": "nichts"}, "code"),
        ({"until": "2026-12-31", "reason": "x", "municipality": 999}, "municipality"),
        ({"until": "2026-12-31", "reason": "x", "services": []}, "services"),
    ],
)
def test_what_is_wrong_is_named(row, said, field):
    answer = Program(make.user()).send("findings/put-off/", body(row, **said))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_others_municipalities_do_not_exist_and_others_rows_stay(row):
    other = make.user("fern", municipality=make.municipality("Nachbarstadt", "159990010020"))
    assert Program(other).read("findings/", municipality=row.municipality_id).status_code == 400
    clerk = Program(make.user("kim", Role.STAFF, department=row.department))
    assert clerk.send("findings/put-off/", body(row, until="2026-12-31", reason="x")).status_code == 403
