"""The template of the paper on an edition: what it says, in both formats alike, and that an office program opens it."""

import hashlib
import io
import subprocess
from datetime import UTC, datetime
from zipfile import ZipFile

import pikepdf
import pytest
import time_machine
from docx import Document as WordDocument

from reports.exporting.checking import check_file
from reports.exporting.export_edition import export_edition
from reports.meetings.committees import keep_committee
from reports.meetings.keeping import Plan, set_meeting
from reports.telling.content import report
from tests import make
from tests.reports.exporting.council_paper.read_papers import of_docx, of_odt
from tests.reports.made_editions import approved, consistent, crowded, edition, empty, sample
from tests.spreadsheets.office import resaved

READ = {"docx": of_docx, "odt": of_odt}
HOSTILE = (
    "\x00\x0b\x1f\ufffeSteuer",
    "x" * 5000,
    "\u202eabc\u202c",
    "שלום עולם مرحبا",
    "<w:t>&amp;</w:t>",
    "a\r\nb\tc",
)


def told(made, format="docx"):
    return READ[format](export_edition(made, format))


@pytest.mark.parametrize("figures", [sample(), consistent(), crowded(), empty()])
def test_both_files_say_the_same_word_for_word(figures):
    made = approved(figures)
    assert told(made, "docx") == told(made, "odt")


def test_it_has_the_parts_of_the_form_in_their_order():
    parts, fill = told(approved())
    assert [each[1:] for each in parts if each[0] == "heading"] == [
        (1, "Beratungsfolge"),
        (1, "Betreff"),
        (1, "Sachverhalt"),
        (2, "Was ist online?"),
        (2, "Was hat sich bewegt und warum?"),
        (2, "Was ist zu spät?"),
        (2, "Wann sind wir fertig?"),
        (1, "Finanzielle Auswirkungen"),
        (1, "Anlagen"),
    ]
    tables = [(name, head) for _kind, name, head, _rows in (each for each in parts if each[0] == "table")]
    figures = [["Kennzahl", "Wert", "Zähler", "Nenner"]]
    assert tables == [
        ("Angaben zur Vorlage", [["Vorlagen-Nr.", "Federführung", "Datum"]]),
        ("Beratungsfolge", [["Gremium", "Datum", "Zuständigkeit"]]),
        ("Kennzahlen: Was ist online?", figures),
        ("Kennzahlen: Was hat sich bewegt und warum?", figures),
        ("Kennzahlen: Was ist zu spät?", figures),
        ("Kennzahlen: Wann sind wir fertig?", figures),
        ("Anlagen", [["Angabe", "Anlage 1"]]),
    ]
    head = ["[Nummer]", "[federführendes Amt]", "[Datum]"]
    assert fill == head + 3 * ["[Gremium]", "[Datum]", "[Zuständigkeit]"] + [
        "[keine, oder Betrag, Haushaltsjahr und Produkt]"
    ]


def test_lead_and_answers_are_those_of_the_report():
    made = approved()
    said, texts = report(made), [each[1] for each in told(made)[0] if each[0] == "text"]
    answers = [said.answers.online, said.answers.moved, said.answers.late, said.answers.done]
    lead = "".join(each["text"] for each in said.lead)
    assert [each for each in texts if each in (lead, *answers)] == [lead, *answers]


def test_each_figure_has_numerator_denominator_and_what_it_means():
    made = approved()
    parts = told(made)[0]
    lines = [row for each in parts if each[0] == "table" for row in each[3]]
    assert ["Quote der fertigen Leistungen", "35,0\u202f%", "21", "60"] in lines
    assert ["Zugesagt: verschoben", "1 Leistung", "–", "–"] in lines
    assert ["Als Nächstes", "2 Leistungen", "–", "–"] in lines
    assert ["Vorausschau: alle fertig bis: 50 %", "März 2026", "–", "–"] in lines
    meant = "Quote der fertigen Leistungen: Fertige Leistungen (Reifegrad 3 oder höher (Reifegradmodell 1.1)) von"
    assert [each[1] for each in parts if each[0] == "text" and each[1].startswith(meant)] != []


