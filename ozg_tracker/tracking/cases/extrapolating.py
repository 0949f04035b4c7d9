"""extrapolated(): what a count of some days says of a year, and how uncertain that is."""

from collections.abc import Callable
from datetime import date, timedelta
from math import ceil, floor, log10, sqrt
from typing import NamedTuple

Z = 1.959964  # of the normal distribution: 2.5 % lie above
WORKDAYS = 5  # Monday to Friday: what a week of opening is


class Estimate(NamedTuple):
    """Cases of a year; with 95 % between `low` and `high`."""

    number: int
    low: int
    high: int


def poisson_limits(count: int) -> tuple[float, float]:
    """Between which the expected number lies with 95 % where `count` (≥ 0) cases came.

    Cases that come independently of each other at a steady rate are Poisson distributed. The exact limits are quantiles
    of the chi-square distribution (Garwood 1936); Wilson and Hilferty's cube of a normal variable stands for it, and
    gives with n for the lower and n + 1 for the upper limit Byar's approximation
    n·(1 − 1/(9n) − z/(3√n))³ and (n+1)·(1 − 1/(9(n+1)) + z/(3√(n+1)))³.
    Source: Breslow, Day: Statistical Methods in Cancer Research, vol. II, IARC 1987, p. 69. Below 5 it is a little off:
    for 1 case 0.01 and 5.56 instead of 0.03 and 5.57. ValueError for a count below 0.
    """
    if count < 0:
        raise ValueError(count)
    above = count + 1
    low = count * (1 - 1 / (9 * count) - Z / (3 * sqrt(count))) ** 3 if count else 0.0
    return max(low, 0.0), above * (1 - 1 / (9 * above) + Z / (3 * sqrt(above))) ** 3


def weeks_between(first: date, last: date) -> float:
    """Weeks of opening from `first` to `last`, both days included: its days from Monday to Friday, by five."""
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return sum(day.weekday() < WORKDAYS for day in days) / WORKDAYS


def extrapolated(count: int, weeks_open: int, weeks_counted: float) -> Estimate:
    """`count` cases of `weeks_counted` weeks (> 0) for a year of `weeks_open` weeks.

    The number and its limits grow by the same factor, which is taken as certain. More than two digits would pretend to
    an exactness that is not there: the number is rounded to two, the lower limit down, the upper one up.
    """
    factor = weeks_open / weeks_counted
    low, high = poisson_limits(count)
    number = _two_digits(count * factor, round)
    return Estimate(number, _two_digits(low * factor, floor), _two_digits(high * factor, ceil))


def _two_digits(value: float, whole: Callable[[float], int]) -> int:
    step: int = 10 ** max(floor(log10(value)) - 1, 0) if value >= 1 else 1
    return whole(round(value / step, 9)) * step
