"""What earlier editions foretold is read from them as they were frozen."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from reports import canonical, months
from reports.editions.freeze import freeze_edition
from reports.figures.said import said_before
from reports.models import Edition
from tests import make

OCTOBER = date(2022, 10, 1)
LATER = datetime(2023, 12, 1, tzinfo=UTC)


def frozen(municipality, month, *counts, status="ok", number=1, known_at=datetime(2022, 11, 2, tzinfo=UTC)):
    throughput = [
        {"month": months.name(months.step(month, n - len(counts))), "count": each} for n, each in enumerate(counts)
    ]
    told = {"status": status, "p50": "2026-05", "p85": None, "horizon": "2032-10", "throughput": throughput}
    text = canonical.dumps({"schema": 2, "month": months.name(month), "forecast": told})
    return Edition.objects.create(
        municipality=municipality,
        month=month,
        number=number,
        figures=text,
        sha256=canonical.digest(text),
        known_at=known_at,
        catalogue_import=make.catalogue_import(),
        correction_reason="neu gezählt" if number > 1 else "",
    )


@pytest.fixture
def municipality(db):
    return make.municipality()


def test_the_editions_of_twelve_and_six_months_ago_say_what_would_be_ready_now(municipality):
    frozen(municipality, date(2021, 10, 1), *[5] * 12)
    frozen(municipality, date(2022, 4, 1), *[5] * 12)
    frozen(municipality, date(2022, 5, 1), *[90] * 12)
    found = said_before(municipality.pk, OCTOBER, LATER)
    assert [(each["month"], each["expected"], each["at_least"]) for each in found] == [
        ("2021-10", 60, 49),
        ("2022-04", 30, 23),
    ]
    assert found[0] | {"expected": None, "at_least": None} == {
        "month": "2021-10",
        "edition": 1,
        "status": "ok",
        "p50": "2026-05",
        "p85": None,
        "horizon": "2032-10",
        "expected": None,
        "at_least": None,
    }


def test_of_several_editions_the_last_that_stood_then_is_asked(municipality):
    frozen(municipality, date(2022, 4, 1), *[5] * 12)
    frozen(municipality, date(2022, 4, 1), *[9] * 12, number=2)
    frozen(municipality, date(2022, 4, 1), *[30] * 12, number=3, known_at=LATER)
    assert [each["edition"] for each in said_before(municipality.pk, OCTOBER, LATER)] == [2]


def test_a_forecast_of_another_rule_or_of_too_little_says_no_number(municipality):
    frozen(municipality, date(2022, 4, 1))
    frozen(municipality, date(2021, 10, 1), *[0] * 12, status="not_enough_data")
    assert [each["expected"] for each in said_before(municipality.pk, OCTOBER, LATER)] == [None, None]


def test_another_municipality_said_nothing(municipality):
    frozen(make.municipality("Nachbarstadt", "159990010020"), date(2022, 4, 1), *[5] * 12)
    assert said_before(municipality.pk, OCTOBER, LATER) == []


def test_the_track_record_stands_in_the_edition_and_is_found_again(municipality):
    row = make.row(level=2, effective_on=date(2021, 12, 1), recorded_at=datetime(2021, 12, 1, tzinfo=UTC))
    frozen(municipality, date(2022, 4, 1), *[1] * 12)
    make.event(row, level=3, state="done", effective_on=date(2022, 6, 1), recorded_at=datetime(2022, 6, 1, tzinfo=UTC))
    with time_machine.travel("2022-12-02", tick=False):
        made = canonical.loads(freeze_edition(municipality, OCTOBER).figures)
    assert [(each["month"], each["expected"], each["came"]) for each in made["forecast"]["track_record"]] == [
        ("2022-04", 6, 1)
    ]
