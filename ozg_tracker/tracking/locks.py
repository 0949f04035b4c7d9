"""Writers of a town's rows stand side by side; who freezes a month stands alone: no change slips past the cut."""

from django.db import connection, transaction

_SPACE = 0x4F5A47 << 32  # "OZG": keeps our keys apart from other users' advisory locks in the same database
_ALL = 0  # no municipality has this id


def hold(municipality_id: int, exclusive: bool = False) -> None:
    """Hold the lock of the municipality until the transaction ends; waits for others where needed.

    Take `recorded_at` or `known_at` after it. PostgreSQL: an advisory lock, shared for writers, exclusive for freezing.
    SQLite: nothing to do, since BEGIN IMMEDIATE lets one writer in at a time. Needs an open transaction.
    """
    if exclusive:
        _take("pg_advisory_xact_lock_shared(%s), pg_advisory_xact_lock(%s)", _ALL, municipality_id)
    else:
        _take("pg_advisory_xact_lock_shared(%s)", municipality_id)


def hold_all() -> None:
    """`hold` for who writes rows of all towns: one lock, since one for each would fill the database's table of locks.

    Keeps out, and waits for, whoever freezes a month of any town, and others who hold all.
    """
    _take("pg_advisory_xact_lock(%s)", _ALL)


def _take(locks: str, *keys: int) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("locks.hold() braucht eine offene Transaktion.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {locks}", [_SPACE + key for key in keys])
