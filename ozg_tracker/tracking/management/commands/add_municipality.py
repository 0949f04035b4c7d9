"""add_municipality: take a municipality in, with the services it may owe."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.console import Command as Base
from ozg_tracker.console import day
from ozg_tracker.tracking.reference import OZG_IN_FORCE
from ozg_tracker.tracking.responsibility.municipality import add_municipality


class Command(Base):
    purpose = gettext_lazy(
        "Legt eine Kommune an, mit einer Zeile für jede Leistung, die sie nach dem Profil ihrer Art anbieten kann."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ars", required=True, help=_("Regionalschlüssel, zwölf Ziffern"))
        parser.add_argument("--name", required=True)
        parser.add_argument("--kind", required=True, choices=Municipality.Kind.values, help=_("Art der Kommune"))
        parser.add_argument("--since", type=day, default=OZG_IN_FORCE, help=_("ab wann die Zuständigkeiten gelten"))

    def deed(self, **options: Any) -> dict[str, Any]:
        added = add_municipality(**{name: options[name] for name in ("ars", "name", "kind", "since")})
        return {"ars": added.municipality.ars, "rows": added.rows, "relevant": added.relevant}

    def text(self, result: dict[str, Any]) -> str:
        return (
            _(
                "Die Kommune %(ars)s ist angelegt. Leistungen: %(rows)d, davon nach dem Vorschlag in eigener "
                "Zuständigkeit: %(relevant)d. Der Vorschlag ist unser eigener; bitte prüfen."
            )
            % result
        )
