"""create_token: a personal key for programs, shown this once."""

from typing import Any

from django.core.management.base import CommandParser

from ozg_tracker.accounts.people import find_user
from ozg_tracker.accounts.tokens import create_token
from ozg_tracker.console import Command as Base


class Command(Base):
    help = "Stellt einen Zugangsschlüssel für Programme aus (Authorization: Bearer …)."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def deed(self, **options: Any) -> dict[str, Any]:
        user = find_user(options["username"])
        return {"username": user.username, "token": create_token(user)}

    def text(self, result: dict[str, Any]) -> str:
        return (
            f"Zugangsschlüssel für „{result['username']}“. Er wird nur dieses eine Mal gezeigt:\n{result['token']}\n"
            f"Programme senden ihn als „Authorization: Bearer …“."
        )
