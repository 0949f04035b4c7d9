"""Counting weeks and what is counted in them are only ever added to, and stay together."""

from django.db import migrations

from catalog.append_only import cannot_be_emptied

KEPT = "Zählwochen und was in ihnen gezählt ist, können nicht geändert oder gelöscht werden."
FOREIGN = "Diese Leistung wird in dieser Zählwoche nicht gezählt."
OTHER = "Zurückgenommen wird ein Fall derselben Zählwoche, Leistung und desselben Kanals."
TABLES = ("tracking_countingweek", "tracking_countedrow", "tracking_countingpress", "tracking_countingstep")
_COUNTED = "SELECT 1 FROM tracking_countedrow c WHERE c.week_id = NEW.week_id AND c.row_id = NEW.row_id"
# of each table what must not be, and the sentence
STRANGE = {
    ("week", "tracking_countingweek"): (
        """NOT EXISTS (SELECT 1 FROM accounts_department d
WHERE d.id = NEW.department_id AND d.municipality_id = NEW.municipality_id)""",
        "Dieser Fachbereich gehört zu einer anderen Kommune.",
    ),
    ("row", "tracking_countedrow"): (
        """NOT EXISTS (SELECT 1 FROM tracking_municipalservice s JOIN tracking_countingweek w
ON w.municipality_id = s.municipality_id WHERE s.id = NEW.row_id AND w.id = NEW.week_id)""",
        "Diese Leistung gehört zu einer anderen Kommune.",
    ),
    ("press", "tracking_countingpress"): (f"NOT EXISTS ({_COUNTED})", FOREIGN),
    ("back", "tracking_countingpress"): (
        """NEW.withdraws_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tracking_countingpress p
WHERE p.id = NEW.withdraws_id AND p.week_id = NEW.week_id AND p.row_id = NEW.row_id AND p.channel = NEW.channel
AND p.withdraws_id IS NULL)""",
        OTHER,
    ),
    ("step", "tracking_countingstep"): (f"NEW.row_id IS NOT NULL AND NOT EXISTS ({_COUNTED})", FOREIGN),
}


def install(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            f"""CREATE FUNCTION tracking_counting_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            params=None,
        )
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            body = (
                "FOR EACH ROW EXECUTE FUNCTION tracking_counting_kept()"
                if postgresql
                else f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
            )
            name = f"{table}_kept_{verb.lower()}"
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {body}", params=None)
    for (name, table), (strange, sentence) in STRANGE.items():
        trigger = f"tracking_counting_{name}"
        if postgresql:
            schema_editor.execute(
                f"""CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF {strange} THEN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$""",
                params=None,
            )
            body = f"FOR EACH ROW EXECUTE FUNCTION {trigger}()"
        else:
            body = f"WHEN {strange} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        schema_editor.execute(f"CREATE TRIGGER {trigger} BEFORE INSERT ON {table} {body}", params=None)


def remove(apps, schema_editor):
    names = ["kept", *(name for name, _table in STRANGE)]
    if schema_editor.connection.vendor == "postgresql":
        for name in names:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS tracking_counting_{name}() CASCADE", params=None)
        return
    for name in names[1:]:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS tracking_counting_{name}", params=None)
    for table in TABLES:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_kept_{verb}", params=None)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0031_counting_weeks"), ("catalog", "0001_initial")]
    operations = [migrations.RunPython(install, remove), cannot_be_emptied(*TABLES)]
