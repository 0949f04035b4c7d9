"""Committees and their meetings: kept by the coordination, with a history; told, reminded of, and in calendars."""

from datetime import UTC, date, datetime

import icalendar
import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction

from ozg_tracker.accounts.calendar.entries import entries_of
from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.reminding.sending import send_due_reminders
from reports.meetings.committees import keep_committee
from reports.meetings.keeping import Plan, cancel_meeting, change_meeting, set_meeting
from reports.models import Meeting, MeetingEvent
from tests import make
from tests.reports.meetings.refusing import refused
from tests.training.at_once import at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BEGIN = datetime(2026, 12, 15, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def coordinator():
    make.maturity_model()
    return make.user("koordination", email="koordination@example.org")


@pytest.fixture
def committee(coordinator):
    return keep_committee(make.municipality(), " Rat ", 14, coordinator)


@pytest.fixture
def meeting(committee, coordinator):
    return set_meeting(make.municipality(), Plan(committee, BEGIN, "Ratssaal", month=date(2026, 11, 9)), coordinator)


def test_papers_are_due_by_the_usual_lead_unless_another_day_is_given(meeting, committee, coordinator):
    assert (meeting.due_on, meeting.month, committee.name) == (date(2026, 12, 1), date(2026, 11, 1), "Rat")
    other = set_meeting(make.municipality(), Plan(committee, BEGIN, due_on=date(2026, 12, 8)), coordinator)
    assert other.due_on == date(2026, 12, 8)
    late = Plan(committee, BEGIN, due_on=date(2026, 12, 16))
    assert refused(set_meeting, make.municipality(), late, coordinator) == ["due_after"]


def test_what_happens_to_a_meeting_stays_and_counts(meeting, committee, coordinator):
    moved = change_meeting(meeting, Plan(committee, BEGIN.replace(day=17), "Aula"), 1, coordinator, "Saal belegt")
    assert refused(change_meeting, meeting, Plan(committee, BEGIN), 1, coordinator) == ["changed_meanwhile"]
    assert change_meeting(moved, Plan(committee, BEGIN.replace(day=17), "Aula"), 2, coordinator).version == 2
    cancel_meeting(moved, 2, coordinator, "Fällt aus")
    again = change_meeting(moved, Plan(committee, BEGIN.replace(day=17), "Aula"), 3, coordinator)
    assert (again.version, again.cancelled) == (4, False)
    told = MeetingEvent.objects.values_list("number", "place", "cancelled", "reason")
    assert list(told) == [
        (1, "Ratssaal", False, ""),
        (2, "Aula", False, "Saal belegt"),
        (3, "Aula", True, "Fällt aus"),
        (4, "Aula", False, ""),
    ]


def test_calling_off_needs_a_reason(meeting, coordinator):
    assert refused(cancel_meeting, meeting, 1, coordinator, " ") == ["reason_required"]
    assert Meeting.objects.get().cancelled is False


def test_the_council_keeps_none(meeting, committee):
    council = make.user("rat", Role.COUNCIL)
    assert refused(set_meeting, make.municipality(), Plan(committee, BEGIN), council) == ["not_allowed"]
    assert refused(cancel_meeting, meeting, 1, council, "Nein") == ["not_allowed"]


@pytest.mark.parametrize("verb", ["UPDATE reports_meetingevent SET place = 'x'", "DELETE FROM reports_meetingevent"])
def test_the_history_is_not_changed(meeting, verb):
    with pytest.raises(IntegrityError, match="nicht geändert oder gelöscht"), transaction.atomic():
        connection.cursor().execute(verb)


def test_a_moved_meeting_keeps_its_uid_and_its_number_rises_a_called_off_one_is_told_so(
    meeting, committee, coordinator
):
    council = make.user("rat", Role.COUNCIL)
    (first,) = entries_of(council)
    moved = change_meeting(meeting, Plan(committee, BEGIN.replace(day=17)), 1, coordinator)
    cancel_meeting(moved, 2, coordinator, "Fällt aus")
    (last,) = entries_of(council)
    assert (first.uid, first.sequence, first.certainty) == (f"sitzung-{meeting.pk}", 0, "CONFIRMED")
    assert (last.uid, last.sequence, last.certainty) == (f"sitzung-{meeting.pk}", 2, "CANCELLED")
    assert list(entries_of(make.user("amt", Role.STAFF, department=make.department("Amt")))) == []


def sent(clock, moment):
    clock.move_to(moment)
    mail.outbox.clear()
    send_due_reminders(moment, make.municipality())
    return {letter.to[0]: [line for line in letter.body.splitlines() if line[:1] == "–"] for letter in mail.outbox}


def test_the_coordination_is_reminded_two_weeks_and_three_days_before_once_each(clock, meeting):
    line = ["– Vorlage fällig am 01.12.2026: Rat, Sitzung am 15.12.2026, 18:00"]
    days = [datetime(2026, 11, day, 9, tzinfo=UTC) for day in (16, 17, 18, 27, 28, 29)]
    assert [sent(clock, day).get("koordination@example.org") for day in days] == [None, line, None, None, line, None]


def test_council_hears_of_a_move_and_who_moved_it_does_not(clock, meeting, committee, coordinator):
    make.user("rat", Role.COUNCIL, email="rat@example.org")
    change_meeting(meeting, Plan(committee, BEGIN.replace(day=17), month=date(2026, 11, 1)), 1, coordinator)
    words = ["– Sitzung geändert: Rat am 17.12.2026, 18:00"]
    assert sent(clock, datetime(2026, 11, 3, 9, tzinfo=UTC)) == {"rat@example.org": words}
    assert sent(clock, datetime(2026, 11, 4, 9, tzinfo=UTC)) == {}


def test_a_committees_calendar_is_a_file(meeting, client):
    client.force_login(make.user("rat", Role.COUNCIL))
    answer = client.get(f"/berichte/sitzungen/gremien/{meeting.committee_id}/kalender.ics")
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert (str(event["summary"]), event["sequence"], event.start) == ("Sitzung: Rat", 0, BEGIN)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["change", "cancel"])
def test_of_two_who_change_a_meeting_at_once_one_is_told_so(meeting, committee, coordinator, other):
    deeds = {
        "change": lambda: change_meeting(meeting, Plan(committee, BEGIN, "Aula"), 1, coordinator).place,
        "cancel": lambda: cancel_meeting(meeting, 1, coordinator, "Fällt aus").place,
    }
    first = lambda: change_meeting(meeting, Plan(committee, BEGIN, "Foyer"), 1, coordinator).place  # noqa: E731
    places = at_once(first, deeds[other])
    (kept,) = [each for each in places if each != "changed_meanwhile"]
    assert len(places) == 2
    assert (Meeting.objects.get().place, Meeting.objects.get().version) == (kept, 2)
    assert [each.number for each in MeetingEvent.objects.all()] == [1, 2]
