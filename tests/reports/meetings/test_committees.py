"""Committees: taken in, renamed, ended and taken up again by the coordination, each with its line in the journal."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import JournalEntry, Role
from reports.meetings.committees import change_committee, end_committee, keep_committee, resume_committee
from reports.meetings.keeping import Plan, cancel_meeting, change_meeting, set_meeting
from reports.models import Committee, Meeting
from tests import make
from tests.reports.meetings.refusing import refused
from tests.training.at_once import at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BEFORE, LATER = datetime(2026, 10, 20, 17, tzinfo=UTC), datetime(2026, 12, 15, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def coordinator():
    make.maturity_model()
    return make.user()


@pytest.fixture
def committee(coordinator):
    return keep_committee(make.municipality(), " Rat ", 14, coordinator)


def journal():
    told = JournalEntry.objects.filter(about="Gremium").order_by("pk").last()
    return told.before, told.after, told.reason


def test_a_name_stands_once(committee, coordinator):
    assert committee.name == "Rat"
    assert refused(keep_committee, make.municipality(), "Rat", 7, coordinator) != []
    other = keep_committee(make.municipality(), "Ausschuss", 7, coordinator)
    assert refused(change_committee, other, "Rat", 7, 1, coordinator) != []
    assert refused(change_committee, other, " ", 7, 1, coordinator) != []
    assert Committee.objects.get(pk=other.pk).name == "Ausschuss"


def test_a_new_name_is_that_of_every_meeting_and_stands_in_the_journal(committee, coordinator, clock):
    set_meeting(make.municipality(), Plan(committee, BEFORE), coordinator)
    clock.shift(60)
    renamed = change_committee(committee, "Stadtrat", 21, 1, coordinator)
    assert (renamed.version, renamed.created_at, (renamed.changed_at - NOW).seconds) == (2, NOW, 60)
    assert str(Meeting.objects.get().committee) == "Stadtrat"
    assert journal() == ({"name": "Rat", "lead_days": "14"}, {"name": "Stadtrat", "lead_days": "21"}, "")
    assert refused(change_committee, committee, "Kreistag", 21, 1, coordinator) == ["changed_meanwhile"]
    assert change_committee(committee, "Stadtrat", 21, 2, coordinator).version == 2


def test_an_ended_committee_keeps_its_meetings_and_gets_no_new_one(committee, coordinator):
    held = set_meeting(make.municipality(), Plan(committee, BEFORE), coordinator)
    ended = end_committee(committee, 1, coordinator, "Neue Hauptsatzung")
    assert (ended.ended_on, ended.version) == (date(2026, 11, 2), 2)
    assert journal() == ({"ended_on": ""}, {"ended_on": "2026-11-02"}, "Neue Hauptsatzung")
    assert refused(set_meeting, make.municipality(), Plan(committee, LATER), coordinator) == ["ended"]
    assert refused(change_meeting, held, Plan(committee, LATER), 1, coordinator) == ["ended"]
    assert change_meeting(held, Plan(committee, BEFORE, "Ratssaal"), 1, coordinator).place == "Ratssaal"
    assert refused(end_committee, committee, 2, coordinator, "noch einmal") == ["already_ended"]


def test_it_ends_with_a_reason_and_once_nothing_is_to_come(committee, coordinator):
    coming = set_meeting(make.municipality(), Plan(committee, LATER), coordinator)
    assert refused(end_committee, committee, 1, coordinator, " ") == ["reason_required"]
    assert refused(end_committee, committee, 1, coordinator, "x") == ["meetings_to_come"]
    cancel_meeting(coming, 1, coordinator, "Gremium endet")
    assert end_committee(committee, 1, coordinator, "x").ended_on == date(2026, 11, 2)
    assert refused(change_meeting, coming, Plan(committee, LATER), 2, coordinator) == ["ended"]


def test_it_can_be_taken_up_again(committee, coordinator):
    assert refused(resume_committee, committee, 1, coordinator) == ["not_ended"]
    end_committee(committee, 1, coordinator, "x")
    assert refused(resume_committee, committee, 1, coordinator) == ["changed_meanwhile"]
    assert resume_committee(committee, 2, coordinator).ended_on is None
    assert set_meeting(make.municipality(), Plan(committee, LATER), coordinator).committee == committee


def test_the_council_keeps_none(committee):
    council = make.user("rat", Role.COUNCIL)
    assert refused(keep_committee, make.municipality(), "Ausschuss", 3, council) == ["not_allowed"]
    assert refused(change_committee, committee, "Ausschuss", 3, 1, council) == ["not_allowed"]
    assert refused(end_committee, committee, 1, council, "x") == ["not_allowed"]
    assert refused(resume_committee, committee, 1, council) == ["not_allowed"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_it_does_not_end_while_a_meeting_is_being_set(committee, coordinator):
    def ends():
        return end_committee(committee, 1, coordinator, "x") and "ended now"

    def meets():
        return set_meeting(make.municipality(), Plan(committee, LATER), coordinator) and "set"

    told = (at_once(ends, meets), Meeting.objects.count())
    assert told in ((["ended now", "ended"], 0), (["meetings_to_come", "set"], 1))
