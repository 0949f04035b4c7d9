"""Status files for tests: written, exported, edited and read in, and what came of it in short."""

from datetime import UTC, date, datetime

from openpyxl import load_workbook

from ozg_tracker.tracking.exchange.export_status import export_status
from ozg_tracker.tracking.exchange.import_status import import_status
from ozg_tracker.tracking.exchange.words import COLUMNS
from tests import make

NOW = datetime(2022, 11, 24, 9, tzinfo=UTC)
TODAY = date(2022, 11, 24)
KEY = "99102013104000"
HEAD = ";".join(COLUMNS.values())


def status_file(tmp_path, text, name="stand.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def bring_in(tmp_path, text, **options):
    return import_status(status_file(tmp_path, text), make.municipality(), **options)


def figures(outcome):
    return (outcome.rows, outcome.applied, outcome.unchanged)


def codes(outcome):
    return [(problem.row, problem.column, problem.code) for problem in outcome.problems]


def exported(tmp_path, name):
    path = tmp_path / name
    export_status(make.municipality(), path)
    return path


def edit(path, **cells):
    book = load_workbook(path)
    sheet = book["Leistungen"]
    for place, value in cells.items():
        sheet[place] = value
    book.save(path)
