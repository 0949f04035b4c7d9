"""When will everything be ready, if the last twelve months go on? And how fast must it go for each deadline?"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from reports import months

SAMPLE = 12
HORIZON = 240  # months; a forecast beyond twenty years would be invented
WIDER = 4
QUANTILES = {"p50": 50, "p85": 85}


def forecast(trend: Sequence[dict[str, Any]], deadlines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The forecast from the trend's last month on.

    `p50`, `p85`: the first month in which at least that share of all possible runs is complete, where each month of a
    run is one of the last twelve, drawn with equal chance; None: not within twenty years. `not_enough_data`: nothing is
    relevant, or the number of ready services changed in fewer than three of these months. `needed_per_month`: per
    deadline that has not passed, its open services over the months that remain, a month begun counted whole. `months`
    and `growth`: how many months were drawn from, and what they added up to.
    """
    relevant, ready, last = trend[-1]["relevant"], trend[-1]["ready"], months.parse(trend[-1]["month"])
    growth = _growth(trend)
    found: dict[str, Any] = {"months": len(growth), "growth": sum(growth), "p50": None, "p85": None}
    if relevant and relevant == ready:
        found["status"] = "complete"
    elif not relevant or sum(1 for each in growth if each) < 3:
        found["status"] = "not_enough_data"
    else:
        found["status"] = "ok"
        for name, steps in runs_complete(growth, relevant - ready).items():
            found[name] = steps and months.name(months.step(last, steps))
    return found | {"needed_per_month": _needed(last, deadlines)}


def _growth(trend: Sequence[dict[str, Any]]) -> list[int]:
    ready = [each["ready"] for each in trend[-SAMPLE - 1 :]]
    return [after - before for before, after in pairwise(ready)]


def runs_complete(growth: Sequence[int], remaining: int) -> dict[str, int | None]:
    """After how many months 50 % and 85 % of all runs have brought `remaining` to nought at least once.

    Counted exactly instead of drawn: after n months there are len(growth)ⁿ runs, and those still incomplete are held by
    what remains to them, as digits of one large number; a month that makes g services ready shifts them down g places,
    and what is shifted out is complete. Drawing 10,000 runs comes to the same months, but for its chance error.
    """
    found: dict[str, int | None] = dict.fromkeys(QUANTILES)
    steps = sorted(Counter(growth).items())
    total, width = 1, WIDER  # bytes of a digit: as many as hold all runs, since short digits are shifted faster
    incomplete = 1 << 8 * width * (remaining - 1)  # one run, with `remaining` (at least one) to go
    for month in range(1, HORIZON + 1):
        total *= len(growth)
        if total >> 8 * width - 1:
            incomplete, width = _spread(incomplete, width), width + WIDER
        incomplete = sum([_shifted(incomplete, 8 * width * each) * count for each, count in steps])
        left = incomplete % ((1 << 8 * width) - 1)  # the sum of the digits
        for name, percent in QUANTILES.items():
            if found[name] is None and (total - left) * 100 >= percent * total:
                found[name] = month
        if all(found.values()):
            break
    return found


def _spread(number: int, width: int) -> int:
    """`number` with the same digits, each WIDER bytes wider."""
    digits = number.to_bytes((number.bit_length() // 8 // width + 1) * width, "little")
    return int.from_bytes(bytes(WIDER).join([digits[at : at + width] for at in range(0, len(digits), width)]), "little")


def _shifted(number: int, down: int) -> int:
    return number >> down if down >= 0 else number << -down


def _needed(last: date, deadlines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": each["name"],
            "numerator": each["open"],
            "denominator": max(months.between(last, date.fromisoformat(each["date"])), 1),
        }
        for each in deadlines
        if each["days_left"] > 0
    ]
