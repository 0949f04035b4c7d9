"""Say which edition a file or a hash is, unchanged or not, replaced or not."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker import console
from reports import months
from reports.exporting.checking import HASH, MOST_MB, check_file, check_hash
from reports.telling.checked import told


class Command(console.Command):
    purpose = gettext_lazy("Prüfen, welche Ausgabe eines Berichts eine Datei oder Prüfsumme ist, und ob sie gilt")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", metavar=_("DATEI|PRÜFSUMME"), help=_("PDF, JSON, CSV, HTML oder SHA-256"))

    def deed(self, **options: Any) -> dict[str, Any]:
        what = options["what"]
        found = check_hash(what) if HASH.fullmatch(what.lower()) else check_file(_read(Path(what)))
        edition, replaced = found.edition, found.replaced_by
        answer = told(found)
        return {
            "finding": str(found.finding),
            "municipality": edition.municipality.ars if edition else None,
            "month": months.name(edition.month) if edition else None,
            "edition": edition.number if edition else None,
            "sha256": edition.sha256 if edition else None,
            "replaced_by": replaced.number if replaced else None,
            "whole_chain": found.whole_chain,
            "head": found.head,
            "message": " ".join(part for part in (f"{answer.heading}:", answer.sentence, answer.mind) if part),
        }

    def refused(self, result: dict[str, Any]) -> bool:
        return result["finding"] not in ("unchanged", "figures_unchanged")

    def text(self, result: dict[str, Any]) -> str:
        return str(result["message"])


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_MB * 1024 * 1024:
            sentence = _("Die Datei ist größer als %d MB. Ein Sachstandsbericht ist das nie.") % MOST_MB
            raise ValidationError(sentence, code="too_large")
        return path.read_bytes()
    except OSError as error:
        words = {"path": path, "why": error.strerror or str(error)}
        raise ValidationError(_("„%(path)s“ ließ sich nicht lesen: %(why)s.") % words, code="not_read") from error
