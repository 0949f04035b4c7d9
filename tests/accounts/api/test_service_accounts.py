"""Service accounts in the API: kept by who manages people, and what such an account gets everywhere else."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.signing_in.tokens import create_token
from tests import make
from tests.api.programs import API, Program
from tests.doors.addresses import LINES, QUERIES, keys
from tests.doors.bodies import BODIES

pytestmark = pytest.mark.django_db


def day(ahead):
    return f"{timezone.localdate() + timedelta(days=ahead)}"


def test_one_is_made_changed_and_ended(program, coordinator, department):
    said = {"municipality": make.municipality().pk, "name": "Gewerbe", "role": "staff", "purpose": "Fallzahlen"}
    made = program.send("service-accounts/", said | {"responsible": "koordination"})
    assert made.status_code == 201
    told = made.json()
    assert {name: told[name] for name in ("username", "role", "department", "responsible", "made_by", "ended_on")} == {
        "username": "dienstkonto:gewerbe",
        "role": "staff",
        "department": None,
        "responsible": "koordination",
        "made_by": "koordination",
        "ended_on": None,
    }
    one = f"service-accounts/{told['id']}/"
    changed = program.change(one, {"responsible_department": department.pk}).json()
    assert (changed["responsible"], changed["responsible_department"], changed["purpose"]) == (
        *(None, department.pk),
        "Fallzahlen",
    )
    assert program.send(f"{one}end/", {"reason": "abgelöst"}).json()["ended_on"] == day(0)
    assert [each["id"] for each in program.read("service-accounts/", ended="true").json()["results"]] == [told["id"]]
    assert program.read("service-accounts/", orphaned="true").json()["results"] == []
    again = program.change(one, {"purpose": "x"})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "ended")


def test_what_is_unknown_is_refused_at_its_field(program):
    said = {"municipality": make.municipality().pk, "name": "Gewerbe", "role": "staff"}
    wrong = [
        said | {"responsible": "niemand"},
        said | {"responsible_department": 0},
        said | {"department": 0, "responsible": "koordination"},
        said | {"municipality": 0},
        said,
    ]
    found = [program.send("service-accounts/", each).json()["errors"][0]["field"] for each in wrong]
    assert found == ["responsible", "responsible_department", "department", "municipality", "responsible"]


def test_a_key_is_shown_once_made_by_a_person_alone_and_ended(client, coordinator):
    account = make.service_account()
    address = f"{API}/service-accounts/{account.pk}/keys/"
    said = json.dumps({"name": "Verfahren", "scopes": ["read"], "expires_on": day(30)})
    by_key = Program(coordinator).send(f"service-accounts/{account.pk}/keys/", json.loads(said))
    assert by_key.status_code == 403
    client.force_login(coordinator)
    plain = client.post(address, said, content_type="application/json").json()["token"]
    program = Client(headers={"Authorization": f"Bearer {plain}"})
    assert program.get(f"{API}/municipal-services/").status_code == 200
    (listed,) = client.get(address).json()["results"]
    assert (listed["name"], listed["scopes"], listed["revoked_at"]) == ("Verfahren", ["read"], None)
    assert client.post(f"{address}{listed['id']}/revoke/").json()["revoked_at"] is not None
    assert program.get(f"{API}/municipal-services/").status_code == 401


def answer(program, method, name, pieces):
    """The status of what the program gets, with nothing kept."""
    address = reverse(name, kwargs=keys(name, pieces)) + QUERIES.get(name, "")
    body = BODIES.get(name, {})
    sent = json.dumps(body(pieces) if callable(body) else body) if method != "GET" else ""
    headers = {"If-Match": '"1"'} if method == "PATCH" else {}
    with transaction.atomic():
        found = program.generic(method, address, sent, "application/json", headers=headers).status_code
        transaction.set_rollback(True)
    return found


# what takes a person, and what a key does not make
PEOPLE_ALONE = {
    *("coordinator-requests-confirm", "coordinator-requests-decline", "municipalities-second-coordinator"),
    *("service-accounts-detail", "service-accounts-end", "end-service-account-key", "service-account-keys"),
    *("my-calendar", "my-keys", "editions-approve", "editions-submit", "editions-rules"),
}


def test_everywhere_else_its_key_gets_what_that_of_a_person_of_the_role_gets(world):
    people, pieces = world
    robot = make.service_account("Roboter", responsible=people["coordinator"]).user
    second = make.user("zweite", Role.COORDINATOR)
    robots, persons = (
        Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})
        for key in (create_token(robot, expires_on=timezone.localdate()), create_token(second))
    )
    asked = [
        (method, name) for method, name, *_more in LINES if reverse(name, kwargs=keys(name, pieces)).startswith(API)
    ]
    differ = {
        name: (method, mine, theirs)
        for method, name in asked
        if (mine := answer(robots, method, name, pieces)) != (theirs := answer(persons, method, name, pieces))
    }
    assert {name: each for name, each in differ.items() if name not in PEOPLE_ALONE} == {}
    assert {mine for _method, mine, _theirs in differ.values()} <= {400, 403}
