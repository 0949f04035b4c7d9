"""Fifty writers at once: nothing lost, no error but honest conflicts, an event for every acknowledged change.

Through the deed, in processes of their own, for a few seconds (WRITERS_SECONDS).
"""

import os
import random
import time
from multiprocessing import get_context

import pytest
from django.db import connection
from django.utils import timezone

from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.status import Conflict, change_status
from tests import make

WRITERS, ROWS = 50, 20
SECONDS = float(os.environ.get("WRITERS_SECONDS", "4"))


@pytest.mark.django_db(transaction=True)
def test_fifty_writers_lose_nothing(tmp_path):
    for at in range(ROWS):
        make.row(make.service(key=f"99102013{100 + at}000", name=f"Leistung {at}"))
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":  # the tests' own database lives in memory, which processes do not share
        name = str(tmp_path / "writers.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [name])
    told = run(name)
    written, conflicts = sum(each[0] for each in told), sum(each[1] for each in told)
    errors = [error for each in told for error in each[2]]
    print(f"{connection.vendor}: {written / SECONDS:.0f} Änderungen/s, {conflicts} Konflikte, {len(errors)} Fehler")  # noqa: T201 (a benchmark prints its figure)
    assert errors == []
    assert counts(name) == (ROWS + written, ROWS + written)
    assert written > 0


def run(name):
    """What each writer acknowledged: changes, conflicts, errors. All start together."""
    keys = list(MunicipalService.objects.order_by("pk").values_list("pk", flat=True))
    connection.close()  # a child must not share it; a database in memory stays
    context = get_context("fork")
    start, told = context.Event(), context.Queue()
    writers = [context.Process(target=write, args=(name, seed, keys, start, told)) for seed in range(WRITERS)]
    for writer in writers:
        writer.start()
    start.set()
    found = [told.get(timeout=SECONDS + 60) for _ in writers]
    for writer in writers:
        writer.join()
    return found


def write(name, seed, keys, start, told):
    """One writer, in a process of its own."""
    connection.connection = None
    connection.settings_dict["NAME"] = name
    chance, written, conflicts, errors = random.Random(seed), 0, 0, []
    start.wait()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        row = MunicipalService.objects.get(pk=chance.choice(keys))
        changes, today = {"note": f"{seed}-{written}"}, timezone.localdate()
        try:
            change_status(row, changes, seen_version=row.version, by=None, reason="", effective_on=today)
            written += 1
        except Conflict:
            conflicts += 1
        except Exception as error:
            errors.append(repr(error))
    told.put((written, conflicts, errors))


def counts(name):
    """Events, and what the versions of the rows count, in the database the writers wrote to."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ATTACH DATABASE %s AS written", [name])
            cursor.execute("SELECT count(*) FROM written.tracking_statuschange")
            events = cursor.fetchone()[0]
            cursor.execute("SELECT sum(version) FROM written.tracking_municipalservice")
            versions = cursor.fetchone()[0]
            cursor.execute("DETACH DATABASE written")
        return events, versions
    return StatusChange.objects.count(), sum(MunicipalService.objects.values_list("version", flat=True))
