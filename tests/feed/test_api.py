"""A program that follows the feed gets each event once, as far as it may see, and is told when its place has gone."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.feed import api
from ozg_tracker.feed.models import Place
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.api.programs import Program, as_role, edition
from tests.counting import queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 11, 30)


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 30, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def row():
    return make.row(make.service())


@pytest.fixture
def program():
    return Program(make.user())


def read(program, **query):
    answer = program.read("changes/", **query)
    assert answer.status_code == 200
    return answer.json()


def followed(program, **query):
    """All that comes, page by page, until there is no more."""
    page = read(program, **query)
    found = page["results"]
    while page["more"]:
        page = read(program, **query | {"since": page["next"]})
        found += page["results"]
    return found


def changed(row, note):
    change_status(row, {"note": note}, seen_version=None, by=None, reason="", effective_on=TODAY)


def test_an_event_says_what_happened_when_and_where_it_is_to_be_read(program, row):
    mark = read(program, since="now")["next"]
    changed(row, "neu")
    page = read(program, since=mark)
    event = row.events.get(version=2)
    [place] = Place.objects.filter(kind="status-change", last=event.pk)
    assert page["results"] == [
        {
            "id": f"status-change-{event.pk}",
            "at": "2026-11-30T13:00:00+01:00",
            "kind": "status-change",
            "municipality": row.municipality_id,
            "object": {
                "type": "municipal-services",
                "id": row.pk,
                "url": f"http://testserver/api/v1/municipal-services/{row.pk}/",
            },
            "cursor": f"{place.position}-{event.pk}-{place.proof}",
        }
    ]
    assert (page["next"], page["more"]) == (page["results"][0]["cursor"], False)


def test_from_the_beginning_comes_all_and_in_pages_of_one_the_same(program, row):
    for note in "abc":
        changed(row, note)
    whole = followed(program)
    assert [each["object"]["id"] for each in whole if each["kind"] == "status-change"] == [row.pk] * 4
    assert followed(program, limit=1) == whole
    assert len({each["id"] for each in whole}) == len(whole)


def test_a_program_goes_on_behind_any_event_that_it_got(program, row):
    for note in "abc":
        changed(row, note)
    whole = followed(program)
    assert [followed(program, since=each["cursor"]) for each in whole] == [
        whole[at:] for at in range(1, len(whole) + 1)
    ]


def test_of_other_municipalities_nothing_comes(row):
    other = make.municipality("Nebenstadt", ars="159990010002")
    stranger = Program(make.user("fremd", municipality=other))
    assert {each["municipality"] for each in followed(stranger)} <= {other.pk, None}


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.COORDINATOR, ["catalogue-import", "status-change", "edition"]),
        (Role.STAFF, ["catalogue-import", "status-change", "edition"]),
        (Role.COUNCIL, ["edition"]),
        (Role.OPERATOR, ["catalogue-import"]),
    ],
)
def test_everybody_gets_what_the_lists_show_them(role, seen, row):
    edition()
    kinds = {each["kind"] for each in followed(as_role(role))}
    assert [kind for kind in ("catalogue-import", "status-change", "edition") if kind in kinds] == seen


def test_a_page_without_anything_to_see_moves_on(row, monkeypatch):
    for note in "abc":
        changed(row, note)
    council = as_role(Role.COUNCIL)
    monkeypatch.setattr("ozg_tracker.feed.reading._LOOKS", 1)
    page = read(council, limit=2)
    assert (page["results"], page["more"]) == ([], True)
    assert page["next"] != read(council, since=page["next"], limit=2)["next"]


def test_after_an_older_backup_was_put_in_the_old_place_is_gone(program, row):
    mark = followed(program)[-1]["cursor"]
    Place.objects.order_by("-position")[:1].get().delete()
    assert program.read("changes/", since=mark).status_code == 410
    changed(row, "anders")
    answer = program.read("changes/", since=mark)
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    assert answer.json()["detail"] == (
        "An dieser Stelle steht inzwischen etwas anderes: Eine Sicherung wurde eingespielt. Bitte mit einer älteren "
        "Marke weiterlesen oder ohne „since“ von vorn beginnen."
    )


@pytest.mark.parametrize("mark", ["gestern", "1", "1-2", "-1-2-aaaaaaaa", "1-2-AAAAAAAA", "9" * 40, "²-1-aaaaaaaa"])
def test_what_is_no_mark_is_refused(program, mark):
    answer = program.read("changes/", since=mark)
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (400, ["since"])


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "1001"}, {"limit": "x"}, {"wait": "26"}, {"wait": "-1"}, {"kind": "edition"}]
)
def test_what_it_does_not_know_it_refuses(program, query):
    answer = program.read("changes/", **query)
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (400, list(query))


def test_who_waits_gets_the_next_event_as_soon_as_it_is_there(program, row, monkeypatch):
    mark = read(program, since="now")["next"]
    looked = []

    def meanwhile(seconds):
        looked.append(seconds)
        if len(looked) == 2:
            changed(row, "endlich")

    monkeypatch.setattr(api.time, "sleep", meanwhile)
    [event] = read(program, since=mark, wait=20)["results"]
    assert (event["kind"], looked) == ("status-change", [api.LOOK_EVERY] * 2)


def test_only_so_many_wait_at_once_and_the_next_is_answered(program, row, monkeypatch):
    mark = read(program, since="now")["next"]
    monkeypatch.setattr(api, "_waiting", api.BoundedSemaphore(1))
    assert api._waiting.acquire(blocking=False)
    assert read(program, since=mark, wait=25)["results"] == []


def test_a_page_of_three_events_asks_no_more_than_one_of_one(program, row):
    followed(program)
    mark = read(program, since="now")["next"]
    changed(row, "a")
    one = queries(program, f"/api/v1/changes/?since={mark}")
    for note in "bc":
        changed(row, note)
    assert queries(program, f"/api/v1/changes/?since={mark}") == one


def test_without_sign_in_there_is_nothing():
    assert Program().read("changes/").status_code == 401
