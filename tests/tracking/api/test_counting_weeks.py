"""Counting weeks in the API: begun, counted, ended, taken over."""

from uuid import uuid4

import pytest
import time_machine

from ozg_tracker.tracking.models import CaseCount
from tests import make
from tests.api.programs import Program

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-30T09:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def row():
    return make.row(make.service(), department=make.department("Bauamt"))


def begun(program, row, **more):
    days = {"first_day": "2026-11-30", "last_day": "2026-12-04"}
    return program.send("counting-weeks/", {"department": row.department_id, "services": [row.pk], **days, **more})


def test_a_program_begins_counts_ends_and_takes_over(row):
    program = Program(make.user())
    answer = begun(program, row, weeks_open=40)
    assert (answer.status_code, answer.json()["days"], answer.json()["weeks_open"]) == (201, 5, 40)
    week, once = f"counting-weeks/{answer.json()['id']}/", str(uuid4())
    for client_id in (once, once, str(uuid4())):
        told = program.send(f"{week}presses/", {"client_id": client_id, "service": row.pk, "channel": "mail"})
    program.send(f"{week}presses/", {"client_id": str(uuid4()), "back": True})
    told = program.read(f"{week}standing/").json()
    [mail] = [each for each in told["services"][0]["channels"] if each["channel"] == "mail"]
    assert (told["phase"], mail) == (
        "running",
        {"channel": "mail", "counted": 1, "number": None, "low": None, "high": None},
    )
    assert program.send(f"{week}end/", {"kind": "ended"}).json()["phase"] == "over"
    taken = program.send(f"{week}take-over/", {}).json()
    assert (taken["left_out"], taken["services"][0]["taken_over"]) == ([], True)
    assert CaseCount.objects.get(channel="mail").number == 200
    again = program.send(f"{week}take-over/", {})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "taken_over")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"first_day": "2026-11-29"}, "first_day"),
        ({"last_day": "2026-12-20"}, "last_day"),
        ({"services": [0]}, "services"),
        ({"department": 0}, "department"),
        ({"weeks_open": 54}, "weeks_open"),
    ],
)
def test_what_cannot_be_begun_is_refused_at_its_field(row, sent, field):
    refused = begun(Program(make.user()), row, **sent)
    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (400, [field])


def test_a_press_names_service_and_channel_or_takes_back(row):
    program = Program(make.user())
    week = begun(program, row).json()["id"]
    refused = program.send(f"counting-weeks/{week}/presses/", {"client_id": str(uuid4())})
    assert (refused.status_code, sorted(each["field"] for each in refused.json()["errors"])) == (
        400,
        ["channel", "service"],
    )
