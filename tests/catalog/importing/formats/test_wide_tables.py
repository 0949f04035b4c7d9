"""A line of more than 1,000 cells is refused at every door that takes a table, at once and with the line's number."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook

from catalog.importing import limits
from catalog.importing.formats import opening
from catalog.importing.formats.csv_rows import rows_of
from catalog.importing.problems import Refused
from catalog.importing.read import read_all
from ozg_tracker.tracking.exchange import import_evidence, status_file

ROOT = Path(__file__).parents[4]
TOO_WIDE = (
    "Zeile 2 hat mehr als 1.000 Zellen. Gelesen wurde nichts. Bitte die leeren Spalten am Rand löschen, oder prüfen, "
    "ob es die richtige Datei ist."
)
HEADERS = {
    "catalogue": b"OZG-ID;LeiKa-Schl\xc3\xbcssel;LeiKa-Bezeichnung",
    "status": b"OZG-ID;Leistung",
    "evidence": b"leika_key;ars;url;online_status",
}


def _catalogue(path):
    with opening.opened(path) as file:
        read_all(opening.read(file))


DOORS = {
    "catalogue": _catalogue,
    "status": status_file.read,
    "evidence": lambda path: list(import_evidence._lines(path)),
}


def said(door, path):
    try:
        DOORS[door](path)
    except Refused as refused:
        return refused.problem.message
    except ValidationError as error:
        return error.messages[0]
    return ""


def wide_file(tmp_path, door, semicolons=20_000_000):
    path = tmp_path / "wide.csv"
    path.write_bytes(HEADERS[door] + b"\n" + b";" * semicolons)
    return path


@pytest.mark.parametrize("door", DOORS)
def test_twenty_megabytes_of_semicolons_are_refused_within_a_second(tmp_path, door):
    path = wide_file(tmp_path, door)
    began = time.process_time()
    assert said(door, path) == TOO_WIDE
    assert time.process_time() - began < 1


@pytest.mark.parametrize("door", DOORS)
def test_a_thousand_cells_are_read_and_one_more_is_not(tmp_path, door):
    assert "1.000 Zellen" not in said(door, wide_file(tmp_path, door, 999))
    assert said(door, wide_file(tmp_path, door, 1000)) == TOO_WIDE


@pytest.mark.parametrize("door", ["catalogue", "status"])
def test_a_wide_workbook_is_refused_by_what_it_holds_not_by_what_is_coloured(tmp_path, door):
    book = Workbook()
    sheet = book.active
    for column, title in enumerate(HEADERS[door].decode().split(";"), start=1):
        sheet.cell(1, column, title)
    sheet.cell(1, 1500).number_format = "0"
    path = tmp_path / "wide.xlsx"
    book.save(path)
    assert "1.000 Zellen" not in said(door, path)
    sheet.cell(2, 1001, "x")
    book.save(path)
    assert said(door, path) == TOO_WIDE


def test_many_lines_of_a_thousand_cells_are_refused_by_their_number(tmp_path):
    path = tmp_path / "many.csv"
    path.write_bytes(HEADERS["status"] + b"\n" + (b";" * 999 + b"\n") * 20_000)
    assert said("status", path) == (
        "Bis Zeile 2601 sind es mehr als 2.600.000 Zellen. Gelesen wurde nichts. Bitte leere Zeilen und Spalten am "
        "Rand löschen."
    )


def test_a_thousand_commas_in_a_cell_are_no_cells(tmp_path):
    content = b'Schl\xc3\xbcssel;Bemerkung\n99102013104000;"' + b"a,b;" * 2000 + b'"\n'
    assert [len(cells) for cells in rows_of(content, "utf-8", ";") if cells] == [2, 2]
    path = tmp_path / "stand.csv"
    path.write_bytes(content)
    assert len(status_file.read(path).lines) == 1


def test_memory_does_not_grow_with_the_line(tmp_path):
    """Two files, one twenty times the other, may differ by little more than their own bytes."""
    run = (
        "import sys, resource, django; django.setup(); "
        "from catalog.importing.formats.csv_rows import rows_of\n"
        "try: list(rows_of(open(sys.argv[1], 'rb').read(), 'utf-8', ';'))\n"
        "except Exception as refused: assert '1.000 Zellen' in str(refused)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "ozg_tracker.settings"}
    peaks = []
    for semicolons in (1_000_000, 20_000_000):
        path = wide_file(tmp_path, "status", semicolons)
        done = subprocess.run(
            [sys.executable, "-c", run, str(path)], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 20_000_000 / limits.MEGABYTE + 15
