"""Every kind of mistake in a row: its code, its place, and what becomes of the row."""

import pytest

from catalog.importing.check import check
from catalog.importing.formats import columns
from catalog.importing.keys import BadKey, key_of, ozg_id_of
from catalog.importing.records import Cleaner
from catalog.importing.types import Types
from tests.catalog.files import HEADER, row

TYPES = [("1", True), ("2", True), ("2/3", True), ("5", True), ("6", False), ("7", False)]


def checked(*rows, header=HEADER):
    return check([columns.table("Blatt", [header, *rows], Cleaner(), [])], Types(TYPES))


def told(found):
    return [(each.severity, each.code, each.row, each.column) for each in found.problems]


@pytest.mark.parametrize(
    "written",
    [
        "99102013104000",
        "99 102 013 104 000",
        "99\u00a0102\u202f013 104 000",
        "urn:de:fim:leika:leistung:99102013104000",
        "URN:DE:FIM:LeiKa:Leistung:99102013104000",
        "99102013104000.0",
        "99102013104000,00",
        "'99102013104000",
    ],
)
def test_a_key_is_read_however_it_is_written(written):
    assert key_of(columns.cleaned(written)) == "99102013104000"


@pytest.mark.parametrize("written", ["nicht im LeiKa", "Nicht im Leika", "", "-", "–", "k. A.", "keine", "n/a"])
def test_no_key_is_written_in_many_ways(written):
    assert key_of(written) is None


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("9,9102E+13", "gerundet"),
        ("9.9102e13", "gerundet"),
        ("9,91020131040E+13", "gerundet"),
        ("99102000000000", "gerundet"),
        ("9102013104000", "13 statt 14"),
        ("991020131040001", "15 statt 14"),
        ("99102013104000, 99102013002000", "mehrere"),
        ("99102013104O00", "14 Ziffern"),
        ("٩٩١٠٢٠١٣١٠٤٠٠٠", "14"),
        ("#BEZUG!", "14 Ziffern"),
    ],
)
def test_a_damaged_key_is_an_error_that_says_what_to_do(written, word):
    with pytest.raises(BadKey, match=word):
        key_of(written)
    found = checked(row(written), row("99102013070000", "Hundesteuer Abmeldung"))
    assert told(found) == [("error", "invalid_key", 2, "LeiKa-Schlüssel")]
    assert found.services.keys() == {"99102013070000"}
    assert found.rows == 2


def test_a_key_that_excel_rounded_in_a_number_cell_is_an_error():
    assert told(checked(row(9.9102e13))) == [("error", "invalid_key", 2, "LeiKa-Schlüssel")]
    assert told(checked(row(99102013104000.5))) == [("error", "invalid_key", 2, "LeiKa-Schlüssel")]


def test_an_ozg_id_has_five_digits():
    assert [ozg_id_of(text) for text in ("10108", "10108.0", "OZG-10108")] == ["10108"] * 3
    assert told(checked(row(ozg_id="1010"))) == [("error", "invalid_key", 2, "OZG-ID")]
    assert told(checked(row(ozg_id="", bundle="Hundesteuer"))) == [("error", "invalid_key", 2, "OZG-ID")]
    assert told(checked(row(ozg_id="", bundle=""))) == []


def test_a_name_is_needed_and_not_endless():
    found = checked(row(name=""), row(name="x" * 501, key="99102013104001"), row(legal_basis="§" * 20_001))
    assert told(found) == [
        ("error", "missing_name", 2, "LeiKa-Bezeichnung"),
        ("error", "too_large", 3, "LeiKa-Bezeichnung"),
        ("error", "too_large", 4, "Rechtsgrundlage(n)"),
    ]
    assert found.services == {}


def test_a_service_without_key_is_kept_and_told_by_bundle_and_name():
    found = checked(row("nicht im LeiKa", "Angeln"), row("", "Angeln", ozg_id="10109"))
    assert told(found) == [("warning", "no_leika_key", n, "LeiKa-Schlüssel") for n in (2, 3)]
    assert found.services.keys() == {"10108:angeln", "10109:angeln"}


