"""create_token: a personal key for programs, shown this once."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ozg_tracker.accounts.people import find_user
from ozg_tracker.accounts.signing_in.tokens import create_token
from ozg_tracker.console import Command as Base


class Command(Base):
    purpose = gettext_lazy("Stellt einen Zugangsschlüssel für Programme aus (Authorization: Bearer …).")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def deed(self, **options: Any) -> dict[str, Any]:
        user = find_user(options["username"])
        return {"username": user.username, "token": create_token(user)}

    def text(self, result: dict[str, Any]) -> str:
        head = _("Zugangsschlüssel für „%(username)s“. Er wird nur dieses eine Mal gezeigt:") % result
        return f"{head}\n{result['token']}\n{_('Programme senden ihn als „Authorization: Bearer …“.')}"
