"""The secret address of a person's calendar."""

from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from ozg_tracker.accounts.calendar import entries
from ozg_tracker.accounts.calendar.address import calendar_address, calendar_behind, end_address, renew_address
from ozg_tracker.accounts.models import CalendarAddress, JournalEntry, Role
from ozg_tracker.accounts.people import let_go
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(municipality, monkeypatch):
    def planned(user):
        yield entries.Entry(f"plan-{user.pk}", "Geplant", date(2026, 5, 1), datetime(2026, 3, 2, tzinfo=UTC))

    monkeypatch.setattr(entries, "SOURCES", [planned])
    return make.user("kim", Role.STAFF)


def _secret(address):
    return address.removesuffix(".ics").rsplit("/", 1)[1]


def test_whoever_knows_the_address_has_the_calendar_of_all_rooms(client, person):
    response = client.get(renew_address(person))
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert (response.headers["Content-Type"], str(event["SUMMARY"])) == ("text/calendar; charset=utf-8", "Geplant")
    assert (response.headers["Cache-Control"], "Set-Cookie" in response.headers) == ("private, no-cache", False)


def test_a_program_that_has_it_already_is_told_so(client, person):
    address = renew_address(person)
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_the_page_can_show_it_again_and_the_database_alone_does_not_tell_it(person):
    address = renew_address(person)
    stored = CalendarAddress.objects.get(user=person)
    assert calendar_address(person) == address
    assert calendar_behind(stored.mark) is None


def test_renewed_the_old_address_opens_nothing(client, person):
    old = renew_address(person)
    new = renew_address(person)
    assert [client.get(each).status_code for each in (old, new)] == [404, 200]


def test_ended_no_address_opens_anything(client, person):
    address = renew_address(person)
    assert (end_address(person), client.get(address).status_code, calendar_address(person)) == (True, 404, "")
    assert not end_address(person)


def test_who_leaves_takes_the_address_along(client, person):
    address = renew_address(person)
    let_go(person.memberships.get(), by=make.user("koordination"))
    assert client.get(address).status_code == 404
    assert not CalendarAddress.objects.exists()


def test_an_address_of_another_installation_opens_nothing(client, person, settings):
    secret = _secret(renew_address(person))
    settings.SECRET_KEY = "x" * 60
    assert calendar_behind(secret) is None


def test_the_journal_says_that_it_changed_and_never_what_it_is(person):
    address = renew_address(person)
    end_address(person)
    kept = JournalEntry.objects.filter(person=person, kind=JournalEntry.Kind.KEY)
    assert [(entry.about, entry.after["active"]) for entry in kept.order_by("id")] == [
        ("Kalenderadresse", "yes"),
        ("Kalenderadresse", "no"),
    ]
    assert _secret(address).split(".")[0] not in str(list(kept.values()))


@pytest.mark.parametrize("page", ["/konto/", "/schulungen/"])
def test_the_address_is_made_renewed_and_ended_where_it_is_shown(client, person, page):
    client.force_login(person)
    made = client.post("/konto/kalender/", {"next": page})
    assert made.headers["Location"] == f"{page}#kalender"
    shown = client.get(page).text
    assert calendar_address(person) in shown
    assert calendar_address(person).replace("http://", "webcal://") in shown
    client.post("/konto/kalender/beenden/", {"next": page})
    assert "Kalenderadresse anlegen" in client.get(page).text


@pytest.mark.parametrize("page", ["https://boese.example/", "//boese.example", "javascript:alert(1)", ""])
def test_nobody_is_led_to_another_host(client, person, page):
    client.force_login(person)
    assert client.post("/konto/kalender/", {"next": page}).headers["Location"] == "/konto/"


def test_programs_have_the_same_by_the_api(client, person):
    client.force_login(person)
    assert client.get("/api/v1/me/calendar/").json() == {"address": None}
    made = client.post("/api/v1/me/calendar/")
    assert (made.status_code, made.json()) == (201, {"address": calendar_address(person)})
    assert client.post("/api/v1/me/calendar/end/").status_code == 204
    assert client.get("/api/v1/me/calendar/").json() == {"address": None}
