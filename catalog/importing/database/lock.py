"""Whoever changes the catalogue does so alone."""

from django.db import connection

from catalog.importing.database.many_rows import is_postgres

LOCK = 7_091_500_423  # of our own choice; names "the catalogue is being changed" to PostgreSQL


def hold() -> None:
    """Wait for whoever is changing the catalogue, and keep others waiting until the transaction ends.

    SQLite does so by itself: its transactions start with the right to write.
    """
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
