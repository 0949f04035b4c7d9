"""Who watches a row hears of what others do with it, until it was looked at."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.waiting import waiting_for
from ozg_tracker.jobs.due import run_due_jobs
from ozg_tracker.tracking.following import watching
from ozg_tracker.tracking.following.commenting import comment, withdraw
from ozg_tracker.tracking.following.watching import forget, look_at, unwatch, watch, watched
from ozg_tracker.tracking.models import MunicipalService, Watch
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.api.programs import Program

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def row(department):
    return make.row(make.service(name="Reisepass"), department=department)


def change(row, by, **changes):
    stored = MunicipalService.objects.get(pk=row.pk)
    change_status(stored, changes, seen_version=None, by=by, reason="Grund", effective_on=NOW.date())


def news(person):
    return [(each.watch.row.pk, each.changes, each.comments) for each in watched(person, make.municipality())]


def told(person):
    return [(each.what, each.words) for each in waiting_for(person.memberships.get()) if each.room == "Beobachtet"]


def test_what_others_do_is_news_until_it_was_looked_at(row, clerk, coordinator, clock):
    change(row, coordinator, note="vorher")
    clock.shift(timedelta(minutes=1))
    watch(row, clerk)
    clock.shift(timedelta(minutes=1))
    change(row, coordinator, note="eins")
    change(row, coordinator, note="zwei")
    comment(row, "drei", by=coordinator)
    comment(row, "von mir", by=clerk)
    withdraw(comment(row, "vier", by=coordinator), by=coordinator)
    assert (news(clerk), told(clerk)) == ([(row.pk, 2, 1)], [("Reisepass", "2 Änderungen, ein Kommentar")])
    clock.shift(timedelta(minutes=1))
    assert look_at(clerk, make.municipality(), datetime.now(UTC)) == 1
    assert (news(clerk), told(clerk)) == ([(row.pk, 0, 0)], [])


def test_what_one_does_oneself_is_none_and_other_rows_are_not_told(row, clerk, coordinator, clock):
    watch(row, clerk)
    watch(make.row(make.service("99102013104001")), coordinator)
    clock.shift(timedelta(minutes=1))
    MunicipalService.objects.filter(pk=row.pk)
    change(row, coordinator, owner=clerk)
    change(row, clerk, note="selbst")
    assert (news(clerk), told(coordinator)) == ([(row.pk, 1, 0)], [])


def test_many_with_news_are_one_task(clerk, coordinator, clock):
    rows = [make.row(make.service(f"991020131040{n:02}")) for n in range(6)]
    for row in rows:
        watch(row, clerk)
    clock.shift(timedelta(minutes=1))
    for row in rows:
        comment(row, "neu", by=coordinator)
    assert told(clerk) == [("6 beobachtete Leistungen", "Neues von anderen")]


def test_watching_twice_is_watching_once_and_ends(row, clerk):
    assert watch(row, clerk) == watch(row, clerk)
    unwatch(row, clerk)
    assert Watch.objects.count() == 0


def test_nobody_watches_more_than_can_be_read(row, clerk, monkeypatch):
    monkeypatch.setattr(watching, "MOST", 1)
    watch(row, clerk)
    with pytest.raises(ValidationError, match="Mehr als 1 Leistungen"):
        watch(make.row(make.service("99102013104001")), clerk)


def test_who_may_not_see_the_rows_any_more_watches_none(row, clerk, coordinator):
    watch(row, clerk)
    watch(row, coordinator)
    assert forget(make.municipality()) == 0
    make.leave(clerk)
    assert run_due_jobs(NOW)["deleted"] == 1
    assert [each.person for each in Watch.objects.all()] == [coordinator]


def test_the_pages_begin_look_and_end(row, clerk, coordinator, clock, sign_in):
    client = sign_in(clerk)
    place, page = f"/leistungen/{row.pk}/beobachten/", f"/leistungen/{row.pk}/"
    assert "steht ab jetzt unter Meine Aufgaben" in client.post(place, {"do": "begin"}, follow=True).text
    clock.shift(timedelta(minutes=1))
    comment(row, "neu", by=coordinator)
    assert ("Beobachtet: ein Kommentar" in client.get(page).text.replace("</a>", ""), True) == (True, True)
    listed = client.get("/beobachtet/").text
    assert "eine Leistung · in einer gibt es Neues" in listed and "ein Kommentar, zuletzt 24.11.2026, 10:01" in listed
    client.post("/beobachtet/", {"until": "2026-11-24T10:00:30+01:00"})
    assert news(clerk) == [(row.pk, 0, 1)]
    for strange in ("gestern", "9999-12-31T23:59:59-23:59", "2026-11-24T10:05:00"):
        assert client.post("/beobachtet/", {"until": strange}).status_code == 302
    assert news(clerk) == [(row.pk, 0, 0)]
    assert "Sie beobachten noch keine Leistung." in client.post(place, {"do": "end", "from": "list"}, follow=True).text


def test_a_program_watches_too(row, clerk, coordinator, clock):
    program = Program(clerk)
    made = program.send("me/watched/", {"service": row.pk}).json()["results"]
    clock.shift(timedelta(minutes=1))
    comment(row, "neu", by=coordinator)
    found = program.read("me/watched/").json()["results"]
    assert found == [made[0] | {"comments": 1, "last_at": "2026-11-24T10:01:00+01:00"}]
    seen = program.send("me/watched/", {"service": row.pk, "seen_at": "2026-11-24T10:01:00+01:00"}).json()
    assert [each["comments"] for each in seen["results"]] == [0]
    assert program.send("me/watched/", {"service": row.pk, "watching": False}).json() == {"results": []}
    assert program.send("me/watched/", {"service": 999999}).status_code == 400


@pytest.mark.parametrize("number", [1, 3])
def test_three_are_read_by_as_many_queries_as_one(number, clerk, coordinator, clock, django_assert_num_queries):
    rows = [make.row(make.service(f"991020131040{n:02}")) for n in range(number)]
    for row in rows:
        watch(row, clerk)
    clock.shift(timedelta(minutes=1))
    for row in rows:
        change(row, coordinator, note="neu")
    with django_assert_num_queries(5):
        assert len(news(clerk)) == number
