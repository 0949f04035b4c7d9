"""Events are only ever added, rows and events stay inside their municipality, `done` has its level: refused by the
database itself, in its own words for SQLite and PostgreSQL, with a German message. And the index that serves the state
as of a day, as known at an instant.

SQLite loses triggers and hand-made indexes when a later migration rebuilds a table: such a migration ends with
`migrations.RunPython(install, remove)` of this module. A test looks for every one of them after all migrations.
"""

from django.db import migrations

KEPT = "Statusänderungen können nicht geändert oder gelöscht werden."
ELSEWHERE = "Leistung, Fachbereich und Statusänderung gehören zu derselben Kommune."
DONE = "„fertig“ braucht einen Reifegrad, ab dem eine Leistung als fertig gilt."
FIXED = "Eine Leistung der Kommune bleibt dieselbe Leistung derselben Kommune."

_AS_OF = "municipality_id, row_id, effective_on DESC, id DESC"
_COVERED = "recorded_at, responsibility, department_id, state, level_id, planned_on, cases_per_year"

_NOT_READY = """{new}.state = 'done' AND NOT EXISTS (
    SELECT 1 FROM catalog_maturitylevel l JOIN catalog_maturitymodel m ON m.id = l.model_id
    WHERE l.id = {new}.level_id AND l.number >= m.conform_level)"""
_STRANGE_DEPARTMENT = """{new}.department_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM accounts_department d
    WHERE d.id = {new}.department_id AND d.municipality_id = {new}.municipality_id)"""
_STRANGE_ROW = """NOT EXISTS (
    SELECT 1 FROM tracking_municipalservice r
    WHERE r.id = {new}.row_id AND r.municipality_id = {new}.municipality_id)"""
_MOVED = "OLD.municipality_id <> NEW.municipality_id OR OLD.service_id <> NEW.service_id OR OLD.id <> NEW.id"

_EVENT, _ROW = "tracking_statuschange", "tracking_municipalservice"


def _sqlite_trigger(name, when, table, condition, message):
    condition = f"WHEN {condition}" if condition else ""
    return f"""CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW {condition}
BEGIN SELECT RAISE(ABORT, '{message}'); END"""


def _sqlite_checks(table, when, conditions):
    return [
        _sqlite_trigger(f"{table}_{name}_{when.split()[0].lower()}", when, table, condition.format(new="NEW"), message)
        for name, condition, message in conditions
    ]


_CHECKS = [("done", _NOT_READY, DONE), ("department", _STRANGE_DEPARTMENT, ELSEWHERE)]

SQLITE = [
    f"CREATE INDEX event_as_of ON {_EVENT} ({_AS_OF}, {_COVERED})",
    _sqlite_trigger("event_kept_update", "UPDATE", _EVENT, "", KEPT),
    _sqlite_trigger("event_kept_delete", "DELETE", _EVENT, "", KEPT),
    *_sqlite_checks(_EVENT, "INSERT", [*_CHECKS, ("row", _STRANGE_ROW, ELSEWHERE)]),
    *_sqlite_checks(_ROW, "INSERT", _CHECKS),
    *_sqlite_checks(_ROW, "UPDATE OF state, level_id, department_id", _CHECKS),
    _sqlite_trigger("row_fixed", "UPDATE OF id, municipality_id, service_id", _ROW, _MOVED, FIXED),
]

# PostgreSQL asks once a statement, over all new rows together: ten thousand events cost little more than one.
POSTGRESQL = [
    f"CREATE INDEX event_as_of ON {_EVENT} ({_AS_OF}) INCLUDE ({_COVERED})",
    f"""CREATE FUNCTION tracking_event_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE FUNCTION tracking_row_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{FIXED}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE FUNCTION tracking_check_state() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM added a WHERE {_NOT_READY.format(new="a")}) THEN
  RAISE EXCEPTION '{DONE}' USING ERRCODE = 'check_violation'; END IF;
IF EXISTS (SELECT 1 FROM added a WHERE {_STRANGE_DEPARTMENT.format(new="a")}) THEN
  RAISE EXCEPTION '{ELSEWHERE}' USING ERRCODE = 'check_violation'; END IF;
RETURN NULL; END $$""",
    f"""CREATE FUNCTION tracking_check_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM added a WHERE {_STRANGE_ROW.format(new="a")}) THEN
  RAISE EXCEPTION '{ELSEWHERE}' USING ERRCODE = 'check_violation'; END IF;
RETURN NULL; END $$""",
    f"""CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE ON {_EVENT}
FOR EACH ROW EXECUTE FUNCTION tracking_event_kept()""",
    f"""CREATE TRIGGER row_fixed BEFORE UPDATE OF id, municipality_id, service_id ON {_ROW}
FOR EACH ROW WHEN ({_MOVED}) EXECUTE FUNCTION tracking_row_fixed()""",
    *(
        f"""CREATE TRIGGER {name} AFTER {when} ON {table} REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION {function}()"""
        for name, when, table, function in (
            ("event_state", "INSERT", _EVENT, "tracking_check_state"),
            ("event_row", "INSERT", _EVENT, "tracking_check_row"),
            ("row_state_insert", "INSERT", _ROW, "tracking_check_state"),
            ("row_state_update", "UPDATE", _ROW, "tracking_check_state"),
        )
    ),
]

_DROP_SQLITE = [f"DROP {what[1]} IF EXISTS {what[2]}" for what in (each.split(None, 3) for each in SQLITE)]
_DROP_POSTGRESQL = [
    "DROP INDEX IF EXISTS event_as_of",
    *(
        f"DROP FUNCTION IF EXISTS {name}() CASCADE"
        for name in ("tracking_event_kept", "tracking_row_fixed", "tracking_check_state", "tracking_check_row")
    ),
]


def install(apps, schema_editor):
    remove(apps, schema_editor)
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in _DROP_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _DROP_SQLITE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
