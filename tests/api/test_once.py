"""What is sent again with the same Idempotency-Key is answered again and done once, whatever happens between."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from ozg_tracker.api.models import KeptAnswer
from ozg_tracker.api.once import forget_answers
from reports.models import Committee
from tests import make
from tests.api.problem_documents import errors, problem
from tests.api.programs import API, Program, as_role
from tests.training.at_once import at_once

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
START = "2026-11-02T09:00Z"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def send(program, name="Rat", headers=KEY, path="committees/"):
    body = {"municipality": make.municipality().pk, "name": name}
    return program.post(f"{API}/{path}", body, content_type="application/json", headers=headers)


def committees():
    return list(Committee.objects.order_by("pk").values_list("name", flat=True))


def test_sent_again_it_is_answered_alike_and_done_once(program):
    first, second = send(program), send(program)
    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.content, second["ETag"], second["Content-Type"]) == (
        first.content,
        first["ETag"],
        first["Content-Type"],
    )
    assert [each.headers.get("Idempotency-Replayed") for each in (first, second)] == [None, "true"]
    assert committees() == ["Rat"]


def test_without_a_key_or_with_another_it_is_another_request(program):
    for name, headers in (("Rat", KEY), ("Ausschuss", {}), ("Beirat", {"Idempotency-Key": "b"})):
        assert send(program, name, headers).status_code == 201
    assert committees() == ["Rat", "Ausschuss", "Beirat"]


@pytest.mark.parametrize(("name", "path"), [("Beirat", "committees/"), ("Rat", "courses/")])
def test_another_request_under_the_same_key_is_not_done(program, name, path):
    send(program)
    refused = send(program, name, path=path)
    assert problem(refused, 422)["title"] == "Schon für eine andere Anfrage verwendet"
    assert committees() == ["Rat"]


def test_what_was_refused_leaves_nothing_and_is_done_when_sent_rightly(program):
    assert problem(send(program, name=""), 400)
    assert KeptAnswer.objects.count() == 0
    assert send(program).status_code == 201


def test_a_change_is_done_once_too_and_is_not_late_against_itself(program):
    made = send(program, headers={}).json()
    change = {"name": "Stadtrat"}
    answers = [program.change(f"committees/{made['id']}/", change, **{"If-Match": '"1"', **KEY}) for _ in range(2)]
    assert [(each.status_code, each["ETag"]) for each in answers] == [(200, '"2"')] * 2
    assert answers[0].content == answers[1].content


def test_a_key_is_its_senders_own_and_a_refused_sender_is_told_nothing(program, coordinator):
    send(program)
    other = Program(make.user("zweite", Role.COORDINATOR))
    assert (send(other, "Beirat").status_code, committees()) == (201, ["Rat", "Beirat"])
    problem(send(as_role(Role.COUNCIL), "Rat"), 403)
    coordinator.memberships.all().delete()
    problem(send(program), 403)


def test_after_a_day_the_key_is_free_and_what_was_kept_is_gone(program, clock):
    send(program)
    clock.shift(timedelta(hours=24, seconds=1))
    assert send(program, "Beirat").status_code == 201
    clock.shift(timedelta(hours=24, seconds=1))
    forget_answers(timezone.now())
    assert KeptAnswer.objects.count() == 0


@pytest.mark.parametrize("key", ["", " ", "ä", "a b", "x" * 256])
def test_a_key_that_is_none_is_refused(program, key):
    assert errors(send(program, headers={"Idempotency-Key": key})) == [("Idempotency-Key", "idempotency_key")]
    assert committees() == []


def test_a_file_has_none_and_neither_has_an_address_that_tells_a_secret(program, coordinator, client):
    sent = program.post(f"{API}/committees/", {"name": "Rat"}, headers=KEY)
    assert errors(sent) == [("Idempotency-Key", "idempotency_key")]
    client.force_login(coordinator)
    body = {"name": "Fachverfahren", "scopes": ["read"]}
    refused = client.post(f"{API}/me/keys/", body, content_type="application/json", headers=KEY)
    assert errors(refused) == [("Idempotency-Key", "idempotency_key")]


@pytest.mark.parametrize("path", ["webhooks/1/probe/", "webhook-deliveries/1/resend/"])
def test_a_deed_that_waits_for_another_program_has_none_as_no_transaction_may(program, path):
    refused = program.post(f"{API}/{path}", headers=KEY)
    assert errors(refused) == [("Idempotency-Key", "idempotency_key")]
    assert "fragt ein anderes Programm" in refused.json()["errors"][0]["message"]


def test_who_reads_needs_none(program):
    send(program)
    assert program.get(f"{API}/committees/", headers=KEY).status_code == 200


@pytest.mark.postgres  # SQLite lets one write at a time anyway
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_done_and_both_are_told_of_it(program):
    answers = at_once(*[lambda: send(program) for _ in range(4)])
    assert {(each.status_code, each.content) for each in answers} == {(201, answers[0].content)}
    assert committees() == ["Rat"]


@pytest.mark.django_db(transaction=True)
def test_what_a_died_worker_did_not_finish_is_undone_with_it_and_done_anew(program, monkeypatch):
    monkeypatch.setattr(KeptAnswer, "save", lambda *args, **kwargs: 1 / 0)
    program.raise_request_exception = False
    assert (send(program).status_code, committees()) == (500, [])
    monkeypatch.undo()
    assert (send(program).status_code, committees()) == (201, ["Rat"])
