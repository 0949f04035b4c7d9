"""How our commands speak: people's text, or with --json one object and nothing else on standard output.

Exit status 0: done. 1: refused, nothing was written. 2: wrong use.
"""

import argparse
import json
import re
import sys
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail.backends.console import EmailBackend
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, ProgrammingError

DATABASE_NOT_READY = (
    "Die Datenbank antwortet nicht oder ist noch nicht eingerichtet. Bitte „manage.py migrate“ ausführen."
)


class MailsOnScreen(EmailBackend):
    """Shows mails instead of sending them, beside what a command prints on standard output and not in it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("stream", sys.stderr)
        super().__init__(*args, **kwargs)


class Command(BaseCommand):
    """Base of our commands. A subclass defines `arguments` and `deed`, and `text` for people.

    `deed` returns the object that --json prints. A ValidationError of a deed becomes its German sentence and exit 1; so
    does a result for which `refused` says yes.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        self.arguments(parser)
        parser.add_argument("--json", action="store_true", help="ein JSON-Objekt ausgeben und sonst nichts")

    def arguments(self, parser: CommandParser) -> None:
        """Add the command's own arguments."""

    def deed(self, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def text(self, result: dict[str, Any]) -> str:
        raise NotImplementedError

    def refused(self, result: dict[str, Any]) -> bool:
        return False

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self.deed(**options)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages), returncode=1) from error
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(f"{DATABASE_NOT_READY} ({str(error).strip()})", returncode=1) from error
        except DatabaseError as error:
            raise CommandError(f"Die Datenbank hat das abgelehnt: {error}", returncode=1) from error
        text = json.dumps(result, ensure_ascii=False) if options["json"] else self.text(result)
        self.stdout.write(text)
        if self.refused(result):
            raise SystemExit(1)


def month(text: str) -> date:
    """The first day of a month written JJJJ-MM; anything else is wrong use (exit 2)."""
    if not re.fullmatch(r"[12][0-9]{3}-(0[1-9]|1[0-2])", text):
        raise argparse.ArgumentTypeError(f"„{text}“ ist kein Monat. Bitte JJJJ-MM schreiben, etwa 2022-11.")
    return date.fromisoformat(f"{text}-01")


def day(text: str) -> date:
    """A day written JJJJ-MM-TT or TT.MM.JJJJ; anything else is wrong use (exit 2)."""
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        with suppress(ValueError):
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no time zone)
    raise argparse.ArgumentTypeError(f"„{text}“ ist kein Tag. Bitte JJJJ-MM-TT schreiben, etwa 2022-11-30.")
