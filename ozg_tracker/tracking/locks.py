"""Writers of a town's rows stand side by side; who freezes a month stands alone: no change slips past the cut."""

from django.db import transaction

_SPACE = 0x4F5A47 << 32  # "OZG": keeps our keys apart from other users' advisory locks in the same database


def hold(municipality_id: int, exclusive: bool = False) -> None:
    """Hold the lock of the municipality until the transaction ends; waits for others where needed.

    Take `recorded_at` or `known_at` after it. PostgreSQL: an advisory lock, shared for writers, exclusive for freezing.
    SQLite: nothing to do, since BEGIN IMMEDIATE lets one writer in at a time. Needs an open transaction.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("locks.hold() braucht eine offene Transaktion.")
    if connection.vendor == "postgresql":
        kind = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {kind}(%s)", [_SPACE + municipality_id])
