"""Lists in pages: filters narrow them, stay in every link, and are refused where nobody understands them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as some

from ozg_tracker.api.query import BadQuery
from reports.publishing.oparl.listing import page, read
from reports.publishing.oparl.thing import Thing
from tests import make
from tests.reports.publishing.public import HOME, opened, stored

ADDRESS = "https://beispiel.example/papers/"
FIRST = datetime(2022, 1, 1, 12, tzinfo=UTC)


def thing(number, *, deleted=False):
    changed = FIRST + timedelta(days=number, milliseconds=400)
    return Thing("Paper", f"{ADDRESS}{number}/", FIRST, changed, lambda: {"name": f"{number}"}, deleted)


def numbers(said):
    return [int(each["id"].split("/")[-2]) for each in said["data"]]


def test_a_page_says_where_it_stands():
    said = page(map(thing, range(5)), read({"limit": "2", "page": "2"}), ADDRESS)
    assert numbers(said) == [2, 3]
    assert said["pagination"] == {"totalElements": 5, "elementsPerPage": 2, "currentPage": 2, "totalPages": 3}
    assert said["links"] == {
        "first": f"{ADDRESS}?limit=2",
        "self": f"{ADDRESS}?limit=2&page=2",
        "last": f"{ADDRESS}?limit=2&page=3",
        "prev": f"{ADDRESS}?limit=2",
        "next": f"{ADDRESS}?limit=2&page=3",
    }


def test_an_empty_list_has_one_page_and_there_is_none_after_the_last():
    said = page([], read({}), ADDRESS)
    assert (said["data"], said["links"]) == ([], {"first": ADDRESS, "self": ADDRESS, "last": ADDRESS})
    assert page([], read({"page": "2"}), ADDRESS) is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [0, 1, 2]),
        ({"modified_since": "2022-01-02T13:00:00+01:00"}, [1, 2, 3]),
        ({"modified_since": "2022-01-02T13:00:01+01:00"}, [2, 3]),
        ({"modified_until": "2022-01-02T12:00:00Z"}, [0, 1]),
        ({"modified_since": "2022-01-02T12:00:00Z", "modified_until": "2022-01-02T12:00:00Z"}, [1]),
        ({"created_since": "2022-01-01T13:00:00 01:00"}, [0, 1, 2]),  # a plus that was not encoded
        ({"created_since": "2022-01-01T12:00:01Z"}, []),
        ({"created_until": "2022-01-01T12:00:00Z"}, [0, 1, 2]),
    ],
)
def test_filters_hold_to_the_second_and_the_deleted_are_told_to_who_asks_what_changed(asked, found):
    things = [*map(thing, range(3)), thing(3, deleted=True)]
    assert numbers(page(things, read(asked), ADDRESS)) == found


def test_filters_stay_in_the_links_encoded_and_in_one_order():
    asked = {"limit": "1", "omit_internal": "true", "modified_since": "2022-01-02T13:00:00+01:00"}
    said = page([thing(1), thing(2)], read(asked), ADDRESS)
    words = "modified_since=2022-01-02T13%3A00%3A00%2B01%3A00&omit_internal=true&limit=1"
    assert said["links"]["next"] == f"{ADDRESS}?{words}&page=2"
    assert said["links"]["self"] == f"{ADDRESS}?{words}"


@pytest.mark.parametrize(
    "asked",
    [
        {"modified_since": "gestern"},
        {"modified_since": "2022-01-01"},
        {"modified_since": "2022-01-01T12:00:00"},
        {"modified_since": "2022-13-01T12:00:00Z"},
        {"created_until": "9999-12-31T23:59:59-23:59"},
        {"page": "0"},
        {"page": "zwei"},
        {"page": "²"},
        {"limit": "-1"},
        {"limit": "9" * 40},
    ],
)
def test_what_nobody_understands_is_refused(asked):
    with pytest.raises(BadQuery, match=f"„{next(iter(asked))}“"):
        read(asked)


@given(some.integers(0, 30), some.integers(1, 12))
def test_whoever_follows_next_reads_each_once(count, limit):
    things, asked, seen = list(map(thing, range(count))), {"limit": f"{limit}"}, []
    for number in range(1, 40):
        said = page(things, read(asked | {"page": f"{number}"}), ADDRESS)
        seen += numbers(said)
        if "next" not in said["links"]:
            break
    assert seen == list(range(count))


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["?modified_since=x", "?page=0", "?bla=1"])
def test_a_program_is_told_so_as_oparl_has_errors(client, municipality, query):
    opened(make.user())
    answer = client.get(f"{HOME}oparl/1.1/papers/{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, "https://schema.oparl.org/1.1/Error")
    assert answer.json()["message"].startswith(("„", "Den Filter"))


@pytest.mark.django_db
def test_internal_lists_can_be_left_out(client, municipality):
    with time_machine.travel(datetime(2022, 12, 20, tzinfo=UTC), tick=False):
        edition = stored()
        opened(make.user())
        for format in ("pdf", "csv"):
            client.get(f"{HOME}berichte/2022/11/ausgabe-{edition.number}.{format}")
        whole, short = (
            client.get(f"{HOME}oparl/1.1/papers/", query).json()["data"][0] for query in ({}, {"omit_internal": "true"})
        )
    assert set(whole) - set(short) == {"auxiliaryFile"}
