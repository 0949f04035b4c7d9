"""What commands share that read a file about one municipality."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.importing.folding import fold
from catalog.importing.problems import Problem
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.accounts.municipalities import find_municipality
from ozg_tracker.console import Command

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class FileCommand(Command):
    """Takes `file`, --municipality and --dry-run, whose help a subclass may word itself."""

    file_help: "StrOrPromise" = ""
    dry_run_help: "StrOrPromise" = gettext_lazy("nur zeigen, was sich ändern würde")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=str(self.file_help))
        parser.add_argument("--municipality", required=True, metavar="ARS", help=_("Regionalschlüssel der Kommune"))
        parser.add_argument("--dry-run", action="store_true", help=str(self.dry_run_help))


class Outcome(Protocol):
    """What came of a list."""

    @property
    def refused(self) -> bool: ...
    @property
    def problems(self) -> Sequence[Problem]: ...
    def as_json(self) -> dict[str, Any]: ...


class ListCommand(FileCommand):
    """Reads a list, as a whole or not at all, and tells what it changes and what it does not name.

    A subclass says how it is `read`, and its `counts`: a sentence with the names of the result.
    """

    counts: "StrOrPromise" = ""

    def read(self, path: Path, municipality: Municipality, *, dry_run: bool) -> Outcome:
        raise NotImplementedError

    def deed(self, **options: Any) -> dict[str, Any]:
        self.dry_run = options["dry_run"]
        self.outcome = self.read(options["file"], find_municipality(options["municipality"]), dry_run=self.dry_run)
        return self.outcome.as_json()

    def refused(self, result: dict[str, Any]) -> bool:
        return self.outcome.refused

    def text(self, result: dict[str, Any]) -> str:
        lines = [each.sentence() for each in fold(self.outcome.problems)]
        if self.outcome.refused:
            return "\n".join(
                [*lines, _("Nichts wurde geändert. Bitte die Datei berichtigen und noch einmal einlesen.")]
            )
        start = f"{_('Probelauf, nichts wurde geändert.')} " if self.dry_run else ""
        counts = {name: len(found) if isinstance(found, list) else found for name, found in result.items()}
        lines.append(start + str(self.counts) % counts)
        if result.get("missing"):
            lines.append(_("Die Liste nennt nicht, es bleibt: %s") % ", ".join(result["missing"]))
        return "\n".join(lines)
