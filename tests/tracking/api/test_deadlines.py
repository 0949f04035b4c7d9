"""Deadlines in the API: set, changed, ended and called off by the coordination, from a day on."""

import pytest
import time_machine

from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.tracking.models import Deadline
from tests import make
from tests.api.programs import Program, as_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    Deadline.objects.all().delete()
    with time_machine.travel("2026-11-24 10:00Z", tick=False):
        yield


@pytest.fixture
def program():
    return Program(make.user())


def body(**said):
    facts = {"municipality": make.municipality().pk, "name": "Rat", "date": "2027-01-31", "source": "Beschluss"}
    return facts | said


def test_a_deadline_is_set_changed_in_the_version_read_and_ended(program):
    row = make.row()
    made = program.send("deadlines/", body(scope="list", list_name="Melden", services=[row.pk], reason="Rat"))
    assert made.status_code == 201, made.text
    rat = made.json()
    assert (rat["services"], rat["list_name"], rat["holds"], rat["bundles"]) == ([row.pk], "Melden", True, [])
    address = f"deadlines/{rat['id']}/"
    assert program.change(address, {"date": "2027-02-28"}).status_code == 428
    tag = {"If-Match": made["ETag"]}
    changed = program.change(address, {"date": "2027-02-28", "reason": "später"}, **tag)
    assert (changed.status_code, changed.json()["date"], changed.json()["services"]) == (200, "2027-02-28", [row.pk])
    stale = program.change(address, {"date": "2027-03-31"}, **tag)
    assert (stale.status_code, stale["ETag"]) == (412, changed["ETag"])
    assert program.send(f"{address}end/", {"reason": "erledigt"}).status_code == 204
    assert program.read(address).status_code == 404
    assert JournalEntry.objects.filter(kind="deadline").count() == 3


def test_a_day_to_come_waits_and_can_be_called_off(program):
    rat = program.send("deadlines/", body()).json()
    address = f"deadlines/{rat['id']}/"
    sent = {"date": "2027-02-28", "effective_on": "2027-01-01"}
    assert program.change(address, sent, **{"If-Match": "*"}).json()["date"] == "2027-01-31"
    planned = program.read(f"{address}planned/").json()["results"]
    assert [(each["effective_on"], each["date"]) for each in planned] == [("2027-01-01", "2027-02-28")]
    assert program.send(f"{address}call-off/", {"planned": planned[0]["id"]}).status_code == 204
    assert program.send(f"{address}call-off/", {"planned": planned[0]["id"]}).status_code == 400
    new = program.send("deadlines/", body(name="Neu", effective_on="2027-01-01"))
    assert (new.status_code, new.json()["holds"]) == (201, False)
    assert [each["name"] for each in program.read("deadlines/").json()["results"]] == ["Rat"]


def test_several_are_set_all_or_none_and_tried_before(program):
    make.row()
    two = [{k: v for k, v in body(name=name).items() if k != "municipality"} for name in ("Eins", "Zwei")]
    sent = {"municipality": make.municipality().pk, "deadlines": two}
    tried = program.send("deadlines/bulk/", sent | {"dry_run": True}).json()
    assert tried == {
        "results": [{"name": name, "services": 1, "open": 1} for name in ("Eins", "Zwei")],
        "applied": False,
    }
    two[1]["scope"] = "sdg"
    assert Deadline.objects.count() == 0
    assert program.send("deadlines/bulk/", sent).json()["results"][1] == {
        "name": "Zwei",
        "services": None,
        "open": None,
    }
    assert Deadline.objects.count() == 2
    two[0]["date"], two[1]["scope"] = "2027-12-31", "list"
    refused = program.send("deadlines/bulk/", sent)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "no_list")
    assert str(Deadline.objects.get(name="Eins").date) == "2027-01-31"
    assert program.send("deadlines/bulk/", sent | {"deadlines": [two[0], two[0]]}).status_code == 400


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"scope": "department"}, "department"),
        ({"scope": "department", "department": 999}, "department"),
        ({"scope": "bundles", "bundles": ["99999"]}, "bundles"),
        ({"scope": "list", "list_name": "x", "services": [999]}, "services"),
        ({"municipality": 999}, "municipality"),
        ({"effective_on": "2016-01-01"}, "effective_on"),
        ({"name": ""}, "name"),
    ],
)
def test_nonsense_is_refused_at_its_field(program, said, field):
    answer = program.send("deadlines/", body(**said))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert Deadline.objects.count() == 0


def test_others_read_and_change_nothing(program):
    rat = program.send("deadlines/", body()).json()
    law = Deadline.objects.create(name="OZG", date="2022-12-31", source="§ 1")
    amt = as_role(Role.STAFF)
    assert amt.send("deadlines/", body(name="Neu")).status_code == 403
    assert amt.change(f"deadlines/{rat['id']}/", {"name": "x"}, **{"If-Match": "*"}).status_code == 403
    assert program.send(f"deadlines/{law.pk}/end/", {}).status_code == 403
