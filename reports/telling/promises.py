"""What was promised and what became of it, by service and by department, and what is promised next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import months
from reports.telling import labels, wording
from reports.telling.services import WITHOUT

_AHEAD = 3  # months whose promises an edition tells


@dataclass(frozen=True)
class LateLine:
    """A promise that was not kept, or a service that is blocked; `decides`: who says what happens next."""

    name: str
    place: str
    day: str
    state: str
    reason: str
    decides: str


@dataclass(frozen=True)
class LateGroup:
    """`query`: what leads to the list of these, as in all below."""

    name: str
    count: str
    query: str
    lines: list[LateLine]


@dataclass(frozen=True)
class Kept:
    """A department's promises of the month: how many were kept, moved, left open."""

    department: str
    kept: str
    moved: str
    open: str
    query: str  # narrows each list to the department


@dataclass(frozen=True)
class Next:
    """What a department promises for each of the months to come."""

    department: str
    counts: list[tuple[str, str, str]]  # month, how many, query
    total: str
    query: str


@dataclass(frozen=True)
class NextLine:
    name: str
    day: str
    place: str


@dataclass(frozen=True)
class Promises:
    groups: list[LateGroup]
    kept: list[Kept]
    months: list[str]
    next: list[Next]
    nearest_title: str
    nearest: list[NextLine]
    passed: str


def promises(figures: Mapping[str, Any]) -> Promises | None:
    """None for an edition that holds none: it is of the first schema."""
    if "promises" not in figures:
        return None
    frozen, rows = figures["promises"], figures["promises"]["rows"]
    ahead = [months.name(months.step(months.parse(figures["month"]), n)) for n in (1, 2, 3)]
    nearest = [each for each in frozen["next"] if each["planned_on"][:7] == ahead[0]]
    return Promises(
        groups=[group for group in _groups(figures) if group.lines],
        kept=[_kept(name, [e for e in rows if e["department"] == name]) for name in _departments(rows)],
        months=[wording.month_short(each) for each in ahead],
        next=_next(frozen["next"], ahead),
        nearest_title=_("Für %(month)s zugesagt: %(n)s")
        % {"month": wording.month_alone(ahead[0]), "n": wording.services(len(nearest))},
        nearest=[
            NextLine(each["name"], wording.day(each["planned_on"]), _place(each))
            for each in sorted(nearest, key=lambda each: each["planned_on"])
        ],
        passed=_passed(figures),
    )


def _groups(figures: Mapping[str, Any]) -> Iterable[LateGroup]:
    for outcome in ("open", "moved"):
        rows = [each for each in figures["promises"]["rows"] if each["outcome"] == outcome]
        name = str(labels.OUTCOMES[outcome])
        count = wording.number(len(rows))
        yield LateGroup(name[0].upper() + name[1:], count, f"list={outcome}", [_late(each) for each in rows])
    blocked = figures["late"]["blocked"]
    state = _("blockiert")
    yield LateGroup(
        _("Blockiert"),
        wording.number(len(blocked)),
        "list=blocked",
        [
            LateLine(each["name"], _place(each), wording.NO_VALUE, state, each["reason"], _decides(each))
            for each in blocked
        ],
    )


def _late(each: Mapping[str, Any]) -> LateLine:
    if each["outcome"] == "open":
        state = _("offen")
    elif each["now_on"]:
        state = _("verschoben auf %(day)s") % {"day": wording.day(each["now_on"])}
    else:
        state = _("kein Termin mehr")
    return LateLine(each["name"], _place(each), wording.day(each["planned_on"]), state, each["reason"], _decides(each))


def _place(each: Mapping[str, Any]) -> str:
    """ "Bürgerbüro (Bürgerdienste)", the department alone, or that there is none."""
    office, department = each["office"], each["department"]
    if office is None:
        return str(labels.NO_DEPARTMENT)
    return str(office) if office == department else f"{office} ({department})"


def _decides(each: Mapping[str, Any]) -> str:
    return _("Leitung %(office)s") % {"office": each["office"]} if each["office"] else _("OZG-Koordination")


def _departments(rows: Iterable[Mapping[str, Any]]) -> list[str | None]:
    return sorted({each["department"] for each in rows}, key=lambda name: (name is None, name or ""))


