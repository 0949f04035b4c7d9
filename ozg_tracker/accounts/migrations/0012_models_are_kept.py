"""Which maturity model held is only ever added to: refused by the database itself."""

from django.db import migrations

from catalog.append_only import cannot_be_emptied

TABLE = "accounts_maturitymodelevent"
KEPT = "Wann welches Reifegradmodell galt, kann nicht geändert oder gelöscht werden."


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION {TABLE}_kept() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            params=None,
        )
        body = f"EXECUTE FUNCTION {TABLE}_kept()"
    else:
        body = f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
    for verb in ("UPDATE", "DELETE"):
        trigger = f"CREATE TRIGGER {TABLE}_kept_{verb.lower()} BEFORE {verb} ON {TABLE} FOR EACH ROW {body}"
        schema_editor.execute(trigger, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_kept() CASCADE", params=None)
        return
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_kept_{verb}", params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_models_and_second_coordinators")]
    operations = [migrations.RunPython(install, remove), cannot_be_emptied(TABLE)]
