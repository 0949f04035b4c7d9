"""The report's lists of services: what moved and why, and the council's lists behind the four questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reports.telling import labels, wording

REGRESSED_SHOWN, NEWLY_READY_SHOWN = 4, 6  # lines of the table of movements before "all movements"
LISTED = 300  # lines of a list in a page; a longer one stands whole in the workbook


@dataclass(frozen=True)
class Move:
    code: str
    kind: str
    name: str
    key: str
    step: str
    reason: str


@dataclass(frozen=True)
class ServiceList:
    """One of the council's lists: `services` are (key, OZG-ID, name)."""

    code: str
    title: str
    services: tuple[tuple[str, str, str], ...]

    def count(self) -> str:
        return wording.number(len(self.services))

    def first(self) -> tuple[tuple[str, str, str], ...]:
        return self.services[:LISTED]

    def more(self) -> str:
        """What stands below a list that was cut; empty where it is whole."""
        return wording.more(len(self.services) - LISTED) if len(self.services) > LISTED else ""


def moves(figures: Mapping[str, Any], kind: str) -> list[Move]:
    return [
        Move(
            code=kind,
            kind=str(labels.MOVEMENT[kind]),
            name=each["name"],
            key=each["key"] or "",
            step=wording.step(each["from"], each["to"]),
            reason=each["reason"],
        )
        for each in figures["movement"].get(kind, [])
    ]


def short(moves: Sequence[Move], ready: int, back: int) -> tuple[list[Move], str]:
    """The movements worth a line on the first view, and the table's title; improvements where there is nothing else."""
    of = {code: [each for each in moves if each.code == code] for code in ("newly_ready", "regressed", "improved")}
    better = of["improved"] if not of["newly_ready"] and not of["regressed"] else []
    groups = ((of["newly_ready"], ready), (of["regressed"], back), (better, ready))
    titles = [f"{group[0].kind} ({_out_of(group, most)})" for group, most in groups if group]
    titles[1:] = [title[0].lower() + title[1:] for title in titles[1:]]
    return [move for group, most in groups for move in group[:most]], wording.listed(titles)


def _out_of(group: Sequence[Move], most: int) -> str:
    return wording.of(most, len(group)) if len(group) > most else wording.number(len(group))


def lists(figures: Mapping[str, Any]) -> dict[str, ServiceList]:
    deadline = figures["questions"].get("deadline")
    titles = {
        "online_now": _("Fertige Leistungen"),
        "planned_or_started": _("Geplant oder in Umsetzung"),
        "by_deadline": _("Offen, bis %(day)s geplant"),
        "not_by_deadline": _("Offen, nicht bis %(day)s geplant"),
    }
    day = wording.day(deadline["date"]) if deadline else _("zur Frist")
    return {
        code: ServiceList(
            code,
            title % {"day": day} if "%(day)s" in title else title,
            tuple((each["key"] or "", each["ozg_id"] or "", each["name"]) for each in figures["questions"][code]),
        )
        for code, title in titles.items()
    }