def test_the_annex_is_named_with_its_address_and_hashes(settings):
    settings.BASE_URL = "https://ozg.example.de/"
    made = approved()
    annex = told(made)[0][-2]
    assert annex[3] == [
        ["Datei", "sachstandsbericht-stadt-musterstadt-2022-11.pdf"],
        ["Adresse", "https://ozg.example.de/berichte/2022/11/1/pdf"],
        ["Prüfsumme der PDF-Datei (SHA-256)", hashlib.sha256(export_edition(made, "pdf")).hexdigest()],
        ["Prüfsumme der Kennzahlen (SHA-256)", made.sha256],
    ]


def test_of_a_draft_it_names_no_hash_of_a_file_that_will_be_another():
    parts, fill = told(edition())
    assert parts[-2][3][2][1] == "[steht fest, wenn der Bericht genehmigt ist]"
    assert "[Entwurf: vor der Sitzung neu ausgeben, wenn der Bericht genehmigt ist]" in fill


@pytest.mark.django_db
def test_a_correction_says_why():
    made = approved(number=2, correction_reason="Zu hoch gezählt.")
    assert ("text", "Ausgabe 2 ersetzt Ausgabe 1. Zu hoch gezählt.") in told(made)[0]


@pytest.mark.django_db
@pytest.mark.parametrize("format", READ)
@pytest.mark.parametrize("payload", HOSTILE)
def test_what_people_write_stays_text(format, payload):
    figures = sample()
    figures["municipality"]["name"] = figures["deadlines"][0]["name"] = payload
    figures["comments"] = [{"section": "late", "text": payload, "on": "2022-12-05"}]
    made = approved(figures, correction_reason=payload, number=2)
    clean = "".join(each for each in payload if each not in "\x00\x0b\x1f\ufffe\u202e\u202c").replace("\r\n", "\n")
    parts = told(made, format)[0]
    assert ("text", f"Anmerkung der Verwaltung, 05.12.2022: {clean}") in parts
    assert [row[0] for each in parts if each[0] == "table" for row in each[3] if f"noch offen: {clean}" in row[0]] != []


def test_a_document_of_word_says_language_title_and_page():
    content = export_edition(approved(), "docx")
    made = WordDocument(io.BytesIO(content))
    assert (made.core_properties.title, made.core_properties.language) == (
        "Mitteilungsvorlage: Sachstandsbericht November 2022",
        "de-DE",
    )
    with ZipFile(io.BytesIO(content)) as parts:
        assert b'w:lang w:val="de-DE"' in parts.read("word/styles.xml")
        footer = parts.read("word/footer1.xml").decode()
    assert [name in footer for name in ('w:instr="PAGE"', 'w:instr="NUMPAGES"')] == [True, True]


def test_an_opendocument_says_language_title_and_page():
    with ZipFile(io.BytesIO(export_edition(approved(), "odt"))) as parts:
        meta, styles = parts.read("meta.xml").decode(), parts.read("styles.xml").decode()
        assert parts.infolist()[0].filename == "mimetype"
    assert "<dc:language>de-DE</dc:language>" in meta
    assert "<dc:title>Mitteilungsvorlage: Sachstandsbericht November 2022</dc:title>" in meta
    assert 'fo:language="de"' in styles and 'fo:language="fr"' not in styles
    assert "<text:page-number" in styles and "<text:page-count" in styles


