"""What is written, as a stranger's library reads it back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from ozg_tracker.accounts.calendar.entries import Certainty, Entry
from ozg_tracker.accounts.calendar.writing import invitation, written_calendar

CHANGED = datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def base_url(settings):
    settings.BASE_URL = "https://ozg.example.invalid:8000/"
    settings.DEFAULT_FROM_EMAIL = "OZG-Tracker <tracker@example.invalid>"


def _meeting(**more):
    starts = datetime(2026, 3, 29, 7, tzinfo=UTC)
    return Entry("termin-1", "Datenschutz", starts, CHANGED, starts + timedelta(hours=2), **more)


def _event(written):
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    return event


def test_a_time_stands_in_german_time_with_what_a_program_needs_to_move_it():
    event = _event(written_calendar([_meeting(path="/schulungen/", place="Raum 2; links", sequence=3)]))
    assert [str(event[name]) for name in ("UID", "STATUS", "TRANSP", "URL", "LOCATION")] == [
        "termin-1@ozg.example.invalid",
        "CONFIRMED",
        "OPAQUE",
        "https://ozg.example.invalid:8000/schulungen/",
        "Raum 2; links",
    ]
    assert event["SEQUENCE"] == 3
    # 7:00 UTC on the day summer time begins is 9:00 in Germany.
    assert event.decoded("DTSTART").isoformat() == "2026-03-29T09:00:00+02:00"
    assert str(event["DTSTART"].params["TZID"]) == "Europe/Berlin"
    assert event.decoded("DTSTAMP") == event.decoded("LAST-MODIFIED") == CHANGED


def test_a_day_is_a_whole_day_and_blocks_nothing():
    event = _event(written_calendar([Entry("frist-1", "Frist", date(2026, 3, 31), CHANGED)]))
    assert (event.decoded("DTSTART"), event.decoded("DTEND"), str(event["TRANSP"])) == (
        date(2026, 3, 31),
        date(2026, 4, 1),
        "TRANSPARENT",
    )


def test_the_calendar_carries_its_time_zone_short_lines_and_the_same_bytes_each_time():
    entries = [_meeting(about="Ü" * 300, reminds=timedelta(days=1))]
    written = written_calendar(entries)
    assert b"BEGIN:VTIMEZONE" in written
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert written == written_calendar(entries)


def test_what_was_called_off_reminds_nobody():
    event = _event(written_calendar([_meeting(certainty=Certainty.CANCELLED, reminds=timedelta(days=1))]))
    assert (str(event["STATUS"]), event.walk("VALARM")) == ("CANCELLED", [])


@pytest.mark.parametrize(("certainty", "method"), [(Certainty.CONFIRMED, "REQUEST"), (Certainty.CANCELLED, "CANCEL")])
def test_an_invitation_says_who_asks_whom(certainty, method):
    written = invitation(_meeting(certainty=certainty), "kim@example.invalid")
    event = _event(written)
    assert str(Calendar.from_ical(written)["METHOD"]) == method
    assert (str(event["ORGANIZER"]), str(event["ATTENDEE"])) == (
        "MAILTO:tracker@example.invalid",
        "MAILTO:kim@example.invalid",
    )
