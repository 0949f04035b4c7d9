"""The tables of this installation as lines of JSON that both databases give and take alike."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Field, Model

BATCH = 2000
_KINDS = {
    "DateTimeField": "datetime",
    "DateField": "date",
    "BooleanField": "bool",
    "JSONField": "json",
    "BinaryField": "bytes",
    "UUIDField": "uuid",
}
JsonLine = str


@dataclass(frozen=True)
class Table:
    """A table with its columns, each a name and a kind: `plain` stands for what JSON itself can say."""

    name: str
    columns: tuple[tuple[str, str], ...]


class Digest:
    """What lines say, whatever their order: databases sort texts each in its own way."""

    def __init__(self) -> None:
        self.rows, self._sum = 0, 0

    def add(self, line: JsonLine) -> None:
        self.rows += 1
        self._sum += int.from_bytes(blake2b(line.encode(), digest_size=32).digest(), "big")

    def __str__(self) -> str:
        return f"{self._sum % 2**256:064x}"


def own_tables() -> Iterator[tuple[Table, type[Model]]]:
    """Every table of the models of this program, those of links between them too."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            fields = model._meta.local_concrete_fields
            columns = tuple((str(field.column), _kind(field)) for field in fields)
            yield Table(model._meta.db_table, columns), model


def _kind(field: "Field[Any, Any]") -> str:
    while field.remote_field is not None:
        field = field.target_field  # type: ignore[attr-defined]  # a foreign key has it
    return _KINDS.get(field.get_internal_type(), "plain")


def lines_of(model: type[Model]) -> Iterator[JsonLine]:
    """The rows of a model's table in order of their key, inside the transaction of the caller."""
    names = [field.attname for field in model._meta.local_concrete_fields]
    rows = model._base_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=BATCH):
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_said)


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def insert(table: Table, lines: Iterable[JsonLine]) -> None:
    """Add rows as `lines_of` gave them, to whichever database this is."""
    readers = _readers(table)
    rows = (_row(line, readers) for line in lines)
    quoted = connection.ops.quote_name
    target = f"{quoted(table.name)} ({', '.join(quoted(name) for name, _kind in table.columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(table.columns))
        while batch := list(islice(rows, BATCH)):
            cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", batch)  # noqa: S608 (names of our own tables)


Reader = Callable[[Any], object]


def _readers(table: Table) -> list[tuple[int, Reader]]:
    """The places whose values the database wants otherwise than JSON says them."""
    readers: dict[str, Reader] = {"json": lambda value: json.dumps(value, ensure_ascii=False), "bytes": b64decode}
    if connection.vendor == "sqlite":
        readers["datetime"] = lambda text: str(datetime.fromisoformat(text).replace(tzinfo=None))
        readers["uuid"] = lambda text: UUID(text).hex
    return [(place, readers[kind]) for place, (_name, kind) in enumerate(table.columns) if kind in readers]


def _row(line: JsonLine, readers: Sequence[tuple[int, Reader]]) -> list[Any]:
    row: list[Any] = json.loads(line)
    for place, read in readers:
        if row[place] is not None:
            row[place] = read(row[place])
    return row


def reset_sequences(tables: Iterable[Table]) -> None:
    """Let new rows get ids beyond those that were inserted; SQLite does so by itself."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables:
            if any(name == "id" for name, _kind in table.columns):
                cursor.execute(
                    "SELECT setval(sequence, coalesce((SELECT max(id) FROM "  # noqa: S608 (names of our own tables)
                    f"{connection.ops.quote_name(table.name)}), 0) + 1, false) "
                    "FROM (SELECT pg_get_serial_sequence(%s, 'id') AS sequence) s WHERE sequence IS NOT NULL",
                    [connection.ops.quote_name(table.name)],
                )
