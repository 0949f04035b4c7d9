"""Entries as a file that Outlook, Thunderbird and phones read (RFC 5545), and as an invitation (RFC 5546)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress

from ozg_tracker.accounts.calendar.entries import Certainty, Entry

_BERLIN = ZoneInfo("Europe/Berlin")


def written_calendar(entries: Iterable[Entry]) -> bytes:
    """The entries as a calendar to subscribe to; the same entries give the same bytes."""
    whole = _calendar()
    whole.add("x-wr-calname", _("OZG-Tracker"))
    whole.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for entry in entries:
        whole.add_component(_event(entry))
    return _written(whole)


def invitation(entry: Entry, email: str) -> bytes:
    """The entry for the mail to one person: METHOD:REQUEST, or METHOD:CANCEL for what was called off."""
    cancelled = entry.certainty is Certainty.CANCELLED
    whole = _calendar()
    whole.add("method", "CANCEL" if cancelled else "REQUEST")
    event = _event(entry)
    event.add("organizer", vCalAddress(f"MAILTO:{_sender()}"))
    attendee = vCalAddress(f"MAILTO:{email}")
    if not cancelled:
        attendee.params["partstat"], attendee.params["rsvp"] = "ACCEPTED", "FALSE"
    event.add("attendee", attendee, encode=False)
    whole.add_component(event)
    return _written(whole)


def _calendar() -> Calendar:
    whole = Calendar()
    whole.add("prodid", "-//OZG-Tracker//DE")
    whole.add("version", "2.0")
    return whole


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{_host()}")
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("status", str(entry.certainty))
    event.add("summary", entry.summary)
    _when(event, entry)
    event.add("url", f"{settings.BASE_URL.rstrip('/')}{entry.path}")
    if entry.place:
        event.add("location", entry.place)
    if entry.about:
        event.add("description", entry.about)
    if entry.reminds is not None and entry.certainty is not Certainty.CANCELLED:
        event.add_component(_alarm(entry.summary, entry.reminds))
    return event


def _when(event: Event, entry: Entry) -> None:
    if isinstance(entry.starts, datetime):
        event.add("dtstart", entry.starts.astimezone(_BERLIN))
        event.add("dtend", (entry.ends or entry.starts).astimezone(_BERLIN))
        free = entry.certainty is Certainty.TENTATIVE
    else:
        day: date = entry.starts
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        free = True
    event.add("transp", "TRANSPARENT" if free else "OPAQUE")


def _alarm(words: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -before)
    return alarm


def _written(whole: Calendar) -> bytes:
    whole.add_missing_timezones()
    written: bytes = whole.to_ical()
    return written


def _host() -> str:
    return settings.BASE_URL.split("://")[-1].split("/")[0].split(":")[0]


def _sender() -> str:
    """The plain address of our letters, as an organizer has it."""
    return settings.DEFAULT_FROM_EMAIL.split("<")[-1].rstrip(">").strip()
