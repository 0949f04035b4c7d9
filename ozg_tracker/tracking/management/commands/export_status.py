"""export_status: a municipality's rows as a workbook or CSV, to be filled in and read back."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.accounts.municipalities import find_department, find_municipality
from ozg_tracker.api.ids import named_in
from ozg_tracker.console import Command as Base
from ozg_tracker.tracking.exchange.export_status import export_status


class Command(Base):
    purpose = gettext_lazy("Schreibt die Leistungen einer Kommune mit ihrem Stand als Arbeitsmappe (.xlsx) oder CSV.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel der Kommune"))
        parser.add_argument("--department", metavar="ID", help=_("nur dieser Fachbereich mit allen darunter"))
        parser.add_argument("--output", required=True, metavar="FILE", type=Path, help=_("Datei, .xlsx oder .csv"))

    def deed(self, **options: Any) -> dict[str, Any]:
        municipality = find_municipality(options["municipality"])
        department = _department(municipality, options["department"]) if options["department"] else None
        return {
            "rows": export_status(municipality, options["output"], department=department),
            "output": str(options["output"]),
        }

    def text(self, result: dict[str, Any]) -> str:
        told = ngettext(
            "%(rows)d Leistung steht in %(output)s.", "%(rows)d Leistungen stehen in %(output)s.", result["rows"]
        )
        return told % result


def _department(municipality: Municipality, named: str) -> Department:
    """By its id as the contract has it, or by its name, which a person knows."""
    return named_in(municipality.departments.all(), named) or find_department(municipality, named)
