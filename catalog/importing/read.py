"""Reads a source whole, within bounds, and tells its content by one short text."""

from dataclasses import replace
from hashlib import blake2b
from itertools import islice

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.problems import Refused
from catalog.importing.records import Record, Source, Table

BATCH = 100  # rows read and written down together


def read_all(source: Source) -> tuple[list[Table], str]:
    """The tables with all their records, and a digest of what they say: places, header words and cells.

    The digest knows nothing of the form: it is the same for a workbook saved again, with other columns beside, or with
    the columns in another order. Refused: `too_large`, and what the readers refuse.
    """
    tables, left, room, digest = [], limits.ROWS, limits.TEXT, blake2b(digest_size=32)
    for table in source.tables:
        records: list[Record] = []
        digest.update(repr((table.sheet, sorted(table.columns.items()))).encode())
        while batch := list(islice(table.records, BATCH)):
            records += batch
            for cells in zip(*batch, strict=True):
                told = _told(cells)
                room -= len(told)
                digest.update(told.encode())
            if len(records) > left or room < 0:
                raise _too_much(table)
        left -= len(records)
        digest.update(b"%d" % len(records))
        tables.append(replace(table, records=iter(records)))
    return tables, digest.hexdigest()


def _told(cells: tuple[str | int | None, ...]) -> str:
    """A column as one text that no other column gives; cleaned cells hold no control characters."""
    try:
        return "\x1f".join(cells) + "\x1e"  # type: ignore[arg-type]  # numbers and None take the other way
    except TypeError:
        return repr(cells) + "\x1e"


def _too_much(table: Table) -> Refused:
    return Refused(
        "too_large",
        _(
            "Die Datei hat mehr als %(rows)s Zeilen oder ungewöhnlich viel Text, ein Vielfaches des Katalogs. Bitte "
            "prüfen, ob es die richtige Datei ist."
        )
        % {"rows": limits.ROWS},
        sheet=table.sheet,
    )
