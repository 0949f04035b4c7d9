"""The releases of the catalogue: what an import says, and who may load one."""

import re
from datetime import UTC, datetime

import pytest

from catalog.models import CatalogueImport, CatalogueRelease, ImportProblem, Service, ServiceVersion
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Responsibility
from tests import make
from tests.counting import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    office = make.department("Bürgerbüro")
    client.force_login(make.user("kim", role=Role.STAFF, department=office))
    return client


@pytest.fixture
def coordinator(client):
    client.force_login(make.user())
    return client


def later_import(**fields):
    release = CatalogueRelease.objects.create(label="2026-10")
    return CatalogueImport.objects.create(
        release=release,
        file_name="katalog-2026-10.xlsx",
        sha256="1" * 64,
        applied_at=datetime(2026, 10, 20, tzinfo=UTC),
        rows=11261,
        **fields,
    )


def renamed(service, by, name):
    """`service` gets another name in import `by`; its facts before move to a version."""
    ServiceVersion.objects.create(
        service=service, since=service.since, until=by, key=service.key, name=service.name, countable=True
    )
    service.name, service.since, service.synonyms = name, by, ""
    service.save()


def test_before_the_first_release_it_says_what_comes(reader):
    assert "Noch ist kein Katalogstand übernommen" in reader.get("/katalog/").text


def test_an_import_shows_what_it_changed_and_whether_it_is_ours(reader):
    ours = make.row(make.service(), department=make.department("Steueramt"))
    make.row(make.service("99036008000000", "Kfz Ummeldung"), responsibility=Responsibility.DISTRICT)
    found = later_import(services_changed=2)
    for service in Service.objects.all():
        renamed(service, found, f"{service.name} neu")
    text = reader.get(f"/katalog/importe/{found.pk}/").text
    assert "<del>Hundesteuer Anmeldung</del> <ins>Hundesteuer Anmeldung neu</ins>" in text
    assert "<b>ja</b>, Steueramt" in text and "Kfz" not in text
    assert "Betrifft uns 1" in text and "Geändert 2" in text and "11.261" in text
    changed = reader.get(f"/katalog/importe/{found.pk}/", {"kind": "changed"}).text
    assert "Kfz Ummeldung neu" in changed and str(ours) in changed


def test_equal_problems_are_told_once_with_their_rows(reader):
    found = make.catalogue_import()
    for row in (906, 2230, 1284):
        ImportProblem.objects.create(
            catalogue_import=found,
            sheet="Leistungen",
            row=row,
            column="LeiKa-Schlüssel",
            severity="warning",
            code="no_leika_key",
            message="Ohne Schlüssel.",
        )
    text = reader.get(f"/katalog/importe/{found.pk}/").text
    assert text.count("Ohne Schlüssel.") == 1 and "in 3 Zeilen" in text and "906, 2230, 1284" in text
    assert "Probleme in der Datei: 3 Warnungen" in text and "no_leika_key" not in text
    address = re.search(r'href="(/katalog/importe/\d+/probleme.xlsx)"', text)[1]
    answer = reader.get(address)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="probleme-{found.pk}.xlsx"'
    assert answer.content.startswith(b"PK")


def test_only_who_may_load_is_offered_it(client):
    office = make.department("Bürgerbüro")
    for role, offered in ((Role.STAFF, False), (Role.MANAGER, False), (Role.COORDINATOR, True), (Role.OPERATOR, True)):
        client.force_login(make.user(f"person-{role}", role=role, department=office))
        assert ("/katalog/hochladen/" in client.get("/katalog/").text) == offered
        assert (client.get("/katalog/hochladen/").status_code == 200) == offered


def test_where_many_municipalities_share_the_catalogue_the_coordinator_only_reads(coordinator):
    make.municipality("Anderswo", ars="159990020020")
    assert "/katalog/hochladen/" not in coordinator.get("/katalog/").text
    answer = coordinator.get("/katalog/hochladen/")
    assert answer.status_code == 403 and "Der Betrieb lädt neue Stände" in answer.text


def test_the_council_reads_reports_and_no_catalogue(client):
    client.force_login(make.user("rat", role=Role.COUNCIL))
    assert client.get("/katalog/").status_code == 403


def test_a_visitor_is_led_to_the_sign_in(client):
    assert {client.get(each).status_code for each in ("/katalog/", "/katalog/hochladen/")} == {302}


def _list_of(address, number):
    service = make.service(f"9910201310400{number}", f"Leistung {number}")
    if address == "/katalog/":
        release = CatalogueRelease.objects.create(label=f"Stand {number}")
        CatalogueImport.objects.create(
            release=release, file_name="a", sha256="0" * 64, applied_at=datetime(2026, 1, 1, tzinfo=UTC), rows=1
        )
    if "importe" in address:
        make.row(service, department=make.department(f"Amt {number}"))
        renamed(service, CatalogueImport.objects.latest("pk"), f"Leistung {number} neu")


@pytest.mark.parametrize("address", ["/katalog/", "importe"])
def test_lists_ask_the_database_as_often_for_three_as_for_one(reader, address):
    if address == "importe":
        make.catalogue_import()
        address = f"/katalog/importe/{later_import().pk}/"
    _list_of(address, 1)
    one = queries(reader, address)
    _list_of(address, 2)
    _list_of(address, 3)
    assert queries(reader, address) == one
