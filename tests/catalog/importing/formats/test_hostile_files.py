"""Files made to do harm are refused before they can, and no bytes bring out another exception than ours."""

import io
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from catalog.importing import limits
from catalog.importing.check import check
from catalog.importing.formats import opening
from catalog.importing.problems import Refused
from catalog.importing.read import read_all
from catalog.importing.types import Types
from tests.catalog.files import csv_text, row, save, workbook
from tests.catalog.importing.formats.fim_files import page, steckbrief
from tests.catalog.importing.formats.reading import records, xzufi


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


GOOD = workbook([row()])
SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(change, **more):
    members = parts(GOOD)
    members[SHEET] = change(members[SHEET])
    return packed(members | more)


def refused(folder, content):
    with pytest.raises(Refused) as answer:
        records(folder, content)
    return answer.value.problem.code


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path):
    bomb = with_sheet(
        lambda sheet: sheet.replace(b"<sheetData>", b"<sheetData>" + b" " * (limits.WORKBOOK_UNPACKED + 1))
    )
    assert len(bomb) < limits.MEGABYTE
    assert refused(tmp_path, bomb) == "too_large"


def test_a_workbook_whose_headers_lie_about_its_size_is_counted_while_it_is_unpacked(tmp_path):
    size = limits.WORKBOOK_UNPACKED + 5
    bomb = bytearray(with_sheet(lambda sheet: b" " * size))
    true = struct.pack("<I", size)
    while (place := bomb.find(true)) >= 0:
        bomb[place : place + 4] = struct.pack("<I", 1000)
    assert refused(tmp_path, bytes(bomb)) in {"too_large", "unreadable_file"}


def test_one_cell_far_out_does_not_fill_the_memory(tmp_path):
    for far in (
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='9'><c r='XFD1048576'><v>1</v></c></row>",
    ):
        bomb = with_sheet(lambda sheet, far=far: sheet.replace(b"</sheetData>", far + b"</sheetData>"))
        assert refused(tmp_path, bomb) == "too_large"


def test_cells_that_do_not_say_their_place_are_counted(tmp_path):
    wide, high = b"<row>" + b"<c><v>1</v></c>" * 20_000 + b"</row>", b"<row><c><v>1</v></c></row>" * 20_000
    bomb = with_sheet(lambda sheet: sheet.replace(b"</sheetData>", wide + high + b"</sheetData>"))
    assert refused(tmp_path, bomb) == "too_large"


def test_one_long_shared_string_in_many_cells_is_refused(tmp_path):
    text = b"x" * 30_000
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + text + b"</t></si></sst>"
    )
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(10, 5000))
    members = parts(GOOD) | {"xl/sharedStrings.xml": strings}
    members[SHEET] = members[SHEET].replace(b"</sheetData>", cells + b"</sheetData>")
    assert refused(tmp_path, packed(members)) == "too_large"


def test_shared_strings_of_an_ordinary_size_are_fine(tmp_path):
    many = [row(f"9910201{n:04d}000", f"Leistung {n}", legal_basis="§ 1 " * 500) for n in range(2000)]
    assert len(records(tmp_path, workbook(many))) == 2000


def test_an_archive_of_very_many_parts_or_twice_the_same_is_refused(tmp_path):
    assert refused(tmp_path, packed(parts(GOOD) | {f"a{n}.xml": b"" for n in range(2000)})) == "unsafe_file"
    stream = io.BytesIO(GOOD)
    with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")
    assert refused(tmp_path, stream.getvalue()) == "unsafe_file"


def test_another_archive_than_a_workbook_is_refused(tmp_path):
    assert refused(tmp_path, packed({"../../etc/passwd": b"root"})) == "unreadable_file"
    assert refused(tmp_path, packed(parts(GOOD) | {"content.xml": b"<office/>"})) == "unreadable_file"


