"""What is counted in some days, for a year: against the tails of the Poisson distribution, summed up."""

from datetime import date
from math import exp, lgamma, log

import pytest

from ozg_tracker.tracking.cases.extrapolating import Estimate, extrapolated, poisson_limits, weeks_between


def at_most(count, mean):
    """How probable `count` cases or fewer are where `mean` are expected."""
    return sum(exp(-mean + k * log(mean) - lgamma(k + 1)) for k in range(count + 1))


@pytest.mark.parametrize("count", [5, 7, 10, 24, 60, 100, 500])
def test_beyond_each_limit_lie_two_and_a_half_per_cent(count):
    low, high = poisson_limits(count)
    assert 1 - at_most(count - 1, low) == pytest.approx(0.025, abs=0.0008)
    assert at_most(count, high) == pytest.approx(0.025, abs=0.0008)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_of_few_cases_the_limits_are_a_little_off_and_never_beyond_the_number(count):
    low, high = poisson_limits(count)
    assert 0.012 < 1 - at_most(count - 1, low) < 0.025
    assert at_most(count, high) == pytest.approx(0.025, abs=0.0008)
    assert low < count < high


def test_no_case_leaves_room_for_some():
    low, high = poisson_limits(0)
    assert low == 0
    assert at_most(0, high) == pytest.approx(0.025, abs=0.001)


def test_there_are_no_fewer_cases_than_none():
    with pytest.raises(ValueError, match="-1"):
        poisson_limits(-1)


@pytest.mark.parametrize(
    ("count", "weeks_open", "weeks", "found"),
    [
        (24, 50, 1, Estimate(1200, 760, 1800)),
        (0, 50, 1, Estimate(0, 0, 190)),
        (1, 50, 1, Estimate(50, 0, 280)),
        (100, 50, 2, Estimate(2500, 2000, 3100)),
        (3, 1, 1, Estimate(3, 0, 9)),
        (24, 50, 0.2, Estimate(6000, 3800, 9000)),
    ],
)
def test_the_year_has_two_digits_the_lower_limit_down_the_upper_one_up(count, weeks_open, weeks, found):
    assert extrapolated(count, weeks_open, weeks) == found


@pytest.mark.parametrize("count", range(60))
def test_the_number_lies_between_its_limits(count):
    for factor in (1, 3.3, 47, 50, 250):
        number, low, high = extrapolated(count, 50, 50 / factor)
        assert low <= number <= high


@pytest.mark.parametrize(
    ("first", "last", "weeks"),
    [
        (date(2026, 11, 30), date(2026, 12, 4), 1),  # Monday to Friday
        (date(2026, 11, 30), date(2026, 12, 6), 1),
        (date(2026, 11, 30), date(2026, 12, 13), 2),
        (date(2026, 12, 2), date(2026, 12, 2), 0.2),
        (date(2026, 12, 5), date(2026, 12, 6), 0),
    ],
)
def test_a_week_of_opening_is_monday_to_friday(first, last, weeks):
    assert weeks_between(first, last) == weeks
