"""Three-way merge of a row: what was entered, what had been seen, what is stored by now."""

from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as some

from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.merging import Clash, merge, seen_values, values_of, values_on
from ozg_tracker.tracking.rows.rules import FIELDS, Tracked
from tests import make

SEEN = {"note": "gesehen", "state": "open", "cases_per_year": 1}


@pytest.mark.parametrize(
    ("mine", "stored", "changes", "clashes"),
    [
        ({"note": "meins"}, {}, {"note": "meins"}, {}),
        ({"note": "gesehen"}, {"note": "deren"}, {}, {}),  # left as it was seen
        ({"note": "deren"}, {"note": "deren"}, {}, {}),  # both the same
        ({"note": "meins"}, {"note": "deren"}, {}, {"note": Clash("meins", "deren")}),
        ({"note": "meins"}, {"state": "done"}, {"note": "meins"}, {}),  # each another field
        (
            {"note": "", "cases_per_year": None},
            {"note": "deren"},
            {"cases_per_year": None},
            {"note": Clash("", "deren")},
        ),
        ({}, {"note": "deren"}, {}, {}),
    ],
)
def test_what_only_one_side_changed_is_taken_and_what_both_changed_otherwise_clashes(mine, stored, changes, clashes):
    assert merge(mine, SEEN, SEEN | stored) == (changes, clashes)


VALUES = some.fixed_dictionaries({name: some.integers(0, 2) for name in ("a", "b", "c")})


@given(VALUES, VALUES, VALUES)
def test_nothing_of_others_is_lost_and_nothing_of_mine_without_a_word(mine, seen, stored):
    changes, clashes = merge(mine, seen, stored)
    result = stored | changes
    for name in mine:
        if mine[name] == seen[name]:
            assert result[name] == stored[name] and name not in clashes
        elif stored[name] in (seen[name], mine[name]):
            assert result[name] == mine[name] and name not in clashes
        else:
            assert result[name] == stored[name] and clashes[name] == Clash(mine[name], stored[name])


@pytest.fixture
def row(db):
    """Its note by version: eins; zwei, for an earlier day; drei; vier, on the same day."""
    made = make.row(note="eins", effective_on=date(2022, 3, 1))
    make.event(made, date(2022, 2, 1), version=2, note="zwei")
    make.event(made, date(2022, 6, 1), version=3, note="drei")
    make.event(made, date(2022, 6, 1), version=4, note="vier")
    made.version, made.note = 4, "vier"
    made.save()
    return made


def test_what_pages_showed_is_told_for_all_rows_by_one_query(row, django_assert_num_queries):
    other = make.row(make.service("99050012104000", "Gewerbe Anmeldung"), note="anders")
    third = make.row(make.service("99012006011000", "Bauantrag"), note="erst")
    make.event(third, date(2022, 4, 1), version=2, note="dann")
    third.version, third.note = 2, "dann"
    with time_machine.travel("2022-11-24"), django_assert_num_queries(1):
        seen = seen_values([row, other, third], {row.pk: 1, third.pk: 1})
    assert {pk: values["note"] for pk, values in seen.items()} == {row.pk: "eins", other.pk: "anders", third.pk: "erst"}


@pytest.mark.parametrize(("version", "note"), [(1, "eins"), (2, "eins"), (3, "drei"), (4, "vier")])
def test_a_late_entry_for_an_earlier_day_was_not_what_the_page_showed(row, version, note):
    with time_machine.travel("2022-11-24"):
        assert seen_values([row], {row.pk: version})[row.pk] == values_of(row) | {"note": note}


def test_what_begins_on_a_day_to_come_was_not_shown(row):
    with time_machine.travel("2022-05-01"):
        assert seen_values([row], {row.pk: 3})[row.pk]["note"] == "eins"


def test_a_row_shown_at_its_own_version_asks_the_database_nothing(row, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert seen_values(iter([row]), {}) == {row.pk: values_of(row)}


def test_a_version_before_the_first_event_showed_the_row_as_it_is(row):
    assert seen_values([row], {row.pk: 0}) == {row.pk: values_of(row)}


@pytest.mark.parametrize(
    ("day", "note"),
    [(date(2022, 1, 31), ""), (date(2022, 2, 1), "zwei"), (date(2022, 5, 31), "eins"), (date(2022, 6, 1), "vier")],
)
def test_the_state_of_a_day_is_that_of_the_last_event_up_to_it(row, day, note):
    assert values_on(MunicipalService.objects.get(), day)["note"] == note


def test_a_state_is_told_by_the_names_of_the_fields(row):
    assert set(values_of(row)) == set(FIELDS)
    assert values_of(Tracked(level_id=4))["level"] == 4
