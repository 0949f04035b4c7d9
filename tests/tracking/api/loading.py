"""A program that loads a release of the catalogue, and what the description of the API says of the answer."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.programs import API
from tests.api.schema import SCHEMA, mismatches
from tests.catalog.files import csv_text, row

SPOILT = row("9,9102E+13", "Hundesteuer Abmeldung")
TWO = [row(), row("99102013070000", "Hundesteuer Abmeldung")]


def load(program, rows, name="katalog.csv", **fields):
    file = SimpleUploadedFile(name, csv_text(rows) if isinstance(rows, list) else rows)
    return program.post(f"{API}/catalogue-imports/", {"file": file, **fields})


def described(path, method, status, value):
    content = SCHEMA["paths"][f"{API}/{path}"][method]["responses"][str(status)]["content"]
    return mismatches(value, content["application/json"]["schema"]) == []