def test_a_workbook_with_entities_is_refused(tmp_path):
    doctype = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    bomb = with_sheet(
        lambda sheet: doctype + sheet.replace(b'r="A1"', b'r="A1" s="&b;"').replace(b'<c r="A1"', b"<c r='A1'")
    )
    assert refused(tmp_path, bomb) == "unreadable_file"


def test_macros_pictures_and_formulas_are_not_even_looked_at(tmp_path):
    members = parts(workbook([row(name="=HYPERLINK(A1)"), row(name="Hundesteuer Abmeldung")]))
    beside = {"xl/vbaProject.bin": b"\0" * 100, "xl/media/a.png": b"x", "xl/externalLinks/_rels/a.xml.rels": b"<a/>"}
    (found,) = records(tmp_path, packed(members | beside | {"xl/externalLinks/a.xml": b"<externalLink/>"}))[1:]
    assert found.name == "Hundesteuer Abmeldung"


ENTITIES = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">'


@pytest.mark.parametrize(
    "doctype",
    [
        f"<!DOCTYPE x [{ENTITIES}]>",
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "https://example.invalid/x.dtd">',
        "<!DOCTYPE x>",
        "<!-- vorweg -->\n<!DOCTYPE x>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_a_doctype_is_unsafe(tmp_path, doctype, encoding):
    body = xzufi().decode().partition("?>")[2].replace("Hundesteuer", "&a;")
    content = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{body}'.encode(encoding)
    assert refused(tmp_path, content) == "unsafe_file"


def test_xml_that_nests_or_repeats_without_end_is_refused(tmp_path):
    assert refused(tmp_path, b"<x>" * 5000) == "unreadable_file"
    (found,) = records(tmp_path, xzufi().replace(b"Hund anmelden", b"x" * 11_000_000))
    assert len(found.name2) == limits.LONG_TEXT + 1  # which the check finds too long


def test_xml_with_names_or_a_tag_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "XML_NAMES", 500)
    assert refused(tmp_path, b"<x>" + b"".join(b"<a%d/>" % n for n in range(600)) + b"</x>") == "unreadable_file"
    monkeypatch.setattr(limits, "XML_TOKEN", 100_000)
    for long in (b'<x a="%s"/>', b"<x><!--%s--></x>", b"<x><?a %s?></x>"):
        assert refused(tmp_path, long % (b"y" * 300_000)) == "unreadable_file"


def test_a_service_with_codes_without_end_is_one_wrong_row(tmp_path):
    many = b"<x:typisierung><code>5</code></x:typisierung>" * (limits.XML_CODES + 500)
    (found,) = records(tmp_path, xzufi().replace(b"<x:typisierung><code>5</code></x:typisierung>", many))
    assert found.types.count("5") == limits.XML_CODES


def test_a_row_of_cells_without_end_is_refused_and_so_is_a_wide_one(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "LINE", 3000)
    assert refused(tmp_path, b"Schluessel;Bezeichnung\n" + b";" * 5000) == "too_large"
    assert refused(tmp_path, b"Schluessel;Bezeichnung\n" + b'"\n";;;;;' * 1000) == "too_large"
    assert refused(tmp_path, b"Schluessel;Bezeichnung\n99102013104000;A" + b";x" * 1000) == "too_large"


def test_text_without_end_in_all_rows_together_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "TEXT", 10_000)
    path = save(tmp_path, csv_text([row(name="A" * 100) for _ in range(200)]))
    with pytest.raises(Refused) as answer, opening.opened(path) as file:
        read_all(opening.read(file))
    assert answer.value.problem.code == "too_large"


def test_a_cell_of_two_megabytes_is_one_wrong_row(tmp_path):
    key = b'<c r="F3" t="inlineStr"><is><t>99102013104001</t></is></c>'
    cell = b'<row r="3"><c r="E3" t="inlineStr"><is><t>%s</t></is></c>%s</row>' % (b"x" * 2 * limits.MEGABYTE, key)
    path = save(tmp_path, with_sheet(lambda sheet: sheet.replace(b"</sheetData>", cell + b"</sheetData>")))
    with opening.opened(path) as file:
        found = check(read_all(opening.read(file))[0], Types([("5", True)]))
    assert [(each.row, each.code) for each in found.problems] == [(3, "too_large")]
    assert len(found.services) == 1


