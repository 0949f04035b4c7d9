"""Departments that are there get their first event; from now on events and reorganisations are only ever added.

The first event holds from the day the OZG came into force, and was recorded then: what has been frozen so far is
computed from it as before. Making the table anew took its triggers on SQLite (0003): they are put back.
"""

import importlib
from datetime import UTC, date, datetime

from django.db import migrations

from catalog.append_only import cannot_be_emptied

tree = importlib.import_module("ozg_tracker.accounts.migrations.0003_tree_triggers")

BEGINNING = date(2017, 8, 18)
RECORDED = datetime(2017, 8, 18, tzinfo=UTC)
KEPT = "Umbauten und ihre Einträge können nicht geändert oder gelöscht werden."
ELSEWHERE = "Fachbereich, Umbau und Eintrag gehören zu derselben Kommune."
TABLES = ("accounts_reorganisation", "accounts_departmentevent")

_STRANGE = " OR ".join(
    f"(NEW.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {table} t"
    f" WHERE t.id = NEW.{column} AND t.municipality_id = NEW.municipality_id))"
    for column, table in (
        ("department_id", "accounts_department"),
        ("parent_id", "accounts_department"),
        ("reorganisation_id", "accounts_reorganisation"),
    )
)


def first_events(apps, schema_editor):
    Department, Event, Reorganisation = (
        apps.get_model("accounts", name) for name in ("Department", "DepartmentEvent", "Reorganisation")
    )
    for municipality in Department.objects.order_by("municipality").values_list("municipality", flat=True).distinct():
        said = {"municipality_id": municipality, "effective_on": BEGINNING, "recorded_at": RECORDED}
        deed = Reorganisation.objects.create(kind="taken_over", **said)
        Event.objects.bulk_create(
            Event(department_id=pk, name=name, parent_id=parent, reorganisation=deed, **said)
            for pk, name, parent in Department.objects.filter(municipality=municipality)
            .order_by("pk")
            .values_list("pk", "name", "parent")
        )


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        _install_on_postgresql(schema_editor)
        return
    for name, event, table, condition, refused, sentence in tree.RULES:
        if table == "accounts_department":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)
            for statement in tree._sqlite(name, event, table, condition, refused, sentence):
                schema_editor.execute(statement, params=None)
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_kept_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
                params=None,
            )
    schema_editor.execute(
        f"CREATE TRIGGER accounts_departmentevent_inside BEFORE INSERT ON accounts_departmentevent WHEN {_STRANGE}"
        f" BEGIN SELECT RAISE(ABORT, '{ELSEWHERE}'); END",
        params=None,
    )


def _install_on_postgresql(editor):
    editor.execute(
        f"CREATE FUNCTION accounts_department_kept() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        params=None,
    )
    for table in TABLES:
        editor.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION accounts_department_kept()",
            params=None,
        )
    editor.execute(
        f"CREATE FUNCTION accounts_departmentevent_inside() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_STRANGE} THEN RAISE EXCEPTION '{ELSEWHERE}' USING ERRCODE = 'check_violation'; END IF;"
        f" RETURN NEW; END $$",
        params=None,
    )
    editor.execute(
        "CREATE TRIGGER accounts_departmentevent_inside BEFORE INSERT ON accounts_departmentevent"
        " FOR EACH ROW EXECUTE FUNCTION accounts_departmentevent_inside()",
        params=None,
    )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("accounts_department_kept", "accounts_departmentevent_inside"):
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE", params=None)
        return
    for name in (
        "accounts_departmentevent_inside",
        *(f"{table}_kept_{verb}" for table in TABLES for verb in ("update", "delete")),
    ):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_departments_as_of")]
    operations = [
        migrations.RunPython(first_events, migrations.RunPython.noop),
        migrations.RunPython(install, remove),
        cannot_be_emptied(*TABLES),
    ]
