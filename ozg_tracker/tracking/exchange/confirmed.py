"""The column „Zuletzt bestätigt“ of a file that comes back: „ja“ or a day there says that the service still holds."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.spelling import plain_word
from ozg_tracker.api.ids import id_in
from ozg_tracker.tracking.exchange.conflicts import Side, Stored
from ozg_tracker.tracking.exchange.status_file import FileLine
from ozg_tracker.tracking.exchange.words import CLEAR, BadWord, day
from ozg_tracker.tracking.rows.confirming import confirm, last_said
from ozg_tracker.tracking.rows.rights import Rights, rights_in

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import Municipality, User
    from ozg_tracker.tracking.models import Confirmation, MunicipalService

COLUMN = "confirmed"
MOST_DAYS = 31  # what was confirmed longer ago says too little of today to count as confirmed today
_YES = frozenset({"", "am", "bestaetigt", "bestaetigtam", "ja", "jaam", "x", "stimmt", "stimmtam", "stimmtnoch", "ok"})


class NotConfirmed(BadWord):
    """The cell is clear, and the service still cannot be confirmed by it."""


def day_in(text: str, today: date) -> date:
    """The day that a cell names, alone or beside its „ja“; without one `today`. BadWord: it says something else."""
    parts = re.split(r"[\s,;:]+", text)
    days = [part for part in parts if part[:1].isdigit()]
    word = plain_word("".join(part for part in parts if part not in days))
    if len(days) > 1 or word not in _YES or not (days or word not in ("", "am")):
        raise BadWord(
            _("„%(text)s“ sagt nicht, ob die Leistung noch stimmt. Bitte „ja“ oder den Tag schreiben, etwa 30.11.2022.")
            % {"text": text[:40]}
        )
    said = day(days[0]) if days else today
    if said > today:
        raise BadWord(_("Bestätigt werden kann nur bis heute, nicht zum %s.") % f"{said:%d.%m.%Y}")
    return said


class Confirming:
    """What the lines of one merge confirm. `rows`: by row, the line that says so; `made`: what was written."""

    def __init__(
        self, municipality: "Municipality", stored: Stored, *, by: "User | None", rights: Rights | None, today: date
    ) -> None:
        self.municipality, self.stored, self.by, self.rights, self.today = municipality, stored, by, rights, today
        self.rows: dict[int, FileLine] = {}
        self.made: list[Confirmation] = []
        self._known: dict[int, date] = {}

    def load(self, placed: Iterable[tuple[FileLine, int]]) -> None:
        """When a person last said something of the rows whose lines say it now; no query where none does."""
        rows = {row for line, row in placed if self._text(line, row)}
        if rows:
            said = last_said(self.municipality, rows)
            self._known = {row: timezone.localdate(at) for row, at in said.items()}

    def read(self, line: FileLine, row_id: int) -> Side | None:
        """Note what the line confirms; a Side where others changed the service since the writer of the file saw it.

        BadWord: the cell says something that is no confirmation, or one that cannot be taken.
        """
        text = self._text(line, row_id)
        if not text:
            return None
        said, known = day_in(text, self.today), self._known.get(row_id)
        with_base = self.stored.base_of(row_id) is not None
        if not with_base and known and said <= known and text[0].isdigit():
            return None  # as it was exported, or older than what is known
        row = self._row(row_id)
        side = self._side(line, row, text)
        if side is not None and side.pick != "mine":
            return side
        if side is None and known and said < known:
            return None
        if said < self.today - timedelta(days=MOST_DAYS):
            sentence = _("Der %(day)s ist zu lange her. Bitte sehen Sie noch einmal hin und schreiben Sie „ja“.")
            raise NotConfirmed(sentence % {"day": f"{said:%d.%m.%Y}"})
        self.rows[row_id] = line
        return side

    def write(self, left_out: Iterable[int], at: "datetime | None") -> list[tuple[FileLine, str]]:
        """Confirm the rows, without those left out, at the instant of what else the merge writes; their lines, each
        with its service. What a line changed besides is said by its event.
        """
        rows = dict.fromkeys(self.rows.keys() - set(left_out))
        if rows and self.by is not None:
            rights = self.rights or rights_in(self.municipality, self.by)
            self.made = confirm(self.municipality, rows, by=self.by, rights=rights, recorded_at=at)
        return [(line, self.stored.rows[row].service.name) for row, line in self.rows.items() if row in rows]

    def _row(self, row_id: int) -> "MunicipalService":
        """The row, where the person may confirm it. NotConfirmed otherwise."""
        row = self.stored.rows.get(row_id)
        if row is None:
            raise NotConfirmed(_("Diese Leistung führt die Kommune noch nicht; zu bestätigen ist da nichts."))
        if self.by is None:
            sentence = _("Bestätigen kann nur eine Person. Bitte bringen Sie die Datei auf der Seite zum Abgleich.")
            raise NotConfirmed(sentence)
        if self.rights is not None and not self.rights.fields(row):
            raise NotConfirmed(_("Bestätigen kann, wer den Stand der Leistung melden darf."))
        return row

    def _text(self, line: FileLine, row_id: int) -> str:
        """What the cell says beyond what was there when the file was written."""
        text = line.cells.get(COLUMN, "")
        base = self.stored.base_of(row_id)
        return "" if text in CLEAR or (base and text == base.cells.get(COLUMN, "")) else text

    def _side(self, line: FileLine, row: "MunicipalService", text: str) -> Side | None:
        base = self.stored.base_of(row.pk)
        seen = id_in((base or line).cells.get("version"))
        if seen is None or seen >= row.version:
            return None
        was = base.cells.get(COLUMN, "") if base else ""
        now = f"inzwischen geändert, Version {row.version}"  # a value beside values of files, which are German
        pick, against = line.chosen.get(COLUMN, ("", ""))
        return Side(line, row.pk, row.service.name, COLUMN, was, text, now, pick if against == now else "")
