"""Writing many rows at once: COPY on PostgreSQL, executemany on SQLite. Table and column names are our own."""

from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from django.db import connection, connections
from django.db.models import BooleanField, CharField, ForeignKey, IntegerField, Model, TextField

Values = Sequence[Any]
# fields that write text, a number or nothing as it is: asking each for each value costs more than writing it
_AS_IT_IS = (BooleanField, CharField, ForeignKey, IntegerField, TextField)
_PLAIN: set[type] = {str, int, bool, type(None)}


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def table(model: type[Model]) -> str:
    return model._meta.db_table


def reserve_ids(model: type[Model], count: int) -> range | list[int]:
    """`count` ids that no row of `model` has or will get by itself. On SQLite inside a transaction that may write."""
    if not count:
        return []
    with connection.cursor() as cursor:
        if is_postgres():
            sequence = f"pg_get_serial_sequence('{table(model)}', 'id')"
            cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [count])  # noqa: S608 (own names)
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table(model)])
        last = (cursor.fetchone() or [0])[0]
    return range(last + 1, last + 1 + count)


def insert(model: type[Model], columns: Sequence[str], rows: Sequence[Values]) -> None:
    """Insert `rows`, each with a value for every one of `columns`."""
    if rows:
        _fill(model, columns, rows)


def _fill(model: type[Model], columns: Sequence[str], rows: Sequence[Values]) -> None:
    names = _quoted(columns)
    with connection.cursor() as cursor:
        if is_postgres():
            _copy(cursor, f"{table(model)} ({names})", rows)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table(model)} ({names}) VALUES ({marks})", rows)  # noqa: S608 (own names)


def insert_objects(objects: Sequence[Model], *, named: bool = False) -> None:
    """Insert objects of one model as `bulk_create` would, in one statement for all; `named`: they are given their ids.

    No signal is sent. On SQLite inside a transaction that may write, if they are named.
    """
    if not objects:
        return
    model = type(objects[0])
    fields = [field for field in model._meta.local_concrete_fields if named or not field.primary_key]
    if named:
        for made, pk in zip(objects, reserve_ids(model, len(objects)), strict=True):
            made.pk = pk
    columns = [_written(field, objects) for field in fields]
    names = [str(field.column) for field in fields]
    _fill(model, names, list(zip(*columns, strict=True)))
    for made in objects:
        made._state.adding, made._state.db = False, connection.alias


def _written(field: Any, objects: Sequence[Model]) -> list[Any]:
    """What the column of `field` holds for each of the objects."""
    write: Callable[[Any], Any] = partial(field.get_db_prep_save, connection=connections[connection.alias])
    plain = _PLAIN if isinstance(field, _AS_IT_IS) else set()
    return [each if type(each) in plain else write(each) for each in map(attrgetter(field.attname), objects)]


def update(model: type[Model], columns: Sequence[str], rows: Sequence[Values]) -> None:
    """Set `columns` of the rows named by id; each of `rows` has a value for every column, and the id last."""
    if not rows:
        return
    name = table(model)
    with connection.cursor() as cursor:
        if is_postgres():
            names = _quoted([*columns, "id"])
            cursor.execute(f"CREATE TEMPORARY TABLE changed AS SELECT {names} FROM {name} LIMIT 0")  # noqa: S608 (own names)
            _copy(cursor, f"changed ({names})", rows)
            assigned = ", ".join(f"{column} = changed.{column}" for column in map(_quote, columns))
            cursor.execute(f"UPDATE {name} SET {assigned} FROM changed WHERE {name}.id = changed.id")  # noqa: S608 (own names)
            cursor.execute("DROP TABLE changed")
        else:
            assigned = ", ".join(f"{column} = %s" for column in map(_quote, columns))
            cursor.executemany(f"UPDATE {name} SET {assigned} WHERE id = %s", rows)  # noqa: S608 (own names)


def _copy(cursor: Any, target: str, rows: Sequence[Values]) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(map(_quote, names))


def run(sql: str, ids: Sequence[int], *values: Any) -> None:
    """Run `sql`, in which `{ids}` stands for the set of `ids`; `values` are the parameters before it."""
    if not ids:
        return
    these = "(SELECT unnest(%s::bigint[]))" if is_postgres() else "(SELECT value FROM json_each(%s))"
    given: Any = list(ids) if is_postgres() else str(list(ids))
    with connection.cursor() as cursor:
        cursor.execute(sql.format(ids=these), [*values, given])
