"""What an edition froze, its steps, and its words once they are in its figures, cannot change; an edition goes only the
ways there are: refused by the database itself, for SQLite and PostgreSQL, with a German message.

SQLite loses triggers when a later migration rebuilds a table: such a migration ends with
`migrations.RunPython(install, remove)` of this module.
"""

from importlib import import_module

from django.db import migrations

from catalog.append_only import cannot_be_emptied

first = import_module("reports.migrations.0002_editions_are_kept")

KEPT, APPROVED = first.KEPT, first.APPROVED
DROPPED = "Eine verworfene Ausgabe bleibt verworfen."
WAYS = "Diesen Weg geht eine Ausgabe nicht."
STEP = "Ein Schritt einer Ausgabe bleibt, wie er ist."
WORDS = "Was in einer Ausgabe steht, bleibt."

_WAYS = {
    "draft": ("in_review", "submitted", "approved", "dropped"),
    "in_review": ("submitted", "dropped"),
    "submitted": ("draft", "approved", "dropped"),
}
_ALLOWED = " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state IN ({', '.join(map(repr, after))}))" for before, after in _WAYS.items()
)
_STATES = ", ".join(map(repr, _WAYS))
_OPEN = "EXISTS (SELECT 1 FROM reports_edition e WHERE e.id = OLD.edition_id AND e.state IN ('draft', 'in_review'))"
_CHANGED = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


def triggers(vendor):
    """Name → when, table, condition, message."""
    changed = " OR ".join(f"NEW.{name} {_CHANGED[vendor]} OLD.{name}" for name in (*first._FROZEN, 'drawn_from_id'))
    return {
        "edition_kept_delete": ("DELETE", "reports_edition", "", KEPT),
        "edition_kept_update": ("UPDATE", "reports_edition", changed, KEPT),
        "edition_approved": ("UPDATE", "reports_edition", "OLD.state = 'approved'", APPROVED),
        "edition_dropped": ("UPDATE", "reports_edition", "OLD.state = 'dropped'", DROPPED),
        "edition_ways": ("UPDATE", "reports_edition", f"OLD.state IN ({_STATES}) AND NEW.state <> OLD.state AND NOT ({_ALLOWED})", WAYS),
        "edition_step_update": ("UPDATE", "reports_editionstep", "", STEP),
        "edition_step_delete": ("DELETE", "reports_editionstep", "", STEP),
        "edition_text_update": ("UPDATE", "reports_editiontext", f"NOT {_OPEN}", WORDS),
        "edition_text_delete": ("DELETE", "reports_editiontext", f"NOT {_OPEN}", WORDS),
    }


def install(apps, schema_editor):
    remove(apps, schema_editor)
    vendor = schema_editor.connection.vendor
    for name, (when, table, condition, message) in triggers(vendor).items():
        for statement in (_postgresql if vendor == "postgresql" else _sqlite)(name, when, table, condition, message):
            schema_editor.execute(statement, params=None)


def _sqlite(name, when, table, condition, message):
    asked = f"WHEN {condition}" if condition else ""
    yield f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW {asked}\nBEGIN SELECT RAISE(ABORT, '{message}'); END"


def _postgresql(name, when, table, condition, message):
    """The condition stands in the function: PostgreSQL lets a trigger's own ask no other table."""
    refuse = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"
    body = f"IF {condition} THEN {refuse} END IF; RETURN {'OLD' if when == 'DELETE' else 'NEW'};" if condition else refuse
    yield f"CREATE FUNCTION reports_{name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN {body} END $$"
    yield f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION reports_{name}()"


def remove(apps, schema_editor):
    first.remove(apps, schema_editor)
    for name in triggers(schema_editor.connection.vendor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION IF EXISTS reports_{name}() CASCADE", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_reviews")]
    operations = [
        migrations.RunPython(install, remove),
        cannot_be_emptied("reports_editionstep", "reports_editiontext"),
    ]
