"""Files as offices send them: merged cells, a header on two rows, a lost key, a total, other dashes, hidden sheets."""

import json
import zipfile
from io import BytesIO

import pytest
from openpyxl import load_workbook

from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.outcome import Counts
from catalog.models import Service, ServiceBundle
from tests.catalog.files import HEADER, csv_text, row, save, workbook

pytestmark = pytest.mark.django_db

ROWS = [
    row("99102013000000", "Hundesteuer"),
    row("99102013104000", "Hundesteuer Anmeldung"),
    row("99102013070000", "Hundesteuer Abmeldung"),
    row("nicht im LeiKa", "Hunde-Zählung"),
    row("nicht im LeiKa", "Anmeldung Abfallbehälter", ozg_id="10110"),
    row("99001001002000", "Abfallgebühr Festsetzung", ozg_id="10110"),
    row("99050012104000", "Gewerbe Anmeldung", "1, 2/3", "10111", law="GewO"),
    row("99050012070000", "Gewerbe Abmeldung", "1, 2/3", "10111", law="GewO"),
]
SAME = (Counts(unchanged=8), Counts(unchanged=3))


@pytest.fixture
def again(tmp_path):
    """Load the release, then the file of the same content told otherwise; its figures and what it says, without the
    two services that never had a key.
    """
    assert import_catalogue(save(tmp_path, workbook(ROWS), "davor.xlsx")).services == Counts(new=8)

    def again(content, name="datei.xlsx", **options):
        outcome = import_catalogue(save(tmp_path, content, name), **options)
        said = [(each.code, each.row) for each in outcome.problems if each.code != "no_leika_key"]
        return outcome, said

    return again


