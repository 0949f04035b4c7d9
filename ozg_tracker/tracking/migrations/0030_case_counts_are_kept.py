"""Numbers of cases are only ever added to, and stay inside their municipality."""

from django.db import migrations

from catalog.append_only import cannot_be_emptied

KEPT = "Fallzahlen können nicht geändert oder gelöscht werden: Eine neue ersetzt die frühere."
FOREIGN = "Diese Leistung gehört zu einer anderen Kommune."
TABLE = "tracking_casecount"
_STRANGE = """NOT EXISTS (SELECT 1 FROM tracking_municipalservice r
WHERE r.id = NEW.row_id AND r.municipality_id = NEW.municipality_id)"""
_POSTGRESQL = (
    f"""CREATE FUNCTION tracking_casecount_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE FUNCTION tracking_casecount_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF {_STRANGE} THEN RAISE EXCEPTION '{FOREIGN}' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$""",
)


def install(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        for statement in _POSTGRESQL:
            schema_editor.execute(statement, params=None)
    for verb in ("UPDATE", "DELETE"):
        body = (
            "FOR EACH ROW EXECUTE FUNCTION tracking_casecount_kept()"
            if postgresql
            else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        )
        name = f"{TABLE}_kept_{verb.lower()}"
        schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} {body}", params=None)
    body = (
        "FOR EACH ROW EXECUTE FUNCTION tracking_casecount_row()"
        if postgresql
        else f"WHEN {_STRANGE} BEGIN SELECT RAISE(ABORT, '{FOREIGN}'); END"
    )
    schema_editor.execute(f"CREATE TRIGGER {TABLE}_row BEFORE INSERT ON {TABLE} {body}", params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("kept", "row"):
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_{name}() CASCADE", params=None)
        return
    for name in ("kept_update", "kept_delete", "row"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0029_case_counts"), ("catalog", "0001_initial")]
    operations = [migrations.RunPython(install, remove), cannot_be_emptied(TABLE)]
