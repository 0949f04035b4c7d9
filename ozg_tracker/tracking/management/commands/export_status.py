"""export_status: a town's rows as a workbook or CSV, to be filled in and read back."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.models import Department, Municipality
from ozg_tracker.accounts.municipalities import find_department, find_municipality
from ozg_tracker.console import Command as Base
from ozg_tracker.tracking.exchange.exporting import export_status


class Command(Base):
    purpose = gettext_lazy("Schreibt die Leistungen einer Kommune mit ihrem Stand als Arbeitsmappe (.xlsx) oder CSV.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel der Kommune"))
        parser.add_argument("--department", metavar="ID", help=_("nur dieser Fachbereich mit allen darunter"))
        parser.add_argument("--output", required=True, metavar="FILE", type=Path, help=_("Datei, .xlsx oder .csv"))

    def deed(self, **options: Any) -> dict[str, Any]:
        town = find_municipality(options["municipality"])
        department = _department(town, options["department"]) if options["department"] else None
        return {"rows": export_status(town, options["output"], department=department), "output": str(options["output"])}

    def text(self, result: dict[str, Any]) -> str:
        return _("%(rows)d Leistungen stehen in %(output)s.") % result


def _department(town: Municipality, named: str) -> Department:
    """By its id as the contract has it, or by its name, which a person knows."""
    found = town.departments.filter(pk=int(named)).first() if named.isdecimal() else None
    return found or find_department(town, named)
