"""Cases by channel in the API."""

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from tests import make
from tests.api.programs import Program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-24T09:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def row():
    return make.row(make.service(), department=make.department("Bauamt"))


def body(row, **more):
    return {"service": row.pk, "year": 2025, "numbers": {"online": 120, "post": None}} | more


def listed(program, **more):
    found = program.read("case-counts/", **more).json()["results"]
    return [(each["channel"], each["number"]) for each in found]


def test_numbers_are_entered_listed_and_given_as_known_then(row, clock):
    program = Program(make.user())
    answer = program.send("case-counts/", body(row, reason="Fachverfahren"))
    assert answer.status_code == 201
    [made] = answer.json()["results"]
    assert {name: made[name] for name in ("channel", "number", "low", "how", "reason", "by", "year", "service")} == {
        "channel": "online",
        "number": 120,
        "low": None,
        "how": "hand",
        "reason": "Fachverfahren",
        "by": "koordination",
        "year": 2025,
        "service": row.pk,
    }
    clock.shift(60)
    program.send("case-counts/", body(row, numbers={"online": 130}))
    assert listed(program) == [("online", 120), ("online", 130)]
    assert listed(program, known_at="2026-11-24T09:00:30Z") == [("online", 120)]
    assert listed(program, known_at="2026-11-24T10:00Z", service=row.pk, year=2025, channel="online") == [
        ("online", 130)
    ]
    assert listed(program, year=2024) == []


def test_who_did_not_see_the_last_entry_is_told(row):
    program = Program(make.user())
    program.send("case-counts/", body(row, seen=0))
    refused = program.send("case-counts/", body(row, seen=0, numbers={"post": 3}))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "stale")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"numbers": {"fax": 1}}, "numbers.fax"),
        ({"numbers": {"online": -1}}, "numbers.online"),
        ({"year": 2027}, "year"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(row, sent, field):
    refused = Program(make.user()).send("case-counts/", body(row, **sent))
    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (400, [field])


def test_who_may_not_report_a_service_may_not_say_its_cases(row):
    other = make.user("amt", Role.STAFF, department=row.department)
    assert Program(other).send("case-counts/", body(row)).status_code == 403
