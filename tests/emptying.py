"""Taking off, for tests alone, the triggers that keep what may not go away: statements for the database in use."""

from django.db import connection

_TRUNCATE = 32  # the bit of pg_trigger.tgtype


def keepers_off_and_on():
    """(statements that take the triggers off, statements that put them back)"""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return [
                list(each) for each in zip(*((f"DROP TRIGGER {name}", sql) for name, sql in cursor), strict=True)
            ] or [[], []]
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgtype & %s <> 0 AND NOT tgisinternal",
            [_TRUNCATE],
        )
        found = cursor.fetchall()
    return [[f"ALTER TABLE {table} {verb} TRIGGER {name}" for table, name in found] for verb in ("DISABLE", "ENABLE")]
