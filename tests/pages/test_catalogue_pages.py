"""The catalogue: looking things up, and loading a new release after looking at it."""

import re
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from catalog.import_models import CatalogueImport, CatalogueRelease, ImportProblem
from catalog.models import Service, ServiceVersion
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Responsibility
from ozg_tracker.tracking.status import change_status
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


def kept(client, *file, **fields):
    """The name under which an uploaded file is kept for the preview."""
    return uploaded(client, *file, **fields).headers["Location"].removeprefix("/katalog/vorschau/?datei=")


def preview(client, name, **options):
    return client.get("/katalog/vorschau/", {"datei": name, **options})


def apply(client, name, **options):
    return client.post("/katalog/uebernehmen/", {"datei": name, **options})


def test_a_file_is_looked_at_before_it_is_taken(coordinator):
    name = kept(coordinator)
    text = preview(coordinator, name).text
    assert "Katalogstand 2026-10: Vorschau" in text and "Noch ist nichts übernommen" in text
    assert CatalogueImport.objects.count() == 0
    answer = apply(coordinator, name)
    made = CatalogueImport.objects.get()
    assert answer.headers["Location"] == f"/katalog/importe/{made.pk}/"
    assert (made.file_name, made.release.label, str(made.by)) == ("katalog.csv", "2026-10", "koordination")
    assert preview(coordinator, name).headers["Location"] == "/katalog/hochladen/"


def test_a_discarded_file_is_gone(coordinator, settings):
    name = kept(coordinator)
    coordinator.post("/katalog/verwerfen/", {"datei": name})
    assert apply(coordinator, name).headers["Location"] == "/katalog/hochladen/"
    assert [each for each in (settings.MEDIA_ROOT / "uploads").rglob("*") if each.is_file()] == []
    assert CatalogueImport.objects.count() == 0


def test_nobody_takes_a_file_another_session_uploaded(coordinator):
    name = kept(coordinator)
    coordinator.logout()
    coordinator.force_login(make.user("betrieb", role=Role.OPERATOR))
    assert preview(coordinator, name).headers["Location"] == "/katalog/hochladen/"


def test_a_wrong_row_needs_a_decision(coordinator):
    name = kept(coordinator, CSV + "10041;Hundesteuer;Steuern & Zoll;Steuern;9,9102E+13;Hundesteuer Abmeldung;5\n")
    text = preview(coordinator, name).text
    assert "1 Fehler" in text and "Die fehlerhafte Zeile auslassen" in text
    listed = coordinator.get(re.search(r'href="(/katalog/vorschau/probleme.xlsx[^"]+)"', text)[1])
    (line,) = [*load_workbook(BytesIO(listed.content)).active.iter_rows(min_row=2, values_only=True)]
    assert line[:5] == ("Fehler", None, 3, "LeiKa-Schlüssel", "invalid_key")
    refused = apply(coordinator, name)
    assert refused.status_code == 400 and "Nicht übernommen" in refused.text
    assert Service.objects.count() == 0
    apply(coordinator, name, skip_errors="on")
    assert [each.name for each in Service.objects.all()] == ["Hundesteuer Anmeldung"]


@pytest.mark.parametrize("content", [b"\x00\x01 nichts", b"PK\x03\x04 abgeschnitten", b"", b"<a>"])
def test_a_file_that_is_none_gets_a_sentence_and_no_button(coordinator, content):
    answer = uploaded(coordinator, content, name="katalog.xlsx")
    if answer.status_code == 302:
        answer = coordinator.get(answer.headers["Location"])
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


def released(client, *lines, **fields):
    """Load a release made of `lines` by the pages; returns the import."""
    header = CSV.splitlines()[0]
    name = kept(client, "\n".join([header, *lines]), **fields)
    answer = apply(client, name, allow_shrink="on")
    return CatalogueImport.objects.get(pk=answer.headers["Location"].split("/")[-2])


def line(key, name, ozg_id="10041"):
    return f"{ozg_id};Bündel {ozg_id};Steuern & Zoll;Steuern;{key};{name};5"


OLD, NEW, OTHER = (f"9910201310400{number}" for number in range(3))


