"""Questions of the council in the API."""

import pytest

from ozg_tracker.accounts.models import Role
from reports import canonical
from tests import make
from tests.api.programs import Program
from tests.reports.made_editions import approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    found = approved()
    found.municipality, found.catalogue_import = make.municipality(), make.catalogue_import()
    found.save()
    return found


def test_a_program_asks_answers_reads_and_withdraws(edition):
    council, coordinator = Program(make.user("rat", Role.COUNCIL)), Program(make.user())
    path = f"editions/{edition.pk}/"
    made = council.send(f"{path}questions/", {"section": "late", "text": "Warum?"})
    assert made.status_code == 201
    told = made.json()
    assert {key: told[key] for key in ("section", "service", "text", "own", "answer")} == {
        "section": "late",
        "service": None,
        "text": "Warum?",
        "own": True,
        "answer": None,
    }
    answered = coordinator.send(f"{path}answer-question/", {"question": told["id"], "text": "Darum."})
    assert (answered.status_code, answered.json()["answer"], answered.json()["own"]) == (201, "Darum.", False)
    again = coordinator.send(f"{path}answer-question/", {"question": told["id"], "text": "Doch nicht."})
    assert (again.status_code, again["Content-Type"]) == (400, "application/problem+json")
    other = council.send(f"{path}questions/", {"service": edition_key(edition), "text": "Seit wann?"}).json()
    assert council.send(f"{path}withdraw-question/", {"question": other["id"]}).status_code == 204
    assert [each["text"] for each in council.read(f"{path}questions/").json()["results"]] == ["Warum?"]
    assert council.send(f"{path}withdraw-question/", {"question": 10**30}).status_code == 400
    assert council.send(f"{path}questions/", {"section": "late", "text": "x" * 601}).status_code == 400


def edition_key(edition):
    return next(each["key"] for each in canonical.loads(edition.figures)["services"] if each["key"])
