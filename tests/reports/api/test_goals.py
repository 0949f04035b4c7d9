"""Goals by a program: the same deeds, the same refusals, and what held at an instant."""

from datetime import UTC, datetime

import pytest
import time_machine

from reports.models import Goal
from tests import make
from tests.api.programs import Program

pytestmark = pytest.mark.django_db
DECIDED = "Ratsbeschluss vom 12.03.2022"


def body(**more):
    said = {"year": 2022, "target": 30, "decided": DECIDED, "reason": "Haushalt"}
    return {"municipality": make.municipality().pk} | said | more


def test_a_program_sets_changes_and_withdraws_a_goal_and_reads_what_held(program):
    with time_machine.travel(datetime(2022, 12, 2, 9, tzinfo=UTC), tick=False) as clock:
        made = program.send("goals/", body(seen=0)).json()
        assert made == body() | {"id": made["id"], "by": "koordination", "recorded_at": "2022-12-02T10:00:00+01:00"}
        clock.shift(3600)
        assert program.send("goals/", body(target=40)).status_code == 201
        clock.shift(3600)
        ended = program.send("goals/", body(target=None, decided="", reason="aufgehoben"))
        assert (ended.status_code, ended.json()["target"]) == (201, None)

        def held(**query):
            return [each["target"] for each in program.read("goals/", **query).json()["results"]]

        assert held() == held(year=2022) == [30, 40, None]
        assert held(year=2023) == held(known_at="2022-12-02T08:59:00Z") == []
        assert held(known_at="2022-12-02T09:30:00Z") == [30]
        assert (held(known_at="2022-12-02T10:00:00Z"), held(known_at="2022-12-02T11:00:00Z")) == ([40], [None])


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"target": 0, "year": 2016}, ["target", "year"]),
        ({"decided": ""}, ["decided"]),
        ({"reason": ""}, ["reason"]),
        ({"target": None}, ["decided"]),
        ({"target": None, "decided": ""}, ["year"]),
        ({"municipality": 0}, ["municipality"]),
    ],
)
def test_what_does_not_fit_is_told_by_field(program, more, fields):
    answer = program.send("goals/", body(**more))
    assert (answer.status_code, sorted(each["field"] for each in answer.json()["errors"])) == (400, fields)
    assert Goal.objects.count() == 0


def test_who_is_late_is_told(program):
    program.send("goals/", body(seen=0))
    late = program.send("goals/", body(target=31, seen=0))
    assert (late.status_code, "Inzwischen" in late.json()["errors"][0]["message"]) == (400, True)


def test_another_municipality_is_not_there(program):
    other = make.municipality("Nachbarstadt", "159990010020")
    stranger = Program(make.user("nachbar", municipality=other))
    made = program.send("goals/", body()).json()
    assert stranger.read(f"goals/{made['id']}/").status_code == 404
    assert stranger.send("goals/", body(target=1)).status_code == 400
