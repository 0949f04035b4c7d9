"""Asking the database in its own words: building a statement anew costs more than the small reads of a month take."""

from collections.abc import Iterable
from typing import Any

from django.db import connection


def query(sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows that `sql` gives, with the named `params`. Identifiers in `sql` are our own, never input."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def numbers(values: Iterable[int]) -> str:
    """Whole numbers as a list for IN; NULL, which nothing equals, where there are none."""
    return ", ".join(str(int(value)) for value in values) or "NULL"
