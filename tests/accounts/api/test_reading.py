"""That a program reads data of other people stands in the journal."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.handover.handing_over import hand_over
from ozg_tracker.training.assigning.exempting import exempt
from tests import make
from tests.api.programs import Program
from tests.training import made

pytestmark = pytest.mark.django_db


def told():
    entries = JournalEntry.objects.filter(kind="export").order_by("pk")
    return [(each.way, each.about, each.after) for each in entries.all()]


def test_what_is_read_of_other_people_leaves_an_entry_for_each_list_and_ones_own_data_none(coordinator):
    person = make.user("amt", Role.STAFF, department=make.department())
    task = made.task(person)
    exempt(person, make.municipality(), by=coordinator, until=timezone.localdate() + timedelta(days=9), reason="absent")
    program = Program(coordinator)
    member = person.memberships.get().pk
    addresses = ("people/", f"people/{member}/", "memberships/?username=amt", "training-tasks/", "training-exemptions/")
    for address in (*addresses, f"training-tasks/{task.pk}/history/"):
        assert program.read(address).status_code == 200, address
    names = ("Personen", "Mitgliedschaften", "Schulungsaufgaben", "Befreiungen")
    assert told() == [("api", name, {"form": "JSON"}) for name in names]
    own = Program(person)
    for address in ("training-tasks/", "training-exemptions/", f"training-tasks/{task.pk}/history/"):
        assert own.read(address).status_code == 200, address
    assert len(told()) == len(names)


def test_page_after_page_of_a_list_is_one_reading_and_the_next_one_is_another_entry(coordinator):
    for name in ("eins", "zwei", "drei"):
        make.user(name, Role.COUNCIL)
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        program = Program(coordinator)
        first = program.read("people/?page_size=2").json()
        assert program.get(first["next"]).status_code == 200 and len(told()) == 1
        clock.shift(timedelta(minutes=9))
        assert program.read("people/").status_code == 200 and len(told()) == 1
        clock.shift(timedelta(minutes=2))
        assert program.read("people/").status_code == 200 and len(told()) == 2


def test_the_history_of_another_persons_training_is_a_reading(coordinator):
    task = made.task(make.user("amt", Role.STAFF, department=make.department()))
    assert Program(coordinator).read(f"training-tasks/{task.pk}/history/").status_code == 200
    assert [about for _way, about, _after in told()] == ["Schulungsaufgaben"]


def test_handovers_of_others_are_a_reading_and_ones_own_is_none(coordinator):
    office = make.department()
    giver, receiver = (make.user(name, Role.MANAGER, department=office) for name in ("gibt", "nimmt"))
    rows = make.row(make.service("99000000001000"), department=office, owner=giver)
    hand_over(make.municipality(), giver, {rows.pk: receiver}, why="leaves", starts_on=timezone.localdate(), by=giver)
    assert Program(giver).read("handovers/").status_code == 200 and told() == []
    assert Program(coordinator).read("handovers/").status_code == 200
    assert [about for _way, about, _after in told()] == ["Übergaben"]


def test_reading_the_journal_of_others_is_an_entry():
    program = Program(make.user("betrieb", Role.OPERATOR))
    JournalEntry.objects.create(kind="person", way="page", municipality=make.municipality(), person=make.user("amt"))
    assert program.read("journal/").status_code == 200
    assert [about for _way, about, _after in told()] == ["Journal"]
