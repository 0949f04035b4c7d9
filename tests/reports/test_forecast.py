"""The forecast says the month that drawing comes to, and nothing where there is nothing to draw from."""

from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import months
from reports.forecast import forecast, runs_complete
from tests.reports.oracle import share_complete


def trend(*ready, relevant=100, until=date(2022, 11, 1)):
    start = months.step(until, 1 - len(ready))
    return [
        {"month": months.name(months.step(start, n)), "relevant": relevant, "ready": each}
        for n, each in enumerate(ready)
    ]


@settings(max_examples=60, deadline=None)
@given(growth=st.lists(st.integers(-2, 4), min_size=3, max_size=5), remaining=st.integers(1, 8))
def test_the_months_are_those_in_which_the_share_of_all_runs_is_reached(growth, remaining):
    shares = [share_complete(growth, remaining, n) for n in range(13)]
    found = runs_complete(growth, remaining)
    for name, percent in (("p50", 50), ("p85", 85)):
        reached = [n for n, share in enumerate(shares) if share * 100 >= percent]
        assert (found[name] if reached else (found[name] or 99) > 12) == (reached[0] if reached else True)


@pytest.mark.parametrize("seed", range(3))
def test_drawing_ten_thousand_runs_comes_to_the_same_months(seed):
    random = Random(seed)
    growth, remaining = [random.choice((0, 1, 2, 5, 9)) for _ in range(12)], 60
    runs = sorted(_drawn(random, growth, remaining) for _ in range(10_000))
    found = runs_complete(growth, remaining)
    assert [abs(found["p50"] - runs[4_999]) <= 1, abs(found["p85"] - runs[8_499]) <= 1] == [True, True]


def _drawn(random, growth, remaining):
    month = 0
    while remaining > 0:
        remaining -= random.choice(growth)
        month += 1
    return month


def test_steady_growth_is_done_when_division_says():
    found = forecast(trend(*range(10, 36, 2)), [])
    assert found == {
        "status": "ok",
        "p50": "2025-08",  # 66 left at 2 a month: 33 months
        "p85": "2025-08",
        "months": 12,
        "growth": 24,
        "needed_per_month": [],
    }


def test_with_everything_ready_it_is_complete():
    assert forecast(trend(90, 100), [])["status"] == "complete"


@pytest.mark.parametrize("ready", [(5,), (5, 6, 7), (5, 5, 5, 6, 6, 7), (0,) * 24])
def test_fewer_than_three_months_of_movement_are_not_enough(ready):
    found = forecast(trend(*ready), [])
    assert (found["status"], found["p50"], found["p85"]) == ("not_enough_data", None, None)


def test_movement_longer_than_twelve_months_ago_does_not_count():
    assert forecast(trend(1, 2, 3, *[4] * 13), [])["status"] == "not_enough_data"


def test_a_town_that_goes_backwards_is_given_no_month():
    found = forecast(trend(50, 48, 46, 44, 45, 42), [])
    assert (found["status"], found["p50"], found["p85"]) == ("ok", None, None)


def test_the_pace_a_deadline_needs_is_open_services_over_months_left():
    def due(name, day, days_left):
        return {"name": name, "date": day, "days_left": days_left, "open": 15, "in_scope": 20}

    deadlines = [due("vorbei", "2022-11-29", -1), due("bald", "2022-12-31", 31), due("Rat", "2023-06-30", 212)]
    assert forecast(trend(1, 2), deadlines)["needed_per_month"] == [
        {"name": "bald", "numerator": 15, "denominator": 1},
        {"name": "Rat", "numerator": 15, "denominator": 7},
    ]
