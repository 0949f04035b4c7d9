"""The database keeps the tree of departments a tree, and every department inside its municipality.

Changing one of these tables on SQLite makes the table anew and so drops its triggers: a later migration that does so
ends with these operations again.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FOREIGN = "Dieser Fachbereich gehört zu einer anderen Kommune."
CYCLE = "Ein Fachbereich kann nicht unter sich selbst stehen."
MOVES = "Ein Fachbereich wechselt seine Kommune nicht."

# (name, event, table, condition on NEW and OLD, refused where this holds, sentence)
RULES = [
    ("department_parent_new", "INSERT", "accounts_department", "NEW.parent_id IS NOT NULL",
     "NOT EXISTS (SELECT 1 FROM accounts_department p WHERE p.id = NEW.parent_id"
     " AND p.municipality_id = NEW.municipality_id)", FOREIGN),
    ("department_parent_changed", "UPDATE", "accounts_department", "NEW.parent_id IS NOT NULL",
     "NOT EXISTS (SELECT 1 FROM accounts_department p WHERE p.id = NEW.parent_id"
     " AND p.municipality_id = NEW.municipality_id)", FOREIGN),
    ("department_cycle", "UPDATE", "accounts_department", "NEW.parent_id IS NOT NULL",
     "NEW.id IN (WITH RECURSIVE above(id) AS (SELECT NEW.parent_id UNION SELECT d.parent_id FROM accounts_department d"
     " JOIN above ON d.id = above.id WHERE d.parent_id IS NOT NULL) SELECT id FROM above)", CYCLE),
    ("department_stays", "UPDATE", "accounts_department", "NEW.municipality_id <> OLD.municipality_id", "1 = 1", MOVES),
    ("membership_department_new", "INSERT", "accounts_membership", "NEW.department_id IS NOT NULL",
     "NOT EXISTS (SELECT 1 FROM accounts_department d WHERE d.id = NEW.department_id"
     " AND d.municipality_id = NEW.municipality_id)", FOREIGN),
    ("membership_department_changed", "UPDATE", "accounts_membership", "NEW.department_id IS NOT NULL",
     "NOT EXISTS (SELECT 1 FROM accounts_department d WHERE d.id = NEW.department_id"
     " AND d.municipality_id = NEW.municipality_id)", FOREIGN),
]  # fmt: skip


def _sqlite(name: str, event: str, table: str, condition: str, refused: str, sentence: str) -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{sentence}') WHERE {refused}; END"
    ]


def _postgresql(name: str, event: str, table: str, condition: str, refused: str, sentence: str) -> list[str]:
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {refused} THEN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation'; END IF;"
        f" RETURN NEW; END $$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()",
    ]


def create(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    write = _postgresql if editor.connection.vendor == "postgresql" else _sqlite
    for rule in RULES:
        for statement in write(*rule):
            editor.execute(statement)


def drop(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for name, _, table, *_rest in RULES:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP FUNCTION {name}() CASCADE")
        else:
            editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_initial")]
    operations = [migrations.RunPython(create, drop)]
