"""Two imports at once follow one another; one that is cut off leaves nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from catalog.importing import deed
from catalog.importing.deed import import_catalogue
from catalog.importing.outcome import Counts
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
