"""What an edition froze cannot change, no edition goes away, and what was approved stays: refused by the database itself,
in its own words for SQLite and PostgreSQL, with a German message.

SQLite loses triggers when a later migration rebuilds the table: such a migration ends with
`migrations.RunPython(install, remove)` of this module. A test looks for every one of them after all migrations.
"""

from django.db import migrations

KEPT = "Ausgaben sind festgeschrieben. Eine Berichtigung ist eine neue Ausgabe."
APPROVED = "Eine genehmigte Ausgabe bleibt genehmigt."

_FROZEN = (
    "id municipality_id month number figures sha256 previous_sha256 known_at catalogue_import_id frozen_by_id "
    "correction_reason differences"
).split()


def _changed(differs):
    return " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in _FROZEN)


def _sqlite(name, when, condition, message):
    return f"""CREATE TRIGGER {name} BEFORE {when} ON reports_edition FOR EACH ROW {condition}
BEGIN SELECT RAISE(ABORT, '{message}'); END"""


SQLITE = [
    _sqlite("edition_kept_delete", "DELETE", "", KEPT),
    _sqlite("edition_kept_update", "UPDATE", f"WHEN {_changed('IS NOT')}", KEPT),
    _sqlite("edition_approved", "UPDATE", "WHEN OLD.state = 'approved'", APPROVED),
]


def _function(name, message):
    return f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END $$"""


def _postgresql(name, when, condition, function):
    return f"""CREATE TRIGGER {name} BEFORE {when} ON reports_edition
FOR EACH ROW {condition} EXECUTE FUNCTION {function}()"""


POSTGRESQL = [
    _function("reports_edition_kept", KEPT),
    _function("reports_edition_approved", APPROVED),
    _postgresql("edition_kept_delete", "DELETE", "", "reports_edition_kept"),
    _postgresql("edition_kept_update", "UPDATE", f"WHEN ({_changed('IS DISTINCT FROM')})", "reports_edition_kept"),
    _postgresql("edition_approved", "UPDATE", "WHEN (OLD.state = 'approved')", "reports_edition_approved"),
]

_DROP_SQLITE = [f"DROP TRIGGER IF EXISTS {each.split()[2]}" for each in SQLITE]
_DROP_POSTGRESQL = [
    f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in ("reports_edition_kept", "reports_edition_approved")
]


def install(apps, schema_editor):
    remove(apps, schema_editor)
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in _DROP_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _DROP_SQLITE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
