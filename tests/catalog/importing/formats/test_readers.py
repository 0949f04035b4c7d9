"""The same facts come out of every format, and a format is found by content."""

from datetime import date

import pytest

from catalog.importing.formats import opening
from catalog.importing.problems import Refused
from tests.catalog.files import HEADER, csv_text, row, workbook
from tests.catalog.importing.formats.reading import records, xzufi

ROWS = [
    row("99102013104000", "Hundesteuer Anmeldung", "5"),
    row("nicht im LeiKa", "Prüfung „Größe“ – Maß", "1, 2/3", "10478", "Stoffzulassung", "Anlagen & Stoffe", "Umwelt"),
]
EXPECTED = [
    ("99102013104000", "Hundesteuer Anmeldung", "5", "10108", "Steuern & Zoll"),
    ("nicht im LeiKa", "Prüfung „Größe“ – Maß", "1, 2/3", "10478", "Umwelt"),
]


def seen(folder, content):
    return [(each.key, each.name, each.types, each.ozg_id, each.topic) for each in records(folder, content)]


def shuffled(lines):
    return [[line[index] for index in (5, 8, 0, 3, 1, 7, 4, 2, 6)] for line in lines]


@pytest.mark.parametrize(
    "content",
    [
        workbook(ROWS),
        workbook(shuffled(ROWS), shuffled([HEADER])[0]),
        workbook(ROWS, above=[["OZG-Umsetzungskatalog"], ["Stand: Januar"], []]),
        workbook([], sheets={"Lesehilfe": [["Bitte lesen"], ["Text"]], "Katalog": [HEADER, *ROWS], "Leer": []}),
        workbook([], sheets={"A": [HEADER, ROWS[0]], "B": [HEADER, ROWS[1]]}),
        workbook(ROWS, [f" {word.upper()} " for word in HEADER]),
        csv_text(ROWS),
        csv_text(ROWS, delimiter=",", encoding="utf-8"),
        csv_text(ROWS, delimiter="\t", encoding="cp1252"),
        csv_text(ROWS, encoding="cp1252", above=[["Katalog, Stand Januar"], []]),
        csv_text(ROWS, encoding="utf-16"),
        b"sep=;\r\n" + csv_text(ROWS, encoding="cp1252"),
    ],
)
def test_every_shape_of_a_table_gives_the_same_records(tmp_path, content):
    assert seen(tmp_path, content) == EXPECTED


def test_a_row_is_numbered_as_the_spreadsheet_shows_it(tmp_path):
    above = [["Titel"], [], ["noch ein Titel"]]
    assert [each.number for each in records(tmp_path, workbook(ROWS, above=above))] == [5, 6]
    rows = [row(name="zwei\nZeilen"), [], row()]
    assert [(each.number, each.name) for each in records(tmp_path, csv_text(rows, above=above))] == [
        (5, "zwei Zeilen"),
        (7, "Hundesteuer Anmeldung"),
    ]


def test_a_footnote_is_no_record(tmp_path):
    assert len(records(tmp_path, workbook([*ROWS, ["Quelle: eigene Erhebung"], [""] * 9]))) == 2


def test_numbers_and_days_of_a_workbook_are_read_as_a_person_wrote_them(tmp_path):
    found = records(tmp_path, workbook([row(key=99102013104000, types=5, ozg_id=10108), row(types=date(2019, 3, 2))]))
    assert [(each.key, each.types, each.ozg_id) for each in found] == [
        ("99102013104000", "5", "10108"),
        ("99102013104000", "02.03.2019", "10108"),
    ]


def test_a_bar_parts_synonyms_and_never_columns(tmp_path):
    content = b"Schluessel;Bezeichnung;Typ;Synonyme\n99102013104000;Hundesteuer;5;Hund|Steuer|Welpe|Tier|a|b\n"
    assert records(tmp_path, content)[0].synonyms == "Hund|Steuer|Welpe|Tier|a|b"


def test_characters_that_cannot_be_seen_are_cleaned(tmp_path):
    name = "Hunde\u202esteuer\u200b An\u00admeldung\u00a0 \x0b jetzt u\u0308ben"
    (found,) = records(tmp_path, csv_text([row(name=name)]))
    assert found.name == "Hundesteuer Anmeldung jetzt üben"


