"""The journal as a file; that it was downloaded is an entry too."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.journal.telling import in_one_line
from ozg_tracker.accounts.journal.writing import Kind, write
from ozg_tracker.accounts.models import JournalEntry, Municipality, User
from ozg_tracker.spreadsheets.workbooks import Table
from ozg_tracker.spreadsheets.writing import spreadsheet

BATCH = 2000


@transaction.atomic
def download_journal(rows: QuerySet[JournalEntry], form: str, *, municipality: Municipality, by: User) -> bytes:
    """The entries as a workbook of the `form` "xlsx" or "ods", newest first."""
    columns = (
        *((_("wann"), 18), (_("Art"), 22), (_("Person"), 26), (_("Gegenstand"), 34), (_("Änderung"), 60)),
        *((_("Begründung"), 40), (_("durch"), 26), (_("Weg"), 18)),
    )
    made = spreadsheet([Table(_("Journal"), columns, _lines(rows))], form)
    facts = {"form": form, "rows": str(rows.count())}
    write(Kind.EXPORT, municipality=municipality, by=by, about=_("Journal"), after=facts)
    return made


def _lines(rows: QuerySet[JournalEntry]) -> Iterator[list[str]]:
    for entry in rows.select_related("person", "by").iterator(chunk_size=BATCH):
        yield [
            _plain(text)
            for text in (
                f"{timezone.localtime(entry.recorded_at):%Y-%m-%d %H:%M}",
                str(entry.get_kind_display()),
                str(entry.person or ""),
                entry.about,
                in_one_line(entry),
                entry.reason,
                str(entry.by or ""),
                str(entry.get_way_display()),
            )
        ]


def _plain(text: str) -> str:
    return "".join(each for each in text if each.isprintable() or each == "\n")
