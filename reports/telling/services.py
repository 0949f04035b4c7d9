"""The list behind a number: the services of an edition, narrowed by what was counted, and beside another month's."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reports.telling import labels, levels, wording

Figures = Mapping[str, Any]
Service = Mapping[str, Any]
KEYS = ("list", "level", "department", "topic", "state", "proof", "planned", "q", "compare")
PAGING = ("page", "print")
WITHOUT = levels.NONE
FEATURES: dict[str, tuple[Any, Callable[[Service], bool]]] = {
    "relevant": (gettext_lazy("Relevante Leistungen"), lambda each: True),
    "ready": (gettext_lazy("Fertige Leistungen"), lambda each: bool(each["ready"])),
    "not_ready": (gettext_lazy("Noch nicht fertige Leistungen"), lambda each: not each["ready"]),
    "proven": (gettext_lazy("Fertig und öffentlich belegt"), lambda each: each["ready"] and each["proof"] == "agree"),
    "not_proven": (gettext_lazy("Fertig ohne Beleg"), lambda each: each["ready"] and each["proof"] != "agree"),
    "not_rated": (gettext_lazy("Nicht bewertete Leistungen"), lambda each: each["level"] is None),
}
LISTED = {
    "planned_passed": gettext_lazy("Verstrichene Termine"),
    "blocked": gettext_lazy("Blockierte Leistungen"),
    "due": gettext_lazy("Zugesagt für diesen Monat"),
    "kept": gettext_lazy("Zusagen gehalten"),
    "moved": gettext_lazy("Zusagen verschoben"),
    "open": gettext_lazy("Zusagen offen"),
    "missed": gettext_lazy("Zugesagt und nicht gehalten"),
    "next": gettext_lazy("Als Nächstes zugesagt"),
    "newly_ready": gettext_lazy("Neu fertig"),
    "improved": gettext_lazy("Besser geworden"),
    "regressed": gettext_lazy("Zurückgestuft"),
    "first_rated": gettext_lazy("Erstmals bewertet"),
    "newly_ours": gettext_lazy("Neu zuständig"),
}
# The definition that a list is counted by; every other is one of movement.
DEFINED = {
    **dict.fromkeys(("ready", "not_ready"), "ready"),
    **dict.fromkeys(("proven", "not_proven"), "proven"),
    **dict.fromkeys(("planned_passed", "blocked"), "late"),
    **dict.fromkeys(("due", "kept", "moved", "open", "missed", "next"), "promises"),
    "relevant": "relevant",
    "not_rated": "rated",
}


@dataclass(frozen=True)
class Line:
    """A service in words; `late` how long its day has passed; `then` is how it stood in the month it is compared with,
    `changed` whether it differs."""

    name: str
    key: str
    called: str
    place: str
    level: int | None
    state_code: str
    state: str
    planned: str
    late: str
    proof_code: str
    proof: str
    then: str
    changed: bool


@dataclass(frozen=True)
class Entry:
    """A part of the list's bar: its legend, and what narrows the list to it, where it is not that already."""

    legend: levels.LegendEntry
    query: str


@dataclass(frozen=True)
class Listed:
    title: str
    counted: str
    ready: str  # how many of them are ready, and of these how many are proven
    definition: str
    bar: levels.Bar
    entries: list[Entry]
    lines: list[Line]
    gone: list[str]  # what the other month listed and this one does not hold any more


