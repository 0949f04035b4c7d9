"""Say which edition a file or a hash is, unchanged or not, replaced or not."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker import console
from reports import months, signing
from reports.exporting.checking import HASH, check_file, check_hash
from reports.exporting.embedded import MOST_MB
from reports.exporting.signed import check_signed
from reports.telling.checked import told


class Command(console.Command):
    purpose = gettext_lazy("Prüfen, welche Ausgabe eines Berichts eine Datei oder Prüfsumme ist, und ob sie gilt")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what", metavar=_("DATEI|PRÜFSUMME"), help=_("PDF, XLSX, ODS, JSON, CSV, HTML oder SHA-256")
        )
        parser.add_argument(
            "--key", metavar="PEM", help=_("öffentlicher Schlüssel: prüft nur die Unterschrift, ohne Datenbank")
        )
        parser.add_argument(
            "--signature",
            default="",
            metavar=_("DATEI|UNTERSCHRIFT"),
            help=_("zu einer JSON-Datei; im PDF liegt sie bei"),
        )

    def deed(self, **options: Any) -> dict[str, Any]:
        what = options["what"]
        if options["key"]:
            return _signed(what, options["key"], options["signature"])
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
            "signed": found.signed,
            "message": " ".join(part for part in (f"{answer.heading}:", answer.sentence, answer.mind) if part),
        }

    def refused(self, result: dict[str, Any]) -> bool:
        return result["finding"] not in ("unchanged", "figures_unchanged", "signed")

    def text(self, result: dict[str, Any]) -> str:
        return str(result["message"])


def _signed(what: str, key: str, signature: str) -> dict[str, Any]:
    """Whether the key signed the figures in the file; nothing else is asked, and no database."""
    keys = signing.read_public(_read(Path(key)))
    if not keys:
        raise ValidationError(_("„%s“ ist kein öffentlicher Ed25519-Schlüssel in PEM.") % key, code="bad_key")
    text = _read(Path(signature)).decode("utf-8", "replace") if signature and Path(signature).exists() else signature
    found = check_signed(_read(Path(what)), keys, text)
    if found is None:
        raise ValidationError(_("In „%s“ stehen keine Zahlen eines Berichts.") % what, code="no_figures")
    words = {"name": found.name, "month": found.month}
    message = (
        _("Unterschrift gültig: Diese Zahlen hat der Schlüssel unterschrieben. Sie nennen %(name)s, %(month)s.")
        if found.holds
        else _("Nicht unterschrieben: Der Schlüssel gehört nicht zu diesen Zahlen, oder sie wurden verändert.")
    )
    return {
        "finding": "signed" if found.holds else "not_signed",
        "municipality": found.ars,
        "month": found.month,
        "sha256": found.sha256,
        "signed": found.holds,
        "message": message % words,
    }


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_MB * 1024 * 1024:
            sentence = _("Die Datei ist größer als %d MB. Ein Sachstandsbericht ist das nie.") % MOST_MB
            raise ValidationError(sentence, code="too_large")
        return path.read_bytes()
    except OSError as error:
        words = {"path": path, "why": error.strerror or str(error)}
        raise ValidationError(_("„%(path)s“ ließ sich nicht lesen: %(why)s.") % words, code="not_read") from error
