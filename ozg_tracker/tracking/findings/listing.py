"""The findings as a file: a line for each row and finding, those put off with the day and the reason."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ozg_tracker.spreadsheets.workbooks import Table
from ozg_tracker.spreadsheets.writing import spreadsheet
from ozg_tracker.tracking.findings.looking import at_present, scan
from ozg_tracker.tracking.findings.rules import RULES
from ozg_tracker.tracking.models import MunicipalService, Snooze


def findings_file(rows: "QuerySet[MunicipalService]", day: date, form: str) -> bytes:
    """The findings of `rows` as a workbook of the `form` "xlsx" or "ods", the gravest first."""
    columns = (
        *((_("Schwere"), 12), (_("Befund"), 40), (_("Schlüssel"), 18), (_("Leistung"), 50), (_("Fachbereich"), 30)),
        *((_("Person"), 26), (_("zurückgestellt bis"), 18), (_("Grund"), 40)),
    )
    return spreadsheet([Table(_("Befunde"), columns, _lines(rows, day))], form)


def _lines(rows: "QuerySet[MunicipalService]", day: date) -> Iterator[list[object]]:
    seen = {each.row: each.codes for each in scan(rows, at_present(rows, day))}
    found = (
        rows.filter(pk__in=list(seen)).select_related("service", "department", "owner").order_by("service__name", "pk")
    )
    off = {(each.row_id, each.code): each for each in Snooze.objects.holding(day).filter(row__in=list(seen))}
    named = list(found)
    for code, rule in RULES.items():
        for row in named:
            if code in seen[row.pk]:
                rests = off.get((row.pk, code))
                yield [
                    str(rule.severity.label),
                    str(rule.title),
                    row.service.key or "",
                    row.service.name,
                    str(row.department or ""),
                    str(row.owner or ""),
                    rests.until if rests else None,
                    rests.reason if rests else "",
                ]
