"""Write an edition of a month to a file: HTML, PDF, XLSX, CSV, JSON, or the template of a paper on it."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.api.ids import id_in
from ozg_tracker.console import Command as ConsoleCommand
from ozg_tracker.console import month
from reports.editions.find_edition import find_edition
from reports.exporting.export_edition import FORMATS, export_edition
from reports.exporting.file import write_whole


def _format(text: str) -> str:
    if text not in FORMATS:
        words = {"format": text, "formats": ", ".join(FORMATS)}
        raise argparse.ArgumentTypeError(_("Das Format „%(format)s“ gibt es nicht. Möglich sind: %(formats)s.") % words)
    return text


def _number(text: str) -> int:
    number = id_in(text)
    if not number:
        sentence = _("„%s“ ist keine Nummer einer Ausgabe. Bitte eine Zahl ab 1 schreiben.")
        raise argparse.ArgumentTypeError(sentence % text)
    return number


class Command(ConsoleCommand):
    purpose = gettext_lazy(
        "Schreibt den Sachstandsbericht eines Monats in eine Datei (html, pdf, xlsx, csv oder json), oder die "
        "Mitteilungsvorlage dazu (docx oder odt)."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel, 12 Ziffern"))
        parser.add_argument("--month", required=True, type=month, metavar="JJJJ-MM", help=_("der Monat des Berichts"))
        parser.add_argument("--edition", type=_number, metavar="N", help=_("Nummer der Ausgabe (die letzte)"))
        parser.add_argument("--format", required=True, type=_format, metavar="FORMAT", help=", ".join(FORMATS))
        parser.add_argument("--output", required=True, type=Path, metavar="DATEI", help=_("wohin geschrieben wird"))

    def deed(self, **options: Any) -> dict[str, Any]:
        municipality = find_municipality(options["municipality"])
        edition = find_edition(municipality, options["month"], options["edition"])
        content = export_edition(edition, options["format"])
        write_whole(options["output"], content)
        return {
            "month": f"{edition.month:%Y-%m}",
            "edition": edition.number,
            "state": edition.state,
            "sha256": edition.sha256,
            "format": options["format"],
            "output": str(options["output"]),
            "bytes": len(content),
        }

    def text(self, result: dict[str, Any]) -> str:
        text = _("Ausgabe %(edition)d für %(month)s steht in %(output)s.") % result
        return f"{text} {_('Sie ist ein Entwurf und noch nicht genehmigt.')}" if result["state"] == "draft" else text
