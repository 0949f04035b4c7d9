"""Writers of a municipality's rows stand side by side; who freezes a month stands alone: nothing slips past the cut."""

from django.db import connection, transaction

from ozg_tracker.tracking.rows import clock

_SPACE = 0x4F5A47 << 32  # "OZG": keeps our keys apart from other users' advisory locks in the same database
_ALL = 0  # no municipality has this id


def hold(municipality_id: int, exclusive: bool = False) -> None:
    """Hold the lock of the municipality until the transaction ends; waits for others where needed.

    Take `recorded_at` or `known_at` after it. PostgreSQL: an advisory lock, shared for writers, exclusive for freezing.
    SQLite: no lock, since BEGIN IMMEDIATE lets one writer in at a time. Needs an open transaction. Raises WrongClock
    where the instant could not be trusted.
    """
    if exclusive:
        _take("pg_advisory_xact_lock_shared(%s), pg_advisory_xact_lock(%s)", _ALL, municipality_id)
    else:
        _take("pg_advisory_xact_lock_shared(%s)", municipality_id)


def hold_all() -> None:
    """`hold` for who writes rows of all municipalities: one lock, since one for each would fill the database's table of
    locks.

    Keeps out, and waits for, whoever freezes a month of any municipality, and others who hold all.
    """
    _take("pg_advisory_xact_lock(%s)", _ALL)


def _take(locks: str, *keys: int) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("locks.hold() braucht eine offene Transaktion.")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT {locks}, {clock.SQL}", [_SPACE + key for key in keys])
        else:
            cursor.execute(f"SELECT {clock.SQL}")
        *_locks, database, newest = cursor.fetchone()
    clock.compare(database, newest)
