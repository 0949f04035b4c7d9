"""What a deadline said is only ever added to: refused by the database itself."""

from django.db import migrations

from catalog.append_only import cannot_be_emptied

KEPT = "Was eine Frist gesagt hat, kann nicht geändert oder gelöscht werden."
TABLES = ("tracking_deadlineevent", "tracking_deadlineevent_bundles")


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION tracking_deadline_kept() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            params=None,
        )
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_kept_{verb.lower()}"
            body = (
                "EXECUTE FUNCTION tracking_deadline_kept()"
                if schema_editor.connection.vendor == "postgresql"
                else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
            )
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {body}", params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS tracking_deadline_kept() CASCADE", params=None)
        return
    for table in TABLES:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_kept_{verb}", params=None)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0014_deadlines_as_of")]
    operations = [migrations.RunPython(install, remove), cannot_be_emptied(*TABLES)]
