"""import_people: the people of a municipality from a list."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.file_commands import ListCommand
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.people_list.importing import PeopleImport, import_people


class Command(ListCommand):
    purpose = gettext_lazy("Liest die Personen einer Kommune aus einer Liste ein.")
    file_help = gettext_lazy("die Liste: XLSX, ODS oder CSV")
    counts = gettext_lazy("Personen neu: %(new)d, geändert: %(changed)d, unverändert: %(unchanged)d.")

    def arguments(self, parser: CommandParser) -> None:
        super().arguments(parser)
        parser.add_argument(
            "--invite", action="store_true", help=_("neuen Personen den Link für ihr Passwort schicken")
        )
        parser.add_argument(
            "--instead",
            action="append",
            default=[],
            metavar="NAME=DEPARTMENT",
            help=_("für einen Fachbereich, den es hier nicht gibt, ein anderer; „NAME=“ lässt seine Zeilen weg"),
        )

    def deed(self, **options: Any) -> dict[str, Any]:
        self.invite, self.instead = options["invite"], dict(map(_pair, options["instead"]))
        return super().deed(**options)

    def read(self, path: Path, municipality: Municipality, *, dry_run: bool) -> PeopleImport:
        return import_people(path, municipality, dry_run=dry_run, invite=self.invite, instead=self.instead)


def _pair(text: str) -> tuple[str, str]:
    name, sign, meant = text.partition("=")
    if not (sign and name.strip()):
        sentence = _("„%(text)s“: Erwartet wird NAME=FACHBEREICH, oder „NAME=“, damit die Zeilen wegbleiben.")
        raise ValidationError(sentence % {"text": text}, code="not_a_pair")
    return " ".join(name.split()), " ".join(meant.split())
