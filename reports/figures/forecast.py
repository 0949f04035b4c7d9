"""When will everything be ready, if it goes on at the pace of the last months? And how fast must it go for a deadline?

What became ready in the months seen tells the pace only roughly, and a pace wanders. So what comes within m months is
taken as negative binomial: the pace is as unsure as its few independent steps leave it (a Gamma), what comes at it is
chance (a Poisson) in bursts as large as those seen, and its spread grows with time. How often the printed months come
true in simulated municipalities is measured in tests/benchmarks/test_forecast.py.
"""

from collections.abc import Callable, Sequence
from datetime import date
from math import sqrt
from typing import Any, NamedTuple

from reports import months
from reports.figures.trend import Course

FEWEST, MOST = 6, 12  # months of throughput that a forecast is made from
HORIZON = 120  # months; beyond ten years it only says "later"
DRIFT = 0.02  # by how much a pace wanders in a month
NEGLIGIBLE = 1e-12
NOTHING = 1e-300  # what lies below is written with fewer digits, and a part of it may round to itself for ever
QUANTILES = {"p50": 50, "p85": 85}


class Pace(NamedTuple):
    """What the months seen tell: how many there were, how many services come at once, how many steps were seen."""

    months: int
    spread: float
    steps: float

    @classmethod
    def of(cls, total: int, months: int, spread: float) -> "Pace":
        return cls(months, spread, total / spread + 0.5)


def pace(counts: Sequence[int]) -> Pace | None:
    """From what each month brought; None where that is too little: few months, or nothing gained on balance."""
    seen, total = len(counts), sum(counts)
    if seen < FEWEST or total <= 0:
        return None
    spread = sum((each * seen - total) ** 2 for each in counts) / (seen * (seen - 1) * total)
    return Pace.of(total, seen, max(1.0, spread))


def chance(ahead: int, wanted: int, found: Pace) -> float:
    """How likely at least `wanted` (one or more) are ready after `ahead` months.

    The mass of exactly `wanted`, then the shorter tail from there: by the four operations and roots alone, added one by
    one, so that every machine comes to the same bits.
    """
    expected = found.steps * found.spread / found.months * ahead
    unsure = 1 / found.steps + DRIFT * DRIFT * (found.months + ahead) / 3
    shape = 1 / ((found.spread - 1) / expected + unsure)
    ratio = expected / (expected + shape)
    term, evenly = 1.0, ratio * _power(1 - ratio, shape / wanted)  # spread over the steps, nothing over- or underflows
    for at in range(wanted):
        term *= evenly * (shape + at) / (at + 1)
    total, at = 0.0, wanted
    if ratio * (shape + wanted) > wanted + 1:  # the mass still grows: what is left lies below
        while at and term > NEGLIGIBLE * total:
            term, at = term * at / (ratio * (shape + at - 1)), at - 1
            total += term
        return 1 - total
    while term > NEGLIGIBLE * total + NOTHING:
        total += term
        term, at = term * ratio * (shape + at) / (at + 1), at + 1
    return total


def _power(base: float, exponent: float) -> float:
    """By whole factors and by roots, which are rounded alike everywhere; the library's power is not."""
    found, rest = 1.0, exponent
    while rest >= 1:
        found, rest = found * base, rest - 1
    while rest:
        base, rest = sqrt(base), rest * 2
        if rest >= 1:
            found, rest = found * base, rest - 1
    return found


def nearest(remaining: int, found: Pace) -> dict[int, int | None]:
    """After how many months the chance that `remaining` are ready lies nearest to each per cent of `QUANTILES`; None:
    after ten years.
    """
    reached: dict[int, float] = {0: 0.0}

    def percent_after(ahead: int) -> float:
        if ahead not in reached:
            reached[ahead] = chance(ahead, remaining, found) * 100
        return reached[ahead]

    return {percent: _nearest(percent, percent_after) for percent in QUANTILES.values()}


def _nearest(percent: int, percent_after: Callable[[int], float]) -> int | None:
    low, high = 0, HORIZON
    if percent_after(high) < percent:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if percent_after(middle) >= percent else (middle, high)
    return low if low and percent - percent_after(low) < percent_after(high) - percent else high


def at_least(percent: int, ahead: int, found: Pace) -> int:
    """The most services of which it is at least `percent` likely that they are ready after `ahead` months."""
    low, high = 0, 1
    while chance(ahead, high, found) * 100 >= percent:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if chance(ahead, middle, found) * 100 >= percent else (low, middle)
    return low


def forecast(
    course: Course,
    departments: Sequence[dict[str, Any]],
    deadlines: Sequence[dict[str, Any]],
    said: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """The forecast from the last month of `course` on, for the whole and for each of `departments` (`by_department`).

    `p50`, `p85`: the month whose chance that all is ready lies nearest; None: later than `horizon`. `not_enough_data`:
    `why` is `few_months` (under six usable months) or `no_gain`. `throughput`: what each usable month brought; `months`
    and `growth`: their number and sum. `faster`: the same at half as much again, in whole services a month.
    `needed_per_month`: per deadline to come, its open services over the months that remain, a month begun counted
    whole. `track_record`: `said` with what came since.
    """
    last, point = months.parse(course.line[-1]["month"]), course.line[-1]
    seen = course.usable[-MOST:]
    counts = [course.gained(month) for month in seen]
    found = _foretold(last, point["relevant"], point["ready"], counts)
    return found | {
        "horizon": months.name(months.step(last, HORIZON)) if found["status"] == "ok" else None,
        "throughput": [{"month": month, "count": count} for month, count in zip(seen, counts, strict=True)],
        "faster": _faster(last, point["relevant"] - point["ready"], counts) if found["status"] == "ok" else None,
        "by_department": [
            {"department": each["department"]}
            | _foretold(
                last, each["relevant"], each["ready"], [course.gained(month, each["department"]) for month in seen]
            )
            for each in departments
        ],
        "track_record": [each | {"came": course.gained_after(each["month"])} for each in said],
        "needed_per_month": _needed(last, deadlines),
    }


def _foretold(last: date, relevant: int, ready: int, counts: Sequence[int]) -> dict[str, Any]:
    found = {"months": len(counts), "growth": sum(counts), "why": None} | dict.fromkeys(QUANTILES)
    if relevant and relevant == ready:
        return {"status": "complete"} | found
    known = pace(counts)
    if not relevant or known is None:
        why = "few_months" if len(counts) < FEWEST or not relevant else "no_gain"
        return {"status": "not_enough_data"} | found | {"why": why}
    return {"status": "ok"} | found | _months(last, relevant - ready, known)


def _months(last: date, remaining: int, found: Pace) -> dict[str, str | None]:
    ahead = nearest(remaining, found)
    steps = {name: ahead[percent] for name, percent in QUANTILES.items()}
    return {name: months.name(months.step(last, each)) if each is not None else None for name, each in steps.items()}


def _faster(last: date, remaining: int, counts: Sequence[int]) -> dict[str, Any] | None:
    """At half as much again, rounded up to whole services, and at the spread that was seen."""
    known = pace(counts)
    if known is None:
        return None
    per_month = -(-3 * sum(counts) // (2 * len(counts)))
    quicker = Pace.of(per_month * known.months, known.months, known.spread)
    return {"per_month": per_month, **_months(last, remaining, quicker)}


def _needed(last: date, deadlines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": each["name"],
            "numerator": each["open"],
            "denominator": max(months.between(last, date.fromisoformat(each["date"])), 1),
        }
        for each in deadlines
        if each["days_left"] > 0 and each["open"] is not None
    ]
