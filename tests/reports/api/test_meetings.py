"""Committees by a program: renamed as they were read, ended and taken up again."""

import pytest
import time_machine

from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel("2026-11-02T09:00Z", tick=False):
        yield


@pytest.fixture
def committee(program):
    return program.send("committees/", {"municipality": make.municipality().pk, "name": "Rat"}).json()


def test_a_committee_is_renamed_by_who_read_how_it_is(program, committee):
    path = f"committees/{committee['id']}/"
    assert program.read(path).headers["ETag"] == '"1"'
    assert program.change(path, {"name": "Stadtrat"}).status_code == 428
    renamed = program.change(path, {"name": "Stadtrat"}, **{"If-Match": '"1"'})
    assert (renamed.status_code, renamed.headers["ETag"]) == (200, '"2"')
    assert renamed.json() == committee | {"name": "Stadtrat", "version": 2}
    late = program.change(path, {"name": "Kreistag"}, **{"If-Match": '"1"'})
    assert (late.status_code, late.json()["current"]["name"], late.headers["ETag"]) == (412, "Stadtrat", '"2"')
    assert program.change(path, {"ended_on": "2026-01-01"}, **{"If-Match": '"2"'}).status_code == 400


def test_a_committee_is_ended_with_a_reason_and_taken_up_again(program, committee):
    path = f"committees/{committee['id']}/"
    assert program.send(f"{path}end/", {"version": 1}).status_code == 400
    ended = program.send(f"{path}end/", {"version": 1, "reason": "Neue Hauptsatzung"}).json()
    assert (ended["ended_on"], ended["version"]) == ("2026-11-02", 2)
    new = {"municipality": make.municipality().pk, "committee": committee["id"], "starts_at": "2026-12-15T18:00:00Z"}
    refused = program.send("meetings/", new)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "committee")
    assert program.send(f"{path}resume/", {"version": 1}).status_code == 400
    assert program.send(f"{path}resume/", {"version": 2}).json()["ended_on"] is None
    assert program.send("meetings/", new).status_code == 201
