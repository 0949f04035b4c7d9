"""A service of a town's own stands beside the catalogue: no release names it, none touches it, no page shows it."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from catalog.differences import differences
from catalog.import_models import CatalogueImport, CatalogueRelease
from catalog.importing import shipped
from catalog.importing.deed import import_catalogue
from catalog.importing.outcome import Counts
from catalog.models import Service
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


def test_it_is_not_in_the_catalogue_that_is_written_out(tmp_path):
    load(tmp_path, FILE)
    make.own_service("Leihrad", make.bundle())
    assert "Leihrad" not in "".join(shipped.dump(CatalogueRelease.objects.get(imports__rows=1)))


@pytest.mark.parametrize(
    "wrong", [{"key": "99102013104000", "identity": "99102013104000"}, {"identity": "10041:Bürgerbus"}]
)
def test_it_has_no_key_and_no_name_of_the_catalogues_making(wrong):
    own = make.own_service()
    with pytest.raises(IntegrityError, match="own_service_has_no_key"):
        Service.objects.filter(pk=own.pk).update(**wrong)


def test_no_page_of_the_catalogue_shows_it(client):
    client.force_login(make.user("betrieb", "operator"))
    make.service()
    own, beside = make.own_service(), make.own_service("Bürgerbus am Sonntag", make.bundle())
    for address in (
        reverse("catalogue_search") + "?suche=Bürgerbus",
        reverse("catalogue_topics"),
        reverse("catalogue_situation", args=[make.bundle().situation_id]),
        reverse("catalogue_bundle", args=["10041"]),
    ):
        page = client.get(address).content.decode()
        assert "Mobilität" not in page
        assert "am Sonntag" not in page
    assert [client.get(reverse("catalogue_service", args=[each.pk])).status_code for each in (own, beside)] == [
        404,
        404,
    ]


def test_the_api_of_the_catalogue_lists_neither_it_nor_its_bundle(client):
    client.force_login(make.user("betrieb", "operator"))
    make.service()
    make.own_service()
    services, bundles = (client.get(f"/api/v1/{name}/").json()["results"] for name in ("services", "bundles"))
    assert [each["key"] for each in services] == ["99102013104000"]
    assert [each["ozg_id"] for each in bundles] == ["10041"]
