"""The catalogue: looking things up, and loading a new release after looking at it."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import CatalogueImport, CatalogueRelease, ImportProblem, Service, ServiceVersion
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Responsibility
from tests import make
from tests.pages.counting import queries

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


def test_the_topics_lead_down_to_a_service(reader):
    service = make.service(types="2/3", legal_basis="§ 1 HundStG")
    text = reader.get("/katalog/themen/").text
    assert "Bauen &amp; Wohnen" in text and "1 OZG-Leistung" in text
    situation = re.search(r'href="(/katalog/lagen/\d+/)"', text)[1]
    assert 'href="/katalog/buendel/10041/"' in reader.get(situation).text
    assert reverse("catalogue_service", args=[service.pk]) in reader.get("/katalog/buendel/10041/").text
    page = reader.get(reverse("catalogue_service", args=[service.pk])).text
    assert "99 102 013 104 000" in page and "§ 1 HundStG" in page and "2/3" in page


def test_an_empty_catalogue_says_what_comes(reader):
    assert "Noch kein Katalog geladen" in reader.get("/katalog/themen/").text
    assert "Noch ist kein Katalogstand übernommen" in reader.get("/katalog/").text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("hundesteuer", ["Hundesteuer Anmeldung"]),
        ("anmeldung hunde", ["Hundesteuer Anmeldung"]),
        ("hundemarke", ["Hundesteuer Anmeldung"]),
        ("ÜBERSCHREIBUNG", ["überschreibung Kfz"]),
        ("99 102 013", ["Hundesteuer Anmeldung"]),
        ("2013104", ["Hundesteuer Anmeldung"]),
        ("10042", ["überschreibung Kfz"]),
        ("fischerei", []),
    ],
)
def test_search_finds_by_word_synonym_key_part_and_ozg_id(reader, text, names):
    make.service(synonyms="Hundemarke\nHund")
    make.service("99036008000000", "überschreibung Kfz", bundles=[make.bundle("10042")])
    page = reader.get("/katalog/suche/", {"suche": text}).text
    assert re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', page) == names


def test_nothing_found_repeats_what_was_sought(reader):
    make.service()
    text = reader.get("/katalog/suche/", {"suche": "<fischerei>"}).text
    assert "Keine Leistung gefunden" in text and "„&lt;fischerei&gt;“" in text


def test_a_retired_service_is_not_found_but_has_its_page(reader):
    service = make.service(retired_on=date(2026, 10, 1))
    assert "Keine Leistung gefunden" in reader.get("/katalog/suche/", {"suche": "Hundesteuer"}).text
    assert "entfallen am 01.10.2026" in reader.get(reverse("catalogue_service", args=[service.pk])).text


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
    changed = reader.get(f"/katalog/importe/{found.pk}/", {"art": "changed"}).text
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
    assert "Probleme in der Datei: 3 Warnungen" in text and "no_leika_key" in text
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


def test_where_many_towns_share_the_catalogue_the_coordinator_only_reads(coordinator):
    make.municipality("Anderswo", ars="159990020020")
    assert "/katalog/hochladen/" not in coordinator.get("/katalog/").text
    answer = coordinator.get("/katalog/hochladen/")
    assert answer.status_code == 403 and "Der Betrieb lädt neue Stände" in answer.text


@pytest.mark.parametrize("address", ["/katalog/", "/katalog/themen/", "/katalog/suche/"])
def test_the_council_reads_reports_and_no_catalogue(client, address):
    client.force_login(make.user("rat", role=Role.COUNCIL))
    assert client.get(address).status_code == 403


def test_a_visitor_is_led_to_the_sign_in(client):
    assert {client.get(each).status_code for each in ("/katalog/", "/katalog/themen/", "/katalog/hochladen/")} == {302}


CSV = """OZG-ID;OZG-Leistung;Themenfeld;Lage;LeiKa-Schlüssel;LeiKa-Bezeichnung;LeiKa-Typ
10041;Hundesteuer;Steuern & Zoll;Steuern;99102013104000;Hundesteuer Anmeldung;5
"""


def uploaded(client, text=CSV, name="katalog.csv", **fields):
    file = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    return client.post("/katalog/hochladen/", {"file": file, "release": "2026-10", **fields})


def test_a_file_is_looked_at_before_it_is_taken(coordinator):
    assert uploaded(coordinator).headers["Location"] == "/katalog/vorschau/"
    preview = coordinator.get("/katalog/vorschau/").text
    assert "Katalogstand 2026-10: Vorschau" in preview and "Noch ist nichts übernommen" in preview
    assert CatalogueImport.objects.count() == 0
    answer = coordinator.post("/katalog/uebernehmen/")
    made = CatalogueImport.objects.get()
    assert answer.headers["Location"] == f"/katalog/importe/{made.pk}/"
    assert (made.file_name, made.release.label, str(made.by)) == ("katalog.csv", "2026-10", "koordination")
    assert coordinator.get("/katalog/vorschau/").headers["Location"] == "/katalog/hochladen/"


def test_a_discarded_file_is_gone(coordinator, settings):
    uploaded(coordinator)
    coordinator.post("/katalog/verwerfen/")
    assert coordinator.post("/katalog/uebernehmen/").headers["Location"] == "/katalog/hochladen/"
    assert [each for each in (settings.MEDIA_ROOT / "uploads").rglob("*") if each.is_file()] == []
    assert CatalogueImport.objects.count() == 0


def test_nobody_takes_a_file_another_session_uploaded(coordinator):
    uploaded(coordinator)
    coordinator.logout()
    coordinator.force_login(make.user("betrieb", role=Role.OPERATOR))
    assert coordinator.get("/katalog/vorschau/").headers["Location"] == "/katalog/hochladen/"


def test_a_wrong_row_needs_a_decision(coordinator):
    uploaded(coordinator, CSV + "10041;Hundesteuer;Steuern & Zoll;Steuern;9,9102E+13;Hundesteuer Abmeldung;5\n")
    preview = coordinator.get("/katalog/vorschau/").text
    assert "1 Fehler" in preview and "Die fehlerhafte Zeile auslassen" in preview
    refused = coordinator.post("/katalog/uebernehmen/")
    assert refused.status_code == 400 and "Nicht übernommen" in refused.text
    assert Service.objects.count() == 0
    coordinator.post("/katalog/uebernehmen/", {"skip_errors": "on"})
    assert [each.name for each in Service.objects.all()] == ["Hundesteuer Anmeldung"]


@pytest.mark.parametrize("content", [b"\x00\x01 nichts", b"PK\x03\x04 abgeschnitten", b"", b"<a>"])
def test_a_file_that_is_none_gets_a_sentence_and_no_button(coordinator, content):
    answer = uploaded(coordinator, content, name="katalog.xlsx")
    if answer.status_code == 302:
        answer = coordinator.get("/katalog/vorschau/")
        assert "Die Datei lässt sich nicht lesen" in answer.text
    assert "Katalogstand übernehmen" not in answer.text and "Traceback" not in answer.text
    assert CatalogueImport.objects.count() == 0


def test_a_file_over_the_limit_is_refused_with_the_limit(coordinator, settings):
    settings.UPLOAD_MAX_MB = 1
    answer = uploaded(coordinator, b"x" * (1024 * 1024 + 1))
    assert answer.status_code in (400, 413) and "1 MB" in answer.text


def _list_of(address, number):
    service = make.service(f"9910201310400{number}", f"Leistung {number}", synonyms="gleich")
    if address == "/katalog/":
        release = CatalogueRelease.objects.create(label=f"Stand {number}")
        CatalogueImport.objects.create(
            release=release, file_name="a", sha256="0" * 64, applied_at=datetime(2026, 1, 1, tzinfo=UTC), rows=1
        )
    if "importe" in address:
        make.row(service, department=make.department(f"Amt {number}"))
        renamed(service, CatalogueImport.objects.latest("pk"), f"Leistung {number} neu")


@pytest.mark.parametrize(
    "address", ["/katalog/", "/katalog/themen/", "/katalog/suche/?suche=gleich", "/katalog/buendel/10041/", "importe"]
)
def test_lists_ask_the_database_as_often_for_three_as_for_one(reader, address):
    if address == "importe":
        make.catalogue_import()
        address = f"/katalog/importe/{later_import().pk}/"
    _list_of(address, 1)
    one = queries(reader, address)
    _list_of(address, 2)
    _list_of(address, 3)
    assert queries(reader, address) == one
