"""Loading a new release after looking at it, what it means for us, and taking it back."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from catalog.models import CatalogueImport, Service
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Responsibility
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.tracking.pages.releases.catalogue_files import CSV, apply, kept, line, preview, released, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client):
    client.force_login(make.user())
    return client


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
    coordinator.post("/katalog/verwerfen/", {"file": name})
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
    assert line[:4] == ("Fehler", None, 3, "LeiKa-Schlüssel")
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
    assert answer.status_code == 201 and answer.json()["address"].startswith("/katalog/vorschau/?file=")
    answer = coordinator.post("/katalog/hochladen/", {}, **ask)
    assert (answer.status_code, answer.json()) == (400, {"errors": ["Bitte wählen Sie eine Datei."]})


def test_the_preview_shows_field_by_field_what_the_import_will(coordinator, both):
    lines = [line(NEW, "Hund anmelden"), line(OTHER, "Hundeauskunft", "10042"), line("99102013104009", "Hundemarke")]
    name = kept(coordinator, "\n".join([CSV.splitlines()[0], *lines]), release="C")
    changed = "<del>Hundesteuer anmelden</del> <ins>Hund anmelden</ins>"
    text = preview(coordinator, name, kind="changed").text
    assert changed in text and "Umbenannt 1" in text and "1 neue Leistung kommt als „ungeklärt“ dazu" in text
    assert "Hundemarke" in preview(coordinator, name, kind="new").text
    assert CatalogueImport.objects.count() == 2
    apply(coordinator, name)
    made = CatalogueImport.objects.first()
    text = coordinator.get(f"/katalog/importe/{made.pk}/", {"kind": "changed"}).text
    assert changed in text and "Umbenannt 1" in text


def test_a_preview_that_shrinks_shows_what_would_go_and_needs_a_decision(coordinator, both):
    name = kept(coordinator, "\n".join([CSV.splitlines()[0], line(NEW, "Hundesteuer anmelden")]), release="C")
    text = preview(coordinator, name, kind="retired").text
    assert "Fünftel" in text and "das ist so gewollt" in text and "Hundeauskunft" in text
    assert apply(coordinator, name).status_code == 400
    assert apply(coordinator, name, allow_shrink="on").status_code == 302


def test_an_import_says_what_it_means_for_us(coordinator, both):
    text = coordinator.get(f"/katalog/importe/{both[1].pk}/").text
    assert "Betrifft uns 1" in text and "1 unserer Leistungen entfällt" in text
    assert "ähnlicher Name (92&nbsp;%)" in text and "<b>ja</b>, Steueramt" in text


def deciding(client, found, **fields):
    chosen = found.successions.get().pk
    return client.post(
        f"/katalog/importe/{found.pk}/nachfolgen/", {"succession": chosen, "reason": "umbenannt", **fields}
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
    deciding(coordinator, both[1], reject="1", reason="andere Leistung")
    text = coordinator.get(f"/katalog/importe/{both[1].pk}/").text
    assert "abgelehnt" in text and "andere Leistung" in text
    assert Service.objects.get(key=NEW).municipal_services.get().responsibility == Responsibility.UNCLEAR


def test_where_many_municipalities_share_the_catalogue_a_coordinator_decides_for_the_own_municipality(
    coordinator, both
):
    make.row(Service.objects.get(key=OLD), make.municipality("Anderswo", ars="159990020020"))
    deciding(coordinator, both[1])
    assert [
        each.municipality.name
        for each in Service.objects.get(key=NEW).municipal_services.exclude(responsibility="unclear")
    ] == ["Musterstadt"]
    assert "Gilt für Ihre Kommune" in coordinator.get(f"/katalog/importe/{both[1].pk}/").text


def test_two_releases_are_compared_with_their_bundles(coordinator, both):
    assert f'href="/katalog/vergleich/?after={both[1].pk}"' in coordinator.get(f"/katalog/importe/{both[1].pk}/").text
    address = {"before": both[0].pk, "after": both[1].pk, "kind": "moved"}
    text = coordinator.get("/katalog/vergleich/", address).text
    assert "<del>10041</del> <ins>10042</ins>" in text and "<del>Auskunft</del> <ins>Hundeauskunft</ins>" in text
    assert "Bündel 10042" in text
    assert [coordinator.get("/katalog/vergleich/", {"before": each}).status_code for each in ("0", "x", "-1")] == [
        404
    ] * 3


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


def test_an_operator_sees_the_municipalities_an_import_touches(client, both):
    client.force_login(make.user("betrieb", role=Role.OPERATOR))
    text = client.get(f"/katalog/importe/{both[1].pk}/").text
    assert "Was es für die Kommunen heißt" in text and '<th scope="row">Musterstadt</th>' in text


def test_the_first_import_is_taken_back_and_it_is_said_that_no_release_stands(coordinator):
    first = released(coordinator, line(OLD, "Hundesteuer Anmeldung"), release="A")
    address = f"/katalog/importe/{first.pk}/zuruecknehmen/"
    assert "Das ist der erste Katalogstand. Danach gilt keiner mehr" in coordinator.get(address).text
    answer = coordinator.post(address, {"reason": "falsche Datei"}, follow=True)
    assert "Es war der erste Katalogstand; jetzt gilt keiner mehr." in answer.text
    assert "Es gilt kein Katalogstand mehr" in answer.text and "Es gilt wieder" not in answer.text
    assert not Service.objects.filter(retired_on=None).exists()


def test_preview_and_import_tell_the_same_counts_and_bundles(coordinator):
    heading, service = "99102013000000", "99102013104000"
    released(coordinator, line(heading, "Hundesteuer"), line(OTHER, "Auskunft", "10042"), release="A")
    released(coordinator, line(heading, "Hundesteuer"), line(service, "Anmeldung"), release="B")
    lines = [line(heading, "Hundesteuer"), line(OTHER, "Auskunft", "10042"), line("99050012104000", "Gewerbe", "10043")]
    name = kept(coordinator, "\n".join([CSV.splitlines()[0], *lines]), release="C")
    seen = preview(coordinator, name).text
    apply(coordinator, name, allow_shrink="on")
    told = coordinator.get(f"/katalog/importe/{CatalogueImport.objects.first().pk}/").text
    for text in map(bare, (seen, told)):
        assert "1 Leistung ist wieder da." in text
        assert "OZG-Leistungen: 1 neu, 0 geändert, 1 unverändert, 1 wieder da, 0 entfallen." in text
        assert "OZG-Leistungen 2 " in text
        assert "Bündel 10042 10042 wieder da" in text and "Bündel 10043 10043 neu" in text


def bare(page):
    """The page's words alone."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_the_problems_of_preview_and_import_are_downloaded_alike(coordinator, form):
    name = kept(coordinator, CSV + "10041;Hundesteuer;Steuern & Zoll;Steuern;nicht im LeiKa;Hundemarke;5\n")
    listed = coordinator.get(
        re.search(rf'href="(/katalog/vorschau/probleme\.{form}[^"]+)"', preview(coordinator, name).text)[1]
    )
    assert listed.headers["Content-Disposition"].endswith(f'.{form}"')
    apply(coordinator, name)
    page = coordinator.get(f"/katalog/importe/{CatalogueImport.objects.get().pk}/").text
    kept_list = coordinator.get(re.search(rf'href="([^"]+probleme\.{form})"', page)[1])
    for each in (listed, kept_list):
        sheet = CalamineWorkbook.from_filelike(BytesIO(each.content)).get_sheet_by_index(0)
        assert [row[:4] for row in sheet.iter_rows()][1:] == [["Warnung", "", 3, "LeiKa-Schlüssel"]]