def test_the_same_row_twice_is_a_warning_and_the_first_stays():
    found = checked(row(), row(), row("-", "Angeln"), row("-", "Angeln"))
    assert [problem for problem in told(found) if problem[1] == "duplicate_row"] == [
        ("warning", "duplicate_row", 3, "LeiKa-Schlüssel"),
        ("warning", "duplicate_row", 5, "LeiKa-Schlüssel"),
    ]
    assert len(found.services) == 2


def test_the_same_key_in_a_further_bundle_is_no_duplicate():
    found = checked(row(), row(ozg_id="10109"))
    assert told(found) == []
    assert list(found.services["99102013104000"].ozg_ids) == ["10108", "10109"]


@pytest.mark.parametrize(
    ("other", "column"),
    [
        ({"name": "Hundesteuer Abmeldung"}, "LeiKa-Bezeichnung"),
        ({"types": "1"}, "LeiKa-Typ"),
        ({"legal_basis": "§ 2"}, "Rechtsgrundlage(n)"),
        ({"law": "KAG"}, "Gesetzeskürzel"),
        ({"ozg_id": "10109", "types": "2/3"}, "LeiKa-Typ"),
    ],
)
def test_rows_of_one_key_that_contradict_each_other_are_an_error_and_none_is_taken(other, column):
    first = {"legal_basis": "§ 1", "law": "HStG"}
    found = checked(row(**first), row(**(first | other)), row(**first, ozg_id="10110"))
    assert told(found) == [("error", "conflicting_duplicate", 3, column)]
    assert found.services == {}
    assert "99102013104000" in found.skipped


def test_an_empty_cell_contradicts_nothing():
    found = checked(row(), row(legal_basis="§ 1", ozg_id="10109"))
    assert told(found) == []
    assert found.services["99102013104000"].facts[3] == "§ 1"


def test_one_ozg_id_with_two_names_is_an_error():
    found = checked(row(), row("99102013070000", "B", bundle="Ganz anders"))
    assert told(found) == [("error", "conflicting_duplicate", 3, "OZG-Leistungen")]


def test_a_bundle_in_a_second_lage_keeps_its_first():
    found = checked(row(), row("99102013070000", "B", situation="Tierhaltung", topic="Engagement & Hobby"))
    assert told(found) == [("warning", "second_situation", 3, "Lage")]
    assert found.bundles["10108"].situation == "Steuern & Abgaben"


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("5", "5"),
        ("1, 2/3", "1;2/3"),
        ("1;2/3", "1;2/3"),
        ("2 / 3", "2/3"),
        ("1|2", "1;2"),
        ("", ""),
        (5.0, "5"),
        ("1, 1", "1"),
    ],
)
def test_types_are_read_however_they_are_written(written, codes):
    found = checked(row(types=written))
    assert (told(found), found.services["99102013104000"].facts[2]) == ([], codes)


@pytest.mark.parametrize("written", ["02.03.2019", "02. Mrz", "2. März", "02/03/2019", "3. Feb", "2-Mar", "Feb 03"])
def test_a_type_that_became_a_day_is_read_with_a_warning(written):
    found = checked(row(types=written))
    assert told(found) == [("warning", "unknown_type", 2, "LeiKa-Typ")]
    assert found.services["99102013104000"].facts[2] == "2/3"


def test_an_unknown_type_is_kept_with_a_warning():
    found = checked(row(types="1, 99z"))
    assert told(found) == [("warning", "unknown_type", 2, "LeiKa-Typ")]
    assert found.services["99102013104000"].facts[2] == "1;99z"


def test_only_the_types_without_an_outward_service_do_not_count():
    types = Types(TYPES)
    assert [types.countable(codes) for codes in ("5", "6", "6;7", "5;6", "", "99z")] == [
        True,
        False,
        False,
        True,
        True,
        True,
    ]
