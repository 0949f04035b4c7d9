"""What differs between two sets of figures, in German, for people who decide about a correction."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import translation

from reports.editions.schema_1 import as_schema_1
from reports.figures.take_up import UNKNOWN
from reports.telling import labels, wording

# The moment of knowing differs always, and the wording of a definition or the name of a level is no figure.
_LEFT_OUT = ("known_at", "definitions", "level_names", "schema", "services", "comments", "checklist")
# What was said before is no news of this month; the others follow from what is compared.
_FOLLOWS = ("track_record", "throughput", "by_department")
_OF_A_SERVICE = {
    "key": "Schlüssel",
    "ozg_id": "OZG-ID",
    "name": "Name",
    "topics": "Themenfelder",
    "bundles": "Bündel",
    "department": "Fachbereich",
    "office": "Amt",
    "state": "Stand",
    "level": "Reifegrad",
    "model": "Reifegradmodell",
    "ready": "fertig",
    "planned_on": "Termin",
    "cases": "Fälle pro Jahr",
    "channels": "Fälle nach Kanal",
    "proof": "Beleg",
}
# What tells the entries of a list apart, by the first that an entry has.
_NAMES = ("topic", "department", "group", "month", "name")
_WORDS = {
    "assigned": "Beschäftigte",
    "asked": "Fragen aus dem Rat",
    "at_least": "mit 85 % mindestens",
    "blocked": "blockiert",
    "bundles_complete": "Bündel vollständig",
    "bundles_online": "Bündel online",
    "by_deadline": "bis zur Frist geplant",
    "by_department": "Fachbereich",
    "by_topic": "Themenfeld",
    "came": "gekommen",
    "cases_ready": "nach Fällen gewichtet",
    "catalogue_release": "Katalogstand",
    "completed": "nichts mehr offen",
    "completed_at_least": "nichts mehr offen, mindestens",
    "completed_at_most": "nichts mehr offen, höchstens",
    "conform_level": "fertig ab Reifegrad",
    "count": "Anzahl",
    "cutoff": "Stichtag",
    "date": "Tag",
    "days_left": "verbleibende Tage",
    "deadline": "Frist der Fragen",
    "deadlines": "Frist",
    "denominator": "Nenner",
    "done": "fertig",
    "edition": "Ausgabe",
    "expected": "wahrscheinlich",
    "extrapolated_rows": "Leistungen mit hochgerechneten Fällen",
    "faster": "schnelleres Tempo",
    "first_rated": "erstmals bewertet",
    "forecast": "Vorausschau",
    "from": "vorher",
    "gained": "fertig geworden, weniger zurückgefallen",
    "growth": "Zuwachs",
    "horizon": "reicht bis",
    "improved": "besser geworden",
    "in_progress": "in Umsetzung",
    "in_scope": "im Geltungsbereich",
    "known_rows": "Leistungen mit bekannten Fällen",
    "kept": "gehalten",
    "late": "zu spät",
    "levels": "Reifegrad",
    "maturity_model": "Reifegradmodell",
    "municipality": "Kommune",
    "missing": "fehlend",
    "months_left": "verbleibende Monate",
    "moved": "verschoben",
    "needed_per_month": "nötig je Monat",
    "decided": "beschlossen",
    "due": "zugesagt",
    "newly_ours": "neu zuständig",
    "newly_ready": "neu fertig",
    "no_longer_ours": "nicht mehr zuständig",
    "months": "Monate",
    "next": "als Nächstes zugesagt",
    "not_by_deadline": "nicht bis zur Frist",
    "not_rated": "nicht bewertet",
    "numerator": "Zähler",
    "online_now": "jetzt online",
    "open": "offen",
    "overdue": "überfällig",
    "overdue_at_least": "überfällig, mindestens",
    "overdue_at_most": "überfällig, höchstens",
    "goal": "Jahresziel",
    "group_day": "Beschäftigte am",
    "departments": "Fachbereiche",
    "p50": "50 % bis",
    "p85": "85 % bis",
    "per_month": "je Monat",
    "outcome": "Ergebnis",
    "now_on": "jetziger Termin",
    "planned": "geplant",
    "planned_on": "Termin",
    "planned_or_started": "geplant oder begonnen",
    "planned_passed": "Termin verstrichen",
    "promises": "Zusagen",
    "proven": "belegt",
    "quality": "Datenlage",
    "rated": "bewertet",
    "ready": "fertig",
    "reason": "Begründung",
    "regressed": "zurückgestuft",
    "relevant": "relevant",
    "retired": "entfallen",
    "rows": "Zusage",
    "services_ready": "Leistungen fertig",
    "states": "Stand",
    "status": "Aussage",
    "suppressed_below": "kleinste Gruppe",
    "take_up": "digitale Nutzung",
    "target": "Ziel",
    "throughput": "fertig geworden",
    "to": "nachher",
    "track_record": "Rückblick",
    "trend": "Verlauf",
    "training": "Schulungen",
    "unclear": "Zuständigkeit ungeklärt",
    "why": "Grund",
    "year": "Jahr",
}
# What these hold is said by the next part already.
_SILENT = ("totals", "rates", "movement", "questions", "groups")


def what_differs(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """A line per service that is told otherwise, the causes, and then one per figure that differs, in the order of the
    contract; none where nothing but the moment differs.

    German, whoever asks: the lines are kept with the edition that they lead to.
    """
    old = {"asked": [], **old}  # frozen before anybody could ask
    if old.get("schema") == 1:
        new = as_schema_1(new)
    old = {"take_up": UNKNOWN, **old}
    # frozen before a goal could be set, it says nothing of one: neither that there was none
    left_out = _LEFT_OUT if "goal" in old else (*_LEFT_OUT, "goal")
    keys = [key for key in new if key not in left_out]
    with translation.override(settings.LANGUAGE_CODE):
        causes = list(_causes(old.get("services", []), new.get("services", [])))
        return causes + [line for key in keys for line in _compare(old.get(key), new[key], _path((), key))]


def _causes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[str]:
    """A line for each service that is told otherwise, beginning with its name in quotes: all else follows from them."""
    before, after = ({_identity(each): each for each in entries} for entries in (old, new))
    for identity in dict.fromkeys([*before, *after]):
        was, now = before.get(identity), after.get(identity)
        if was is None or now is None:
            yield f"„{identity[0]}“: zählt {'dazu' if was is None else 'nicht mehr'}"
        elif was != now:
            told = [
                f"{_OF_A_SERVICE[key]} {_told(now.get(key))} statt {_told(was.get(key))}"
                for key in dict.fromkeys([*now, *was])
                if was.get(key) != now.get(key)
            ]
            yield f"„{identity[0]}“: {', '.join(told)}"


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, list):
        return ", ".join(value) or "keine"
    if isinstance(value, dict):
        return wording.channels(value)
    return "keine Angabe" if value is None else labels.state(str(labels.PROOFS.get(value, value)))


def _compare(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*new, *old]):
            if key == "not_rated" and key not in old:
                continue  # older editions tell it of the whole alone
            if key in _FOLLOWS and path:
                continue
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
    if "answer" in entry:  # a question of the council: another word is another entry
        return (entry["text"], *(str(entry[key]) for key in ("answer", "month", "asked_on", "answered_on")))
    if "code" in entry:
        name = labels.quality(entry["code"])
    else:
        name = entry["name"] if "ozg_id" in entry else next(entry[key] for key in _NAMES if key in entry)
    return (name or "ohne Fachbereich", str(entry.get("key")), str(entry.get("ozg_id")))


def _path(path: tuple[str, ...], key: str) -> tuple[str, ...]:
    if key in _SILENT:
        return path
    word = _WORDS.get(key, key)
    return (*path[:-1], f"{path[-1]} {word}") if path and path[-1] in ("Reifegrad",) else (*path, word)


def _value(value: Any) -> str:
    if isinstance(value, dict):  # a goal that came or went, or a pace
        parts = ("target", "decided") if "target" in value else value
        return ", ".join(str(value[part]) for part in parts)
    return "keine Angabe" if value is None else str(value)