def test_two_columns_of_the_sdg_are_joined(tmp_path):
    header = ["Schlüssel", "Bezeichnung", "SDG1-Relevanz", "SDG2-Relevanz"]
    found = records(tmp_path, csv_text([["99102013104000", "A", "B1", "2"], ["99102013104001", "B", "", "2"]], header))
    assert [each.sdg for each in found] == ["B1; 2", "2"]


def test_xzufi_is_read_by_local_names_in_any_version(tmp_path):
    for version in ("2_2_0", "2_3_1"):
        (found,) = records(tmp_path, xzufi(version=version))
        assert found[:5] == (1, "99102013104000", "Hundesteuer Anmeldung", "Hund anmelden", "5")
        assert (found.sdg, found.ozg_id, found.legal_basis) == ("1010200", None, None)


def test_a_service_that_is_deleted_in_a_transfer_is_no_record(tmp_path):
    gone = "<x:loesche><x:leistung><x:id>1</x:id></x:leistung></x:loesche>"
    assert len(records(tmp_path, xzufi(more=gone))) == 1


def test_a_bare_service_is_the_whole_file(tmp_path):
    content = xzufi().decode()
    start, end = content.index("<x:leistung>"), content.index("</x:leistung>") + len("</x:leistung>")
    bare = content[start:end].replace("<x:leistung>", '<x:leistung xmlns:x="http://xoev.de/schemata/xzufi/2_2_0">')
    assert len(records(tmp_path, bare.encode())) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable_file"),
        (b" \n\t ", "unreadable_file"),
        (b"%PDF-1.7 \xe2\xe3\xcf\xd3", "unreadable_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unreadable_file"),
        (b"PK\x03\x04 nichts weiter", "unreadable_file"),
        (workbook(ROWS)[:-200], "unreadable_file"),
        (b"Schluessel;Bezeichnung\n99102013104000;A\0B\n", "unreadable_file"),
        (b'Schluessel;Bezeichnung\n99102013104000;"nie geschlossen\n99102013104001;B\n', "unreadable_file"),
        ("Schluessel;Bezeichnung\n1;Größe\n2;".encode() + b"Gr\xf6\xdfe\n", "unreadable_file"),
        (b"Schluessel;Bezeichnung\n99102013104000;" + b"x" * 200_000 + b"\n", "too_large"),
        (b"<html><body>Anmeldung</body></html>", "unreadable_file"),
        (b"<xzufi><schreibe><leistung>", "unreadable_file"),
        (b"GIF89a\x01\x02", "missing_column"),
        (b"id;name\n1;A\n", "missing_column"),
        (csv_text([["A"]], ["LeiKa-Bezeichnung"]), "missing_column"),
        (workbook([r[:4] + r[5:] for r in ROWS], HEADER[:4] + HEADER[5:]), "missing_column"),
        (workbook([r[:5] + r[6:] for r in ROWS], HEADER[:5] + HEADER[6:]), "missing_column"),
        (workbook([r[:3] + r[4:] for r in ROWS], HEADER[:3] + HEADER[4:]), "missing_column"),
        (b"OZG-Tracker-Katalog 1\nSpalten: key name\n\n99102013104000\tohne Lage\n", "unreadable_file"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_code(tmp_path, content, code):
    with pytest.raises(Refused) as refused:
        records(tmp_path, content)
    assert refused.value.problem.code == code


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(Refused) as refused:
        records(tmp_path, workbook([row[:5] + row[6:] for row in ROWS], HEADER[:5] + HEADER[6:]))
    assert "„LeiKa-Schlüssel“" in refused.value.problem.message
    assert (refused.value.problem.sheet, refused.value.problem.row) == ("Katalog", 1)


@pytest.mark.parametrize("place", ["fehlt.xlsx", ".", "/dev/zero", "/dev/stdin", "\0", "x" * 5000])
def test_what_is_no_file_is_refused(tmp_path, place):
    with pytest.raises(Refused) as refused, opening.opened(tmp_path / place):
        pass
    assert refused.value.problem.code == "unreadable_file"
