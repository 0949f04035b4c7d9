"""undo_catalogue_import: take the last import of the catalogue back, for all towns of this installation."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from catalog.models import CatalogueImport
from ozg_tracker.console import Command as Base
from ozg_tracker.tracking.catalogue import undo_for_towns


class Command(Base):
    help = "Nimmt einen Katalogimport zurück: Der Katalog steht wieder, wie er davor war."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", nargs="?", type=int, help="Nummer des Imports; ohne sie der letzte geltende")
        parser.add_argument("--reason", required=True, help="warum; steht in der Geschichte des Katalogs")

    def deed(self, **options: Any) -> dict[str, Any]:
        imports = CatalogueImport.objects.all() if options["id"] else CatalogueImport.objects.in_force()
        wanted = imports.filter(pk=options["id"]) if options["id"] else imports
        found = wanted.first()
        if found is None:
            raise ValidationError(f"Den Katalogimport {options['id']} gibt es nicht." if options["id"] else NOTHING)
        return undo_for_towns(found, by=None, reason=options["reason"]).as_json()

    def text(self, result: dict[str, Any]) -> str:
        return (
            f"Zurückgenommen. Es gilt wieder Katalogstand „{result['release']}“.\n"
            f"  Leistungen: {_figures(result['services'])}\n"
            f"  OZG-Leistungen (Bündel): {_figures(result['bundles'])}\n"
            f"  betroffene Leistungen der Kommunen: {result['touched_municipal_services']}"
        )


NOTHING = "Es gibt keinen Katalogimport, der sich zurücknehmen ließe."


def _figures(counts: dict[str, int]) -> str:
    return f"{counts['changed']} wie zuvor, {counts['unchanged']} unberührt, {counts['retired']} wieder entfallen"
