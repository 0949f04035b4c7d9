"""export_status(): a municipality's rows as a file to be filled in and read back by `import_status`."""

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import ServiceBundle
from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.spreadsheets.writing import MEDIA_TYPES
from ozg_tracker.tracking.exchange.sheet import Offered, choices, open_document, workbook
from ozg_tracker.tracking.exchange.values import elsewhere, people_called
from ozg_tracker.tracking.exchange.words import COLUMNS, RESPONSIBILITY, STATE, guarded
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.confirming import last_said

FORMS = {**MEDIA_TYPES, "csv": "text/csv; charset=utf-8"}


class ExportLine(NamedTuple):
    """One row in the order of the columns; `Gilt ab` and `Begründung` are left for the person to fill."""

    key: str
    ozg_id: str
    name: str
    department: str
    responsibility: str
    state: str
    level: int | str | None
    planned_on: date | None
    online_url: str
    cases_per_year: int | None
    note: str
    effective_on: None
    reason: None
    version: int
    owner: str
    confirmed: date | None


def export_status(municipality: Municipality, output: Path, *, department: Department | None = None) -> int:
    """Write the municipality's rows, or those of `department` and below, to `output`; returns how many.

    The ending says the form: .xlsx, .ods or .csv, else ValidationError. The file appears whole or not at all.
    """
    rows = MunicipalService.objects.filter(municipality=municipality)
    if department is not None:
        rows = rows.filter(department__in=tree_ids(department))
    lines = list(export_lines(rows, municipality))
    form = output.suffix.lower().removeprefix(".")
    if form not in FORMS:
        sentence = _("Der Dateiname endet auf .xlsx, .ods oder .csv, damit die Form klar ist.")
        raise ValidationError(sentence, code="unknown_form")
    _write_whole(output, as_file(lines, municipality, form))
    return len(lines)


def export_lines(rows: QuerySet[MunicipalService], municipality: Municipality) -> Iterator[ExportLine]:
    """The rows as lines, by key, then name; three queries. A service of several bundles shows the lowest OZG-ID, one of
    a bundle of the municipality's own that bundle's name.
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
            *("level__model__version", "municipality__maturity_model__version"),
            *("planned_on", "online_url", "cases_per_year", "note", "version", "owner", "pk"),
        )
    )
    people, said = people_called(municipality), last_said(municipality, rows.values("pk"))
    for key, ozg_id, name, department, responsibility, state, number, of, model, *rest, version, owner, pk in ordered:
        words = RESPONSIBILITY[responsibility], STATE[state]
        level = number if of in (None, model) else elsewhere(number, of)
        found = (key or "", ozg_id or "", name, department or "", *words, level, *rest)
        confirmed = timezone.localdate(said[pk]) if pk in said else None
        yield ExportLine._make((*found, None, None, version, people.get(owner, ""), confirmed))


def as_csv(lines: list[ExportLine]) -> bytes:
    return delimited(COLUMNS.values(), lines)


def delimited(heads: Iterable[str], lines: Iterable[Iterable[object]]) -> bytes:
    """A table as CSV: UTF-8 with BOM, `;`, CRLF, ISO days.

    Texts that a spreadsheet would run as a formula carry an apostrophe.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    for line in lines:
        writer.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in line)
    return text.getvalue().encode("utf-8-sig")


def as_file(lines: list[ExportLine], municipality: Municipality, form: str) -> bytes:
    """The lines in one of FORMS; a workbook has lists to choose from, and its base values on a hidden sheet."""
    if form == "csv":
        return as_csv(lines)
    offered = words_offered(municipality)
    if form == "ods":
        return open_document(lines, offered)
    file = BytesIO()
    workbook(lines, offered).save(file)
    return file.getvalue()


def words_offered(municipality: Municipality) -> Offered:
    """The words to choose from in the columns that have some; three queries."""
    departments = list(Department.objects.standing().filter(municipality=municipality).values_list("name", flat=True))
    levels = list(municipality.maturity_model.levels.values_list("number", flat=True))
    return choices(departments, levels, list(people_called(municipality).values()))


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
