"""Months are stepped, named and read."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError

from reports import months


@pytest.mark.parametrize(
    ("start", "steps", "end"),
    [("2022-11", 1, "2022-12"), ("2022-12", 1, "2023-01"), ("2022-01", -1, "2021-12"), ("2022-03", -27, "2019-12")],
)
def test_a_step_crosses_years(start, steps, end):
    assert months.step(months.parse(start), steps) == months.parse(end)
    assert months.between(months.parse(start), months.parse(end)) == steps


@pytest.mark.parametrize(("month", "day"), [("2022-02", 28), ("2024-02", 29), ("2022-04", 30), ("2022-12", 31)])
def test_the_last_day_knows_the_calendar(month, day):
    assert months.last_day(months.parse(month)).day == day


@pytest.mark.parametrize(
    "text", ["", "2022", "2022-1", "2022-00", "2022-13", "2022-11-01", "11/2022", "٢٠٢٢-١١", "0001-01", "9999-12"]
)
def test_what_is_no_month_is_refused_with_a_sentence(text):
    with pytest.raises(ValidationError, match="ist kein Monat"):
        months.parse(text)


def test_the_month_that_ended_last_is_berlins():
    with time_machine.travel(datetime(2022, 11, 30, 23, 30, tzinfo=UTC)):
        assert months.last_ended() == date(2022, 11, 1)
