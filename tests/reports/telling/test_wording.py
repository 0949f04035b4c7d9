"""Numbers, rates, months and days as a report writes them."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.telling import wording
from reports.telling.wording import NARROW

WHOLES = st.integers(min_value=1, max_value=10**9)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (179, 612, "29,2"),
        (1, 8, "12,5"),
        (1, 2000, "0,1"),
        (1, 100_000, "0,1"),
        (99_999, 100_000, "99,9"),
        (1, 16, "6,3"),  # 6.25 goes up
        (0, 7, "0"),
        (7, 7, "100"),
    ],
)
def test_percent_has_one_decimal_half_up_and_a_narrow_space(part, whole, said):
    assert wording.percent(part, whole) == f"{said}{NARROW}%"


def test_percent_of_nothing_is_a_dash():
    assert wording.percent(0, 0) == "–"


@settings(deadline=None)
@given(whole=WHOLES, data=st.data())
def test_rate_is_the_exact_fraction_rounded_and_whole_only_when_exact(whole, data):
    part = data.draw(st.integers(min_value=0, max_value=whole))
    exact = Fraction(1000 * part, whole)
    rounded = int((exact + Fraction(1, 2)).__floor__())
    if 0 < part < whole:
        rounded = min(max(rounded, 1), 999)
    assert wording.rate(part, whole) == rounded
    assert (wording.rate(part, whole) == 1000) == (part == whole)
    assert (wording.rate(part, whole) == 0) == (part == 0)


@settings(deadline=None)
@given(whole=st.integers(min_value=1, max_value=5000), data=st.data())
def test_tenths_round_as_decimal_does(whole, data):
    part = data.draw(st.integers(min_value=0, max_value=whole))
    exact = (Decimal(part) * 1000 / whole).quantize(Decimal(1), ROUND_HALF_UP)
    assert wording.tenths(part, whole) == int(exact)


@pytest.mark.parametrize(("count", "said"), [(8, "+8"), (-3, "−3"), (0, "±0"), (1240, "+1.240"), (-18_940, "−18.940")])
def test_changes_carry_their_sign(count, said):
    assert wording.signed(count) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (242, "noch 242 Tage"),
        (1, "noch 1 Tag"),
        (0, "läuft am Stichtag ab"),
        (-1, "seit 1 Tag abgelaufen"),
        (-1400, "seit 1.400 Tagen abgelaufen"),
    ],
)
def test_days_left(days, said):
    assert wording.days_left(days) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (179, 612, "Knapp drei von zehn Leistungen sind fertig"),
        (30, 100, "Genau drei von zehn Leistungen sind fertig"),
        (320, 608, "Gut die Hälfte der Leistungen ist fertig"),
        (3, 600, "3 von 600 Leistungen sind fertig"),
        (1, 600, "1 von 600 Leistungen ist fertig"),
        (599, 600, "599 von 600 Leistungen sind fertig"),
        (2, 7, "2 von 7 Leistungen sind fertig"),
        (0, 600, "Keine Leistung ist fertig"),
        (600, 600, "Alle Leistungen sind fertig"),
        (0, 0, "Es gibt keine Leistung, die zählt"),
    ],
)
def test_a_share_is_said_as_people_say_it(part, whole, said):
    assert wording.share(part, whole) == said


def test_months_and_spans():
    assert wording.month("2026-10") == "Oktober 2026"
    assert wording.month_short("2026-03") == "Mär"
    assert wording.month_span("2031-04", "2031-10") == "April bis Oktober 2031"
    assert wording.month_span("2031-11", "2032-05") == "November 2031 bis Mai 2032"
    assert wording.month_span("2031-04", "2031-04") == "April 2031"


def test_instants_are_told_in_berlin():
    assert wording.instant("2022-12-31T23:30:00.000000Z") == "01.01.2023, 00:30 Uhr"
    assert wording.instant("2022-07-01T22:30:00.000000Z") == "02.07.2022, 00:30 Uhr"


def test_lists_and_ready_levels():
    assert wording.listed([]) == ""
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b", "c"]) == "a, b und c"
    assert wording.ready_levels(3, {str(n): 0 for n in range(5)}) == "Reifegrad 3 oder 4"
    assert wording.ready_levels(3, {str(n): 0 for n in range(8)}) == "Reifegrad 3 bis 7"
    assert wording.step(None, 3) == "nicht bewertet → 3"


def test_bold_parts_are_told_apart_from_the_rest():
    sentence = f"Es sind {wording.strong('8 fertig', 'list=ready')}, {wording.strong('nicht 9')}."
    assert wording.spans(sentence) == [
        {"text": "Es sind ", "strong": False, "query": ""},
        {"text": "8 fertig", "strong": True, "query": "list=ready"},
        {"text": ", ", "strong": False, "query": ""},
        {"text": "nicht 9", "strong": True, "query": ""},
        {"text": ".", "strong": False, "query": ""},
    ]
    assert wording.plain(sentence) == "Es sind 8 fertig, nicht 9."
