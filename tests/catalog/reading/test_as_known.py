"""The catalogue as it stood after an import is told by the current rows, the archived versions and the links."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from catalog.models import BundleVersion, CatalogueImport, CatalogueRelease, Service, ServiceBundle, ServiceVersion
from catalog.reading.as_known import Catalogue, catalogue_known_at, place_joins, services_sql
from reports.figures.compute import compute
from tests import make


def imported(day):
    release = CatalogueRelease.objects.create(label=f"2022-{day:02d}")
    applied_at = datetime(2022, 11, day, tzinfo=UTC)
    return CatalogueImport.objects.create(
        release=release, file_name="k.xlsx", sha256="1" * 64, applied_at=applied_at, rows=1
    )


@pytest.fixture
def imports(db):
    """Three imports: the second renamed and moved a service, the third retired it and brought another."""
    first, second, third = make.catalogue_import(), imported(10), imported(20)
    old, new = make.bundle("10041", topic="Bauen"), make.bundle("10042", topic="Steuern")
    service = make.service(name="Neuer Name", bundles=[], sdg="21")
    kept = {"service": service, "key": service.key, "countable": True}
    ServiceVersion.objects.create(**kept, name="Alter Name", since=first, until=second)
    ServiceVersion.objects.create(**kept, name="Neuer Name", sdg="21", since=second, until=third)
    Service.objects.filter(pk=service.pk).update(since=third, retired_on=date(2022, 11, 20))
    ServiceBundle.objects.create(service=service, bundle=old, since=first, until=second)
    ServiceBundle.objects.create(service=service, bundle=new, since=second)
    BundleVersion.objects.create(
        bundle=new, name=new.name, situation=old.situation, since=first, until=third
    )  # it stood among "Bauen" until the third import
    type(new).objects.filter(pk=new.pk).update(since=third)
    later = make.service("99000000000001", "Später", bundles=[new])
    Service.objects.filter(pk=later.pk).update(since=third)
    ServiceBundle.objects.filter(service=later).update(since=third)
    return [first, second, third]


def told(catalogue):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, retired_on IS NOT NULL, sdg FROM {services_sql(catalogue)} s ORDER BY name")
        services = [(name, bool(retired), sdg) for name, retired, sdg in cursor.fetchall()]
        cursor.execute(
            "SELECT s.name, bundle.ozg_id, t.name "
            f"FROM {services_sql(catalogue)} s {place_joins(catalogue, 's.id')} "
            "JOIN catalog_topic t ON t.id = situation.topic_id ORDER BY 1, 2"
        )
        return services, cursor.fetchall()


def test_after_each_import_the_catalogue_is_told_as_it_stood(imports):
    first, second, third = imports
    assert told(Catalogue(first.pk, "", latest=False)) == (
        [("Alter Name", False, "")],
        [("Alter Name", "10041", "Bauen")],
    )
    assert told(Catalogue(second.pk, "", latest=False)) == (
        [("Neuer Name", False, "21")],
        [("Neuer Name", "10042", "Bauen")],
    )
    newest = (
        [("Neuer Name", True, "21"), ("Später", False, "")],
        [("Neuer Name", "10042", "Steuern"), ("Später", "10042", "Steuern")],
    )
    assert told(Catalogue(third.pk, "", latest=True)) == newest == told(Catalogue(third.pk, "", latest=False))


@pytest.mark.parametrize(("day", "index"), [(9, 0), (10, 1), (19, 1), (20, 2), (30, 2)])
def test_the_catalogue_known_is_the_last_one_applied_by_then(imports, day, index):
    known = catalogue_known_at(datetime(2022, 11, day, tzinfo=UTC))
    assert known == (imports[index].pk, imports[index].release.label, index == 2)


def test_before_the_first_import_no_catalogue_is_known(db):
    assert catalogue_known_at(datetime(2022, 11, 1, tzinfo=UTC)) is None
    make.catalogue_import()
    assert catalogue_known_at(datetime(2016, 1, 1, tzinfo=UTC)) is None


def test_figures_use_the_catalogue_as_it_was_known(imports):
    make.row(Service.objects.get(name="Neuer Name"), level=3, recorded_at=datetime(2017, 1, 1, tzinfo=UTC))
    make.row(Service.objects.get(name="Später"), recorded_at=datetime(2017, 1, 1, tzinfo=UTC))
    known = [compute(make.municipality(), date(2022, 12, 1), each.applied_at) for each in imports]
    assert [each["questions"]["online_now"] for each in known] == [
        [{"key": "99102013104000", "ozg_id": "10041", "name": "Alter Name"}],
        [{"key": "99102013104000", "ozg_id": "10042", "name": "Neuer Name"}],
        [],
    ]
    assert [each["totals"]["relevant"] for each in known] == [1, 1, 1]
    assert [each["by_topic"][0]["topic"] for each in known] == ["Bauen", "Bauen", "Steuern"]
    assert [each["trend"][-1]["ready"] for each in known] == [1, 1, 0]
