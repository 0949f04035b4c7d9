"""For migrations: logs whose new events are put down on the feed's waiting list, by PostgreSQL itself.

Once a statement, not once an event: ten thousand events with neighbouring ids are one line. SQLite lets one writer in
at a time, so there the ids themselves tell the order and nothing has to be put down.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

OWN = "SELECT id, municipality_id FROM added"  # a log that says itself whose its events are
INSTALLATION = "SELECT id, 0 AS municipality_id FROM added"


def through(table: str, column: str) -> str:
    """A log whose events belong to the municipality of what they are about."""
    return f"SELECT a.id, p.municipality_id FROM added a JOIN {table} p ON p.id = a.{column}"  # noqa: S608 (our names)


def followed(kind: str, table: str, source: str = OWN) -> RunPython:
    """The operation that lets the feed follow `table` as `kind`; `source` says whose each event is."""
    name = f"feed_{kind.replace('-', '_')}"

    def install(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(_FUNCTION.format(name=name, kind=kind, source=source), params=None)
            editor.execute(
                f"CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS added"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
                params=None,
            )

    def remove(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE", params=None)

    return RunPython(install, remove)


_FUNCTION = """CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE least bigint; greatest bigint; many bigint; whose bigint; other bigint;
BEGIN
SELECT min(id), max(id), count(*), min(coalesce(municipality_id, 0)), max(coalesce(municipality_id, 0))
INTO least, greatest, many, whose, other FROM ({source}) named;
IF many > 0 AND greatest - least = many - 1 AND whose = other THEN
  INSERT INTO feed_waiting (kind, municipality, first, last) VALUES ('{kind}', whose, least, greatest);
ELSIF many > 0 THEN
  INSERT INTO feed_waiting (kind, municipality, first, last)
  SELECT '{kind}', municipality, min(id), max(id) FROM (
    SELECT id, coalesce(municipality_id, 0) AS municipality,
           id - row_number() OVER (PARTITION BY municipality_id ORDER BY id) AS neighbours
    FROM ({source}) named) runs
  GROUP BY municipality, neighbours ORDER BY min(id);
END IF;
RETURN NULL; END $$"""

# `closing` is drawn at the commit, in which PostgreSQL runs what is deferred: until then a transaction that shares
# anything with this one waits, and draws a greater number.
CLOSING = [
    "CREATE SEQUENCE feed_closing OWNED BY feed_waiting.closing",  # goes with its table
    """CREATE FUNCTION feed_close() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
UPDATE feed_waiting SET closing = nextval('feed_closing') WHERE id = NEW.id;
RETURN NULL; END $$""",
    """CREATE CONSTRAINT TRIGGER feed_closes AFTER INSERT ON feed_waiting
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION feed_close()""",
]
NOT_CLOSING = ["DROP FUNCTION IF EXISTS feed_close() CASCADE", "DROP SEQUENCE IF EXISTS feed_closing"]
