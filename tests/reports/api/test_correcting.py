"""The API of an edition's way: who approves, who is reminded, which months are corrected together."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Department, Role
from reports.editions.approving import approve_edition, second_person
from reports.editions.freeze import freeze_edition
from tests import make
from tests.api.programs import API, Program
from tests.api.schema import SCHEMA, mismatches

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2022, 12, 2, 8, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def row():
    return make.row(make.service(), department=make.department(), level=2, state="in_progress")


@pytest.fixture
def draft(row):
    return freeze_edition(row.municipality, date(2022, 11, 1))


@pytest.fixture
def program(row):
    return Program(make.user("koordination"))


def test_whether_a_second_person_approves_is_read_and_set(program, row):
    here = row.municipality.pk
    answer = program.read("editions/rules/", municipality=here).json()
    described = SCHEMA["paths"][f"{API}/editions/rules/"]["get"]["responses"]["200"]
    assert mismatches(answer, described["content"]["application/json"]["schema"]) == []
    assert answer == {"second_person": False}
    sent = {"municipality": here, "second_person": True}
    assert program.change("editions/rules/", sent).json() == {"second_person": True}
    assert second_person(row.municipality)
    make.user("leitung", Role.MANAGER, department=row.department)
    lead = Program(make.User.objects.get(username="leitung"))
    assert lead.change("editions/rules/", sent | {"second_person": False}).status_code == 403
    assert program.read("editions/rules/", municipality=here, person=1).status_code == 400


def test_an_approved_draft_sends_its_letter_unless_that_is_not_wanted(program, draft, row):
    assert program.send(f"editions/{draft.pk}/approve/", {}).json()["state"] == "approved"
    draft.refresh_from_db()
    assert draft.tells_council
    other = freeze_edition(row.municipality, date(2022, 10, 1))
    program.send(f"editions/{other.pk}/approve/", {"tell": False})
    other.refresh_from_db()
    assert (other.state, other.tells_council) == ("approved", False)


def test_departments_without_an_answer_are_reminded(program, draft, row):
    make.user("leitung", Role.MANAGER, department=row.department)
    program.send(f"editions/{draft.pk}/open-review/", {"until": "2022-12-05"})
    assert program.send(f"editions/{draft.pk}/remind/", {}).json()["errors"][0]["code"] == "nobody"
    assert program.send(f"editions/{draft.pk}/remind/", {"department": 0}).status_code == 400
    with time_machine.travel(datetime(2022, 12, 3, 8, tzinfo=UTC), tick=False):
        pk = Department.objects.get().pk
        assert program.send(f"editions/{draft.pk}/remind/", {"department": pk}).json() == {"departments": [pk]}


def test_months_that_would_be_counted_otherwise_are_named_and_corrected_together(program, row):
    approve_edition(freeze_edition(row.municipality, date(2022, 10, 1)), make.User.objects.get())
    with time_machine.travel(datetime(2022, 12, 3, 8, tzinfo=UTC), tick=False):
        late = {"effective_on": date(2022, 10, 28), "recorded_at": datetime(2022, 12, 2, 9, tzinfo=UTC)}
        make.event(row, **late, level=3, state="done", department=row.department)
        november = freeze_edition(row.municipality, date(2022, 11, 1))
        found = program.read(f"editions/{november.pk}/deviations/").json()["results"]
        assert [(each["month"], each["then"], each["now"]) for each in found] == [("2022-10-01", "0 von 1", "1 von 1")]
        sent = {"municipality": row.municipality.pk, "months": ["2022-10-01"], "reason": "Nachtrag"}
        made = program.send("editions/correct-months/", sent)
        assert made.status_code == 201
        assert program.read(f"editions/{made.json()['results'][0]}/").json()["correction_reason"] == "Nachtrag"
        again = program.send("editions/correct-months/", sent).json()
        assert again["errors"][0]["code"] == "nothing_new"
        assert program.read(f"editions/{november.pk}/deviations/").json()["results"] == []