@pytest.fixture
def both(coordinator):
    """Two releases: the second renamed a service, moved it, and put another in the place of a third that is ours."""
    first = released(coordinator, line(OLD, "Hundesteuer Anmeldung"), line(OTHER, "Auskunft"), release="A")
    changes = {"responsibility": "municipality", "department": make.department("Steueramt"), "level": make.level(2)}
    changes["cases_per_year"] = 700
    row = Service.objects.get(key=OLD).municipal_services.get()
    change_status(row, changes, seen_version=1, by=None, reason="", effective_on=timezone.localdate())
    second = released(
        coordinator, line(NEW, "Hundesteuer anmelden"), line(OTHER, "Hundeauskunft", "10042"), release="B"
    )
    return first, second


def test_two_tabs_keep_their_files_apart(coordinator):
    one, other = kept(coordinator, release="A"), kept(coordinator, CSV.replace("Anmeldung", "Abmeldung"), release="B")
    assert "Katalogstand A" in preview(coordinator, one).text
    apply(coordinator, one)
    assert "Katalogstand B" in preview(coordinator, other).text
    assert Service.objects.get().name == "Hundesteuer Anmeldung"


def test_a_script_that_uploads_is_told_where_to_go_on(coordinator):
    file = SimpleUploadedFile("katalog.csv", CSV.encode())
    ask = {"headers": {"Accept": "application/json"}}
    answer = coordinator.post("/katalog/hochladen/", {"file": file}, **ask)
    assert answer.status_code == 201 and answer.json()["address"].startswith("/katalog/vorschau/?datei=")
    answer = coordinator.post("/katalog/hochladen/", {}, **ask)
    assert (answer.status_code, answer.json()) == (400, {"errors": ["Bitte wählen Sie eine Datei."]})


def test_the_preview_shows_field_by_field_what_the_import_will(coordinator, both):
    lines = [line(NEW, "Hund anmelden"), line(OTHER, "Hundeauskunft", "10042"), line("99102013104009", "Hundemarke")]
    name = kept(coordinator, "\n".join([CSV.splitlines()[0], *lines]), release="C")
    changed = "<del>Hundesteuer anmelden</del> <ins>Hund anmelden</ins>"
    text = preview(coordinator, name, art="changed").text
    assert changed in text and "Umbenannt 1" in text and "1 neue Leistung kommt als „ungeklärt“ dazu" in text
    assert "Hundemarke" in preview(coordinator, name, art="new").text
    assert CatalogueImport.objects.count() == 2
    apply(coordinator, name)
    made = CatalogueImport.objects.first()
    text = coordinator.get(f"/katalog/importe/{made.pk}/", {"art": "changed"}).text
    assert changed in text and "Umbenannt 1" in text


def test_a_preview_that_shrinks_shows_what_would_go_and_needs_a_decision(coordinator, both):
    name = kept(coordinator, "\n".join([CSV.splitlines()[0], line(NEW, "Hundesteuer anmelden")]), release="C")
    text = preview(coordinator, name, art="retired").text
    assert "shrinks_too_much" in text and "das ist so gewollt" in text and "Hundeauskunft" in text
    assert apply(coordinator, name).status_code == 400
    assert apply(coordinator, name, allow_shrink="on").status_code == 302


def test_an_import_says_what_it_means_for_us(coordinator, both):
    text = coordinator.get(f"/katalog/importe/{both[1].pk}/").text
    assert "Betrifft uns 1" in text and "1 unserer Leistungen entfällt" in text
    assert "ähnlicher Name (92&nbsp;%)" in text and "<b>ja</b>, Steueramt" in text


def deciding(client, found, **fields):
    chosen = found.successions.get().pk
    return client.post(
        f"/katalog/importe/{found.pk}/nachfolgen/", {"nachfolge": chosen, "reason": "umbenannt", **fields}
    )


def test_a_succession_is_confirmed_with_a_reason_and_told_on_both_pages(coordinator, both):
    assert deciding(coordinator, both[1], reason=" ").status_code == 400
    answer = deciding(coordinator, both[1])
    assert answer.headers["Location"] == f"/katalog/importe/{both[1].pk}/"
    assert (
        "1 Leistung hat Zuständigkeit, Fachbereich und Stand übernommen"
        in coordinator.get(answer.headers["Location"]).text
    )
    old, new = Service.objects.get(key=OLD), Service.objects.get(key=NEW)
    assert "Ersetzt durch" in coordinator.get(f"/katalog/leistungen/{old.pk}/").text
    page = coordinator.get(f"/katalog/leistungen/{new.pk}/").text
    assert "Nachfolgerin von" in page and "koordination: <span>umbenannt</span>" in page
    row = new.municipal_services.get()
    assert (row.level.number, row.cases_per_year, row.department.name) == (2, 700, "Steueramt")
    assert "Hundesteuer Anmeldung" in coordinator.get(f"/leistungen/{row.pk}/").text


