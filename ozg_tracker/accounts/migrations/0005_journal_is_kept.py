"""Entries of the journal are never changed, and none goes that is younger than 180 days by the database's clock:
refused by the database itself. What is older may be deleted when JOURNAL_RETENTION_MONTHS, at least 6, are over.
"""

from django.db import migrations

from catalog.append_only import cannot_be_emptied

KEPT = "Einträge im Journal können nicht geändert werden und bleiben mindestens 180 Tage."
_TABLE = "accounts_journalentry"

SQLITE = [
    f"""CREATE TRIGGER journal_kept_update BEFORE UPDATE ON {_TABLE} FOR EACH ROW
BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER journal_kept_delete BEFORE DELETE ON {_TABLE} FOR EACH ROW
WHEN OLD.recorded_at > datetime('now', '-180 days')
BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION accounts_journal_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE TRIGGER journal_kept_update BEFORE UPDATE ON {_TABLE}
FOR EACH ROW EXECUTE FUNCTION accounts_journal_kept()""",
    f"""CREATE TRIGGER journal_kept_delete BEFORE DELETE ON {_TABLE}
FOR EACH ROW WHEN (OLD.recorded_at > now() - interval '180 days') EXECUTE FUNCTION accounts_journal_kept()""",
]


def install(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS accounts_journal_kept() CASCADE", params=None)
    else:
        for name in ("journal_kept_update", "journal_kept_delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_journal")]
    operations = [migrations.RunPython(install, remove), cannot_be_emptied(_TABLE)]
