"""The PDF is tagged, German, the same bytes twice, every list whole, and prints whatever people write."""

import io
import json
import re
import shutil
import subprocess
from html import unescape

import pikepdf
import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from ozg_tracker.typesetting import FONTS
from reports.exporting.document import pages, pdf
from reports.exporting.print_data import FONT
from reports.telling.content import report
from reports.telling.text import characters, printable
from tests.pdf_standards import PROFILES, broken
from tests.reports.made_editions import approved, crowded, edition, empty, sample

FILLED = {"sample": sample(), "crowded": crowded(), "empty": empty()}


@pytest.fixture(scope="module")
def document():
    return pikepdf.open(io.BytesIO(pdf(approved())))


def tags(document):
    """Every structure element of the document, in reading order."""

    def below(node):
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield kid
                yield from below(kid)

    return list(below(document.Root.StructTreeRoot))


def named(document, name):
    return [tag for tag in tags(document) if name == tag.S]


def scopes(tag):
    attributes = tag.get("/A", [])
    each = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
    return [one.Scope for one in each if "/Scope" in one.keys()]  # noqa: SIM118 (a PDF object is no dict)


def words(content):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext fehlt (poppler-utils)")
    made = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(made.stdout.decode().split())


def test_the_document_says_its_language_title_and_standard(document):
    assert document.Root.Lang == "de-DE"
    assert document.Root.MarkInfo.Marked is True
    assert document.Root.ViewerPreferences.DisplayDocTitle is True
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["dc:title"] == "Sachstandsbericht November 2022"


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", FILLED)
def test_it_keeps_both_standards_and_a_spoilt_one_does_not(name, profile):
    made = pdf(edition(FILLED[name]))
    spoilt = made.replace(b"/MarkInfo", b"/Markinfo")
    assert (broken(made, profile), broken(spoilt, profile) == []) == ([], False)


def test_the_frozen_figures_travel_inside_byte_for_byte(document):
    assert list(document.attachments) == ["figures-2022-11.json"]
    inside = document.attachments["figures-2022-11.json"].get_file()
    assert (inside.mime_type, inside.read_bytes().decode()) == ("application/json", edition(sample()).figures)


def test_the_hash_can_be_searched_for_and_copied():
    assert edition(sample()).sha256 in words(pdf(edition(sample())))


def test_headings_tables_and_figures_are_tagged(document):
    assert [len(named(document, name)) for name in ("/H1", "/H2")] == [1, 6]
    assert len(named(document, "/Table")) == 14
    for table in named(document, "/Table"):
        head = [tag for tag in table.K if tag.S == "/THead"]
        assert len(head) == 1
        assert {str(scope) for line in head[0].K for tag in line.K for scope in scopes(tag)} == {"/Column"}


def test_what_is_read_as_a_paragraph_is_tagged_as_one(document):
    outside = [str(tag.P.S) for tag in named(document, "/Span") if tag.P.S in ("/Document", "/Div", "/Sect")]
    assert (outside, len(named(document, "/P")) > 20) == ([], True)


def test_its_outline_is_that_of_the_report_and_each_table_has_its_heading(document):
    assert titles(document) == [
        "Sachstandsbericht November 2022",
        "Was ist online?",
        "Wie sicher ist die Quote?",
        "Weitere Sichten",
        "Nach Fachbereich",
        "Nach Themenfeld",
        "Was hat sich bewegt und warum?",
        "Neu fertig (3)",
        "Besser geworden (2)",
        "Zurückgestuft (1)",
        "Zuwachs je Monat",
        "Was ist zu spät?",
        "Offen: 1",
        "Verschoben: 1",
        "Blockiert: 2",
        "Zusagen nach Fachbereich",
        "Fristen",
        "Wann sind wir fertig?",
        "Zugesagt nach Fachbereich und Monat",
        "Vorausschau",
        "Alle Leistungen fertig bis",
        "Was wir vor 12 und 6 Monaten sagten, was kam",
        "Schulungen",
        "Zählweise und Prüfung",
    ]


def titles(document):
    """The outline from above to below: each heading once, in its place."""

    def below(items):
        for item in items:
            yield item.title
            yield from below(item.children)

    with document.open_outline() as outline:
        return list(below(outline.root))


def test_its_numbers_lead_to_the_lists_that_the_page_leads_to():
    made = approved()
    document = pikepdf.open(io.BytesIO(pdf(made)))
    links = [note for page in document.pages for note in page.get("/Annots", []) if note.Subtype == "/Link"]
    addresses = [str(note.A.URI) for note in links if "/A" in note and "/URI" in note.A]
    body = render_to_string("reports/edition/body.html", {"report": report(made), "lists": "#"})
    on_page = {unescape(query) for query in re.findall(r'href="#\?([^"]+)"', body)}
    lists = "http://127.0.0.1:8000/berichte/2022/11/1/leistungen/?"
    told = {address.removeprefix(lists) for address in addresses if address.startswith(lists)}
    assert (len(links) - len(addresses), addresses[-1]) == (4, "http://127.0.0.1:8000/pruefen/")
    by_words = {"list=planned_passed", "list=kept"}  # the page leads to them without a number
    assert told == on_page - by_words and len(told) > 30


