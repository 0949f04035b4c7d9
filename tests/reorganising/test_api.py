"""Departments in the API: read of any day, changed by the deeds of the pages, reorganised and taken back."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from ozg_tracker.accounts.models import Department, Role
from ozg_tracker.tracking.models import MunicipalService
from tests import make

API = "/api/v1/departments/"


@pytest.fixture(autouse=True)
def december():
    with time_machine.travel(datetime(2022, 12, 2, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def client(db):
    found = Client()
    found.force_login(make.user())
    return found


def post(client, address, **body):
    return client.post(address, body, content_type="application/json")


def names(client, **asked):
    return sorted(each["name"] for each in client.get(API, asked).json()["results"])


def test_a_department_is_added_renamed_moved_and_ended_each_from_a_day_on(client):
    ours = make.municipality().pk
    top = post(client, API, municipality=ours, name="Bauen", effective_on="2022-01-01").json()
    made = post(client, API, municipality=ours, name="Bauamt", parent=top["id"], effective_on="2022-02-01")
    assert (made.status_code, made.json()["parent"], made.json()["ended"]) == (201, top["id"], False)
    address = f"{API}{made.json()['id']}/"
    said = {"reason": "Verfügung", "effective_on": "2022-10-01"}
    changed = client.patch(address, {"name": "Hochbau"} | said, content_type="application/json")
    assert (changed.status_code, changed.json()["name"], changed.json()["parent"]) == (200, "Hochbau", top["id"])
    moved = client.patch(address, {"parent": None} | said, content_type="application/json").json()
    assert (moved["name"], moved["parent"]) == ("Hochbau", None)
    assert client.patch(address, {"ended": True} | said, content_type="application/json").json()["ended"] is True
    assert names(client, as_of="2022-09-30") == ["Bauamt", "Bauen"]
    assert names(client, as_of="2022-01-31") == ["Bauen"]
    assert names(client, as_of="2022-12-02", ended="false") == ["Bauen"]
    assert client.get(address, {"as_of": "2022-09-30"}).json()["parent"] == top["id"]
    assert client.get(address, {"as_of": "2022-01-31"}).status_code == 404
    assert names(client, as_of="2022-09-30", known_at="2022-12-01T00:00:00+01:00") == []


def test_a_reorganisation_is_tried_done_and_taken_back(client):
    first, second = make.department("Gewerbeamt"), make.department("Straßenverkehr")
    for n, each in enumerate((first, second)):
        make.row(make.service(f"9900000000{n}000"), department=each)
    make.user("leitung", Role.MANAGER, department=first)
    body = {"municipality": make.municipality().pk, "kind": "merge", "departments": [first.pk, second.pk]}
    body |= {"name": "Ordnungsamt", "reason": "Verfügung", "effective_on": "2022-11-01"}
    tried = post(client, f"{API}reorganise/", **body, dry_run=True)
    assert (tried.status_code, tried.json()) == (200, {"services": 2, "people": 1, "rules": 0, "deadlines": 0})
    assert Department.objects.filter(name="Ordnungsamt").count() == 0
    done = post(client, f"{API}reorganise/", **body)
    assert (done.status_code, done.json()["services"], done.json()["kind"]) == (201, 2, "merge")
    listed = client.get("/api/v1/reorganisations/", {"kind": "merge"}).json()["results"]
    assert [each["id"] for each in listed] == [done.json()["id"]]
    undo = f"/api/v1/reorganisations/{done.json()['id']}/undo/"
    assert post(client, undo, reason="").status_code == 400
    assert post(client, undo, reason="aufgehoben").json()["undoes"] == done.json()["id"]
    assert post(client, undo, reason="aufgehoben").status_code == 400
    assert set(MunicipalService.objects.values_list("department", flat=True)) == {first.pk, second.pk}


def test_deadlines_and_roles_are_said_by_id_and_user_name(client):
    first, second = make.department("Gewerbeamt"), make.department("Straßenverkehr")
    facts = {"date": date(2023, 6, 30), "source": "Beschluss", "scope": "department", "department": first}
    ends, stays = (make.municipality().deadlines.create(name=name, **facts) for name in ("Ende", "mit"))
    make.user("leitung", Role.MANAGER, department=first)
    body = {"municipality": make.municipality().pk, "kind": "merge", "departments": [first.pk, second.pk]}
    body |= {"name": "Ordnungsamt", "reason": "Verfügung", "ending": [ends.pk], "works": ["leitung"]}
    assert post(client, f"{API}reorganise/", **body, dry_run=True).json()["deadlines"] == 2
    refused = post(client, f"{API}reorganise/", **body | {"leads": ["niemand"]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "leads")
    assert post(client, f"{API}reorganise/", **body).status_code == 201
    ends.refresh_from_db(), stays.refresh_from_db()
    assert (ends.ended, stays.department.name) == (True, "Ordnungsamt")
    assert make.User.objects.get(username="leitung").memberships.get().role == Role.STAFF


def test_a_split_names_what_goes_where(client):
    source = make.department("Bauamt")
    row = make.row(department=source)
    make.user("staff", Role.STAFF, department=source)
    parts = [{"name": "Hochbau", "services": [row.pk], "people": ["staff"]}, {"name": "Tiefbau"}]
    body = {"municipality": make.municipality().pk, "kind": "split", "departments": [source.pk], "reason": "x"}
    done = post(client, f"{API}reorganise/", **body, parts=parts).json()
    assert (done["services"], done["people"]) == (1, 1)
    wrong = post(client, f"{API}reorganise/", **body, parts=[{"name": "X", "people": ["fremd"]}])
    assert wrong.status_code == 400 and "fremd" in wrong.json()["errors"][0]["message"]


def test_what_is_refused_names_its_field(client):
    department = make.department("Bauamt")
    answer = client.patch(
        f"{API}{department.pk}/", {"name": "Neu", "effective_on": "2050-12-03", "reason": "x"}, "application/json"
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "effective_on")
    for asked in ({"as_of": "gestern"}, {"known_at": "2022"}, {"as_of": "9999-99-99"}):
        assert client.get(API, asked).status_code == 400


def test_departments_are_kept_by_those_who_manage_people(db):
    department = make.department("Bauamt")
    client = Client()
    client.force_login(make.user("leitung", Role.MANAGER, department=department))
    body = {"name": "Neu", "reason": "x"}
    assert client.patch(f"{API}{department.pk}/", body, "application/json").status_code == 403
    assert post(client, API, municipality=make.municipality().pk, name="Neu").status_code == 403
    other = make.municipality("Neustadt", "159990020020")
    assert post(client, API, municipality=other.pk, name="Neu").status_code == 400
    foreign = make.department("Fremd", municipality=other)
    assert client.patch(f"{API}{foreign.pk}/", body, "application/json").status_code == 404