def known(figures: Figures, asked: Mapping[str, str]) -> bool:
    """Whether the edition has such lists: the first schema has none, and nobody has a list of another name."""
    planned = asked.get("planned")
    if planned is not None and not re.fullmatch(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", planned):
        return False
    return "services" in figures and asked.get("list", "relevant") in (*FEATURES, *LISTED)


def listed(
    figures: Figures, asked: Mapping[str, str], other: Figures | None = None, told: dict[int, Line] | None = None
) -> Listed:
    """The services that `asked` narrows to, most cases first, then by name; `other`: the figures to compare with.

    `told` remembers the lines of services from one list of the same `figures` to the next, where many are made.
    """
    told = {} if told is None else told
    found = sorted(_narrowed(figures, asked), key=lambda each: (-(each["cases"] or 0), each["name"], called(each)))
    before = {identity(each): each for each in other["services"]} if other else None
    now = {identity(each) for each in figures["services"]}
    gone = [each["name"] for each in _narrowed(other, asked) if identity(each) not in now] if other else []
    title = _title(asked)
    bar = levels.bar(figures, title, _counts(figures, found))
    legend = levels.legend(figures, bar.segments, bar.steps)
    for each in found:
        if id(each) not in told:
            told[id(each)] = _line(each, before, date.fromisoformat(figures["cutoff"]))
    return Listed(
        title=title,
        counted=wording.services(len(found)),
        ready=_ready(found),
        definition=figures.get("definitions", {}).get(DEFINED.get(asked.get("list", "relevant"), "movement"), ""),
        bar=bar,
        entries=[_entry(each, asked) for each in legend if each.segment.count],
        lines=[told[id(each)] for each in found],
        gone=gone,
    )


def _counts(figures: Figures, found: Sequence[Service]) -> dict[str, Any]:
    """The same counts of the services found as the edition holds of a part: relevant, ready, not_rated, levels."""
    rated = [str(each["level"]) for each in found if each["model"] is None]
    return {
        "relevant": len(found),
        "ready": sum(bool(each["ready"]) for each in found),
        "not_rated": sum(each["level"] is None for each in found),
        "levels": {step: rated.count(step) for step in figures["totals"]["levels"]},
    }


def _ready(found: Sequence[Service]) -> str:
    ready = [each for each in found if each["ready"]]
    words = {
        "counted": wording.of(len(ready), len(found)),
        "percent": wording.percent(len(ready), len(found)),
        "proven": wording.number(sum(each["proof"] == "agree" for each in ready)),
    }
    return _("%(counted)s fertig (%(percent)s), davon belegt %(proven)s") % words


def _entry(each: levels.LegendEntry, asked: Mapping[str, str]) -> Entry:
    narrows = not each.segment.elsewhere and "level" not in asked
    level = WITHOUT if each.step is None else str(each.step)
    kept = {key: value for key, value in asked.items() if key not in PAGING}
    return Entry(each, urlencode({**kept, "level": level}) if narrows else "")


def choices(figures: Figures) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen to narrow the list, as (value, word)."""
    departments = [each["department"] for each in figures["by_department"]]
    return {
        "department": [(name or WITHOUT, name or str(labels.NO_DEPARTMENT)) for name in departments],
        "state": [(code, labels.state(code)) for code in figures["totals"]["states"]],
        "proof": [(code, str(word)) for code, word in labels.PROOFS.items()],
    }


def _narrowed(figures: Figures, asked: Mapping[str, str]) -> list[Service]:
    name = asked.get("list", "relevant")
    rows: Sequence[Service] = figures.get("services", [])
    if name in FEATURES:
        fits = FEATURES[name][1]
        rows = [each for each in rows if fits(each)]
    else:
        wanted = {identity(each) for each in _entries(figures, name)}
        rows = [each for each in rows if identity(each) in wanted]
    return [each for each in rows if _fits(each, asked)]


def _entries(figures: Figures, name: str) -> list[Service]:
    promises = figures["promises"]
    if name in ("planned_passed", "blocked"):
        found: list[Service] = figures["late"][name]
    elif name == "next":
        found = promises["next"]
    elif name in ("due", "kept", "moved", "open", "missed"):
        outcomes = {"due": ("kept", "moved", "open"), "missed": ("moved", "open")}.get(name, (name,))
        found = [each for each in promises["rows"] if each["outcome"] in outcomes]
    else:
        found = figures["movement"][name]
    return found


def _fits(each: Service, asked: Mapping[str, str]) -> bool:
    text = asked.get("q", "").casefold()
    level = WITHOUT if each["level"] is None else str(each["level"])
    return all(
        (
            asked.get("level", level) == level,
            "level" not in asked or each["model"] is None,
            asked.get("department", each["department"] or WITHOUT) == (each["department"] or WITHOUT),
            "topic" not in asked or asked["topic"] in each["topics"],
            asked.get("state", each["state"]) == each["state"],
            asked.get("proof", each["proof"]) == each["proof"],
            "planned" not in asked or (each["planned_on"] or "").startswith(asked["planned"]),
            text in each["name"].casefold() or text in (each["key"] or ""),
        )
    )


def identity(each: Service) -> tuple[str | None, str | None, str]:
    return each["key"], each["ozg_id"], each["name"]


def called(each: Service) -> str:
    """How an address calls a service: by its key, or by its name where it has none."""
    return str(each["key"] or each["name"])


def _title(asked: Mapping[str, str]) -> str:
    name = asked.get("list", "relevant")
    whole = str(FEATURES[name][0] if name in FEATURES else LISTED[name])
    parts = [] if name == "relevant" else [whole]
    if level := asked.get("level"):
        parts.append(_("nicht bewertet") if level == WITHOUT else _("Reifegrad %(step)s") % {"step": level})
    if department := asked.get("department"):
        parts.append(str(labels.NO_DEPARTMENT) if department == WITHOUT else department)
    if topic := asked.get("topic"):
        parts.append(topic)
    if state := asked.get("state"):
        parts.append(labels.state(state))
    if planned := asked.get("planned"):
        parts.append(_("geplant für %(month)s") % {"month": wording.month(planned)})
    return ", ".join(parts) or whole


def _line(each: Service, before: Mapping[Any, Service] | None, cutoff: date) -> Line:
    then = before.get(identity(each)) if before is not None else None
    return Line(
        name=each["name"],
        key=each["key"] or "",
        called=called(each),
        place=each["office"] or str(labels.NO_DEPARTMENT),
        level=each["level"],
        state_code=each["state"],
        state=labels.state(each["state"]),
        planned=wording.day(each["planned_on"]) if each["planned_on"] else wording.NO_VALUE,
        late=_late(each, cutoff),
        proof_code=each["proof"],
        proof=str(labels.PROOFS[each["proof"]]),
        then=_then(then) if before is not None else "",
        changed=before is not None and (then is None or _state(then) != _state(each)),
    )


def _late(each: Service, cutoff: date) -> str:
    days = (cutoff - date.fromisoformat(each["planned_on"])).days if each["planned_on"] and not each["ready"] else 0
    if days < 1:
        return ""
    return ngettext("seit einem Tag überfällig", "seit %(n)s Tagen überfällig", days) % {"n": wording.number(days)}


def _state(each: Service) -> tuple[Any, ...]:
    return each["level"], each["state"], each["planned_on"]


def _then(then: Service | None) -> str:
    """How it stood: "2, in Umsetzung, bis 31.12.2026"."""
    if then is None:
        return _("zählte nicht")
    parts = [wording.level(then["level"]), labels.state(then["state"])]
    if then["planned_on"]:
        parts.append(_("bis %(day)s") % {"day": wording.day(then["planned_on"])})
    return ", ".join(parts)