def test_a_rejected_succession_changes_no_row(coordinator, both):
    deciding(coordinator, both[1], ablehnen="1", reason="andere Leistung")
    text = coordinator.get(f"/katalog/importe/{both[1].pk}/").text
    assert "abgelehnt" in text and "andere Leistung" in text
    assert Service.objects.get(key=NEW).municipal_services.get().responsibility == Responsibility.UNCLEAR


def test_where_many_towns_share_the_catalogue_a_coordinator_decides_for_the_own_town(coordinator, both):
    make.row(Service.objects.get(key=OLD), make.municipality("Anderswo", ars="159990020020"))
    deciding(coordinator, both[1])
    assert [
        each.municipality.name
        for each in Service.objects.get(key=NEW).municipal_services.exclude(responsibility="unclear")
    ] == ["Musterstadt"]
    assert "Gilt für Ihre Kommune" in coordinator.get(f"/katalog/importe/{both[1].pk}/").text


def test_two_releases_are_compared_with_their_bundles(coordinator, both):
    assert f'href="/katalog/vergleich/?bis={both[1].pk}"' in coordinator.get(f"/katalog/importe/{both[1].pk}/").text
    address = {"von": both[0].pk, "bis": both[1].pk, "art": "moved"}
    text = coordinator.get("/katalog/vergleich/", address).text
    assert "<del>10041</del> <ins>10042</ins>" in text and "<del>Auskunft</del> <ins>Hundeauskunft</ins>" in text
    assert "Bündel 10042" in text
    assert [coordinator.get("/katalog/vergleich/", {"von": each}).status_code for each in ("0", "x", "-1")] == [404] * 3


def test_without_a_release_there_is_nothing_to_compare(coordinator):
    assert "Noch ist kein Katalogstand übernommen" in coordinator.get("/katalog/vergleich/").text


def test_an_import_is_taken_back_with_a_reason_and_the_list_says_so(coordinator, both):
    address = f"/katalog/importe/{both[1].pk}/zuruecknehmen/"
    assert "Katalogstand B zurücknehmen" in coordinator.get(address).text
    assert coordinator.post(address, {"reason": ""}).status_code == 400
    answer = coordinator.post(address, {"reason": "falsche Datei"}, follow=True)
    assert "Zurückgenommen. Es gilt wieder Katalogstand A." in answer.text and "falsche Datei" in answer.text
    text = coordinator.get("/katalog/").text
    assert "B zurückgenommen: <span>falsche Datei</span>" in text
    assert "schon zurückgenommen" in coordinator.get(address).text
    assert "Zurückgenommen am" in coordinator.get(f"/katalog/importe/{both[1].pk}/").text


def test_what_stands_in_the_way_of_taking_back_is_said(coordinator, both):
    text = coordinator.get(f"/katalog/importe/{both[0].pk}/zuruecknehmen/").text
    assert "Danach wurde „B (katalog.csv)“ übernommen" in text and "<textarea" not in text
    row = Service.objects.get(key=NEW).municipal_services.get()
    coordinator.post(f"/leistungen/{row.pk}/", {"version": 1, "responsibility": "municipality", "state": "open"})
    answer = coordinator.post(f"/katalog/importe/{both[1].pk}/zuruecknehmen/", {"reason": "falsche Datei"})
    assert answer.status_code == 400 and "schon bearbeitet: Hundesteuer anmelden" in answer.text


def test_a_services_page_tells_it_across_releases(coordinator, both):
    page = coordinator.get(f"/katalog/leistungen/{Service.objects.get(key=OTHER).pk}/").text
    story = page[page.index("Über die Katalogstände") :]
    assert re.findall(r"<h3>([^<]*)</h3>", story) == ["geändert", "aufgenommen"]
    assert "<del>Auskunft</del> <ins>Hundeauskunft</ins>" in story and "<del>10041</del> <ins>10042</ins>" in story


def test_an_operator_sees_the_towns_an_import_touches(client, both):
    client.force_login(make.user("betrieb", role=Role.OPERATOR))
    text = client.get(f"/katalog/importe/{both[1].pk}/").text
    assert "Was es für die Kommunen heißt" in text and '<th scope="row">Musterstadt</th>' in text
