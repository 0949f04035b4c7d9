"""The description beside the CSV says of each column what it holds, and it is so."""

import csv
import io
import json
import re
from decimal import Decimal

from reports.exporting.export_edition import export_edition
from tests.reports.made_editions import consistent, edition


def test_each_column_of_the_csv_holds_what_its_description_says():
    figures = consistent()
    told = json.loads(export_edition(edition(figures), "csvw"))
    lines = list(
        csv.reader(io.StringIO(export_edition(edition(figures), "csv").decode("utf-8-sig"), newline=""), delimiter=";")
    )
    head, *lines = lines
    columns = told["tableSchema"]["columns"]
    pattern = {"integer": r"-?\d+", "gYearMonth": r"\d{4}-\d{2}", "string": r"(?s).*"}
    wrong = [
        (column["titles"], cell)
        for line in lines
        for column, cell in zip(columns, line, strict=True)
        if cell and not fits(column["datatype"], cell, pattern)
    ]
    assert ([column["titles"] for column in columns], wrong) == (head, [])
    assert told["url"] == "sachstandsbericht-stadt-musterstadt-2022-11.csv"


def fits(datatype, cell, pattern):
    if isinstance(datatype, dict):
        return bool(Decimal(cell.replace(datatype["format"]["decimalChar"], ".")) >= 0)
    return bool(re.fullmatch(pattern[datatype], cell))
