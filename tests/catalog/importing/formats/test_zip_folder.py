"""A folder, or a zip of one, is read as one catalogue: XZuFi dumps, with or without index.txt, and FIM-Portal pages."""

import io
import json
import zipfile

import pytest

from catalog.importing import limits
from catalog.importing.formats import opening
from catalog.importing.problems import Refused
from tests.catalog.importing.formats.fim_files import page, steckbrief
from tests.catalog.importing.formats.reading import xzufi

SECOND = xzufi().replace(b"99102013104000", b"99102013070000").replace(b"Anmeldung", b"Abmeldung")
OFFICE = b'<x:transfer xmlns:x="a"><x:schreibe><x:organisationseinheit/></x:schreibe></x:transfer>'
BOTH = ["99102013104000", "99102013070000"]


def folder(place, files):
    made = place / "dump"
    made.mkdir()
    for name, content in files.items():
        (made / name).write_bytes(content)
    return made


def zipped(place, files, compression=zipfile.ZIP_DEFLATED, under=""):
    path = place / "dump.zip"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(under + name, content)
    return path


def keys(path):
    with opening.opened(path) as file:
        return [record.key for table in opening.read(file).tables for record in table.records]


def refused(path):
    with pytest.raises(Refused) as answer:
        keys(path)
    return answer.value.problem.code


@pytest.mark.parametrize("shape", [folder, zipped, lambda place, files: zipped(place, files, under="export/2026/")])
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"b.xml": SECOND, "a.xml": xzufi(), "LIESMICH.pdf": b"%PDF"}, BOTH),
        ({"index.txt": b"b.xml\r\na.xml\r\n\r\n", "a.xml": xzufi(), "b.xml": SECOND, "c.xml": b"<"}, BOTH[::-1]),
        ({"a.xml": xzufi(), "aemter.xml": OFFICE}, BOTH[:1]),
        ({"seite-10.json": page(steckbrief(BOTH[1])), "seite-9.json": page(steckbrief(BOTH[0]))}, BOTH),
    ],
)
def test_the_files_are_read_in_their_order(tmp_path, shape, files, expected):
    assert keys(shape(tmp_path, files)) == expected


def test_a_folder_packed_again_has_the_same_checksum(tmp_path):
    path = folder(tmp_path, {"a.xml": xzufi(), "b.xml": SECOND})
    sums = set()
    for _ in range(2):
        with opening.opened(path) as file:
            sums.add(opening.checksum(file))
        (path / "a.xml").touch()
    assert len(sums) == 1


def test_a_problem_is_told_with_the_name_of_its_file(tmp_path):
    with opening.opened(folder(tmp_path, {"a.xml": xzufi(), "b.xml": SECOND})) as file:
        assert [table.sheet for table in opening.read(file).tables] == ["a.xml", "b.xml"]


@pytest.mark.parametrize("shape", [folder, zipped])
@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"index.txt": b"a.xml\nfehlt.xml", "a.xml": xzufi()}, "unreadable_file"),
        ({"index.txt": b"../../../etc/passwd\n", "a.xml": xzufi()}, "unreadable_file"),
        ({"a.xml": b"<!DOCTYPE x><x/>"}, "unsafe_file"),
        ({"a.xml": b"<x>"}, "unreadable_file"),
        ({"a.json": b"{}"}, "unreadable_file"),
        ({"a.txt": b"nichts"}, "unreadable_file"),
    ],
)
def test_what_is_wrong_in_one_file_is_wrong_with_all(tmp_path, shape, files, code):
    assert refused(shape(tmp_path, files)) == code


def test_names_that_lead_elsewhere_are_only_words(tmp_path):
    for name in ("../../a.xml", "/etc/a.xml", "C:\\a.xml"):
        assert keys(zipped(tmp_path, {name: xzufi()})) == BOTH[:1]
    assert [each.name for each in tmp_path.iterdir()] == ["dump.zip"]


def test_no_more_is_unpacked_than_one_file_may_hold(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "XML_FILE", 3000)
    files = {f"{n}.xml": xzufi() for n in range(10)}
    assert refused(zipped(tmp_path, files)) == "too_large"
    assert refused(folder(tmp_path, files)) == "too_large"


def test_an_archive_that_gives_out_more_at_once_than_is_asked_for_is_not_opened(tmp_path):
    for compression in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert refused(zipped(tmp_path, {"a.xml": xzufi()}, compression)) == "unsafe_file"


def test_a_table_of_contents_without_end_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ARCHIVE_CONTENTS", 5000)
    assert refused(zipped(tmp_path, {f"{n}.xml": b"" for n in range(100)})) == "unsafe_file"
    monkeypatch.undo()
    monkeypatch.setattr(limits, "ARCHIVE_FILES", 99)
    assert refused(zipped(tmp_path, {f"{n}.xml": b"" for n in range(100)})) == "unsafe_file"


def test_two_files_of_one_name_are_odd(tmp_path):
    path = zipped(tmp_path, {"a.xml": xzufi()})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.xml", SECOND)
    assert refused(path) == "unsafe_file"


def test_a_damaged_archive_is_said_to_be(tmp_path):
    whole = zipped(tmp_path, {"a.xml": xzufi() * 20}, zipfile.ZIP_STORED).read_bytes()
    broken = tmp_path / "kaputt.zip"
    broken.write_bytes(whole.replace(b"Hundesteuer", b"Hundestouer", 1))  # its checksum is another now
    assert refused(broken) == "unreadable_file"
    broken.write_bytes(whole[:-40])
    assert refused(broken) == "unreadable_file"


def test_an_encrypted_file_is_not_read(tmp_path):
    stream = io.BytesIO(zipped(tmp_path, {"a.json": json.dumps({}).encode()}).read_bytes())
    content = bytearray(stream.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    locked = tmp_path / "verschluesselt.zip"
    locked.write_bytes(content)
    assert refused(locked) == "unreadable_file"
