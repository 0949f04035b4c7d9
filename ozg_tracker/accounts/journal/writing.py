"""Writing into the journal, one entry or many at once."""

import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar

from catalog.importing.database import many_rows
from ozg_tracker.accounts.models import JournalEntry, Municipality, User

Kind = JournalEntry.Kind
Texts = Mapping[str, str | None]

# by which way whatever happens now came in; a middleware says so for requests
way: ContextVar[JournalEntry.Way] = ContextVar("way", default=JournalEntry.Way.COMMAND)

_NAME = re.compile(r"[a-z][a-z_]*")
_SECRET = re.compile(r"passw|secret|digest|token|key|hash")


def write(
    kind: JournalEntry.Kind,
    *,
    municipality: Municipality | None,
    by: User | None,
    person: User | None = None,
    about: str = "",
    before: Texts | None = None,
    after: Texts | None = None,
    reason: str = "",
) -> JournalEntry:
    """Add an entry: `by` (None: a command or a job) did something about `person` or what `about` names.

    `before` and `after` are names of fields (lower case, with their words in `telling.FIELDS`) with a text each, None
    or "" where there was none; what is the same in both is left out. ValueError for what looks like a secret.
    """
    made = entry(
        kind,
        municipality=municipality,
        by=by,
        person=person,
        about=about,
        before=before,
        after=after,
        reason=reason,
    )
    made.save(force_insert=True)
    return made


def write_all(entries: Iterable[JournalEntry]) -> int:
    """Add entries made by `entry` in one statement; says how many."""
    made = list(entries)
    many_rows.insert_objects(made)
    return len(made)


def entry(
    kind: JournalEntry.Kind,
    *,
    municipality: Municipality | None,
    by: User | None,
    person: User | None = None,
    about: str = "",
    before: Texts | None = None,
    after: Texts | None = None,
    reason: str = "",
) -> JournalEntry:
    """An entry that is not written yet, for `write_all`; arguments as of `write`."""
    was, now = _texts(before), _texts(after)
    same = {name for name in was if name in now and was[name] == now[name]}
    return JournalEntry(
        kind=kind,
        way=way.get(),
        municipality=municipality,
        by=by,
        person=person,
        about=_short(about, 300),
        before={name: text for name, text in was.items() if name not in same},
        after={name: text for name, text in now.items() if name not in same},
        reason=_short(reason, 2000),
    )


def _texts(given: Texts | None) -> dict[str, str]:
    """The fields with a text each. A secret never gets in, by its name; `key_name` is what a person calls a key."""
    for name in given or {}:
        if not _NAME.fullmatch(name) or (_SECRET.search(name) and name != "key_name"):
            raise ValueError(f"{name} has no place in the journal.")
    return {name: _short(str(text or ""), 500) for name, text in (given or {}).items()}


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
