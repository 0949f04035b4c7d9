"""Every exporter prints the frozen figures, stays German, and lets no text become more than text."""

import csv
import hashlib
import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from lxml import etree, html
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from reports import canonical
from reports.exporting.export_edition import FORMATS, export_edition
from reports.telling.text import clean, guard
from tests.reports.made_editions import approved, consistent, crowded, edition, empty, sample

PAYLOADS = (
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+49 123",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "#REF!",
    "<script>alert(1)</script>",
    '#read("/etc/passwd")',
    "*fett* $x$ @ref `roh` = Kopf",
    "{{ 7|add:7 }} {% now 'Y' %}",
    "\x00\x0b\x1f\ufffeSteuer",
    "Zeile 1\nZeile 2",
    "Parken 🅿️ 😀 für 漢字",
    'Ein "Name"; mit Trenner',
    "x" * 300,
)


def with_name(payload):
    """Figures in which `payload` stands wherever a person can write: names, reasons, departments, deadlines."""
    figures = sample()
    figures["municipality"]["name"] = f"{payload}"
    figures["movement"]["newly_ready"][0] |= {"name": payload, "reason": payload}
    figures["questions"]["online_now"][0]["name"] = payload
    figures["by_department"][0]["department"] = payload
    figures["by_topic"][0]["topic"] = payload
    figures["deadlines"][0]["name"] = payload
    figures["training"]["groups"][0]["group"] = payload
    return figures


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def cells_of(content):
    book = load_workbook(io.BytesIO(content))
    return [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_exporter_lets_a_text_become_more_than_text(payload):
    dangerous = edition(with_name(payload), correction_reason=payload, differences=payload)
    for format in FORMATS:
        assert export_edition(dangerous, format)
    texts = [cell for row in rows_of(export_edition(dangerous, "csv")) for cell in row]
    assert guard(payload) in texts
    assert [text for text in texts if text.startswith(tuple("=+@\t\r＝")) or re.match(r"-\D", text)] == []
    cells = cells_of(export_edition(dangerous, "xlsx"))
    assert [cell.coordinate for cell in cells if cell.data_type in "fe"] == []
    assert clean(payload) in [cell.value for cell in cells]
    book = CalamineWorkbook.from_filelike(io.BytesIO(export_edition(dangerous, "ods")))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert clean(payload) in [cell for sheet in sheets for line in sheet for cell in line]
    page = html.fromstring(export_edition(dangerous, "html").decode())
    assert page.xpath("//script | //b/script | //@onload | //@style") == []
    assert " ".join(clean(payload).split()) in " ".join(page.text_content().split())


def test_json_is_byte_for_byte_what_was_hashed():
    frozen = edition()
    assert hashlib.sha256(export_edition(frozen, "json")).hexdigest() == frozen.sha256


def test_an_unknown_format_is_refused_in_german():
    with pytest.raises(ValidationError, match=r"Das Format „doc“ gibt es nicht\. Möglich sind: html, pdf") as refusal:
        export_edition(edition(), "doc")
    assert refusal.value.code == "unknown_format"


def test_the_report_is_german_whoever_asks():
    with translation.override("en"):
        english = {format: export_edition(edition(), format) for format in ("html", "csv", "pdf")}
    assert english == {format: export_edition(edition(), format) for format in ("html", "csv", "pdf")}


def test_exports_ask_the_database_nothing():
    # No database mark: a query would fail here.
    for format in FORMATS:
        assert export_edition(edition(), format)


@pytest.mark.parametrize("figures", [empty(), crowded()], ids=["empty", "crowded"])
@pytest.mark.parametrize("format", FORMATS)
def test_every_month_can_be_exported(figures, format):
    assert export_edition(edition(figures), format)


# CSV -----------------------------------------------------------------------------------------------------------------


def test_csv_opens_in_a_german_excel():
    content = export_edition(edition(), "csv")
    assert content.startswith(
        "\ufeffKennzahl;Dimension;Zähler;Nenner;Prozent;Je Monat;Anzahl;Einheit;Monat;Angabe;Definition\r\n".encode()
    )
    assert content.count(b"\n") == content.count(b"\r\n")


def test_csv_carries_numerator_denominator_and_definition_beside_each_rate():
    rows = rows_of(export_edition(edition(), "csv"))
    assert ["Quote der fertigen Leistungen", "", "21", "60", "35,0", "", "", "", "", "", "services_ready"] in rows
    assert [
        "Nach Fachbereich: fertig",
        "ohne Fachbereich",
        "3",
        "10",
        "30,0",
        "",
        "",
        "",
        "",
        "",
        "by_department",
    ] in rows
    assert [
        "Frist: Tage bis zur Frist",
        "Haushaltsbeschluss 2021 (2022-06-30)",
        *("", "", "", "", "-153", "Tage", "", ""),
        "deadlines",
    ] in rows
    assert ["Nötig je Monat", "SDG-Verordnung", "9", "13", "", "0,7", "", "", "", "", "needed_per_month"] in rows
    assert [
        *("Schulungen: nichts mehr offen", "Finanzen und Bildung", "", "", "", "", "", "", ""),
        *("weniger als 5", "training"),
    ] in rows
    assert ["Stichtag", "", "", "", "", "", "", "", "", "2022-11-30", ""] in rows


def test_csv_leaves_out_no_count():
    """Each total of the figures stands in a row of its own."""
    figures = sample()
    values = {(row[0], row[1]): row[6] for row in rows_of(export_edition(edition(figures), "csv"))}
    levels = {("Reifegrad", step): str(count) for step, count in figures["totals"]["levels"].items()}
    findings = sum(1 for name, _dimension in values if name == "Datenlage")
    assert {key: values[key] for key in levels} == levels
    assert findings == len(figures["quality"])
    assert sum(1 for name, _dimension in values if name == "Verlauf: fertig") == len(figures["trend"])


# XLSX ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book():
    return load_workbook(io.BytesIO(export_edition(edition(), "xlsx")))


def lines(sheet):
    return [[cell.value for cell in line] for line in sheet.iter_rows()]


def test_the_workbook_has_a_sheet_for_each_purpose(book):
    assert book.sheetnames == ["Übersicht", "Kennzahlen", "Leistungen", "Veränderungen", "Zählweise", "Ausgabe"]
    assert (book.properties.language, book.properties.title) == ("de-DE", "Sachstandsbericht November 2022")
    _cover, *data = book
    assert {sheet.freeze_panes for sheet in data} == {"A2"}
    assert all(sheet.auto_filter.ref == sheet.dimensions for sheet in data)
    assert all(cell.font.bold for sheet in data for cell in sheet[1])


def test_the_cover_answers_the_four_questions_and_draws_two_charts_of_its_own_numbers(book):
    cover = book["Übersicht"]
    told = [[cell.value for cell in line] for line in cover.iter_rows()]
    assert [line[0] for line in told[3:7]] == [
        "Was ist online?", "Was hat sich bewegt?", "Zugesagt und nicht gehalten", "Als Nächstes",
    ]  # fmt: skip
    drawn = [
        [cell.value for (cell,) in cover[chart.series[0].val.numRef.f.partition("!")[2]]] for chart in cover._charts
    ]
    levels, trend = [*sample()["totals"]["levels"].values(), 8], [each["ready"] for each in sample()["trend"]]
    assert drawn == [levels, trend]


def test_a_definition_is_one_click_away(book):
    line = next(line for line in book["Kennzahlen"].iter_rows() if line[0].value == "Bündel vollständig")
    sheet, _mark, cell = line[-1].hyperlink.location.partition("!")
    assert (sheet, book["Zählweise"][cell].value) == ("'Zählweise'", "bundles_complete")


def test_rates_are_numbers_with_their_numerator_and_denominator(book):
    line = next(line for line in book["Kennzahlen"].iter_rows() if line[0].value == "Bündel vollständig")
    assert [cell.value for cell in line][2:] == [11, 40, 27.5, "%", "bundles_complete"]
    assert [cell.number_format for cell in line][2:5] == ["#,##0", "#,##0", '0.0" %"']


def test_every_relevant_service_stands_once(book):
    head, *services = lines(book["Leistungen"])
    assert head[:15] == [
        "Schlüssel", "OZG-ID", "Leistung", "Fertig", "Geplant oder in Umsetzung", "Bis zur Frist geplant",
        "Veränderung im Monat",
        "Themenfeld", "Fachbereich", "Amt", "Stand", "Reifegrad", "Geplant bis", "Fälle pro Jahr", "Beleg",
    ]  # fmt: skip
    assert len(services) == sample()["totals"]["relevant"]
    assert sum(line[3] == "ja" for line in services) == 21
    assert sum(line[4] == "ja" for line in services) == 23
    assert sum(line[5] == "ja" for line in services) == 12
    assert services[0][:7] == ["99100000000000", "10041", "Wohnsitz Anmeldung", "ja", "nein", "nein", "Neu fertig"]
    assert services[0][7:12] == ["Bauen & Wohnen", "Bauen und Wirtschaft", "Bauamt", "fertig", 3]


def test_movements_tell_from_to_and_why(book):
    _head, *moves = lines(book["Veränderungen"])
    assert len(moves) == sum(len(group) for group in sample()["movement"].values())
    assert [
        "Neu fertig", "99100000001000", "10042", "Hundesteuer Anmeldung", "nicht bewertet", 3,
        "Antragsportal der Stadt eingeführt; Nachweise lassen sich hochladen",
    ] in moves  # fmt: skip


def test_definitions_and_proof_stand_in_the_workbook(book):
    assert [line[0] for line in lines(book["Zählweise"])[1:]] == sorted(sample()["definitions"])
    about = dict(lines(book["Ausgabe"]))
    assert about["Prüfsumme (SHA-256)"] == canonical.digest(canonical.dumps(sample()))
    assert about["Stand der Ausgabe"] == "Ausgabe 1, Entwurf, noch nicht genehmigt"
    assert about["Amtlicher Regionalschlüssel"] == "159990010010"


# HTML ----------------------------------------------------------------------------------------------------------------


def page_of(edition):
    return html.fromstring(export_edition(edition, "html").decode())


def words_of(node):
    return " ".join(node.text_content().split())


def test_each_number_of_the_file_leads_to_the_list_it_counts_within_the_file():
    page = page_of(edition(consistent()))
    links = page.xpath("//a[@class='ozg-n']")
    wrong = []
    for link in links:
        number = re.match(r"[+−]?([\d.,]+)", link.text_content().strip())[1]
        found = len(page.xpath(f"//*[@id='{link.get('href')[1:]}']//tbody/tr"))
        if "," not in number and int(number.replace(".", "")) != found:
            wrong.append((link.text_content(), link.get("href"), found))
    assert (wrong, len(links) > 12) == ([], True)


def test_the_page_stands_alone():
    page = export_edition(edition(), "html").decode()
    assert re.findall(r"(?:src|href)=\"(?!#)[^\"]*\"", page) == []
    assert re.findall(r"url\((?!\"data:font)", page) == []
    assert page.count("<script") == 0
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)[^\"' )]*", page) == []


