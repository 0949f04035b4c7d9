"""Exempting a person on the person's page, and what happened to a training."""

from datetime import date

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.assigning.assignment import assign_training
from ozg_tracker.training.models import Exemption
from tests import make
from tests.api.programs import Program
from tests.training.pages.trainings import TODAY, course, task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


def test_parental_leave_is_one_step_that_the_person_sees(client, clerk, manager):
    task(clerk)
    client.force_login(manager)
    page = client.get("/schulungen/fachbereich/").text
    assert f'href="/schulungen/personen/{clerk.pk}/"' in page
    sent = {"course": "", "starts_on": "2026-11-24", "until": "2027-11-23", "reason": "absent"}
    answer = client.post(f"/schulungen/personen/{clerk.pk}/befreien/", sent, follow=True)
    assert "Kim Probe ist befreit bis 23.11.2027." in answer.text
    assert "alle Schulungen" in client.get("/schulungen/befreiungen/").text
    client.force_login(clerk)
    assert "bis 23.11.2027 (längere Abwesenheit)" in client.get("/schulungen/").text
    client.force_login(manager)
    given = Exemption.objects.get()
    answer = client.post(f"/schulungen/befreiungen/{given.pk}/beenden/", follow=True)
    assert "Die Befreiung von Kim Probe ist beendet." in answer.text
    assert "Niemand ist befreit." in client.get("/schulungen/befreiungen/").text


def test_a_refusal_stands_in_the_form(client, clerk, manager):
    client.force_login(manager)
    sent = {"course": "", "starts_on": "2026-11-24", "until": "2026-11-24", "reason": "absent"}
    answer = client.post(f"/schulungen/personen/{clerk.pk}/befreien/", sent)
    assert answer.status_code == 400 and "endet an einem Tag in der Zukunft" in answer.text


def test_the_history_tells_what_happened_to_the_person_and_the_coordination(client, clerk, manager, coordinator):
    given = assign_training(course(), clerk, due_on=date(2026, 12, 31), reason="Neues Portal", by=coordinator)
    address = f"/schulungen/{given.pk}/verlauf/"
    for person, code in ((clerk, 200), (coordinator, 200), (manager, 404)):
        client.force_login(person)
        answer = client.get(address)
        assert answer.status_code == code
        if code == 200:
            assert (
                "zugewiesen" in answer.text and "Neues Portal" in answer.text and "fällig am 31.12.2026" in answer.text
            )


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_asks_the_database_the_same_for_one_and_for_three(
    client, coordinator, people, django_assert_max_num_queries
):
    for number in range(people):
        Exemption.objects.create(
            municipality=make.municipality(),
            person=make.user(f"p{number}", Role.STAFF),
            starts_on="2026-01-01",
            until="2027-01-01",
            reason="absent",
            recorded_at=TODAY,
            by=coordinator,
        )
    client.force_login(coordinator)
    with django_assert_max_num_queries(9):
        assert client.get("/schulungen/befreiungen/").context["page"].paginator.count == people


def test_programs_exempt_and_end_too(clerk, manager):
    program = Program(manager)
    sent = {"municipality": make.municipality().pk, "person": clerk.username, "until": "2027-01-31", "reason": "absent"}
    made = program.send("training-exemptions/", sent)
    assert (made.status_code, made.json()["starts_on"], made.json()["course"]) == (201, "2026-11-24", None)
    ended = program.send(f"training-exemptions/{made.json()['id']}/end/", {})
    assert (ended.status_code, ended.json()["ended_on"]) == (200, "2026-11-24")
    assert program.read("training-exemptions/", holding="true").json()["results"] == []
    assert program.send("training-exemptions/", sent | {"person": "niemand"}).status_code == 400


def test_programs_read_the_history(clerk, coordinator):
    given = assign_training(course(), clerk, due_on=date(2026, 12, 31), reason="Neues Portal", by=coordinator)
    (event,) = Program(clerk).read(f"training-tasks/{given.pk}/history/").json()["results"]
    assert (event["kind"], event["by"], event["due_on"]) == ("assigned", coordinator.username, "2026-12-31")
