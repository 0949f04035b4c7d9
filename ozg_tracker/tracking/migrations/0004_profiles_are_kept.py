"""A version of a profile that is complete never changes, nor do its rules: a change is a new version. Refused by the
database itself, in its own words for SQLite and PostgreSQL, with a German message.

SQLite loses triggers when a later migration rebuilds a table: such a migration ends with
`migrations.RunPython(install, remove)` of this module.
"""

from django.db import migrations

KEPT = "Eine Fassung eines Zuständigkeitsprofils bleibt, wie sie ist. Eine Änderung ist eine neue Fassung."

_RULE, _PROFILE = "tracking_scoperule", "tracking_scopeprofile"
_COMPLETE = f"EXISTS (SELECT 1 FROM {_PROFILE} p WHERE p.id = {{row}}.profile_id AND p.complete)"
# (name, when, table, refused where this holds)
_CASES = [
    ("profile_kept_update", "UPDATE", _PROFILE, "OLD.complete"),
    ("profile_kept_delete", "DELETE", _PROFILE, "OLD.complete"),
    ("rule_kept_insert", "INSERT", _RULE, _COMPLETE.format(row="NEW")),
    ("rule_kept_update", "UPDATE", _RULE, _COMPLETE.format(row="OLD")),
    ("rule_kept_delete", "DELETE", _RULE, _COMPLETE.format(row="OLD")),
]

SQLITE = [
    f"""CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW WHEN {refused}
BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"""
    for name, when, table, refused in _CASES
]
POSTGRESQL = [
    statement
    for name, when, table, refused in _CASES
    for statement in (
        f"""CREATE FUNCTION tracking_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF {refused} THEN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
RETURN {"OLD" if when == "DELETE" else "NEW"}; END $$""",
        f"""CREATE TRIGGER {name} BEFORE {when} ON {table}
FOR EACH ROW EXECUTE FUNCTION tracking_{name}()""",
    )
]


def install(apps, schema_editor):
    remove(apps, schema_editor)
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for name, *_rest in _CASES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION IF EXISTS tracking_{name}() CASCADE", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0003_versions_of_profiles")]
    operations = [migrations.RunPython(install, remove)]
