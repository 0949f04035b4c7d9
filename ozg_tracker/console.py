"""How our commands speak: people's text, or with --json one object and nothing else on standard output.

Exit status 0: done. 1: refused, nothing was written. 2: wrong use.
"""

import argparse
import json
import logging
import os
import re
import shutil
import sys
import time
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail.backends.console import EmailBackend
from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from ozg_tracker import database_errors
from ozg_tracker.log import in_one_piece, request_id

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_log = logging.getLogger(__name__)


def language() -> str:
    """The first language of ours in LANGUAGE, a list such as "en_GB:de" that other programs read too; else German."""
    for wanted in os.environ.get("LANGUAGE", "").split(":"):
        code = re.split("[_.@-]", wanted.lower())[0]
        if code in dict(settings.LANGUAGES):
            return code
    return settings.LANGUAGE_CODE


class MailsOnScreen(EmailBackend):
    """Shows mails instead of sending them, beside what a command prints on standard output and not in it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("stream", sys.stderr)
        super().__init__(*args, **kwargs)


class ProgressLine:
    """A line on the terminal that says how far long work is; it goes when the work is done. Nothing anywhere else."""

    WIDTH = 30
    PAUSE = 0.1  # seconds between two drawings, so that drawing takes no time from the work

    def __init__(self, stream: OutputWrapper, shown: bool) -> None:
        self._stream = stream
        self._shown = shown and stream.isatty()
        self._next, self._what, self._drawn = 0.0, "", False

    def __call__(self, done: int, total: int, what: str = "") -> None:
        if not self._shown:
            return
        if done >= total:
            self.clear()
        elif what != self._what or time.monotonic() >= self._next:
            self._next, self._what = time.monotonic() + self.PAUSE, what
            full = self.WIDTH * done // total
            room = shutil.get_terminal_size().columns - self.WIDTH - 20
            bar = "█" * full + "░" * (self.WIDTH - full)
            self._write(f"\r\x1b[K{bar} {done}/{total} {what[:room] if room > 0 else ''}")
            self._drawn = True

    def clear(self) -> None:
        if self._drawn:
            self._write("\r\x1b[K")
            self._drawn = False

    def _write(self, text: str) -> None:
        self._stream.write(text, style_func=str, ending="")
        self._stream.flush()


class Command(BaseCommand):
    """Base of our commands, German unless LANGUAGE says otherwise.

    A subclass says its `purpose` and defines `arguments` and `deed`, and `text` for people. Long work says through
    `self.told` how far it is.

    `deed` returns the object that --json prints. A ValidationError of a deed becomes its German sentence and exit 1; so
    does a result for which `refused` says yes.
    """

    purpose: "StrOrPromise" = ""

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        with translation.override(language()):
            self.help = str(self.purpose)
            return super().create_parser(prog_name, subcommand, **options)

    def run_from_argv(self, argv: list[str]) -> None:
        with translation.override(language()):
            super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> str | None:
        with translation.override(language()), in_one_piece():
            return super().execute(*args, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        self.arguments(parser)
        parser.add_argument("--json", action="store_true", help=_("ein JSON-Objekt ausgeben und sonst nichts"))

    def arguments(self, parser: CommandParser) -> None:
        """Add the command's own arguments."""

    def deed(self, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def text(self, result: dict[str, Any]) -> str:
        raise NotImplementedError

    def refused(self, result: dict[str, Any]) -> bool:
        return False

    def handle(self, *args: Any, **options: Any) -> None:
        self.told = ProgressLine(self.stderr, shown=not options["json"])
        try:
            result = self._done(**options)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages), returncode=1) from error
        except CommandError:
            raise  # a refusal with its own sentence and exit status
        except DatabaseError as error:
            raise CommandError(database_errors.sentence(error), returncode=1) from error
        except Exception as error:
            _log.exception("Command failed")
            sentence = _("Im Programm ist ein Fehler aufgetreten. Er steht unter der Kennung %s im Protokoll darüber.")
            raise CommandError(sentence % request_id.get(), returncode=1) from error
        text = json.dumps(result, ensure_ascii=False) if options["json"] else self.text(result)
        self.stdout.write(text)
        if self.refused(result):
            raise SystemExit(1)

    def _done(self, **options: Any) -> dict[str, Any]:
        try:
            return self.deed(**options)
        finally:
            self.told.clear()


def month(text: str) -> date:
    """The first day of a month written JJJJ-MM; anything else is wrong use (exit 2)."""
    if not re.fullmatch(r"[12][0-9]{3}-(0[1-9]|1[0-2])", text):
        raise argparse.ArgumentTypeError(_("„%s“ ist kein Monat. Bitte JJJJ-MM schreiben, etwa 2022-11.") % text)
    return date.fromisoformat(f"{text}-01")


def day(text: str) -> date:
    """A day written JJJJ-MM-TT or TT.MM.JJJJ; anything else is wrong use (exit 2)."""
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        with suppress(ValueError):
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no time zone)
    raise argparse.ArgumentTypeError(_("„%s“ ist kein Tag. Bitte JJJJ-MM-TT schreiben, etwa 2022-11-30.") % text)
