"""Makes catalogue files for tests: the same rows as workbook, CSV, or in the shipped form's place."""

import csv
from io import BytesIO, StringIO

from openpyxl import Workbook

HEADER = [
    "Themenfeld",
    "Lage",
    "OZG-Leistungen",
    "OZG-ID",
    "LeiKa-Bezeichnung",
    "LeiKa-Schlüssel",
    "LeiKa-Typ",
    "Rechtsgrundlage(n)",
    "Gesetzeskürzel",
]


def row(
    key="99102013104000",
    name="Hundesteuer Anmeldung",
    types="5",
    ozg_id="10108",
    bundle=None,
    situation="Steuern & Abgaben",
    topic="Steuern & Zoll",
    legal_basis="",
    law="",
):
    """One line of an OZG-Umsetzungskatalog, in the order of HEADER."""
    return [
        topic,
        situation,
        f"Bündel {ozg_id}" if bundle is None else bundle,
        ozg_id,
        name,
        key,
        types,
        legal_basis,
        law,
    ]


def workbook(rows, header=HEADER, above=(), sheets=None):
    """Bytes of an XLSX: one sheet with `rows`, or several by name."""
    book = Workbook()
    book.remove(book.active)
    for name, lines in (sheets or {"Katalog": [*above, header, *rows]}).items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_text(rows, header=HEADER, delimiter=";", encoding="utf-8-sig", above=()):
    stream = StringIO()
    csv.writer(stream, delimiter=delimiter).writerows([*above, header, *rows])
    return stream.getvalue().encode(encoding)


def save(folder, content, name="katalog.xlsx"):
    path = folder / name
    path.write_bytes(content)
    return path
