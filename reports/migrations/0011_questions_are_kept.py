"""Questions of the council and what became of them cannot change, belong to the municipality of their edition, and are
closed once: refused by the database itself, for SQLite and PostgreSQL, with a German message.
"""

from django.db import migrations

from catalog.append_only import cannot_be_emptied

KEPT = "Fragen aus dem Rat und ihre Antworten können nicht geändert oder gelöscht werden."
FOREIGN = "Eine Frage gehört zu einer Ausgabe und zu einer Leistung der Kommune."
CLOSED = "Diese Frage ist schon beantwortet oder zurückgezogen."
TABLES = ("reports_councilquestion", "reports_councilquestionstep")
_STRANGE = """NOT EXISTS (SELECT 1 FROM reports_edition e
WHERE e.id = NEW.edition_id AND e.municipality_id = NEW.municipality_id)
OR (NEW.row_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tracking_municipalservice r
WHERE r.id = NEW.row_id AND r.municipality_id = NEW.municipality_id))"""
_AGAIN = "EXISTS (SELECT 1 FROM reports_councilquestionstep s WHERE s.question_id = NEW.question_id)"
_ASKED = {
    "council_question_place": ("reports_councilquestion", _STRANGE, FOREIGN),
    "council_question_closed": ("reports_councilquestionstep", _AGAIN, CLOSED),
}


def install(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"

    def do(statement):
        schema_editor.execute(statement, params=None)

    if postgresql:
        do(f"""CREATE FUNCTION reports_council_question_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""")
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            body = (
                "FOR EACH ROW EXECUTE FUNCTION reports_council_question_kept()"
                if postgresql
                else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
            )
            do(f"CREATE TRIGGER {table}_kept_{verb.lower()} BEFORE {verb} ON {table} {body}")
    for name, (table, condition, message) in _ASKED.items():
        if postgresql:
            do(f"""CREATE FUNCTION reports_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
RETURN NEW; END $$""")
            do(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION reports_{name}()")
        else:
            do(f"""CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{message}'); END""")


def remove(apps, schema_editor):
    names = [*_ASKED, *(f"{table}_kept_{verb}" for table in TABLES for verb in ("update", "delete"))]
    for name in names:
        if schema_editor.connection.vendor != "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)
    if schema_editor.connection.vendor == "postgresql":
        for name in ("council_question_kept", *_ASKED):
            schema_editor.execute(f"DROP FUNCTION IF EXISTS reports_{name}() CASCADE", params=None)


class Migration(migrations.Migration):
    dependencies = [("reports", "0010_questions"), ("catalog", "0001_initial")]
    operations = [migrations.RunPython(install, remove), cannot_be_emptied(*TABLES)]