def _kept(department: str | None, rows: list[Mapping[str, Any]]) -> Kept:
    counts = {outcome: sum(1 for each in rows if each["outcome"] == outcome) for outcome in labels.OUTCOMES}
    return Kept(
        department or str(labels.NO_DEPARTMENT),
        **{name: wording.number(count) for name, count in counts.items()},
        query=_narrowed(department),
    )


def _narrowed(department: str | None) -> str:
    return "&" + urlencode({"department": department or WITHOUT})


def _next(rows: list[Mapping[str, Any]], ahead: list[str]) -> list[Next]:
    found = []
    for name in _departments(rows):
        own = [each["planned_on"][:7] for each in rows if each["department"] == name]
        found.append(_line(name or str(labels.NO_DEPARTMENT), own, ahead, _narrowed(name)))
    whole = [each["planned_on"][:7] for each in rows]
    return [*found, _line(_("Insgesamt"), whole, ahead, "")] if found else []


def _line(name: str, planned: list[str], ahead: list[str], narrowed: str) -> Next:
    query = f"list=next{narrowed}"
    counts = [
        (wording.month_short(month), wording.number(planned.count(month)), f"{query}&planned={month}")
        for month in ahead
    ]
    return Next(name, counts, wording.number(len(planned)), query)


def _passed(figures: Mapping[str, Any]) -> str:
    count = len(figures["late"]["planned_passed"])
    return (
        ngettext("Insgesamt ist %(n)s Termin verstrichen.", "Insgesamt sind %(n)s Termine verstrichen.", count)
        % {"n": wording.number(count)}
        if count
        else ""
    )


def goal(figures: Mapping[str, Any]) -> str:
    """ "Zum Jahresziel 2026, 180 fertige Leistungen (Ratsbeschluss vom 12.03.2026), fehlen 7; nötig sind 3,5 je
    Monat." At the year's end whether it is reached, and by how many not; "" where no goal holds or none could be set.
    """
    told = figures.get("goal")
    if told is None:
        return ""
    aim = ngettext(
        "Jahresziel %(year)s, %(n)s fertige Leistung (%(decided)s)",
        "Jahresziel %(year)s, %(n)s fertige Leistungen (%(decided)s)",
        told["target"],
    ) % {"year": told["year"], "n": wording.number(told["target"]), "decided": told["decided"]}
    if told["missing"] and told["needed_per_month"]:
        return _missing(aim, told) + _promised_for(figures, told)
    if told["missing"]:
        words = {"goal": aim, "n": wording.number(told["missing"])}
        return (
            ngettext(
                "Das %(goal)s, ist verfehlt: Es fehlt %(n)s.",
                "Das %(goal)s, ist verfehlt: Es fehlen %(n)s.",
                told["missing"],
            )
            % words
        )
    more = told["ready"] - told["target"]
    if not more:
        return _("Das %(goal)s, ist genau erreicht.") % {"goal": aim}
    return _("Das %(goal)s, ist erreicht: Es sind %(n)s mehr.") % {"goal": aim, "n": wording.number(more)}


def _missing(aim: str, told: Mapping[str, Any]) -> str:
    found, figure = wording.pace(told["needed_per_month"]["numerator"], told["needed_per_month"]["denominator"])
    lacks = ngettext("Zum %(goal)s, fehlt %(n)s;", "Zum %(goal)s, fehlen %(n)s;", told["missing"])
    needs = _("nötig ist %(n)s je Monat.") if found == 10 else _("nötig sind %(n)s je Monat.")
    return f"{lacks % {'goal': aim, 'n': wording.number(told['missing'])}} {needs % {'n': figure}}"


def _promised_for(figures: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """How many are promised until the year's end, where that lies within the months whose promises are told."""
    if told["months_left"] > _AHEAD:
        return ""
    count = sum(each["planned_on"].startswith(f"{told['year']}-") for each in figures["promises"]["next"])
    words = ngettext("Bis Jahresende ist %(n)s zugesagt.", "Bis Jahresende sind %(n)s zugesagt.", count)
    return " " + words % {"n": wording.number(count)}
