"""Tracked rows as of a day, as known at an instant: what was true then, with the fields and filters of today."""

from datetime import UTC, date, datetime

import pytest

from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    return [make.row(make.service(f"9910201310400{number}", f"L {number}")) for number in range(3)]


@pytest.fixture
def story(rows):
    """What the first row was: open, in November fully online, which was written down in December; blocked since."""
    row = rows[0]
    make.event(
        row, effective_on=date(2022, 11, 1), recorded_at=datetime(2022, 12, 5, tzinfo=UTC), state="done", level=3
    )
    make.event(
        row, effective_on=date(2023, 1, 10), recorded_at=datetime(2023, 1, 10, tzinfo=UTC), state="blocked", level=1
    )
    return row


@pytest.mark.parametrize(
    ("query", "state", "level"),
    [
        ({"as_of": "2022-11-30"}, "done", 3),
        ({"as_of": "2022-11-30", "known_at": "2022-12-01T00:00:00Z"}, "open", None),
        ({"as_of": "2023-01-31", "known_at": "2023-02-01T00:00:00Z"}, "blocked", 1),
        ({"known_at": "2022-12-06T00:00:00Z"}, "done", 3),
    ],
)
def test_rows_as_of_a_day_are_what_was_true_then_as_it_was_known(program, story, query, state, level):
    [listed] = [
        each for each in program.read("municipal-services/", **query).json()["results"] if each["id"] == story.pk
    ]
    assert (listed["state"], listed["level"], listed["service_name"]) == (state, level, story.service.name)
    item = program.read(f"municipal-services/{story.pk}/", **query)
    assert (item.json(), item["ETag"][:2]) == (listed, "W/")  # no version to change it from


def test_a_state_as_of_a_day_has_the_fields_of_today_and_its_filters(program, story):
    today = program.read("municipal-services/").json()["results"]
    then = program.read("municipal-services/", as_of="2022-11-30", page_size=1)
    assert list(then.json()["results"][0]) == list(today[0])
    found, address = [], "municipal-services/?as_of=2022-11-30&page_size=2"
    while address:
        page = program.read(address.removeprefix("http://testserver/api/v1/")).json()
        found, address = found + page["results"], page["next"]
    assert [each["id"] for each in found] == [each["id"] for each in today]
    done = program.read("municipal-services/", as_of="2022-11-30", state="done").json()["results"]
    assert [each["id"] for each in done] == [story.pk]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"as_of": "gestern"}, "as_of"),
        ({"as_of": "2500-01-01"}, "as_of"),
        ({"as_of": "2022-11-30", "known_at": "neulich"}, "known_at"),
        ({"as_of": "2022-11-30", "owner": "kim"}, "owner"),
        ({"as_of": "2022-11-30", "ordering": "planned_on"}, "ordering"),
    ],
)
def test_what_a_day_cannot_be_asked_for_is_refused(program, story, query, field):
    answer = program.read("municipal-services/", **query)
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (400, [field])


def test_before_the_first_day_there_is_no_row(program, story):
    assert program.read("municipal-services/", as_of="1999-01-01").json()["results"] == []
    assert program.read(f"municipal-services/{story.pk}/", as_of="1999-01-01").status_code == 404
