"""How often the months that the forecast prints come true in simulated municipalities, and what it costs.

The worlds and their bounds are those the rule was chosen by: 12 and 6 months seen, 100 and 334 services left. With as
many municipalities as run here, a share is off by chance by up to four points, so that much is left on both sides. One
case falls short: half a year with a push in every fourth month shows one or two, and who saw none is told nothing.
"""

import random

import pytest

from reports.figures.forecast import HORIZON, chance, nearest, pace
from tests.benchmarks.clock import race, ratio

MUNICIPALITIES = 300
RUNS = 20
CHANCE = 4  # points
PACE = 5
YEARS = 60  # after which a municipality that is not done counts as late
HALF, STEADY, WANDERING = (44, 57), (80, 94), (70, 90)  # per cent of cases in which a month is to be true


def poisson(chance_of, mean):
    """How many of a rare thing happen: steps of an exponential clock."""
    at, count = chance_of.expovariate(1), 0
    while at < mean:
        at, count = at + chance_of.expovariate(1), count + 1
    return count


def constant(chance_of):
    while True:
        yield poisson(chance_of, PACE)


def over_dispersed(chance_of):
    """Three times the variance of chance: the mean itself differs by month."""
    while True:
        yield poisson(chance_of, chance_of.gammavariate(PACE / 2, 2))


def bursts(chance_of):
    """About twenty at once, one month in four."""
    while True:
        yield sum(chance_of.randint(10, 30) for _ in range(poisson(chance_of, PACE / 20)))


def season(chance_of):
    month = chance_of.randrange(12)
    whole = PACE * 12 / (9 + 3 * 0.3)
    while True:
        month = (month + 1) % 12
        yield poisson(chance_of, whole * (0.3 if month in (6, 7, 11) else 1))


def fall_backs(chance_of):
    while True:
        yield poisson(chance_of, PACE + 1) - 4 * poisson(chance_of, 0.25)


def drift(chance_of):
    """A pace that wanders and comes back (AR .97), by 29 % around its mean."""
    at = chance_of.gauss(0, 0.29)
    while True:
        at = 0.97 * at + chance_of.gauss(0, 0.29 * (1 - 0.97**2) ** 0.5)
        yield poisson(chance_of, PACE * max(0.0, 1 + at))


def walk(chance_of):
    """A pace that goes anywhere, by 5 % a month."""
    at = 1.0
    while True:
        at *= 1 + chance_of.gauss(0, 0.05)
        yield poisson(chance_of, PACE * at)


WORLDS = {
    constant: STEADY,
    over_dispersed: STEADY,
    bursts: STEADY,
    season: (80, 97),
    fall_backs: STEADY,
    drift: WANDERING,
    walk: WANDERING,
}
FALLS_SHORT = {(bursts, 6): ((37, 57), (70, 94))}


def came_true(world, seen, remaining, chance_of):
    """For one municipality: whether all was ready by the printed months, and its counts; None: nothing is printed.

    The printed month is the one whose chance lies nearest, so all was ready by it after t months when the chances of
    t − 1 and t lie on the whole not above the per cent. A month beyond ten years is read the same way.
    """
    months = world(chance_of)
    counts = [next(months) for _ in range(seen)]
    found = pace(counts)
    if found is None:
        return None
    taken = _taken(months, remaining)
    before, then = (chance(taken - 1, remaining, found) if taken > 1 else 0.0), chance(taken, remaining, found)
    return [before + then <= 2 * share for share in (0.5, 0.85)], counts, taken


def _taken(months, remaining):
    left, taken = remaining, 0
    while left > 0 and taken < YEARS * 12:
        left, taken = left - next(months), taken + 1
    return taken


@pytest.mark.parametrize("world", WORLDS, ids=lambda each: each.__name__)
def test_the_printed_months_come_true_as_often_as_they_say(world):
    for seen in (12, 6):
        for remaining in (100, 334):
            chance_of = random.Random(f"{world.__name__} {seen} {remaining}")
            every = [came_true(world, seen, remaining, chance_of) for _ in range(MUNICIPALITIES)]
            told = [each for each in every if each]
            shares = [100 * sum(true[index] for true, _counts, _taken in told) / len(told) for index in (0, 1)]
            words = f"{world.__name__}, {seen} months seen, {remaining} left"
            print(f"{words}: 50 % month true in {shares[0]:.0f} %, 85 % month in {shares[1]:.0f} %")  # noqa: T201 (a benchmark prints its figure)
            for share, (least, most) in zip(shares, FALLS_SHORT.get((world, seen), (HALF, WORLDS[world])), strict=True):
                assert least - CHANCE <= share <= most + CHANCE, words
            _agrees(told[:10], remaining)


def _agrees(told, remaining):
    """That what counts as true above is what the printed months say."""
    for true, counts, taken in told:
        printed = nearest(remaining, pace(counts)).values()
        assert [each is None or taken <= each for each in printed] == [
            each or month is None for each, month in zip(true, printed, strict=True)
        ]
        assert all(month is not None or chance(HORIZON, remaining, pace(counts)) < 0.85 for month in printed)


def test_a_forecast_costs_a_few_sums():
    """Both months are looked for among 120 by halves: seven sums each, of as many terms as services are left."""
    found, left, looks = pace([5] * 12), 334, 14

    def bare():
        for _ in range(looks):
            term = total = 1.0
            for at in range(left):
                term *= 0.9 * (5.5 + at) / (at + 1)
                total += term

    floor, ours = race(RUNS, bare, lambda: nearest(left, found))
    ratio("both months of a forecast, against as many bare sums", ours, floor, 4)
