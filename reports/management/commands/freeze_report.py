"""Freeze a month of a municipality for its council."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker import console
from ozg_tracker.accounts.municipalities import find_municipality
from reports import canonical, months
from reports.editions.freeze import freeze_edition


class Command(console.Command):
    purpose = gettext_lazy("Den Sachstandsbericht eines Monats festschreiben")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel der Kommune"))
        example = _("Monat, z. B. 2022-11")
        parser.add_argument("--month", required=True, type=console.month, metavar="JJJJ-MM", help=example)
        parser.add_argument("--correct", default="", metavar="GRUND", help=_("eine neue Ausgabe mit diesem Grund"))

    def deed(self, **options: Any) -> dict[str, Any]:
        municipality = find_municipality(options["municipality"])
        edition = freeze_edition(municipality, options["month"], correct=options["correct"])
        return {
            "edition": edition.number,
            "month": months.name(edition.month),
            "state": edition.state,
            "sha256": edition.sha256,
            "previous_sha256": edition.previous_sha256,
            "figures": canonical.loads(edition.figures),
        }

    def text(self, result: dict[str, Any]) -> str:
        rate = result["figures"]["rates"]["services_ready"]
        head = _("%(month)s, Ausgabe %(edition)d: %(ready)d von %(relevant)d Leistungen sind fertig.") % {
            **result,
            "ready": rate["numerator"],
            "relevant": rate["denominator"],
        }
        return "\n".join([head, _("Prüfsumme (SHA-256): %s") % result["sha256"]])
