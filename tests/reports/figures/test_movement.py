"""What moved between two month ends: each row in at most one list, asked without a database."""

from itertools import product

import pytest

from reports.figures import movement as moving
from reports.figures.movement import LISTS, movement
from reports.figures.rows import Month, Row
from reports.figures.scale import Level, Scale

# Levels 0 to 4 of the municipality's model 1, ready from 3, have the ids 10 to 14; of model 2 level 2 (20) is below
# its conform level and level 5 (25) at it.
LEVELS = {10 + n: Level(n, f"Stufe {n}", 1, "1.1", n >= 3) for n in range(5)}
LEVELS |= {20: Level(2, "Zwei", 2, "2.0", False), 25: Level(5, "Fünf", 2, "2.0", True)}
SCALE = Scale(None, LEVELS, ready=frozenset({13, 14, 25}), online=frozenset({12, 13, 14, 25}))
OURS, THEIRS = "municipality", "district"


@pytest.fixture(autouse=True)
def _reasons(monkeypatch):
    """The reason of an event, asked for only where a list shows it."""

    def told(events):
        asked = list(events)
        assert len(asked) == len({*asked})
        return {event: f"Grund {event}" for event in asked}

    monkeypatch.setattr(moving, "reasons", told)


def row(before=None, after=None, *, was=OURS, now=OURS, moved=True, retired=False, retired_before=False, number=1):
    """`was` None: not tracked at the end of the month before."""
    return Row(
        row_id=number,
        event_id=number + 100,
        moved=moved,
        ours_before=None if was is None or not moved else was == OURS,
        level_before=before if moved else None,
        planned_before=None,
        responsibility=now,
        department_id=None,
        state="open",
        level_id=after,
        planned_on=None,
        planned_passed=False,
        planned_in_time=False,
        cases=None,
        retired=retired,
        retired_before=retired_before,
        sdg=False,
        key=f"990000{number:02}000000",
        name=f"Leistung {number}",
        bundle_id=None,
        ozg_id=None,
        topic_id=None,
    )


def lists(*rows):
    found = movement(Month(list(rows), {}), SCALE)
    assert tuple(found) == LISTS
    return {name: entries for name, entries in found.items() if entries}


def where(**told):
    return [*lists(row(**told))]


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (None, 10, "first_rated"),
        (None, 13, "first_rated"),
        (10, None, "regressed"),
        (13, None, "regressed"),
        (10, 11, "improved"),
        (11, 10, "regressed"),
        (12, 13, "newly_ready"),
        (10, 14, "newly_ready"),
        (13, 14, "improved"),
        (14, 13, "regressed"),
        (13, 12, "regressed"),
        # Two models have no common order: only whether it is ready counts.
        (12, 25, "newly_ready"),
        (20, 13, "newly_ready"),
        (13, 20, "regressed"),
        (25, 12, "regressed"),
        (13, 25, None),
        (12, 20, None),
        (20, 10, None),
        (25, 14, None),
    ],
)
def test_a_row_that_stayed_ours_stands_in_the_list_of_its_step(before, after, name):
    assert where(before=before, after=after) == [name for name in [name] if name]


@pytest.mark.parametrize("level", [None, 10, 13, 20])
def test_a_row_whose_level_stayed_stands_in_no_list(level):
    assert where(before=level, after=level) == []
    assert where(after=level, moved=False) == []


@pytest.mark.parametrize("was", [None, THEIRS])
def test_what_became_ours_is_newly_ours_whatever_its_level(was):
    assert where(was=was, before=12, after=13) == ["newly_ours"]
    assert where(was=was, after=None) == ["newly_ours"]
    assert where(was=was, after=13, retired=True) == []
    assert where(was=was, now=THEIRS, after=13) == []


def test_what_is_no_longer_ours_and_what_is_retired_come_before_its_level():
    assert where(now=THEIRS, before=12, after=13) == ["no_longer_ours"]
    assert where(now=THEIRS, before=12, after=13, retired=True) == ["no_longer_ours"]
    assert where(before=12, after=13, retired=True) == ["retired"]
    assert where(after=13, moved=False, retired=True) == ["retired"]
    assert where(now=THEIRS, after=13, moved=False, retired=True) == []


def test_what_had_been_retired_before_did_not_move_when_it_changes_and_is_newly_ours_when_it_returns():
    assert where(before=12, after=13, retired=True, retired_before=True) == []
    assert where(after=13, moved=False, retired=True, retired_before=True) == []
    assert where(before=12, after=13, retired_before=True) == ["newly_ours"]
    assert where(before=12, now=THEIRS, after=13, retired_before=True) == []


def test_an_entry_names_the_service_its_levels_and_the_reason_in_the_order_of_the_rows():
    rows = [row(before=10, after=12, number=1), row(before=12, after=13, number=2), row(before=11, after=12, number=3)]
    assert lists(*rows) == {
        "newly_ready": [
            {"key": "99000002000000", "ozg_id": None, "name": "Leistung 2", "from": 2, "to": 3, "reason": "Grund 102"}
        ],
        "improved": [
            {"key": "99000001000000", "ozg_id": None, "name": "Leistung 1", "from": 0, "to": 2, "reason": "Grund 101"},
            {"key": "99000003000000", "ozg_id": None, "name": "Leistung 3", "from": 1, "to": 2, "reason": "Grund 103"},
        ],
    }


def test_what_was_rated_for_the_first_time_says_whether_it_is_ready():
    def told(level):
        (entry,) = lists(row(after=level))["first_rated"]
        return entry["from"], entry["to"], entry["ready"]

    assert [told(12), told(13), told(25)] == [(None, 2, False), (None, 3, True), (None, 5, True)]


def test_a_row_that_was_not_tracked_comes_from_no_level():
    (entry,) = lists(row(was=None, after=12))["newly_ours"]
    assert (entry["from"], entry["to"], "ready" in entry) == (None, 2, False)


def test_each_row_stands_in_at_most_one_list():
    levels, owners, flags = [None, *LEVELS], [OURS, THEIRS], [False, True]
    for before, after, was, now, gone in product(levels, levels, [None, *owners], owners, flags):
        assert len(where(before=before, after=after, was=was, now=now, retired=gone)) <= 1
