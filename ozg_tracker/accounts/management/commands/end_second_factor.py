"""end_second_factor: takes a lost second factor away, where nobody else may or can."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.letting_in.lost_factors import end_second_factor
from ozg_tracker.accounts.people import find_user
from ozg_tracker.console import Command as Base


class Command(Base):
    purpose = gettext_lazy("Entfernt App, Passkeys und Notfallcodes einer Person, die sie verloren hat.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help=_("steht im Journal und in der Mail an die Person"))

    def deed(self, **options: Any) -> dict[str, Any]:
        user = find_user(options["username"])
        end_second_factor(user, reason=options["reason"])
        return {"username": user.username}

    def text(self, result: dict[str, Any]) -> str:
        return _("Der zweite Faktor von „%(username)s“ ist entfernt; alle Anmeldungen sind beendet.") % result
