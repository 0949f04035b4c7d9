from datetime import UTC, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from tests import make
from tests.api.programs import Program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 16, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def row():
    return make.row(make.service(), department=make.department("Bürgerdienste"))


def test_a_round_goes_its_whole_way_by_the_api(row, clock):
    program, civic = Program(make.user()), row.department
    sent = {"municipality": row.municipality_id, "name": "Herbst", "until": "2026-11-30", "departments": [civic.pk]}
    made = program.send("rounds/", sent).json()
    here = f"rounds/{made['id']}/"
    assert (made["name"], made["by"]) == ("Herbst", "koordination")
    clock.shift(60)
    confirmed = {"services": [{"id": row.pk, "version": row.version}]}
    assert program.send("municipal-services/confirm/", confirmed).json()["confirmed"] == 1
    standing = program.read(f"{here}standing/").json()
    assert (standing["same"], standing["open"], standing["departments"][0]["progress"]) == (1, 0, "working")
    answers = program.read(f"{here}answers/", department=civic.pk).json()["services"]
    assert [(each["service"], each["said"], each["changed"]) for each in answers] == [(row.pk, "same", [])]
    unit = {"department": civic.pk}
    assert program.send(f"{here}hand-in/", unit).json()["departments"][0]["progress"] == "handed_in"
    clock.shift(60)
    back = program.send(f"{here}give-back/", unit | {"comment": "Termin", "services": [row.pk]}).json()
    assert (back["open"], back["steps"][-1]["comment"]) == (1, "Termin")
    assert program.send(f"{here}take-back/", {"step": back["steps"][-1]["id"]}).json()["open"] == 0
    assert program.send(f"{here}accept/", unit).json()["departments"][0]["progress"] == "accepted"
    assert program.send(f"{here}extend/", {"until": "2026-12-24"}).json()["until"] == "2026-12-24"
    make.user("zweite")
    assert program.send(f"{here}pass-on/", {"leader": "zweite"}).json()["leader"] == "zweite"
    assert program.send(f"{here}remind/", {}).status_code == 400
    assert program.send(f"{here}call-off/", {}).status_code == 400
    assert program.send(f"{here}close/", {}).json()["ended"] == "closed"
    assert [each["id"] for each in program.read("rounds/").json()["results"]] == [made["id"]]


@pytest.mark.parametrize("odd", [0, 2**63, -1, 10**30])
def test_an_id_that_no_database_keeps_names_no_service(row, odd):
    answer = Program(make.user()).send("municipal-services/confirm/", {"services": [{"id": odd, "version": 1}]})
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (400, ["services"])


def test_what_does_not_belong_together_is_named(row):
    program = Program(make.user())
    made = make.asked_round(make.user(role=None))
    here = f"rounds/{made.pk}/"
    for path, body, field in (
        ("take-back/", {"step": 0}, "step"),
        ("pass-on/", {"leader": "niemand"}, "leader"),
        ("hand-in/", {"department": 0}, "department"),
    ):
        answer = program.send(here + path, body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert program.read(f"{here}answers/", department=0).status_code == 400
    assert program.send("rounds/", {"municipality": 0, "name": "x", "until": "2026-11-30"}).status_code == 400
    leader = Program(make.user("leitung", Role.MANAGER, department=row.department))
    assert leader.send(f"{here}close/", {}).status_code == 403
