"""undo_catalogue_import: take the last import of the catalogue back, for all municipalities of this installation."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import CatalogueImport
from ozg_tracker.console import Command as Base
from ozg_tracker.tracking.releases.loading import undo_for_municipalities


class Command(Base):
    purpose = gettext_lazy("Nimmt einen Katalogimport zurück: Der Katalog steht wieder, wie er davor war.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", nargs="?", type=int, help=_("Nummer des Imports; ohne sie der letzte geltende"))
        parser.add_argument("--reason", required=True, help=_("warum; steht in der Geschichte des Katalogs"))

    def deed(self, **options: Any) -> dict[str, Any]:
        imports = CatalogueImport.objects.all() if options["id"] else CatalogueImport.objects.in_force()
        wanted = imports.filter(pk=options["id"]) if options["id"] else imports
        found = wanted.first()
        if found is None:
            missing = _("Den Katalogimport %(id)s gibt es nicht.") % options
            raise ValidationError(missing if options["id"] else _("Kein Katalogimport lässt sich zurücknehmen."))
        return undo_for_municipalities(found, by=None, reason=options["reason"]).as_json()

    def text(self, result: dict[str, Any]) -> str:
        lines = [
            _("Zurückgenommen. Es gilt wieder Katalogstand „%(release)s“.") % result
            if result["release"]
            else _("Zurückgenommen. Es war der erste Katalogstand; jetzt gilt keiner mehr."),
            _("  Leistungen: %s") % _figures(result["services"]),
            _("  OZG-Leistungen (Bündel): %s") % _figures(result["bundles"]),
            _("  betroffene Leistungen der Kommunen: %(touched)d") % {"touched": result["touched_municipal_services"]},
        ]
        return "\n".join(lines)


def _figures(counts: dict[str, int]) -> str:
    return _("%(changed)d wie zuvor, %(unchanged)d unberührt, %(retired)d wieder entfallen") % counts
