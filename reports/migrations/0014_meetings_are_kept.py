"""What happened to a meeting cannot change: refused by the database itself, with a German message."""

from django.db import migrations

from catalog.append_only import cannot_be_emptied

KEPT = "Was mit einer Sitzung geschah, kann nicht geändert oder gelöscht werden."
TABLE = "reports_meetingevent"


def install(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            f"""CREATE FUNCTION reports_meeting_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            params=None,
        )
    for verb in ("UPDATE", "DELETE"):
        body = (
            "FOR EACH ROW EXECUTE FUNCTION reports_meeting_kept()"
            if postgresql
            else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        )
        name = f"meeting_kept_{verb.lower()}"
        schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} {body}", params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS reports_meeting_kept() CASCADE", params=None)
        return
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS meeting_kept_{verb}", params=None)


class Migration(migrations.Migration):
    dependencies = [("reports", "0013_meetings"), ("catalog", "0001_initial")]
    operations = [migrations.RunPython(install, remove), cannot_be_emptied(TABLE)]
