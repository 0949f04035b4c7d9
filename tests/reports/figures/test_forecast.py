"""The forecast is the closed form it says it is, from the months that can tell a pace and from no others."""

from datetime import date
from math import exp, lgamma, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import months
from reports.figures.forecast import DRIFT, HORIZON, Pace, at_least, chance, forecast, nearest, pace
from reports.figures.trend import EVERYTHING, Course

NOVEMBER = date(2022, 11, 1)
paces = st.lists(st.integers(-4, 30), min_size=6, max_size=12).filter(lambda counts: sum(counts) > 0)


def course(*counts, ready=0, relevant=100, department=None):
    """A municipality in November 2022 whose last usable months brought `counts`, all of it by `department`."""
    seen = [months.name(months.step(NOVEMBER, n + 1 - len(counts))) for n in range(len(counts))]
    brought = {(EVERYTHING, month): count for month, count in zip(seen, counts, strict=True)}
    brought |= {(department, month): count for (_group, month), count in brought.items()}
    return Course([{"month": "2022-11", "relevant": relevant, "ready": ready}], seen, brought)


def foretold(went, departments=(), deadlines=(), said=()):
    return forecast(went, departments, deadlines, said)


def upper_tail(ahead, wanted, counts):
    """The same chance from the textbook: the negative binomial's mass, by logarithms of the gamma function."""
    n, total = len(counts), sum(counts)
    mean = total / n
    spread = max(1.0, sum((each - mean) ** 2 for each in counts) / (n - 1) / mean)
    steps = total / spread + 0.5
    expected = steps * spread * ahead / n
    variance = spread * expected + expected**2 * (1 / steps + DRIFT**2 * (n + ahead) / 3)
    k = expected**2 / (variance - expected)
    x = expected / (k + expected)
    mass = [exp(lgamma(r + k) - lgamma(k) - lgamma(r + 1) + k * log(1 - x) + r * log(x)) for r in range(wanted)]
    return 1 - sum(mass)


@settings(max_examples=200, deadline=None)
@given(counts=paces, ahead=st.integers(1, HORIZON), wanted=st.integers(1, 3000))
def test_the_chance_is_the_negative_binomials(counts, ahead, wanted):
    assert chance(ahead, wanted, pace(counts)) == pytest.approx(upper_tail(ahead, wanted, counts), abs=1e-8)


def test_what_is_as_good_as_impossible_is_said_at_once():
    """The mass of 3,000 after two months lies below what a float can write in full: its sum came to no end."""
    assert chance(2, 3000, pace([1, 1, 0, 1, 2, -2, 0, 0, 0, 0])) == 0.0


@settings(max_examples=60, deadline=None)
@given(counts=paces, remaining=st.integers(1, 400))
def test_more_months_and_fewer_services_are_never_less_likely(counts, remaining):
    found = pace(counts)
    chances = [chance(ahead, remaining, found) for ahead in range(1, 40)]
    assert chances == sorted(chances)
    assert chance(12, remaining, found) >= chance(12, remaining + 1, found)


@settings(max_examples=60, deadline=None)
@given(counts=paces, remaining=st.integers(1, 400), percent=st.sampled_from([50, 85]))
def test_the_month_printed_is_the_one_whose_chance_lies_nearest(counts, remaining, percent):
    found = pace(counts)
    printed = nearest(remaining, found)[percent]
    if printed is None:
        assert chance(HORIZON, remaining, found) * 100 < percent
    else:
        around = range(max(printed - 3, 1), min(printed + 3, HORIZON) + 1)
        off = {ahead: abs(chance(ahead, remaining, found) * 100 - percent) for ahead in around} | {0: percent}
        assert off[printed] == min(off.values())


@settings(max_examples=60, deadline=None)
@given(counts=paces, ahead=st.sampled_from([6, 12]), percent=st.sampled_from([50, 85]))
def test_so_many_are_likely_and_one_more_is_not(counts, ahead, percent):
    found = pace(counts)
    most = at_least(percent, ahead, found)
    assert most == 0 or chance(ahead, most, found) * 100 >= percent
    assert chance(ahead, most + 1, found) * 100 < percent


