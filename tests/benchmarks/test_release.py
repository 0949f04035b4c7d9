"""A release that brings new services to 1,000 municipalities, against a bare INSERT … SELECT of the same rows and
events.

The floor asks nothing: not whom a service concerns, nor whether a row is there. The catalogue has its real size.
"""

from datetime import date

import pytest
from django.db import connection, transaction

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService, StatusChange, TrackedState
from ozg_tracker.tracking.releases.loading import add_rows
from ozg_tracker.tracking.responsibility.suggesting import LEFT_OUT, suggestions
from tests import make
from tests.benchmarks.clock import race, ratio
from tests.benchmarks.real_size import catalogue

MUNICIPALITIES, NEW, HELD, RELEASE = 1000, 40, 20, "2026-02"
NAMES = [field.attname for field in TrackedState._meta.fields]
STATE = {name: value for name in NAMES if (value := getattr(MunicipalService(), name)) is not None}


@pytest.fixture
def new(db):
    """The new services of a catalogue; every municipality has rows for some of the old ones."""
    catalogue()
    found = [pk for pk, suggested in suggestions("kreisangehoerig").items() if suggested not in LEFT_OUT]
    model = make.maturity_model()
    municipalities = Municipality.objects.bulk_create(
        Municipality(name=f"Stadt {n}", ars=f"15999001{n:04d}", kind="kreisangehoerig", maturity_model=model)
        for n in range(MUNICIPALITIES)
    )
    MunicipalService.objects.bulk_create(
        (
            MunicipalService(municipality=municipality, service_id=each)
            for municipality in municipalities
            for each in found[:HELD]
        ),
        batch_size=2000,
    )
    return found[-NEW:]


def bare(new):
    """The two statements on the driver, with every value written into them."""
    execute = connection.connection.execute
    columns, values = ", ".join(STATE), ", ".join(f"'{value}'" for value in STATE.values())
    highest = execute("SELECT max(id) FROM tracking_municipalservice").fetchone()[0]
    execute(
        f"INSERT INTO tracking_municipalservice (municipality_id, service_id, version, {columns}) "
        f"SELECT municipality.id, service.id, 1, {values} FROM accounts_municipality municipality, "
        "catalog_service service "
        f"WHERE service.id IN ({', '.join(map(str, new))}) ORDER BY municipality.id, service.id"
    )
    execute(
        f"INSERT INTO tracking_statuschange (municipality_id, row_id, version, {', '.join(NAMES)}, "
        f"effective_on, recorded_at, reason, source) SELECT municipality_id, id, version, {', '.join(NAMES)}, "
        f"'{date.today()}', CURRENT_TIMESTAMP, 'Neu im Katalogstand {RELEASE}', 'catalogue' "  # noqa: DTZ011 (any day)
        f"FROM tracking_municipalservice WHERE id > {highest} ORDER BY id"
    )


def written(new):
    """The rows for the new services and their events, without ids and instants."""
    rows = MunicipalService.objects.filter(service__in=new).values_list("municipality", "service", "version", *NAMES)
    names = ("row__service", "municipality", "version", "reason", "source", *NAMES)
    return sorted(map(repr, rows)), sorted(map(repr, StatusChange.objects.values_list(*names)))


def test_a_release_for_1000_municipalities(new):
    begun = []

    def back():
        while begun:
            transaction.savepoint_rollback(begun.pop())
        begun.append(transaction.savepoint())

    def ours():
        assert add_rows(new, None, RELEASE) == MUNICIPALITIES * NEW

    back()
    ours()
    result = written(new)
    back()
    bare(new)
    assert written(new) == result
    assert [len(each) for each in result] == [MUNICIPALITIES * NEW] * 2
    back()
    measured, floor = race(5, ours, lambda: bare(new), before=back)
    ratio(
        f"release: {NEW} services × {MUNICIPALITIES:,} municipalities, {MUNICIPALITIES * NEW:,} rows and events",
        measured,
        floor,
        at_most=2,
    )
