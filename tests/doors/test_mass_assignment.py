"""Whoever sends more than a door asks for is told so, or it is as if it had not been sent."""

import json

import pytest
from django.db import transaction
from django.test import Client

from ozg_tracker.accounts.models import Membership, User
from tests.api.schema import SCHEMA, resolved
from tests.fuzz.doors import doors

OPERATIONS = [
    (method.upper(), path, operation["requestBody"]["content"]["application/json"])
    for path, operations in SCHEMA["paths"].items()
    for method, operation in operations.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
]
# what models have and no door takes
MORE = {
    "id": 1,
    "pk": 1,
    "by": 1,
    "recorded_at": "2020-01-01T00:00:00Z",
    "approved_at": "2020-01-01T00:00:00Z",
    "is_superuser": True,
    "is_staff": True,
    "is_active": True,
    "password": "x",
    "sha256": "0" * 64,
}


@pytest.mark.django_db
def test_a_program_that_sends_a_field_that_is_not_asked_for_is_refused_by_name(world):
    """Or it is refused before anything is read: 403, 404, a state that is another."""
    people, _pieces = world
    client = Client(raise_request_exception=False)
    client.force_login(people["coordinator"])
    taken, named = [], 0
    for method, path, body in OPERATIONS:
        known = resolved(body["schema"])["properties"]
        for name in MORE.keys() - known.keys():
            with transaction.atomic():
                address = path.replace("{id}", "1").replace("{catalogue_import}", "1")
                sent = json.dumps(body["example"] | {name: MORE[name]})
                answer = client.generic(method, address, sent, "application/json", headers={"If-Match": "*"})
                transaction.set_rollback(True)
            if not 400 <= answer.status_code < 500:
                taken.append((method, path, name, answer.status_code))
            elif answer.status_code == 400:
                errors = answer.json()["errors"]
                unknown = [each["field"] for each in errors if each["code"] == "unknown_field"]
                assert unknown in ([name], []), (method, path)
                named += bool(unknown)
    assert taken == []
    assert named >= 300


RIGHTS = {
    "is_superuser": "on",
    "is_staff": "on",
    "is_active": "on",
    "role": "operator",
    "municipality": "1",
    "user": "1",
}


def rights():
    people = User.objects.order_by("pk").values_list("pk", "is_superuser", "is_staff", "is_active", "password")
    return list(people), list(Membership.objects.order_by("pk").values_list("pk", "user", "municipality", "role"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["manager", "staff", "council"])
def test_no_form_gives_rights_that_it_does_not_show(role, world):
    """Each form that somebody without the say over people is shown, filled as it stands and with rights beside."""
    people, pieces = world
    client = Client(raise_request_exception=False)
    client.force_login(people[role])
    before, sent = rights(), 0
    for door in doors(client, pieces):
        if door.method == "POST" and "abmelden" not in door.address:
            with transaction.atomic():
                client.force_login(people[role])
                client.post(door.address, RIGHTS | dict(door.fields))
                assert rights()[1] == before[1], door
                assert [each[:4] for each in rights()[0]] == [each[:4] for each in before[0]], door
                transaction.set_rollback(True)
            sent += 1
    assert sent >= 5
