"""The catalogue in a form of our own: text that sorts, compares line by line and says where it comes from.

    OZG-Tracker-Katalog 1
    Stand: <release>
    Quelle: <where the facts come from>
    Spalten: key types name legal_basis law

    # <Themenfeld>
    ## <Lage>
    ### <OZG-ID> <OZG-Leistung>
    <key or -><tab><types><tab><name> …

Every service has one line under each of its bundles, parted by tabs; empty cells at the end of a line are left out.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.problems import Refused
from catalog.importing.records import CELLS, FACTS, Cleaner, Record, Source, Table

CATALOGUE: Path = settings.BASE_DIR / "fixtures" / "catalogue.txt"
SIGN = "OZG-Tracker-Katalog 1"
PLACES = ("topic", "situation", "ozg_id", "bundle")


def read(file: BinaryIO) -> Source:
    """The one table of the file. Refused: `unreadable_file`, with the line that cannot be read."""
    lines = enumerate(_lines(file), start=1)
    head: dict[str, str] = {}
    for number, line in lines:
        if not line:
            break
        name, _, value = line.partition(":")
        if number > 1:
            head[name] = value.strip()
    columns = head.get("Spalten", "").split()
    if not {"key", "name"} <= set(columns) <= {"key", *FACTS}:
        raise _unreadable(number)
    words = {field: field for field in (*columns, *PLACES)}
    table = Table(None, words, _records(lines, columns))
    return Source(iter([table]), head.get("Stand"), head.get("Quelle", ""))


def _lines(file: BinaryIO) -> Iterator[str]:
    text = TextIOWrapper(file, "utf-8-sig")
    left = limits.TEXT_FILE
    try:
        while line := text.readline(limits.LONG_TEXT * 4):
            left -= len(line)
            if left < 0:
                raise Refused("too_large", _("Die Katalogdatei ist ungewöhnlich groß und wird nicht gelesen."))
            yield line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise Refused("unreadable_file", _("Die Katalogdatei ist nicht durchgehend in UTF-8 geschrieben.")) from error
    finally:
        with suppress(ValueError):  # who stopped reading may have closed the file already
            text.detach()


def _unreadable(number: int) -> Refused:
    return Refused(
        "unreadable_file",
        _("Zeile %(number)s der Katalogdatei lässt sich nicht lesen. Bitte mit der Beschreibung der Form vergleichen.")
        % {"number": number},
        row=number,
    )


def _records(lines: Iterable[tuple[int, str]], columns: list[str]) -> Iterator[Record]:
    topic = situation = ozg_id = bundle = ""
    clean, width = Cleaner().__getitem__, len(columns)
    order = [columns.index(field) if field in columns else -1 for field in CELLS[: 1 + len(FACTS)]]
    for number, line in lines:
        if line.startswith("### "):
            ozg_id, _, bundle = line[4:].partition(" ")
        elif line.startswith("## "):
            situation = line[3:]
        elif line.startswith("# "):
            topic = line[2:]
        elif line:
            cells: list[str | None] = [*line.split("\t")]
            if len(cells) > width or not bundle:
                raise _unreadable(number)
            cells += [""] * (width - len(cells)) + [None]
            facts = map(clean, (*(cells[index] for index in order), ozg_id, bundle, topic, situation))
            yield Record(number, *facts)