def test_every_token_the_page_names_has_a_value():
    style = page_of(edition()).findtext(".//style")
    assert set(re.findall(r"var\((--[\w-]+)", style)) - set(re.findall(r"(--[\w-]+):", style)) == set()
    assert "--kern-color-layout-text-default:var(--kern-color-neutral-950)" in style  # the light theme's


def test_the_page_answers_the_four_questions_in_order():
    page = page_of(approved())
    assert [words_of(each) for each in page.xpath("//h1 | //h2")] == [
        "Sachstandsbericht November 2022", "Was ist online?", "Was hat sich bewegt und warum?", "Was ist zu spät?",
        "Als Nächstes", "Schulungen", "Zählweise und Prüfung", "Anhang: Leistungen im Einzelnen",
        "Was die Zahlen zählen",
    ]  # fmt: skip
    links = [address[1:] for address in page.xpath("//p[@class='ozg-fig__q']/a/@href")]
    assert links == ["online", "bewegt", "spaet", "fertig"]
    assert all(page.xpath(f"//section[@id='{link}']") for link in links)


@pytest.mark.parametrize("figures", [sample(), crowded(), empty()])
def test_every_long_list_stands_in_the_annex_and_every_link_leads_to_something(figures):
    page = page_of(edition(figures))
    addresses = [address[1:] for address in page.xpath("//a/@href")]
    assert [address for address in addresses if not page.xpath(f"//*[@id='{address}']")] == []
    annexed = page.xpath("//section[contains(@class, 'ozg-annex')]//div/@id")
    told = [each for each in addresses if each.startswith(("liste-", "veraenderungen"))]
    assert sorted(annexed) == sorted(told)