def test_pushes_are_less_sure_than_the_same_work_month_by_month():
    """334 left: five a month for a year, and three pushes of twenty."""
    steady, pushes = pace([5] * 12), pace([20, 0, 0, 0] * 3)
    assert [month for found in (steady, pushes) for month in nearest(334, found).values()] == [67, 81, 65, None]


def test_a_pace_has_as_many_steps_as_there_were_pushes():
    assert pace([5] * 12) == Pace(12, 1.0, 60.5)
    assert round(pace([20, 0, 0, 0] * 3).steps) == 4


def test_five_a_month_for_a_year():
    found = foretold(course(*[5] * 12, ready=100, relevant=434))
    assert {name: found[name] for name in ("status", "why", "p50", "p85", "horizon", "months", "growth")} == {
        "status": "ok",
        "why": None,
        "p50": "2028-06",
        "p85": "2029-08",
        "horizon": "2032-11",
        "months": 12,
        "growth": 60,
    }
    assert found["throughput"][0] == {"month": "2021-12", "count": 5}
    assert found["faster"] == {"per_month": 8, "p50": "2026-05", "p85": "2026-12"}


@pytest.mark.parametrize(("counts", "quicker"), [([5] * 12, 8), ([1, 0] * 6, 1), ([2] * 6, 3), ([12] * 12, 18)])
def test_faster_is_half_as_much_again_in_whole_services(counts, quicker):
    assert foretold(course(*counts))["faster"]["per_month"] == quicker


def test_what_lies_beyond_ten_years_is_later_than_its_last_month():
    found = foretold(course(1, 0, 0, 1, 0, 0, relevant=500))
    assert (found["status"], found["p50"], found["p85"], found["horizon"]) == ("ok", None, None, "2032-11")


@pytest.mark.parametrize(
    ("counts", "why"),
    [((5,) * 5, "few_months"), ((), "few_months"), ((0,) * 12, "no_gain"), ((3, -2, 0, -1, 0, 0), "no_gain")],
)
def test_there_is_not_enough_only_by_what_went_in(counts, why):
    found = foretold(course(*counts))
    assert [found[name] for name in ("status", "why", "p50", "p85", "horizon", "faster")] == [
        *("not_enough_data", why),
        *[None] * 4,
    ]


def test_two_pushes_in_a_year_are_enough_and_give_years():
    found = foretold(course(10, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, relevant=60))
    assert (found["status"], found["p50"], found["p85"]) == ("ok", "2025-10", "2029-05")


def test_with_everything_ready_it_is_complete():
    assert foretold(course(10, relevant=60, ready=60))["status"] == "complete"


def test_with_nothing_relevant_there_is_nothing_to_foretell():
    assert foretold(course(*[2] * 12, relevant=0))["status"] == "not_enough_data"


def test_of_more_than_twelve_usable_months_the_last_count():
    assert foretold(course(90, *[0] * 12))["why"] == "no_gain"


def test_each_department_has_its_own_pace():
    parts = [
        {"department": "Bauen", "relevant": 20, "ready": 0},
        {"department": None, "relevant": 10, "ready": 10},
        {"department": "Ruhe", "relevant": 10, "ready": 1},
    ]
    found = foretold(course(*[2] * 12, department="Bauen"), parts)["by_department"]
    assert [(each["department"], each["status"], each["growth"], each["p50"]) for each in found] == [
        ("Bauen", "ok", 24, "2023-09"),
        (None, "complete", 0, None),
        ("Ruhe", "not_enough_data", 0, None),
    ]


def test_what_was_said_stands_beside_what_came():
    said = [{"month": "2022-05", "expected": 12, "at_least": 9}]
    assert foretold(course(*range(12)), said=said)["track_record"] == [
        {"month": "2022-05", "expected": 12, "at_least": 9, "came": 6 + 7 + 8 + 9 + 10 + 11}
    ]


def test_the_pace_a_deadline_needs_is_open_services_over_months_left():
    def due(name, day, days_left):
        return {"name": name, "date": day, "days_left": days_left, "open": 15, "in_scope": 20}

    deadlines = [due("vorbei", "2022-11-29", -1), due("bald", "2022-12-31", 31), due("Rat", "2023-06-30", 212)]
    assert foretold(course(1, 2), deadlines=deadlines)["needed_per_month"] == [
        {"name": "bald", "numerator": 15, "denominator": 1},
        {"name": "Rat", "numerator": 15, "denominator": 7},
    ]
