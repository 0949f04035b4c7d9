"""Comments and whom they name are only ever added to, and stay inside their municipality."""

from django.db import migrations

from catalog.append_only import cannot_be_emptied

KEPT = "Kommentare und ihre Erwähnungen können nicht geändert oder gelöscht werden."
FOREIGN = "Ein Kommentar gehört zu einer Leistung der Kommune und nimmt nur einen zu derselben Leistung zurück."
TABLES = ("tracking_comment", "tracking_mention")
_STRANGE = """(NOT EXISTS (SELECT 1 FROM tracking_municipalservice r
WHERE r.id = NEW.row_id AND r.municipality_id = NEW.municipality_id) OR EXISTS (SELECT 1 FROM tracking_comment c
WHERE c.id = NEW.withdraws_id AND (c.row_id <> NEW.row_id OR c.withdraws_id IS NOT NULL)))"""
_POSTGRESQL = (
    f"""CREATE FUNCTION tracking_comment_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE FUNCTION tracking_comment_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF {_STRANGE} THEN RAISE EXCEPTION '{FOREIGN}' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$""",
)


def install(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        for statement in _POSTGRESQL:
            schema_editor.execute(statement, params=None)
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            body = (
                "FOR EACH ROW EXECUTE FUNCTION tracking_comment_kept()"
                if postgresql
                else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
            )
            name = f"{table}_kept_{verb.lower()}"
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {body}", params=None)
    body = (
        "FOR EACH ROW EXECUTE FUNCTION tracking_comment_row()"
        if postgresql
        else f"WHEN {_STRANGE} BEGIN SELECT RAISE(ABORT, '{FOREIGN}'); END"
    )
    schema_editor.execute(
        f"CREATE TRIGGER tracking_comment_row BEFORE INSERT ON tracking_comment {body}", params=None
    )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("kept", "row"):
            schema_editor.execute(f"DROP FUNCTION IF EXISTS tracking_comment_{name}() CASCADE", params=None)
        return
    schema_editor.execute("DROP TRIGGER IF EXISTS tracking_comment_row", params=None)
    for table in TABLES:
        for name in ("kept_update", "kept_delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0025_comments"), ("catalog", "0001_initial")]
    operations = [migrations.RunPython(install, remove), cannot_be_emptied(*TABLES)]