def test_promises_stand_in_it_by_department_with_who_decides():
    told = words(pdf(edition(sample())))
    for each in (
        "Wer entscheidet als Nächstes",
        "Leitung Bauamt",
        "Zusagen nach Fachbereich",
        "Zugesagt nach Fachbereich und Monat",
    ):
        assert each in told


def test_every_row_of_a_table_begins_with_its_head(document):
    bodies = named(document, "/TBody")
    assert len(bodies) == 14
    for line in (line for body in bodies for line in body.K):
        first, *others = line.K
        assert (str(first.S), [str(scope) for scope in scopes(first)]) == ("/TH", ["/Row"])
        assert {str(tag.S) for tag in others} == {"/TD"}
    # heads are found by their scope: a cell that names the head of its column alone would hide the one of its row
    assert not [each for tag in named(document, "/TD") for each in tag.A if "/Headers" in each]


@pytest.mark.parametrize("name", FILLED)
def test_the_file_is_sound(name):
    assert pikepdf.open(io.BytesIO(pdf(edition(FILLED[name])))).check_pdf_syntax() == []


def test_every_figure_has_its_values_in_words(document):
    texts = [str(tag.Alt) for tag in named(document, "/Figure")]
    assert len(texts) == 1 + 1 + 4 + 3 + 2  # whole, certainty, departments with their sum, topics, growth and forecast
    assert texts[0].startswith("Insgesamt, 60 Leistungen: 9 Reifegrad 0, 12 Reifegrad 1")
    assert all(any(sign.isdigit() for sign in text) for text in texts)


def test_only_our_font_and_those_of_the_typesetter_are_embedded(document):
    fonts = {
        str(font.BaseFont).partition("+")[2]
        for page in document.pages
        for font in page.get("/Resources", {}).get("/Font", {}).values()
    }
    assert {name for name in fonts if not name.startswith("FiraSans")} <= {"LibertinusSerif-Regular-Identity-H"}


@pytest.mark.parametrize("name", FILLED)
def test_the_same_edition_is_the_same_bytes(name):
    assert pdf(edition(FILLED[name])) == pdf(edition(FILLED[name]))


@pytest.mark.parametrize("name", FILLED)
def test_it_has_as_many_pages_as_its_lists_need(name):
    made = pdf(edition(FILLED[name]))
    assert len(pikepdf.open(io.BytesIO(made)).pages) == pages(made)


def test_every_list_stands_whole_in_it():
    figures, named = json.loads(json.dumps(crowded())), []  # its lists repeat one service
    movement = [each for kind in ("newly_ready", "improved", "regressed") for each in figures["movement"][kind]]
    texts = [(each, "department") for each in figures["by_department"]]
    texts += [(each, "topic") for each in figures["by_topic"]]
    texts += [(each, text) for each in movement for text in ("name", "reason")]
    for each, text in texts:
        each[text] = f"Z{len(named):03d}"
        named.append(each[text])
    told = words(pdf(edition(figures)))
    assert len(named) > 200
    assert [each for each in named if each not in told] == []


@settings(max_examples=25, deadline=None)
@given(name=st.text(max_size=60))
def test_any_name_can_be_printed(name):
    figures = sample()
    figures["by_department"][0]["department"] = name
    figures["movement"]["newly_ready"][0] |= {"name": name, "reason": name}
    assert pdf(edition(figures)).startswith(b"%PDF")


def test_a_hyphen_that_stands_for_a_word_left_off_stays_with_its_word():
    figures = sample()
    figures["by_topic"][0]["topic"] = "Unternehmensführung & -entwicklung"
    assert "& -\u2060entwicklung" in words(pdf(edition(figures)))


def test_markup_stays_text():
    figures = sample()
    figures["movement"]["newly_ready"][0]["reason"] = '#read("/etc/passwd") *x* $y$ @z'
    assert '#read("/etc/passwd") *x* $y$ @z' in words(pdf(edition(figures)))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Straße – „Übergröße“ → 3", "Straße – „Übergröße“ → 3"),
        ("Parken 🅿️ 😀", "Parken ? ?"),
        ("A\u0308mter", "Ämter"),
        ("Null\u2060breite\u202e", "Nullbreite"),
        ("漢字", "??"),
        ("29,2\u202f%", "29,2\u202f%"),
        ("Ⅳ ½", "IV ½"),
    ],
)
def test_what_the_font_lacks_is_replaced(text, printed):
    assert printable(text, FONT) == printed


def test_every_weight_that_is_used_has_the_same_characters():
    weights = [characters(FONTS / f"FiraSans-{name}.ttf") for name in ("Regular", "Medium", "SemiBold")]
    assert weights[0] == weights[1] == weights[2]
    assert len(weights[0]) > 1500


def test_it_says_draft_on_every_page_until_it_is_approved():
    assert words(pdf(edition())).count("Ausgabe 1 (Entwurf)") == pages(pdf(edition()))
    assert "Entwurf" not in words(pdf(approved()))


@pytest.mark.django_db
def test_it_says_what_was_corrected_and_why():
    corrected = approved(number=2, correction_reason="Zu hoch gezählt.", differences="Fertig: 22 statt 21\nBewertet: 1")
    assert "Berichtigt. Ausgabe 2 ersetzt Ausgabe 1. Zu hoch gezählt. Was sich geändert hat: Fertig: 22 statt 21" in (
        words(pdf(corrected))
    )
