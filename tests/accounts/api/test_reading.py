"""That a program reads data of other people stands in the journal."""

import pytest

from ozg_tracker.accounts.models import JournalEntry, Role
from tests import make
from tests.api.programs import Program
from tests.training import made

pytestmark = pytest.mark.django_db


def told():
    entries = JournalEntry.objects.filter(kind="export").order_by("pk")
    return [(each.way, each.about, each.after) for each in entries.all()]


def test_a_list_and_an_item_of_other_people_leave_an_entry_each_and_ones_own_data_none(coordinator):
    office = make.department()
    person = make.user("amt", Role.STAFF, department=office)
    made.task(person)
    program = Program(coordinator)
    member = person.memberships.get().pk
    for address in ("people/", f"people/{member}/", "memberships/?username=amt", "training-tasks/"):
        assert program.read(address).status_code == 200, address
    rows = {"form": "JSON"}
    assert told() == [
        ("api", "Personen", rows | {"rows": "1"}),
        ("api", "Personen", rows | {"rows": "1"}),
        ("api", "Mitgliedschaften", rows | {"rows": "1"}),
        ("api", "Schulungsaufgaben", rows | {"rows": "1"}),
    ]
    own = Program(person)
    assert own.read("training-tasks/").status_code == 200 and len(told()) == 4


def test_reading_the_journal_of_others_is_an_entry():
    program = Program(make.user("betrieb", Role.OPERATOR))
    JournalEntry.objects.create(kind="person", way="page", municipality=make.municipality(), person=make.user("amt"))
    assert program.read("journal/").status_code == 200
    assert [about for _way, about, _after in told()] == ["Journal"]
