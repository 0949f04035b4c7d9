"""Rounds and what happened to them are only ever added to, and stay inside their municipality."""

from django.db import migrations

from catalog.append_only import cannot_be_emptied

KEPT = "Bestätigungsrunden und ihre Schritte können nicht geändert oder gelöscht werden."
FOREIGN = "Diese Leistung gehört zu einer anderen Kommune."
TABLES = ("tracking_round", "tracking_roundrow", "tracking_roundstep", "tracking_roundreopened")
_STRANGE = """NOT EXISTS (SELECT 1 FROM tracking_municipalservice s JOIN tracking_round r
ON r.municipality_id = s.municipality_id WHERE s.id = NEW.row_id AND r.id = NEW.round_id)"""
_POSTGRESQL = (
    f"""CREATE FUNCTION tracking_round_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE FUNCTION tracking_round_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
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
                "FOR EACH ROW EXECUTE FUNCTION tracking_round_kept()"
                if postgresql
                else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
            )
            name = f"{table}_kept_{verb.lower()}"
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {body}", params=None)
    body = (
        "FOR EACH ROW EXECUTE FUNCTION tracking_round_row()"
        if postgresql
        else f"WHEN {_STRANGE} BEGIN SELECT RAISE(ABORT, '{FOREIGN}'); END"
    )
    schema_editor.execute(
        f"CREATE TRIGGER tracking_roundrow_row BEFORE INSERT ON tracking_roundrow {body}", params=None
    )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("kept", "row"):
            schema_editor.execute(f"DROP FUNCTION IF EXISTS tracking_round_{name}() CASCADE", params=None)
        return
    schema_editor.execute("DROP TRIGGER IF EXISTS tracking_roundrow_row", params=None)
    for table in TABLES:
        for name in ("kept_update", "kept_delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0022_rounds"), ("catalog", "0001_initial")]
    operations = [migrations.RunPython(install, remove), cannot_be_emptied(*TABLES)]
