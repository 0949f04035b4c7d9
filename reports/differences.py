"""What differs between two sets of figures, in German, for people who decide about a correction."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import translation

from reports import labels

# The moment of knowing differs always, and the wording of a definition or the name of a level is no figure.
_LEFT_OUT = ("known_at", "definitions", "level_names", "schema")
# What tells the entries of a list apart, by the first that an entry has.
_NAMES = ("topic", "department", "group", "month", "name")
_WORDS = {
    "assigned": "zugewiesen",
    "blocked": "blockiert",
    "bundles_complete": "Bündel vollständig",
    "bundles_online": "Bündel online",
    "by_deadline": "bis zur Frist geplant",
    "by_department": "Fachbereich",
    "by_topic": "Themenfeld",
    "cases_ready": "nach Fällen gewichtet",
    "catalogue_release": "Katalogstand",
    "completed": "erledigt",
    "conform_level": "fertig ab Reifegrad",
    "count": "Anzahl",
    "cutoff": "Stichtag",
    "date": "Tag",
    "days_left": "verbleibende Tage",
    "deadline": "Frist der Fragen",
    "deadlines": "Frist",
    "denominator": "Nenner",
    "done": "fertig",
    "forecast": "Vorausschau",
    "from": "vorher",
    "growth": "Zuwachs",
    "improved": "besser geworden",
    "in_progress": "in Umsetzung",
    "in_scope": "im Geltungsbereich",
    "known_rows": "Leistungen mit bekannten Fällen",
    "levels": "Reifegrad",
    "maturity_model": "Reifegradmodell",
    "municipality": "Kommune",
    "needed_per_month": "nötig je Monat",
    "newly_ours": "neu zuständig",
    "newly_ready": "neu fertig",
    "no_longer_ours": "nicht mehr zuständig",
    "not_by_deadline": "nicht bis zur Frist",
    "not_rated": "nicht bewertet",
    "numerator": "Zähler",
    "online_now": "jetzt online",
    "open": "offen",
    "overdue": "überfällig",
    "p50": "50 % bis",
    "p85": "85 % bis",
    "planned": "geplant",
    "planned_or_started": "geplant oder begonnen",
    "quality": "Datenlage",
    "rated": "bewertet",
    "ready": "fertig",
    "reason": "Begründung",
    "regressed": "zurückgestuft",
    "relevant": "relevant",
    "retired": "entfallen",
    "services_ready": "Leistungen fertig",
    "states": "Stand",
    "suppressed_below": "kleinste Gruppe",
    "to": "nachher",
    "trend": "Verlauf",
    "training": "Schulungen",
}
# What these hold is said by the next part already.
_SILENT = ("totals", "rates", "movement", "questions", "groups")


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """A line per figure that differs, in the order of the contract; none where nothing but the moment differs.

    German, whoever asks: the lines are kept with the edition that they lead to.
    """
    keys = [key for key in new if key not in _LEFT_OUT]
    with translation.override(settings.LANGUAGE_CODE):
        return [line for key in keys for line in _compare(old.get(key), new[key], _path((), key))]


def _compare(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*new, *old]):
            yield from _compare(old.get(key), new.get(key), _path(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compare_lists(old, new, path)
    else:
        yield f"{', '.join(path)}: {_value(new)} statt {_value(old)}"


def _compare_lists(old: list[dict[str, Any]], new: list[dict[str, Any]], path: tuple[str, ...]) -> Iterator[str]:
    before, after = ({_identity(each): each for each in entries} for entries in (old, new))
    if path == (_WORDS["quality"],):  # what an edition did not look at yet was no finding of it
        after = {identity: each for identity, each in after.items() if identity in before}
    for identity in dict.fromkeys([*before, *after]):
        entry = (*path, f"„{identity[0]}“")
        if identity not in after:
            yield f"{', '.join(entry)} fällt weg"
        elif identity not in before:
            yield f"{', '.join(entry)} kommt hinzu"
        else:
            yield from _compare(before[identity], after[identity], entry)


def _identity(entry: dict[str, Any]) -> tuple[str, ...]:
    name = labels.quality(entry["code"]) if "code" in entry else next(entry[key] for key in _NAMES if key in entry)
    return (name or "ohne Fachbereich", str(entry.get("key")), str(entry.get("ozg_id")))


def _path(path: tuple[str, ...], key: str) -> tuple[str, ...]:
    if key in _SILENT:
        return path
    word = _WORDS.get(key, key)
    return (*path[:-1], f"{path[-1]} {word}") if path and path[-1] in ("Reifegrad",) else (*path, word)


def _value(value: Any) -> str:
    return "keine Angabe" if value is None else str(value)
