"""The public directory (Open-PVOG): it names services and bundles too, by other names and not all of them."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from catalog.importing.problems import Refused
from catalog.importing.spelling import plain_word

_ITS_OWN = {"onlinestatus", "ars"}  # words that no catalogue has


def refuse_directory(words: Iterable[str], sheet: str | None = None, row: int | None = None) -> None:
    """Refused, where `words` head a list of what is online in which area."""
    missing = set(_ITS_OWN)
    for word in words:  # there may be a million
        missing.discard(plain_word(word))
    if not missing:
        raise Refused(
            "directory_list",
            _(
                "Das ist eine Liste aus dem öffentlichen Verzeichnis (Open-PVOG). Bitte auf der Seite „Nachweise“ "
                "einlesen (import_evidence)."
            ),
            sheet=sheet,
            row=row,
        )
