"""The statements of a succession: rows that are missing, an event for each row that takes over, rows to their event."""

import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from ozg_tracker.accounts.models import User
from ozg_tracker.tracking.models import BY_THE_SYSTEM, Responsibility, Source, TrackedState

_ROW, _EVENT = "tracking_municipalservice", "tracking_statuschange"
_STATE = [field.attname for field in TrackedState._meta.fields]
_FIRST = {field.attname: field.get_default() for field in TrackedState._meta.fields if not field.null}


def write(
    pairs: Sequence[tuple[int, int, str]], municipalities: Collection[int] | None, by: User | None, day: date
) -> int:
    """Write the events of `pairs` (old service, new service, reason) and their rows; returns the number of events."""
    given: dict[str, Any] = {
        "pairs": json.dumps(pairs),
        "day": connection.ops.adapt_datefield_value(day),
        "by": by.pk if by else None,
    }
    words = _words(municipalities is None)
    if municipalities is not None:
        given["municipalities"] = json.dumps(sorted(municipalities))
    with connection.cursor() as cursor:
        cursor.execute(_ADD_ROWS.format(**words), given)
        if connection.vendor == "postgresql":
            cursor.execute(_LOCK_ROWS.format(**words), given)
        given["now"] = connection.ops.adapt_datetimefield_value(timezone.now())  # after the locks
        cursor.execute(_ADD_EVENTS.format(**words), given)
        written = int(cursor.rowcount)
        cursor.execute(_UPDATE_ROWS.format(**words), given)
    return written


def _words(all_municipalities: bool) -> dict[str, str]:
    """The database's own words for a list given as JSON, the latest of several days, and what differs."""
    if connection.vendor == "postgresql":
        words = {
            "pairs": "(SELECT (value->>0)::bigint AS old_id, (value->>1)::bigint AS new_id, value->>2 AS reason"
            " FROM json_array_elements(%(pairs)s::json))",
            "municipalities": "(SELECT value::bigint FROM json_array_elements_text(%(municipalities)s::json))",
            "latest": "GREATEST",
            "differs": "IS DISTINCT FROM",
            "day": "%(day)s::date",
        }
    else:
        words = {
            "pairs": "(SELECT json_extract(value, '$[0]') AS old_id, json_extract(value, '$[1]') AS new_id,"
            " json_extract(value, '$[2]') AS reason FROM json_each(%(pairs)s))",
            "municipalities": "(SELECT value FROM json_each(%(municipalities)s))",
            "latest": "MAX",
            "differs": "IS NOT",
            "day": "%(day)s",
        }
    return words | ({"municipalities": "(SELECT id FROM accounts_municipality)"} if all_municipalities else {})


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _STATE)


def _last_day(alias: str) -> str:
    """The day of a row's last event; the index `event_as_of` serves it."""
    return f"""COALESCE((
          SELECT MAX(e.effective_on) FROM {_EVENT} e
          WHERE e.municipality_id = {alias}.municipality_id AND e.row_id = {alias}.id), {{day}})"""  # noqa: S608


# Its version 0 says that its first event is to come, which `_ADD_EVENTS` is sure to write.
_ADD_ROWS = f"""
    INSERT INTO {_ROW} (municipality_id, service_id, version, {", ".join(_FIRST)})
    SELECT DISTINCT old.municipality_id, pair.new_id, 0, {", ".join(f"'{value}'" for value in _FIRST.values())}
    FROM {{pairs}} pair
    JOIN {_ROW} old ON old.service_id = pair.old_id AND old.responsibility <> '{Responsibility.UNCLEAR.value}'
    WHERE old.municipality_id IN {{municipalities}} AND NOT EXISTS (
      SELECT 1 FROM {_ROW} held
      WHERE held.municipality_id = old.municipality_id AND held.service_id = pair.new_id)"""  # noqa: S608 (names of our own, as below)

# In the order in which `change_status` takes them: whoever is changing one of these rows is waited for.
_LOCK_ROWS = f"""
    SELECT id FROM {_ROW} WHERE municipality_id IN {{municipalities}} AND service_id IN (
      SELECT old_id FROM {{pairs}} old UNION SELECT new_id FROM {{pairs}} new)
    ORDER BY id FOR UPDATE"""  # noqa: S608

_ADD_EVENTS = f"""
    INSERT INTO {_EVENT} (
      municipality_id, row_id, version, {", ".join(_STATE)}, effective_on, recorded_at, by_id, reason, source)
    SELECT municipality_id, row_id, version, {", ".join(_STATE)}, day, %(now)s, %(by)s, reason,
      '{Source.CATALOGUE.value}'
    FROM (
      SELECT old.municipality_id, new.id AS row_id, new.version + 1 AS version, {_of("old")}, pair.reason,
        {{latest}}({{day}}, {_last_day("old")}, {_last_day("new")}) AS day,
        ROW_NUMBER() OVER (PARTITION BY new.id ORDER BY
          CASE WHEN old.responsibility = '{Responsibility.MUNICIPALITY.value}' THEN 0 ELSE 1 END, old.id) AS place
      FROM {{pairs}} pair
      JOIN {_ROW} old ON old.service_id = pair.old_id
      JOIN {_ROW} new ON new.service_id = pair.new_id AND new.municipality_id = old.municipality_id
      WHERE old.municipality_id IN {{municipalities}}
        AND new.responsibility = '{Responsibility.UNCLEAR.value}' AND ({_of("old")}) {{differs}} ({_of("new")})
        AND NOT EXISTS (
          SELECT 1 FROM {_EVENT} e WHERE e.municipality_id = new.municipality_id AND e.row_id = new.id
          AND e.source NOT IN ({", ".join(f"'{source}'" for source in BY_THE_SYSTEM)}))) taken
    WHERE place = 1 ORDER BY row_id"""  # noqa: S608

# An event ahead of its row's version is one just written: nobody else could, while the rows are held.
_UPDATE_ROWS = f"""
    UPDATE {_ROW} SET version = e.version, {", ".join(f"{name} = e.{name}" for name in _STATE)}
    FROM {_EVENT} e
    WHERE {_ROW}.municipality_id IN {{municipalities}} AND {_ROW}.service_id IN (SELECT new_id FROM {{pairs}} pair)
      AND e.municipality_id = {_ROW}.municipality_id AND e.row_id = {_ROW}.id
      AND e.version = {_ROW}.version + 1"""  # noqa: S608
