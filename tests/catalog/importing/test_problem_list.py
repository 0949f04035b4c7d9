"""The list of problems as a workbook: each with its place, and nothing in it that a spreadsheet would run."""

from io import BytesIO

from openpyxl import load_workbook

from catalog.importing.problem_list import problem_list
from catalog.importing.problems import Problem


def lines(problems):
    return [*load_workbook(BytesIO(problem_list(problems, "xlsx"))).active.iter_rows()]


def test_each_problem_has_a_line_with_its_place_and_errors_come_first():
    found = lines(
        [
            Problem("no_leika_key", "Ohne Schlüssel.", "warning", "Katalog", 3, "LeiKa-Schlüssel"),
            Problem("unreadable_file", "Beschädigt."),
        ]
    )
    assert [[cell.value for cell in line] for line in found] == [
        ["Art", "Blatt", "Zeile", "Spalte", "Was ist los, und was hilft?"],
        ["Fehler", None, None, None, "Beschädigt."],
        ["Warnung", "Katalog", 3, "LeiKa-Schlüssel", "Ohne Schlüssel."],
    ]


def test_a_formula_in_a_word_of_the_file_stays_a_word():
    (line,) = lines([Problem("x", "=1+1", sheet="=cmd|' /C calc'!A0", column="#DIV/0!\x0b\ud800")])[1:]
    assert [(cell.value, cell.data_type) for cell in line if cell.value] == [
        ("Fehler", "s"),
        ("=cmd|' /C calc'!A0", "s"),
        ("#DIV/0!", "s"),
        ("=1+1", "s"),
    ]
