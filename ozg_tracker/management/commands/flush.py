"""flush: Django's, which our databases refuse as long as there is something to keep; here with the sentence for it."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush
from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _

from ozg_tracker.console import language


class Command(Flush):
    def handle(self, **options: Any) -> None:
        try:
            super().handle(**options)
        except CommandError as error:
            if not isinstance(error.__cause__, IntegrityError):
                raise
            with translation.override(language()):
                sentence = _(
                    "Die Datenbank wird nicht geleert: Historie und festgeschriebene Berichte bleiben. Es wurde nichts "
                    "gelöscht. Für einen neuen Anfang nehmen Sie eine neue Datenbank."
                )
            raise CommandError(f"{sentence} ({error.__cause__})", returncode=1) from error
