"""Tracking, measured against bare SQL on the same connection: status files, the state as of a day."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from ozg_tracker.tracking.exchange.import_status import import_status
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.rows.as_of import as_of_params, as_of_sql, state_as_of
from ozg_tracker.tracking.rows.planning import EVENT_COLUMNS, insert_events
from tests.benchmarks.clock import race, ratio
from tests.benchmarks.real_size import catalogue, municipality

pytestmark = pytest.mark.django_db
LINES, ROWS = 10_000, 1300


def undone(deed):
    """`deed` in a transaction that is rolled back, so that each run starts from the same tables."""

    def run():
        with transaction.atomic():
            deed()
            transaction.set_rollback(True)

    return run


def status_file(path, services):
    """Two years of lines in the order of their days, each of which changes something."""
    chance = random.Random(7)
    lines = ["Schlüssel;Zuständigkeit;Stand;Reifegrad;Fälle pro Jahr;Bemerkung;Gilt ab;Begründung"]
    for at in range(LINES):
        service, day = services[at % ROWS], date(2020, 12, 1) + timedelta(days=700 * at // LINES)
        level = chance.randrange(5)
        state = "fertig" if level >= 3 else "in Umsetzung"
        lines.append(f"{service.key};Kommune;{state};{level};{chance.randrange(5000)};Stand {at};{day};Weil es so ist")
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def test_ten_thousand_status_lines_cost_at_most_five_times_the_bare_inserts_of_their_events(tmp_path):
    services = catalogue(services=ROWS, bundles=140)
    made = municipality(services, events=ROWS)
    path = status_file(tmp_path / "stand.csv", services)
    analysed()
    with transaction.atomic():
        outcome = import_status(path, made)
        written = StatusChange.objects.filter(version__gt=1).order_by("id").values_list(*EVENT_COLUMNS)
        events = [list(event) for event in written]
        transaction.set_rollback(True)
    assert (outcome.applied, len(events)) == (LINES, LINES)
    floor, measured = race(
        6,
        undone(lambda: insert_events([adapted(event) for event in events])),
        undone(lambda: import_status(path, made)),
    )
    ratio(f"10.000 Statuszeilen ({connection.vendor})", measured, floor, at_most=5)


def adapted(event):
    days, stamp = (EVENT_COLUMNS.index("planned_on"), EVENT_COLUMNS.index("effective_on")), -1
    for at in days:
        event[at] = connection.ops.adapt_datefield_value(event[at])
    if not isinstance(event[stamp], str):
        event[stamp] = connection.ops.adapt_datetimefield_value(event[stamp])
    return event


def test_the_state_as_of_a_day_costs_little_more_than_its_bare_statement():
    made = municipality(catalogue(services=ROWS, bundles=140))
    analysed()
    params = as_of_params(made.pk, date(2021, 11, 30))

    def bare():
        with connection.cursor() as cursor:
            cursor.execute(as_of_sql(connection.vendor), params)
            return cursor.fetchall()

    assert len(bare()) == MunicipalService.objects.count()
    floor, measured = race(10, bare, lambda: state_as_of(made.pk, date(2021, 11, 30)))
    ratio(f"Stand zum Tag, {ROWS} Leistungen ({connection.vendor})", measured, floor, at_most=2)


def analysed():
    """As in an installation, the database knows how full its tables are; a guess makes both sides of a ratio odd."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
