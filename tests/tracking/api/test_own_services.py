"""Own services in the API: taken in, renamed in the version read, ended and merged by the coordination."""

from datetime import date

import pytest

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import MunicipalService, OwnService, StatusChange
from tests import make
from tests.api.programs import Program, as_role

pytestmark = pytest.mark.django_db
OWN = "own-services/"


@pytest.fixture
def program():
    return Program(make.user())


def body(**said):
    return {"municipality": make.municipality().pk, "name": "Bürgerbus", "reason": "Beschluss"} | said


def test_one_is_taken_in_renamed_in_the_version_read_and_ended(program):
    office, bundle = make.department(), make.bundle()
    made = program.send(OWN, body(ozg_id=bundle.ozg_id, department=office.pk, effective_on="2026-01-05"))
    assert made.status_code == 201, made.text
    own = made.json()
    row = MunicipalService.objects.get(pk=own["municipal_service"])
    assert (row.department, row.responsibility, own["ozg_id"], own["ended_on"]) == (
        office,
        "municipality",
        "10041",
        None,
    )
    event = StatusChange.objects.get(row=row)
    assert (event.effective_on, event.source) == (date(2026, 1, 5), "api")
    address = f"{OWN}{own['id']}/"
    assert program.change(address, {"name": "Rufbus", "reason": "heißt so"}).status_code == 428
    tag = {"If-Match": made["ETag"]}
    renamed = program.change(address, {"name": "Rufbus", "reason": "heißt so"}, **tag)
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Rufbus")
    stale = program.change(address, {"name": "Bus", "reason": "kürzer"}, **tag)
    assert (stale.status_code, stale["ETag"]) == (412, renamed["ETag"])
    assert program.send(f"{address}end/", {"reason": ""}).status_code == 400
    ended = program.send(f"{address}end/", {"reason": "eingestellt"})
    assert (ended.status_code, ended.json()["ended_on"] is not None) == (200, True)
    assert program.send(f"{address}end/", {"reason": "eingestellt"}).json()["errors"][0]["code"] == "ended"
    listed = [program.read(OWN, ended=said).json()["results"] for said in ("false", "true")]
    assert [[each["name"] for each in some] for some in listed] == [[], ["Rufbus"]]


def test_one_is_merged_into_a_service_of_the_catalogue(program):
    made = program.send(OWN, body(bundle_name="Mobilität", situation=make.bundle().situation_id)).json()
    assert (made["ozg_id"], made["bundle"]) == (None, "Mobilität")
    official = make.service()
    make.row(official, responsibility="unclear")
    address = f"{OWN}{made['id']}/merge/"
    assert program.send(address, {"service": made["service"], "reason": "x"}).json()["errors"][0]["field"] == "service"
    merged = program.send(address, {"service": official.pk, "reason": "steht jetzt im Katalog"}).json()
    assert (merged["merged_into"], merged["ended_on"] is not None) == (official.pk, True)
    assert MunicipalService.objects.get(service=official).responsibility == "municipality"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "ozg_id"),
        ({"ozg_id": "10041", "bundle_name": "Mobilität"}, "ozg_id"),
        ({"ozg_id": "99999"}, "ozg_id"),
        ({"bundle_name": "Mobilität", "situation": 10**30}, "situation"),
        ({"bundle_name": "Mobilität"}, "situation"),
        ({"ozg_id": "10041", "department": 999}, "department"),
        ({"ozg_id": "10041", "name": " "}, "name"),
        ({"ozg_id": "10041", "file_key": "99"}, "file_key"),
        ({"ozg_id": "10041", "municipality": 999}, "municipality"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_at_its_field(program, said, field):
    make.bundle()
    answer = program.send(OWN, body(**said))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert not OwnService.objects.exists()


def test_who_works_on_services_reads_them_and_the_coordination_alone_keeps_them(program):
    own = make.own_row().service.own
    reader = as_role(Role.STAFF)
    assert reader.read(f"{OWN}{own.pk}/").json()["name"] == "Bürgerbus"
    assert reader.send(f"{OWN}{own.pk}/end/", {"reason": "x"}).status_code == 403
    assert reader.send(OWN, body(ozg_id="10041")).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_however_long_it_is(program, number, django_assert_num_queries):
    bundle = make.bundle()
    for each in range(number):
        make.own_row(f"Bus {each}", bundle)
    program.read(OWN)
    with django_assert_num_queries(2):
        assert len(program.read(OWN).json()["results"]) == number
