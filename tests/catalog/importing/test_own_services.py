"""A municipality's own service stands beside the catalogue: no release names it, none touches it, no page shows it."""

import pytest

from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.outcome import Counts
from catalog.models import CatalogueImport, Service
from catalog.reading.differences import differences
from tests import make
from tests.catalog.files import row, save, workbook

pytestmark = pytest.mark.django_db
FILE = [row(ozg_id="10041", situation="Bauen & Immobilien", topic="Bauen & Wohnen")]


def load(tmp_path, rows):
    return import_catalogue(save(tmp_path, workbook(rows)))


def test_a_release_without_it_retires_nothing_and_counts_nothing(tmp_path):
    load(tmp_path, FILE)
    own, beside = make.own_service(), make.own_service("Leihrad", make.bundle())
    outcome = load(tmp_path, [*FILE, row("nicht im LeiKa", "Bürgerbus", ozg_id="10042")])
    assert (outcome.services, outcome.bundles) == (Counts(1, 0, 1, 0), Counts(1, 0, 1, 0))
    assert list(Service.objects.filter(pk__in=[own.pk, beside.pk], retired_on=None).order_by("pk")) == [own, beside]


def test_a_release_does_not_show_it_as_something_it_brought(tmp_path):
    load(tmp_path, FILE)
    latest = CatalogueImport.objects.get()
    own = make.own_service()
    Service.objects.filter(pk=own.pk).update(since=latest)
    own.links.update(since=latest)
    assert [each.facts.name for each in differences(latest)] == ["Hundesteuer Anmeldung"]
