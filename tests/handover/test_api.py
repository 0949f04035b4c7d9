"""Handovers in the API: whoever may hand over does it there too, and takes it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from tests import make
from tests.api.programs import Program
from tests.training import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    """A clerk with two services in an office where another works."""
    office = make.department("Bauamt")
    clerk = make.user("kim", Role.STAFF, department=office)
    make.user("robin", Role.STAFF, department=office)
    make.user("leitung", Role.MANAGER, department=office)
    return [make.row(make.service(f"9900000000000{number}"), department=office, owner=clerk) for number in (1, 2)]


def body(**said):
    return {"municipality": make.municipality().pk, "giver": "kim", "why": "leaves"} | said


def owners(rows):
    for row in rows:
        row.refresh_from_db()
    return [row.owner.username for row in rows]


def test_all_goes_to_one_or_each_to_whom_it_is_said_and_back(held):
    program = Program(make.user())
    made = program.send("handovers/", body(receiver="robin", items=[{"service": held[1].pk, "receiver": "leitung"}]))
    assert made.status_code == 201, made.text
    assert (made.json()["state"], owners(held)) == ("done", ["robin", "leitung"])
    assert made.json()["items"] == [
        {"service": held[0].pk, "receiver": "robin"},
        {"service": held[1].pk, "receiver": "leitung"},
    ]
    back = program.send(f"handovers/{made.json()['id']}/take-back/", {})
    assert (back.json()["state"], owners(held)) == ("undone", ["kim", "kim"])
    assert program.send(f"handovers/{made.json()['id']}/take-back/", {}).status_code == 400


def test_drafts_and_dates_of_trainings_pass_too(held):
    kim = make.User.objects.get(username="kim")
    draft, led = make.merge(kim), made.course_date(starts_at=timezone.now() + timedelta(days=9), trainer=kim)
    program = Program(make.user())
    said = {"kind": "course_date", "thing": led.pk, "receiver": "leitung"}
    answer = program.send("handovers/", body(receiver="robin", others=[said]))
    assert (answer.status_code, owners(held)) == (201, ["robin", "robin"])
    assert answer.json()["others"] == [
        {"kind": "merge", "thing": draft.pk, "department": None, "name": "stand.csv", "receiver": "robin"},
        said | {"department": None, "name": str(led)},
    ]
    draft.refresh_from_db(), led.refresh_from_db()
    assert (draft.by.username, led.trainer.username) == ("robin", "leitung")
    program.send(f"handovers/{answer.json()['id']}/take-back/", {})
    draft.refresh_from_db(), led.refresh_from_db()
    assert (draft.by, led.trainer) == (kim, kim)


def test_who_is_away_gives_for_a_time_and_a_day_to_come_waits(held):
    program = Program(make.User.objects.get(username="kim"))
    sent = body(why="away", receiver="robin", starts_on="2199-01-01", until="2199-01-31")
    refused = program.send("handovers/", sent)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "starts_on")
    assert program.send("handovers/", body(why="away", receiver="robin")).status_code == 400
    assert owners(held) == ["kim", "kim"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"receiver": "niemand"}, "receiver"),
        ({"giver": "niemand", "receiver": "robin"}, "giver"),
        ({"items": [{"service": 1, "receiver": "niemand"}]}, "items"),
        ({"others": [{"kind": "merge", "thing": 1, "receiver": "niemand"}]}, "others"),
        ({"municipality": 999}, "municipality"),
    ],
)
def test_who_is_not_there_is_named(held, said, field):
    answer = Program(make.user()).send("handovers/", body(**said))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_others_may_not(held):
    robin = Program(make.User.objects.get(username="robin"))
    taken = body(items=[{"service": held[0].pk, "receiver": "robin"}])
    assert robin.send("handovers/", taken).status_code == 403
    assert owners(held) == ["kim", "kim"]
