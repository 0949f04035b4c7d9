"""Anybody finds out which edition a file or a hash is: unchanged, changed, replaced or unknown."""

import json
import zlib
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from reports import canonical
from reports.exporting import checking
from reports.exporting.checking import check_file, check_hash
from reports.exporting.export_edition import export_edition
from reports.models import Edition
from tests import make
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


@pytest.mark.parametrize("format", ["pdf", "json", "csv", "html"])
def test_every_file_is_known_again_and_a_changed_one_is_told(format):
    edition = stored()
    content = export_edition(edition, format)
    found = check_file(content)
    assert (found.finding, found.edition, found.kind, found.replaced_by) == ("unchanged", edition, format, None)
    changed = content.replace(b'"ready":21', b'"ready":22') if format == "json" else content + b"\n"
    told = check_file(changed)
    assert changed != content and told.edition == edition
    assert told.finding == ("figures_unchanged" if format == "pdf" else "changed")


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