def test_ids_are_unique_and_tables_name_their_columns():
    page = page_of(edition(crowded()))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for table in page.xpath("//table"):
        assert {each.get("scope") for each in table.xpath("./thead//th")} == {"col"}
        assert {each.get("scope") for each in table.xpath("./tbody//th")} - {"rowgroup"} == {"row"}


def test_a_draft_says_so_and_an_approved_edition_says_when():
    draft, final = page_of(edition()), page_of(approved())
    assert "Entwurf. Noch nicht genehmigt." in words_of(draft)
    assert "Ausgabe 1, genehmigt am 10.12.2022" in words_of(final)
    assert "Entwurf" not in words_of(final)


def test_no_list_of_the_file_says_none():
    page = page_of(edition(consistent()))
    levels = {" ".join(each.text_content().split()) for each in page.xpath("//td[@data-l='Reifegrad']")}
    assert "nicht bewertet" in levels and "None" not in words_of(page)


def test_long_lists_are_cut_with_a_word():
    page = page_of(edition(crowded()))
    assert "… und 400 weitere, siehe Arbeitsmappe" in words_of(page)
    assert "Alle 420 Veränderungen, einzeln im Anhang" in words_of(page)


def test_the_charts_of_the_page_are_sound():
    for picture in page_of(edition()).xpath("//*[local-name()='svg'][not(ancestor::*[local-name()='svg'])]"):
        assert picture.get("aria-hidden") == "true" or (picture.get("role") == "img" and picture.get("aria-label"))
        etree.fromstring(etree.tostring(picture))
