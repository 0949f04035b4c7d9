"""Digital take-up: which year is told, which services count, and that it stays what it was."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from ozg_tracker.tracking.cases.recording import Entry, Number, record_cases
from reports import canonical
from reports.editions.freeze import freeze_edition, would_differ
from reports.editions.verifying.verify import verify_history
from reports.figures.compute import compute
from reports.figures.take_up import UNKNOWN
from reports.models import Edition
from reports.telling.content import preview
from tests import make

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 12, 2, 9, tzinfo=UTC)
NOVEMBER = date(2022, 11, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rows():
    """Two ready services and one that is not."""
    make.municipality()
    levels = {"99107000000001": 3, "99107000000002": 4, "99107000000003": 1}
    return [make.row(make.service(key, key), level=level) for key, level in levels.items()]


def record(row, *numbers, year=2022, how="hand"):
    channels = ("online", "counter", "post", "phone", "mail")
    said = {name: Number(number) for name, number in zip(channels, numbers, strict=True)}
    record_cases(row.municipality, [Entry(row.pk, year, said)], by=None, how=how)


def figures(row, known_at=NOW):
    return compute(row.municipality, NOVEMBER, known_at)


def told(found):
    [line] = [each for each in preview(found).rates if each.name == "Digitale Nutzung"]
    return line.percent, line.counted, line.meaning


def test_of_ready_services_with_five_known_channels_the_online_cases_are_counted(rows):
    record(rows[0], 60, 30, 10, 0, 0)
    record(rows[1], 100, 0, 0, 0, None)  # a channel is not known
    record(rows[2], 1, 1, 1, 1, 1)  # not ready
    found = figures(rows[0])
    wanted = {"year": 2022, "numerator": 60, "denominator": 100, "known_rows": 1, "extrapolated_rows": 0}
    assert found["take_up"] == wanted
    channels = {"online": 60, "counter": 30, "post": 10, "phone": 0, "mail": 0, "extrapolated": False}
    assert [each.get("channels") for each in found["services"]] == [
        channels,
        None,
        dict.fromkeys(channels, 1) | {"extrapolated": False},
    ]
    assert told(found) == (
        "60,0\u202f%",
        "60 von 100",
        "Fälle 2022, die online kamen; bekannt für 1 von 2 fertigen Leistungen",
    )


def test_the_year_in_which_more_is_known_is_told_and_the_later_of_two_alike(rows):
    record(rows[0], 1, 1, 0, 0, 0, year=2021)
    assert figures(rows[0])["take_up"]["year"] == 2021
    record(rows[1], 1, 0, 0, 0, 0)
    assert figures(rows[0])["take_up"]["year"] == 2022
    record(rows[1], 1, 0, 0, 0, 0, year=2021)
    assert figures(rows[0])["take_up"]["year"] == 2021
    record(rows[0], 5, 0, 0, 0, 0, year=2020)
    assert figures(rows[0])["take_up"]["known_rows"] == 2


def test_what_was_extrapolated_is_marked(rows):
    record(rows[0], 60, 30, 10, 0, 0, how="week")
    found = figures(rows[0])
    assert (found["take_up"]["extrapolated_rows"], found["services"][0]["channels"]["extrapolated"]) == (1, True)
    assert told(found)[2].endswith("fertigen Leistungen, davon 1 aus Zählwochen hochgerechnet")


def test_where_nothing_is_known_the_report_says_so(rows):
    found = figures(rows[0])
    assert found["take_up"] == UNKNOWN
    assert not any("channels" in each for each in found["services"])
    assert told(found)[0] == "nicht bekannt"


def test_an_edition_stays_true_when_more_becomes_known_and_its_correction_names_the_service(rows, clock):
    record(rows[0], 60, 30, 10, 0, 0)
    made = freeze_edition(rows[0].municipality, NOVEMBER)
    clock.shift(3600)
    record(rows[0], 70, 30, 10, 0, 0)
    assert verify_history()["differences"] == []
    assert would_differ(made) == [
        "„99107000000001“: Fälle nach Kanal online 70, vor Ort 30, Post 10, Telefon 0, E-Mail 0 statt online 60, "
        "vor Ort 30, Post 10, Telefon 0, E-Mail 0",
        "digitale Nutzung, Zähler: 70 statt 60",
        "digitale Nutzung, Nenner: 110 statt 100",
    ]


def test_an_edition_of_before_stays_valid_and_says_nothing_of_it(rows):
    made = freeze_edition(rows[0].municipality, NOVEMBER)
    before = {name: told for name, told in canonical.loads(made.figures).items() if name != "take_up"}
    text = canonical.dumps(before)
    again = {"municipality": made.municipality, "known_at": made.known_at, "catalogue_import": made.catalogue_import}
    old = Edition(**again, month=NOVEMBER, number=9, figures=text, sha256=canonical.digest(text))
    assert would_differ(old) == []
    assert [each.name for each in preview(before).rates if each.name == "Digitale Nutzung"] == []