@pytest.mark.parametrize("figures", [sample(), crowded(), empty()], ids=["sample", "crowded", "empty"])
@pytest.mark.parametrize("format", READ)
def test_libreoffice_opens_it_as_it_is_and_saves_it_as_the_other(tmp_path, format, figures):
    made = approved(figures)
    path = tmp_path / f"vorlage.{format}"
    path.write_bytes(export_edition(made, format))
    other = {"docx": "odt", "odt": "docx"}[format]
    again = resaved(tmp_path, path, other).read_bytes()
    assert _words(READ[other](again)) == _words(told(made, format))
    with pikepdf.open(resaved(tmp_path, path, "pdf")) as printed:
        assert len(printed.pages) > 1
    shown = subprocess.run(["pdftotext", tmp_path / "neu" / "vorlage.pdf", "-"], capture_output=True, check=True)
    assert "Seite 1 von" in shown.stdout.decode()


def _words(read):
    """Headings, texts and the cells of tables; what a program calls a table it may change."""
    return [(each[2], each[3]) if each[0] == "table" else each[1:] for each in read[0]]


@pytest.mark.django_db
@pytest.mark.parametrize("format", READ)
def test_the_check_knows_an_untouched_template_and_vouches_for_no_edited_one(format):
    made = approved(consistent())
    made.municipality, made.catalogue_import = make.municipality(), make.catalogue_import()
    made.save()
    content = export_edition(made, format)
    other = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(other, "w") as new:
        for part in old.infolist():
            new.writestr(part, old.read(part).replace(b"Sachverhalt", b"Wahrheit"))
    found = [check_file(each) for each in (content, other.getvalue())]
    assert [(each.finding, each.edition, each.kind) for each in found] == [
        ("unchanged", made, format),
        ("changed", made, format),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("format", READ)
def test_the_committees_it_goes_to_stand_in_it_in_their_order_and_who_decides_is_filled_in(format):
    make.maturity_model()
    coordinator = make.user("koordination")
    made = approved()
    made.municipality, made.catalogue_import = make.municipality(), make.catalogue_import()
    made.save()
    planned = [
        ("Rat", datetime(2022, 12, 15, 17, tzinfo=UTC)),
        ("Hauptausschuss", datetime(2022, 12, 6, 17, tzinfo=UTC)),
    ]
    with time_machine.travel("2022-12-01T09:00Z", tick=False):
        for name, starts_at in planned:
            committee = keep_committee(made.municipality, name, 14, coordinator)
            set_meeting(made.municipality, Plan(committee, starts_at, "Ratssaal", month=made.month), coordinator)
    rows = next(each[3] for each in told(made, format)[0] if each[:2] == ("table", "Beratungsfolge"))
    assert rows == [
        ["Hauptausschuss", "06.12.2022", "[Zuständigkeit]"],
        ["Rat", "15.12.2022", "[Zuständigkeit]"],
        ["[Gremium]", "[Datum]", "[Zuständigkeit]"],
    ]


@pytest.mark.parametrize("format", READ)
def test_questions_of_the_council_and_digital_use_stand_in_it(format):
    asked = [
        {
            "about": "online",
            "service": None,
            "month": "2022-10",
            "asked_on": "2022-11-03",
            "text": "Warum so wenig?",
            "answered_on": "2022-11-20",
            "answer": "Das Verfahren fehlt.",
        }
    ]
    take_up = {"year": 2021, "numerator": 30, "denominator": 40, "known_rows": 2, "extrapolated_rows": 1}
    parts = told(approved(sample() | {"asked": asked, "take_up": take_up}), format)[0]
    texts = [each[1] for each in parts if each[0] == "text"]
    assert "Was ist online? · Frage aus dem Rat zum Bericht Oktober 2022, 03.11.2022: Warum so wenig?" in texts
    assert "Antwort der Verwaltung, 20.11.2022: Das Verfahren fehlt." in texts
    rows = next(each[3] for each in parts if each[:2] == ("table", "Kennzahlen: Was ist online?"))
    assert [row for row in rows if row[0].startswith("Digitale Nutzung")] == [
        ["Digitale Nutzung: 2021", "75,0\u202f%", "30", "40"]
    ]