def changed(edit, rows=ROWS, **options):
    """The workbook of `rows` after `edit` of its sheet."""
    book = load_workbook(BytesIO(workbook(rows, **options)))
    edit(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def figures(outcome):
    return outcome.services, outcome.bundles


def without(at, *places, rows=ROWS):
    """The rows with empty cells in the columns `places` of the row `at`."""
    return [
        [("" if place in places and number == at else cell) for place, cell in enumerate(each)]
        for number, each in enumerate(rows)
    ]


class TestMergedCells:
    def test_are_filled_down(self, again):
        def merge(book):
            for letter in "ABCD":
                for first, last in ((2, 5), (6, 7), (8, 9)):
                    book.active.merge_cells(f"{letter}{first}:{letter}{last}")

        outcome, said = again(changed(merge))
        assert (figures(outcome), said) == (SAME, [])

    def test_of_the_header_are_one_header(self, again):
        def merge(book):
            book.active.insert_rows(2)
            for letter in "ABCDEFGHI":
                book.active.merge_cells(f"{letter}1:{letter}2")

        outcome, said = again(changed(merge))
        assert (figures(outcome), said) == (SAME, [])

    def test_say_nothing_of_an_empty_row(self, again):
        def merge(book):
            book.active.insert_rows(4, 2)
            book.active.merge_cells("D2:D7")

        outcome, said = again(changed(merge))
        assert (figures(outcome), said) == (SAME, [])


class TestHeader:
    def test_on_two_rows_is_read_as_one(self, again):
        above = [word[:2] + "-" for word in HEADER[:-1]] + ["Gesetzes-"]
        below = [word[2:] for word in HEADER[:-1]] + ["kürzel"]
        outcome, said = again(workbook(ROWS, header=below, above=[["Umsetzungskatalog"], above]))
        assert (figures(outcome), said) == (SAME, [])

    @pytest.mark.parametrize("merged", [True, False])
    def test_under_words_for_several_columns_is_read_with_them(self, again, merged):
        header = [*HEADER[:2], "Leistungen", "ID", "Bezeichnung", "Schlüssel", "Typ", *HEADER[7:]]
        above = ["", "Wo", "OZG", "", "LeiKa", "", "", "Recht", ""]

        def merge(book):
            for cells in ("C1:D1", "E1:G1", "H1:I1") if merged else ():
                book.active.merge_cells(cells)

        outcome, said = again(changed(merge, header=header, above=[above]))
        assert (figures(outcome), said) == (SAME, [])

    def test_under_a_title_is_read_without_it(self, again):
        outcome, said = again(workbook(ROWS, above=[["OZG", "", "", "", "Stand: Oktober"]]))
        assert (figures(outcome), said) == (SAME, [])

    def test_names_the_columns_that_are_not_read(self, again):
        header = [*HEADER[:6], "Typ der Leistung", *HEADER[7:], "Notiz"]
        outcome, said = again(workbook([[*each, "x"] for each in ROWS], header=header))
        assert (figures(outcome), said) == (SAME, [("unknown_column", 1)])
        assert "„Typ der Leistung“, „Notiz“" in outcome.problems[0].message

    def test_that_names_the_typisierung_otherwise_is_read(self, again):
        outcome, said = again(workbook(ROWS, header=[*HEADER[:6], "Typisierung LeiKa", *HEADER[7:]]))
        assert (figures(outcome), said) == (SAME, [])

    def test_of_a_list_of_the_directory_points_to_the_evidence(self, again):
        rows = [["99102013104000", "Hundesteuer", "10108", "159990010010", "ok"]]
        listed = csv_text(rows, header=["leika_key", "leika_bezeichnung", "ozgid", "ars", "online_status"])
        outcome, said = again(listed, "verzeichnis.csv", partial=True)
        assert (outcome.applied, said) == (False, [("directory_list", 1)])
        assert "Nachweise" in outcome.problems[0].message

    @pytest.mark.parametrize(
        "wrapped", [lambda entry: {"content": [entry]}, lambda entry: [entry], lambda entry: entry]
    )
    @pytest.mark.parametrize("status", ["online_status", "onlineStatus"])
    def test_of_a_list_of_the_directory_points_to_the_evidence_as_json_too(self, again, wrapped, status):
        entry = {"leika_key": "99102013104000", "leika_name": "Hundesteuer", "ars": "159990010010", status: "ok"}
        outcome, said = again(json.dumps(wrapped(entry)).encode(), "verzeichnis.json", partial=True)
        assert (outcome.applied, said) == (False, [("directory_list", None)])
        assert "Nachweise" in outcome.problems[0].message


class TestRows:
    def test_with_a_name_and_nothing_else_are_no_services(self, again):
        outcome, said = again(workbook([*ROWS, ["", "", "", "", "Gesamt: 8 Leistungen"]]))
        assert (figures(outcome), said) == (SAME, [("no_service", 10)])

    def test_may_have_a_key_with_object_000(self, again):
        keyed = [*ROWS[:4], row("77000000000316", "Anmeldung Abfallbehälter", ozg_id="10110"), *ROWS[5:]]
        outcome, said = again(workbook(keyed))
        assert (outcome.services, said) == (Counts(changed=1, unchanged=7), [])

    def test_without_their_key_keep_their_service_and_say_so(self, again):
        kept = Service.objects.get(key="99050012104000")
        outcome, said = again(workbook(without(6, 5)))
        assert (figures(outcome), said) == (SAME, [("lost_key", 8)])
        (told,) = (each for each in outcome.problems if each.code == "lost_key")
        assert "99050012104000" in told.message
        kept.refresh_from_db()
        assert (kept.key, kept.retired_on) == ("99050012104000", None)

    def test_that_say_there_is_no_key_are_another_service(self, again):
        rows = [*ROWS[:6], row("nicht im LeiKa", "Gewerbe Anmeldung", "1, 2/3", "10111", law="GewO"), ROWS[7]]
        outcome, said = again(workbook(rows))
        assert (outcome.services, said) == (Counts(new=1, unchanged=7, retired=1), [])

    def test_may_lose_no_more_than_a_fifth_of_the_keys(self, again):
        rows = without(7, 5, rows=without(6, 5))
        outcome, said = again(workbook(rows))
        assert (outcome.applied, ("shrinks_too_much", None) in said) == (False, True)
        assert again(workbook(rows), allow_shrink=True)[0].services == Counts(unchanged=8)

    def test_without_a_bundle_are_named(self, again):
        outcome, said = again(workbook(without(6, 2, 3)))
        assert (outcome.services, said) == (Counts(changed=1, unchanged=7), [("missing_bundle", 8)])

    @pytest.mark.parametrize(("at", "empty", "code"), [(3, (2, 3), None), (6, (2, 3, 5), "lost_key")])
    def test_without_key_and_bundle_keep_their_service_and_say_so(self, again, at, empty, code):
        kept = Service.objects.get(name=ROWS[at][4])
        outcome, said = again(workbook(without(at, *empty)))
        assert outcome.services == Counts(changed=1, unchanged=7)
        assert said == [(each, at + 2) for each in (code, "missing_bundle") if each]
        kept.refresh_from_db()
        assert (kept.retired_on, kept.links.filter(until=None).exists()) == (None, False)
        assert again(workbook(ROWS))[0].services == Counts(changed=1, unchanged=7)
        assert kept.links.filter(until=None).exists()

    def test_without_key_or_bundle_and_with_the_name_of_two_are_left_out_and_neither_retires(self, again):
        two = [row("nicht im LeiKa", "Auskunft"), row("nicht im LeiKa", "Auskunft", ozg_id="10111")]
        again(workbook([*ROWS, *two]))
        rows = workbook([*ROWS, row("nicht im LeiKa", "Auskunft", ozg_id="", bundle="")])
        outcome, said = again(rows, allow_shrink=True)
        assert (outcome.applied, said) == (False, [("missing_bundle", 10), ("ambiguous_name", 10)])
        outcome, _said = again(rows, skip_errors=True)
        assert (outcome.applied, outcome.services) == (True, Counts(unchanged=8))
        assert Service.objects.filter(name="Auskunft", retired_on=None).count() == 2

    def test_without_key_and_with_the_name_of_two_keys_are_left_out_and_neither_retires(self, again):
        two = [row(f"9910201310500{number}", "Auskunft") for number in (1, 2)]
        again(workbook([*ROWS, *two]))
        one = workbook([*ROWS, two[0], row("", "Auskunft")])
        assert again(one)[0].services == Counts(unchanged=10)  # the other one is named by its key
        outcome, said = again(workbook([*ROWS, row("", "Auskunft")]), skip_errors=True)
        assert (outcome.services, said) == (Counts(unchanged=8), [("ambiguous_name", 10)])

    def test_of_a_file_without_bundles_are_found_by_their_name(self, again):
        def drop(book):
            book.active.delete_cols(3, 2)

        outcome, said = again(changed(drop))
        assert (outcome.services, said) == (Counts(unchanged=8), [])

    def test_may_lose_no_more_than_a_fifth_of_the_bundles(self, again):
        rows = without(6, 2, 3, rows=without(7, 2, 3))
        outcome, said = again(workbook(rows))
        assert (outcome.applied, said.count(("shrinks_too_much", None))) == (False, 1)
        assert ServiceBundle.objects.filter(until=None).count() == 8
        assert again(workbook(rows), allow_shrink=True)[0].applied

    def test_of_a_bundle_in_a_second_lage_are_no_duplicates(self, again):
        outcome, said = again(
            workbook([*ROWS, row("99050012104000", "Gewerbe Anmeldung", "1, 2/3", "10111", situation="Handel")])
        )
        assert (figures(outcome), said) == (SAME, [("second_situation", 10)])

    def test_with_other_dashes_quotes_and_case_are_the_same_services(self, again):
        rows = [
            [cell.replace("-", "–").replace("Hunde–", "HUNDE – ").replace(" – Z", "–z") for cell in each]
            for each in ROWS
        ]
        outcome, _said = again(workbook(rows))
        assert (outcome.services.new, outcome.services.retired) == (0, 0)
        again_outcome, _said = again(workbook([*ROWS, row("99102013105000", "Neu", bundle="BÜNDEL 10108")]))
        assert (again_outcome.services.new, again_outcome.has_errors) == (1, False)


class TestSheets:
    def test_that_are_hidden_are_named_where_nothing_else_can_be_read(self, again):
        def hide(book):
            book.create_sheet("Deckblatt", 0)["A1"] = "Umsetzungskatalog"
            book["Katalog"].sheet_state = "hidden"

        outcome, said = again(changed(hide))
        assert (outcome.applied, said) == (False, [("hidden_sheet", None)])
        assert "„Katalog“ ist ausgeblendet" in outcome.problems[0].message

    def test_that_are_passed_over_are_named(self, again):
        def add(book):
            book.create_sheet("Notizen")["A1"] = "Bitte lesen"
            book.create_sheet("leer")
            more = book.copy_worksheet(book["Katalog"])
            more.title, more.sheet_state = "Alt", "hidden"

        outcome, said = again(changed(add))
        assert (figures(outcome), said) == (SAME, [("skipped_sheet", None)] * 2)
        assert [each.sheet for each in outcome.problems if each.code == "skipped_sheet"] == ["Notizen", "Alt"]


class TestText:
    def test_in_a_zip_is_read(self, again):
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("leika_leistungen_de.csv", csv_text(ROWS, encoding="cp1252"))
        outcome, said = again(packed.getvalue(), "leika.zip")
        assert (figures(outcome), said) == (SAME, [])

    @pytest.mark.parametrize("closed_in", [4, 7])
    def test_with_a_quote_that_closes_rows_later_is_refused(self, again, closed_in):
        lines = csv_text(ROWS).decode("utf-8-sig").splitlines()
        lines[3] = lines[3].replace(";Hundesteuer Ab", ';"Hundesteuer Ab')
        lines[closed_in + 1] += '"'
        outcome, said = again("\n".join(lines).encode(), "katalog.csv")
        assert (outcome.applied, said) == (False, [("unreadable_file", 4)])

    def test_with_line_breaks_in_a_cell_is_read(self, again):
        outcome, said = again(csv_text([*ROWS[:7], [*ROWS[7][:7], "§ 1;\n§ 2", "GewO"]]), "katalog.csv")
        assert (outcome.services, said) == (Counts(changed=1, unchanged=7), [])
