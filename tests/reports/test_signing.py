"""The municipality signs what it approved; anybody checks it, with our pages, our API, or the key alone."""

import json
from datetime import UTC, date, datetime

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from page import ValidationProfile

from reports import signing
from reports.editions.approving import approve_edition
from reports.editions.freeze import freeze_edition
from reports.editions.verifying.verify import verify_history
from reports.exporting.checking import check_file
from reports.exporting.export_edition import export_edition
from reports.models import Edition, EditionSignature
from tests import make
from tests.pdf_standards import broken

pytestmark = pytest.mark.django_db
NOVEMBER = date(2022, 11, 1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2022, 12, 2, 8, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def key(tmp_path, settings):
    made = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
    settings.SIGNING_KEYS_DIR = str(tmp_path)
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / f"{make.ARS}.pem").write_bytes(pem)
    return signing.public_hex(made)


@pytest.fixture
def draft():
    return freeze_edition(make.row(make.service(), level=3, state="done").municipality, NOVEMBER)


@pytest.fixture
def signed(key, draft):
    return approve_edition(draft, make.user())


@pytest.mark.parametrize(
    ("profile", "spoil"),
    [
        (ValidationProfile.PDF_UA_1, (b"/MarkInfo", b"/Markinfo")),
        (ValidationProfile.PDF_A_3A, (b"/AFRelationship/Supplement", b"/AFRelationshiq/Supplement")),
    ],
)
def test_with_the_signature_inside_the_pdf_keeps_both_standards_and_a_spoilt_one_does_not(signed, profile, spoil):
    made = export_edition(signed, "pdf")
    spoilt = made.replace(*spoil)
    assert [name in made for name in (b"figures-2022-11.json", b"figures-2022-11.sig.json")] == [True, True]
    assert (broken(made, profile), broken(spoilt, profile) == []) == ([], False)


def test_what_is_approved_is_signed_once_and_says_so_in_print(signed, key):
    found = EditionSignature.objects.get()
    assert signing.holds(key, found.signature, signed.figures)
    assert not signing.holds(key, found.signature, signed.figures + " ")
    for format in ("html", "csv"):
        halves = f"{found.signature[:64]} {found.signature[64:]}"
        assert halves in export_edition(signed, format).decode()
    assert verify_history()["differences"] == []


def test_without_a_key_nothing_is_signed_and_with_a_broken_one_nothing_approved(draft, settings, tmp_path):
    settings.SIGNING_KEYS_DIR = str(tmp_path)
    (tmp_path / f"{make.ARS}.pem").write_text("kaputt")
    with pytest.raises(ValidationError) as refused:
        approve_edition(draft, make.user())
    assert (refused.value.code, Edition.objects.get().state) == ("bad_key", "draft")
    (tmp_path / f"{make.ARS}.pem").unlink()
    approve_edition(draft, make.User.objects.get())
    assert EditionSignature.objects.count() == 0


def test_the_key_alone_tells_a_signed_file_from_a_forged_one(signed, key, tmp_path, capsys, django_assert_num_queries):
    pdf, figures, pem = (tmp_path / name for name in ("a.pdf", "a.json", "key.pem"))
    pdf.write_bytes(export_edition(signed, "pdf"))
    figures.write_bytes(export_edition(signed, "json"))
    pem.write_text(signing.as_pem(key))
    signature = EditionSignature.objects.get().signature
    with django_assert_num_queries(0):
        call_command("verify_edition", str(pdf), "--key", str(pem), "--json")
        call_command(
            "verify_edition",
            str(figures),
            "--key",
            str(pem),
            "--signature",
            f"{signature[:64]} {signature[64:]}",
            "--json",
        )
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["finding"], each["sha256"], each["month"]) for each in told] == [
        ("signed", signed.sha256, "2022-11")
    ] * 2
    figures.write_bytes(figures.read_bytes().replace(b'"ready":1', b'"ready":2'))
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_edition", str(figures), "--key", str(pem), "--signature", signature)
    assert stopped.value.code == 1


def test_anybody_reads_the_key_and_the_check_names_the_signature(signed, key, client):
    answer = client.get(f"/pruefen/schluessel/{make.ARS}/")
    assert signing.read_public(answer.content) == [key] and "# seit 2022-12-02" in answer.text
    assert client.get("/pruefen/schluessel/000000000000/").status_code == 404
    assert check_file(export_edition(signed, "pdf")).signed is True
    text = client.get("/pruefen/", {"sha256": signed.sha256}).text
    assert "gültig, Schlüssel von Musterstadt" in text and f"/pruefen/schluessel/{make.ARS}/" in text


def test_the_database_keeps_signatures(signed):
    for change in (
        "UPDATE reports_editionsignature SET recorded_at = NULL",
        "DELETE FROM reports_editionsignature",
    ):
        with pytest.raises(IntegrityError, match="Eine Unterschrift bleibt"), transaction.atomic():
            connection.cursor().execute(change)


def test_a_signature_of_other_figures_is_found(signed, draft):
    other = freeze_edition(draft.municipality, date(2022, 10, 1))
    EditionSignature.objects.create(
        edition=other, public_key="0" * 64, signature="0" * 128, recorded_at=datetime(2022, 12, 2, tzinfo=UTC)
    )
    assert [each["message"].endswith("Die Unterschrift gehört nicht zu den festgeschriebenen Zahlen.")
            for each in verify_history()["differences"]] == [True]  # fmt: skip