def test_a_workbook_with_very_many_sheets_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "SHEETS", 2)
    sheets = {name: [["leer"]] for name in "ABC"}
    assert refused(tmp_path, workbook([], sheets=sheets)) == "unsafe_file"


PLACES = (
    b"A99999999999",
    b"A4294967297",
    b"A0",
    b"AAAAAAA1",
    b"AAA",
    b"9",
    b"A1B",
    b"A-1",
    "A\N{ARABIC-INDIC DIGIT TWO}".encode(),
)


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_is_none_is_refused_before_the_reader_makes_another_of_it(tmp_path, place):
    def there(sheet):
        assert b'<c r="A2"' in sheet
        return sheet.replace(b'<c r="A2"', b'<c r="%s"' % place)

    assert refused(tmp_path, with_sheet(there)) == "unreadable_file"


def test_a_file_beyond_the_size_is_not_opened(tmp_path):
    for limit, start in (
        (limits.XML_FILE, b"<x>"),
        (limits.WORKBOOK_FILE, b"PK\x03\x04"),
        (limits.TEXT_FILE, b"a;b\n"),
    ):
        path = tmp_path / "gross"
        with path.open("wb") as file:
            file.write(start)
            file.truncate(limit + 1)
        with pytest.raises(Refused) as answer, opening.opened(path) as file:
            list(opening.read(file).tables)
        assert answer.value.problem.code == "too_large"


CSV = csv_text([row(), row("nicht im LeiKa", "Ohne", "1, 2/3", "10200")], encoding="cp1252")
XML, JSON = xzufi(), page(steckbrief(), steckbrief("99102013070000", ozg=[]))
ZIP = packed({"index.txt": b"b.xml\na.json\n", "a.json": JSON, "b.xml": XML})
SHIPPED = b"OZG-Tracker-Katalog 1\nStand: A\nSpalten: key name\n\n# A\n## B\n### 10001 C\n-\tD\n"


@st.composite
def damaged(draw):
    """A good file with pieces cut out, put in or written over, or single bits turned round."""
    content = bytearray(draw(st.sampled_from([GOOD, CSV, XML, JSON, ZIP, SHIPPED])))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(content) - 1))
        if draw(st.booleans()):
            content[place] ^= 1 << draw(st.integers(0, 7))
        else:
            content[place : place + draw(st.integers(0, 40))] = draw(st.binary(max_size=40))
        content = content or bytearray(b"\0")
    return bytes(content)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=400), damaged()))
@example(zlib.compress(b"x"))
def test_no_bytes_bring_out_another_exception_than_ours(tmp_path, content):
    taken(save(tmp_path, content, "beliebig"))


def taken(path):
    """Read and check `path`; whatever is wrong with it is said in our words."""
    with suppress(Refused), opening.opened(path) as file:
        opening.checksum(file)
        tables, _digest = read_all(opening.read(file))
        copies = [[*table.records] for table in tables]
        for record in chain.from_iterable(copies):
            assert all(cell is None or (cell == cell.strip() and cell.isprintable()) for cell in record[1:])
        whole = [replace(table, records=iter(copy)) for table, copy in zip(tables, copies, strict=True)]
        found = check(whole, Types([("5", True), ("2/3", True)]))
        assert all(problem.message for problem in found.problems)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damaged_sheet_inside_a_whole_archive_brings_out_another_exception(tmp_path, data):
    members = parts(GOOD)
    name = data.draw(st.sampled_from(sorted(members)))
    content = bytearray(members[name])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content)))
        piece = data.draw(
            st.one_of(st.binary(max_size=20), st.sampled_from([b'r="ZZZ9"', b"<c>", b'<c r="A99999999999">']))
        )
        content[place : place + data.draw(st.integers(0, 20))] = piece
    taken(save(tmp_path, packed(members | {name: bytes(content)}), "beliebig"))
