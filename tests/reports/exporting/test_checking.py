"""Anybody finds out which edition a file or a hash is: unchanged, changed, replaced or unknown."""

import json
import zlib
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from reports import canonical
from reports.exporting import checking
from reports.exporting.checking import check_file, check_hash
from reports.exporting.export_edition import export_edition
from reports.models import Edition
from tests import make
from tests.api.programs import API
from tests.api.schema import SCHEMA, mismatches
from tests.reports.sample import sample

pytestmark = pytest.mark.django_db


def stored(number=1, state="approved", previous="", **figures):
    text = canonical.dumps(sample() | {"month": "2022-11"} | figures)
    return Edition.objects.create(
        municipality=make.municipality(),
        month=date(2022, 11, 1),
        number=number,
        figures=text,
        sha256=canonical.digest(text),
        previous_sha256=previous,
        known_at=datetime(2022, 12, 2, tzinfo=UTC),
        catalogue_import=make.catalogue_import(),
        state=state,
        approved_at=datetime(2022, 12, 9, 9, tzinfo=UTC),
        correction_reason="Reifegrad nachgetragen" if number > 1 else "",
    )


@pytest.mark.parametrize("format", ["pdf", "json", "csv", "html", "xlsx", "ods"])
def test_every_file_is_known_again_and_a_changed_one_is_told(format):
    edition = stored()
    content = export_edition(edition, format)
    found = check_file(content)
    assert (found.finding, found.edition, found.kind, found.replaced_by) == ("unchanged", edition, format, None)
    changed = content.replace(b'"ready":21', b'"ready":22') if format == "json" else content + b"\n"
    told = check_file(changed)
    assert changed != content and told.edition == edition
    assert told.finding == ("figures_unchanged" if format in ("pdf", "xlsx", "ods") else "changed")


def test_an_edition_is_drawn_once_for_all_who_check_it(monkeypatch):
    edition, drawn = stored(), []
    content = export_edition(edition, "pdf")
    monkeypatch.setattr(checking, "export_edition", lambda *asked: drawn.append(asked) or content)
    found = [check_file(each).finding for each in (content, content, content + b"\n")]
    assert (found, drawn) == (["unchanged", "unchanged", "figures_unchanged"], [(edition, "pdf")])


def test_of_a_pdf_with_a_thousand_files_in_it_only_the_first_ones_are_read():
    stuffed = b"%PDF-1.7\n" + b"".join(
        b"/EmbeddedFile/Filter/FlateDecode>>\nstream\n" + zlib.compress(b"{}") for _each in range(1000)
    )
    own = export_edition(stored(), "pdf")
    assert [check_file(stuffed).finding, check_file(stuffed + own).finding] == ["unknown", "unknown"]


def test_a_hash_is_enough_and_its_successor_is_named():
    first = stored()
    second = stored(2, previous=first.sha256, known_at="2022-12-05T00:00:00.000000Z")
    found = check_hash(f" {first.sha256.upper()} ")
    assert (found.edition, found.replaced_by, found.whole_chain, found.head) == (first, second, True, second.sha256)


