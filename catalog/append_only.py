"""For migrations: tables that are only ever added to cannot be emptied either.

A trigger on rows is not asked when PostgreSQL empties a whole table, which `flush` and TRUNCATE … CASCADE do too.
SQLite has no such statement: there the triggers on rows see every deletion.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

KEPT = "Was hier steht, bleibt: Die Tabelle kann nicht geleert werden."


def cannot_be_emptied(*tables: str) -> RunPython:
    """The operation that lets PostgreSQL refuse TRUNCATE on the tables; undone, it takes that back."""

    def install(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor != "postgresql":
            return
        editor.execute(_FUNCTION, params=None)
        for table in tables:
            editor.execute(
                f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION not_emptied()",
                params=None,
            )

    def remove(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            for table in tables:
                editor.execute(f"DROP TRIGGER IF EXISTS {table}_not_emptied ON {table}", params=None)

    return RunPython(install, remove)


_FUNCTION = f"""CREATE OR REPLACE FUNCTION not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$"""
