"""The feed beside many writers: nothing lost, nothing twice, in the order of commits; and what a read of it costs."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from random import Random
from threading import Event

import pytest
from django.db import connection, transaction

from ozg_tracker.feed.publishing import publish
from ozg_tracker.feed.reading import mark_of, read
from ozg_tracker.tracking.models import StatusChange
from ozg_tracker.tracking.rows.status import Conflict, change_status
from tests import make
from tests.benchmarks.clock import race, ratio
from tests.benchmarks.real_size import catalogue, municipality

SECONDS = float(os.environ.get("WRITERS_SECONDS", "4"))
ROWS, TODAY = 40, date(2022, 12, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("writers", [8, 50])
def test_a_reader_beside_many_writers_and_a_long_transaction_gets_each_event_once(writers):
    rows = [make.row(make.service(key=f"99102013{100 + at}000", name=f"Leistung {at}")) for at in range(ROWS)]
    person = make.user()
    begun, ended = Event(), Event()
    got, mark = [], mark_of("now")
    with ThreadPoolExecutor(writers + 1) as pool:
        end = time.monotonic() + SECONDS
        long = pool.submit(import_of, rows[-1], begun, ended)
        if connection.vendor == "postgresql":
            assert begun.wait(30)  # SQLite lets nobody else write meanwhile
        busy = [pool.submit(write, rows[:-1], seed, end) for seed in range(writers)]
        while not all(each.done() for each in busy):
            page = read(person, mark, 500)
            got, mark = got + page.events, page.mark
            time.sleep(0.02)
        ended.set()
        written = sum(each.result() for each in busy) + long.result()
    while True:
        page = read(person, mark, 500)
        got, mark = got + page.events, page.mark
        if not page.more:
            break
    ids = [event.id for event in got if event.kind == "status-change"]
    missing, twice = written - len(set(ids)), len(ids) - len(set(ids))
    print(f"{connection.vendor}: {written} Ereignisse, {missing} fehlen, {twice} doppelt")  # noqa: T201 (a benchmark prints its figure)
    assert sorted(ids) == list(StatusChange.objects.filter(version__gt=1).order_by("pk").values_list("pk", flat=True))
    assert len(ids) == written
    versions = dict(StatusChange.objects.values_list("pk", "version"))
    by_row = {}
    for event in got:
        if event.kind == "status-change":
            by_row.setdefault(event.about, [1]).append(versions[event.id])
    assert {b - a for seen in by_row.values() for a, b in pairwise(seen)} == {1}


def import_of(row, begun, ended):
    """A long transaction that writes first and commits when all others are done."""
    try:
        if connection.vendor == "sqlite":  # one writer at a time: it would shut the others out
            ended.wait(SECONDS * 10)
        with transaction.atomic():
            for at in range(20):
                put(row, f"Einlesen {at}")
            begun.set()
            ended.wait(SECONDS * 10)
    finally:
        connection.close()
    return 20


def write(rows, seed, end):
    """How many changes one writer brought through, on one row or on several in one transaction."""
    chance, done = Random(seed), 0
    try:
        while time.monotonic() < end or not done:
            some = sorted(chance.sample(rows, chance.choice([1, 1, 1, 3])), key=lambda row: row.pk)
            try:
                with transaction.atomic():
                    for row in some:
                        put(row, f"{seed}-{done}")
            except Conflict:
                continue
            done += len(some)
    finally:
        connection.close()
    return done


def put(row, note):
    mine = type(row).objects.select_related("municipality").get(pk=row.pk)
    change_status(mine, {"note": note}, seen_version=None, by=None, reason="", effective_on=TODAY)


@pytest.mark.django_db
def test_reading_costs_little_more_than_naming_the_events():
    """Against one statement that reads the same facts of the same events by their ids."""
    made = municipality(catalogue(services=1300, bundles=140))
    person = make.user(municipality=made)
    publish()
    ids = list(StatusChange.objects.order_by("pk").values_list("pk", flat=True))
    columns = ("pk", "recorded_at", "row", "municipality")

    def bare():
        for at in range(0, len(ids), 1000):
            list(StatusChange.objects.filter(pk__in=ids[at : at + 1000]).values_list(*columns))

    def feed():
        mark = mark_of("")
        while (page := read(person, mark, 1000)).more:
            mark = page.mark

    floor, measured = race(5, bare, feed)
    print(f"{len(ids) / measured:.0f} Ereignisse/s")  # noqa: T201 (a benchmark prints its figure)
    ratio(f"{len(ids)} Ereignisse der Folge ({connection.vendor})", measured, floor, at_most=4)
