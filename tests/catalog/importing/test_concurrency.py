"""Two imports at once follow one another; one that is cut off leaves nothing."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection

from catalog.importing import import_catalogue as deed
from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.outcome import Counts
from catalog.importing.undo import undo_import
from catalog.models import CatalogueImport, CatalogueRelease, Service, ServiceBundle, Topic
from tests.catalog.files import csv_text, row, save

FIRST = [row(f"99102{n:03d}104000", f"Leistung {n}") for n in range(1, 200)]
SECOND = [row(f"99102{n:03d}104000", f"Leistung {n}", types="2") for n in range(100, 300)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_follow_one_another(tmp_path):
    paths = [save(tmp_path, csv_text(rows), f"{n}.csv") for n, rows in enumerate((FIRST, SECOND))]

    def load(path):
        try:
            return import_catalogue(path, partial=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(load, paths))
    assert all(outcome.applied for outcome in outcomes)
    found = {outcome.services for outcome in outcomes}
    assert found in ({Counts(199), Counts(100, 100)}, {Counts(200), Counts(99, 100)})
    assert (Service.objects.count(), ServiceBundle.objects.count(), Topic.objects.count()) == (299, 299, 1)


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_cut_off_leaves_nothing(tmp_path, monkeypatch):
    def cut_off(problems, made):
        raise KeyboardInterrupt

    monkeypatch.setattr(deed, "keep_problems", cut_off)
    with pytest.raises(KeyboardInterrupt):
        import_catalogue(save(tmp_path, csv_text(FIRST)))
    assert [model.objects.count() for model in (CatalogueRelease, CatalogueImport, Service, Topic)] == [0, 0, 0, 0]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_import_and_an_undo_at_once_follow_one_another(tmp_path):
    paths = [save(tmp_path, csv_text(rows), f"{n}.csv") for n, rows in enumerate((FIRST, SECOND))]
    first = import_catalogue(paths[0])
    before = CatalogueImport.objects.get(pk=first.import_id)

    def each(job):
        try:
            return job()
        except ValidationError as refused:
            return refused.code
        finally:
            connection.close()

    jobs = [
        lambda: undo_import(before, by=None, reason="falsch"),
        lambda: import_catalogue(paths[1], partial=True),
        lambda: undo_import(before, by=None, reason="falsch"),
    ]
    with ThreadPoolExecutor(3) as pool:
        one, loaded, other = pool.map(each, jobs)
    refusals = [each for each in (one, other) if isinstance(each, str)]
    came_first = refusals == ["later_import", "later_import"]
    assert came_first or len(refusals) == 1
    # what an undo retired comes back with the import that follows it
    assert loaded.services == (Counts(new=100, changed=100) if came_first else Counts(new=100, returned=100))
    assert Service.objects.filter(retired_on=None).count() == (299 if came_first else 200)


KILLED = """
    import django, os, sys, time
    django.setup()
    from catalog.importing import import_catalogue as deed, undo
    from catalog.models import CatalogueImport

    def wait(*arguments):
        print("inside", flush=True)
        time.sleep(60)

    if sys.argv[1] == "import":
        deed.import_catalogue(sys.argv[2], after=wait)
    else:
        restore = undo.restore
        undo.restore = lambda *arguments: wait(restore(*arguments))
        undo.undo_import(CatalogueImport.objects.get(), by=None, reason="falsch")
"""


@pytest.mark.parametrize("what", ["import", "undo"])
@pytest.mark.django_db(transaction=True)
def test_a_killed_process_leaves_nothing(what, tmp_path):
    path = save(tmp_path, csv_text(FIRST))
    if what == "undo":
        import_catalogue(path)
    before = told(connection.cursor())
    address, look = shared_database(tmp_path / "db.sqlite3")
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), what, str(path)],
        env=os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "ozg_tracker.settings"},
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
    )
    with child:
        assert child.stdout.readline() == b"inside\n"
        child.send_signal(signal.SIGKILL)
    assert told(look()) == before


def shared_database(path):
    """The address under which another process finds what this one sees, and how to look into it afterwards."""
    if connection.vendor == "postgresql":
        given = connection.settings_dict
        user = ":".join(filter(None, (given["USER"], given["PASSWORD"])))
        return f"postgres://{user}@{given['HOST']}:{given['PORT']}/{given['NAME']}", connection.cursor
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    return f"sqlite:///{path}", lambda: sqlite3.connect(path).cursor()


def told(cursor):
    tables = ("catalogueimport", "service", "serviceversion", "bundle", "servicebundle", "topic")
    found = {}
    for table in tables:
        cursor.execute(f"SELECT count(*), max(id) FROM catalog_{table}")
        found[table] = tuple(cursor.fetchone())
    cursor.execute("SELECT count(*) FROM catalog_service WHERE retired_on IS NULL")
    return found | {"current": cursor.fetchone()[0]}