def test_a_broken_chain_is_said():
    first = stored()
    stored(2, previous="0" * 64, known_at="2022-12-05T00:00:00.000000Z")
    assert check_hash(first.sha256).whole_chain is False


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 nothing", b"{", b"[[[[", b'{"month": 3}', b"PK\x03\x04", b"\xff\xfe"]
)
def test_what_is_none_is_unknown(content):
    assert (check_file(content).finding, check_file(content).known) == ("unknown", False)


def test_a_draft_and_what_is_not_published_yet_are_unknown():
    draft = stored(state="draft")
    assert check_hash(draft.sha256).finding == "unknown"


def test_the_page_answers_without_sign_in(client):
    first = stored()
    stored(2, previous=first.sha256, known_at="2022-12-05T00:00:00.000000Z")
    upload = SimpleUploadedFile("bericht.json", first.figures.encode())
    text = client.post(reverse("check_report"), {"file": upload}).text
    assert "Unverändert, aber ersetzt" in text and "Ersetzt durch Ausgabe 2. Grund: Reifegrad nachgetragen" in text
    assert "bericht.json" in text and "lückenlos bis zur neuesten Ausgabe" in text
    assert "Unverändert, aber ersetzt" in client.get(f"/pruefen/?sha256={first.sha256}").text
    assert "Unbekannt" in client.get(f"/pruefen/?sha256={'0' * 64}").text


def test_the_page_says_what_to_enter(client):
    assert "Bitte wählen Sie eine Datei" in client.post("/pruefen/").text
    answer = client.post("/pruefen/", {"sha256": "abc"})
    assert answer.status_code == 400 and "64 Zeichen, Ziffern" in answer.text


def test_the_command_says_it_too(capsys, tmp_path):
    edition = stored()
    file = tmp_path / "bericht.pdf"
    file.write_bytes(export_edition(edition, "pdf"))
    call_command("verify_edition", str(file), json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["finding"], told["edition"], told["month"]) == ("unchanged", 1, "2022-11")
    with pytest.raises(SystemExit) as left:
        call_command("verify_edition", "0" * 64)
    assert left.value.code == 1


def test_a_workbook_whose_cells_are_others_is_changed_and_a_broken_one_unknown():
    edition = stored()
    content = export_edition(edition, "xlsx")
    book = load_workbook(BytesIO(content))
    book.worksheets[0]["A1"] = "99 % fertig"
    saved = BytesIO()
    book.save(saved)
    assert check_file(saved.getvalue()).finding == "changed"
    assert [check_file(each).finding for each in (content[:500], b"PK\x03\x04", b"PK")] == ["unknown"] * 3


def test_a_spreadsheet_that_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"0" * 50 * 1024 * 1024)
    monkeypatch.setattr(ZipFile, "read", lambda *_asked: pytest.fail("unpacked"))
    assert check_file(packed.getvalue()).finding == "unknown"


@pytest.mark.parametrize("place", ["ZZZZZZ1", "A4294967297", "XFD1048577"])
def test_a_workbook_with_a_cell_at_a_place_that_is_none_is_read_no_further(place):
    repacked = BytesIO()
    with ZipFile(BytesIO(export_edition(stored(), "xlsx"))) as ours, ZipFile(repacked, "w", ZIP_DEFLATED) as other:
        for part in ours.infolist():
            content = ours.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                assert b'r="A1"' in content
                content = content.replace(b'r="A1"', f'r="{place}"'.encode(), 1)
            other.writestr(part, content)
    assert check_file(repacked.getvalue()).finding == "changed"


def test_a_program_checks_without_a_key(client):
    edition = stored()
    corrected = stored(2, previous=edition.sha256, cutoff="2022-11-29")
    answer = client.get(f"{API}/check/", {"sha256": edition.sha256}).json()
    described = SCHEMA["paths"][f"{API}/check/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert mismatches(answer, described) == []
    assert (answer["finding"], answer["edition"], answer["month"]) == ("unchanged", 1, "2022-11")
    assert answer["replaced_by"] == {"edition": 2, "sha256": corrected.sha256, "reason": "Reifegrad nachgetragen"}
    assert (answer["head"], answer["whole_chain"], answer["signature"]) == (corrected.sha256, True, None)
    sent = SimpleUploadedFile("a.xlsx", export_edition(corrected, "xlsx"))
    assert client.post(f"{API}/check/", {"file": sent}).json()["finding"] == "unchanged"
    assert client.get(f"{API}/check/", {"sha256": "0" * 64}).json()["finding"] == "unknown"
    assert client.get(f"{API}/check/", {"sha256": "x"}).json()["errors"][0]["field"] == "sha256"
    assert client.post(f"{API}/check/", {}).status_code == 400


def test_who_checks_without_end_has_to_wait(client):
    cache.clear()
    found = [client.get(f"{API}/check/", {"sha256": "0" * 64}) for _each in range(31)]
    assert [each.status_code for each in found] == [200] * 30 + [429]
    assert found[-1]["Content-Type"] == "application/problem+json" and int(found[-1]["Retry-After"]) > 0
    cache.clear()
