"""export_status(): a town's rows as a file to be filled in and read back by `import_status`."""

import csv
import os
import tempfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.models import ServiceBundle
from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.tracking.exchange.sheet import workbook
from ozg_tracker.tracking.exchange.words import COLUMNS, RESPONSIBILITY, STATE, guarded
from ozg_tracker.tracking.models import MunicipalService


class ExportLine(NamedTuple):
    """One row in the order of the columns; `Gilt ab` and `Begründung` are left for the person to fill."""

    key: str
    ozg_id: str
    name: str
    department: str
    responsibility: str
    state: str
    level: int | None
    planned_on: date | None
    online_url: str
    cases_per_year: int | None
    note: str
    effective_on: None
    reason: None
    version: int


def export_status(municipality: Municipality, output: Path, *, department: Department | None = None) -> int:
    """Write the town's rows, or those of `department` and below, to `output`; returns how many.

    The ending says the form: .xlsx or .csv, else ValidationError. The file appears whole or not at all.
    """
    rows = MunicipalService.objects.filter(municipality=municipality)
    if department is not None:
        rows = rows.filter(department__in=tree_ids(department))
    lines = list(export_lines(rows))
    makers = {".xlsx": lambda: as_workbook(lines, municipality), ".csv": lambda: as_csv(lines)}
    maker = makers.get(output.suffix.lower())
    if maker is None:
        raise ValidationError("Der Dateiname endet auf .xlsx oder .csv, damit die Form klar ist.", code="unknown_form")
    _write_whole(output, maker())
    return len(lines)


def export_lines(rows: QuerySet[MunicipalService]) -> Iterator[ExportLine]:
    """The rows as lines, by key, then name; one query. A service of several bundles shows the lowest OZG-ID, one of a
    bundle of the town's own that bundle's name.
    """
    links = ServiceBundle.objects.filter(service=OuterRef("service"), until=None).order_by("bundle__ozg_id")
    bundle = Subquery(links.values(place=Coalesce("bundle__ozg_id", "bundle__name"))[:1])
    ordered = (
        rows.annotate(ozg_id=bundle)
        .order_by(F("service__key").asc(nulls_last=True), "service__name", "pk")
        .values_list(
            *(
                "service__key",
                "ozg_id",
                "service__name",
                "department__name",
                "responsibility",
                "state",
                "level__number",
            ),
            *("planned_on", "online_url", "cases_per_year", "note", "version"),
        )
    )
    for key, ozg_id, name, department, responsibility, state, level, planned_on, url, cases, note, version in ordered:
        words = RESPONSIBILITY[responsibility], STATE[state]
        found = (key or "", ozg_id or "", name, department or "", *words, level, planned_on, url, cases, note)
        yield ExportLine._make((*found, None, None, version))


def as_csv(lines: list[ExportLine]) -> bytes:
    """UTF-8 with BOM, `;`, CRLF, ISO days; texts that a spreadsheet would run as a formula carry an apostrophe."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for line in lines:
        writer.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in line)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(lines: list[ExportLine], municipality: Municipality) -> bytes:
    """A workbook with lists to choose from, and its base values on a hidden sheet."""
    file = BytesIO()
    departments = list(Department.objects.filter(municipality=municipality).values_list("name", flat=True))
    levels = list(municipality.maturity_model.levels.values_list("number", flat=True))
    workbook(lines, departments, levels).save(file)
    return file.getvalue()


def _write_whole(output: Path, content: bytes) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(output)
    except OSError as error:
        raise ValidationError(
            f"„{output}“ lässt sich nicht schreiben: {error.strerror}. Bitte den Ordner prüfen.", code="unwritable"
        ) from error
