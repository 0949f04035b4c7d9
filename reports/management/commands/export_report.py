"""Write an edition of a month to a file: HTML, PDF, XLSX, CSV or JSON."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.console import Command as ConsoleCommand
from ozg_tracker.console import month
from reports.export import FORMATS, export_edition
from reports.exporting.file import write_whole
from reports.find_edition import find_edition


def _format(text: str) -> str:
    if text not in FORMATS:
        raise argparse.ArgumentTypeError(f"Das Format „{text}“ gibt es nicht. Möglich sind: {', '.join(FORMATS)}.")
    return text


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"„{text}“ ist keine Nummer einer Ausgabe. Bitte eine Zahl ab 1 schreiben.")
    return int(text)


class Command(ConsoleCommand):
    help = "Schreibt den Sachstandsbericht eines Monats in eine Datei (html, pdf, xlsx, csv oder json)."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", required=True, metavar="ARS", help="Regionalschlüssel, 12 Ziffern")
        parser.add_argument("--month", required=True, type=month, metavar="JJJJ-MM", help="der Monat des Berichts")
        parser.add_argument("--edition", type=_number, metavar="N", help="Nummer der Ausgabe (die letzte)")
        parser.add_argument("--format", required=True, type=_format, metavar="FORMAT", help=", ".join(FORMATS))
        parser.add_argument("--output", required=True, type=Path, metavar="DATEI", help="wohin geschrieben wird")

    def deed(self, **options: Any) -> dict[str, Any]:
        town = find_municipality(options["municipality"])
        edition = find_edition(town, options["month"], options["edition"])
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
        draft = " Sie ist ein Entwurf und noch nicht genehmigt." if result["state"] == "draft" else ""
        return f"Ausgabe {result['edition']} für {result['month']} steht in {result['output']}.{draft}"
