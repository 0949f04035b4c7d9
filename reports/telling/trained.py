"""Trainings in words: a line for each group of people, the municipality as a range, and what is overdue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reports.telling import labels, wording


@dataclass(frozen=True)
class Line:
    """A group: its name, how many people, how many have nothing open in words, and the same as parts of a bar, in
    percent with a point: surely, and perhaps besides.
    """

    name: str
    people: str
    done: str
    surely: str
    perhaps: str


@dataclass(frozen=True)
class Table:
    """`whole` and `late` as sentences; `late` is "" where it would tell of a group."""

    day: str
    whole: str
    late: str
    lines: list[Line]
    total: Line


def table(figures: Mapping[str, Any]) -> Table | None:
    """The groups as a table; None for what has none, told by `trainings`."""
    found = figures["training"]
    if "group_day" not in found or not found["groups"]:
        return None
    least, most, people = totals(found)
    total = _table_line(_("Kommune gesamt"), least, most, people)
    day = wording.day(found["group_day"])
    words = {"done": total.done, "people": total.people, "day": day}
    late = ""
    if found["overdue_at_least"] is not None:
        late = _("Mit mindestens einer überfällig: %(late)s von %(people)s") % {
            "late": spoken(found["overdue_at_least"], found["overdue_at_most"], people),
            "people": total.people,
        }
    return Table(
        day=day,
        whole=_(
            "%(done)s von %(people)s Beschäftigten haben keine der Schulungen mehr offen, die im Halbjahr ab dem "
            "%(day)s fällig sind."
        )
        % words,
        late=late,
        lines=[
            _table_line(called(each), each["completed_at_least"], each["completed_at_most"], each["assigned"])
            for each in found["groups"]
        ],
        total=total,
    )


def _table_line(name: str, least: int, most: int, people: int) -> Line:
    surely, perhaps = (f"{100 * number / people:.1f}" for number in (least, most - least))
    return Line(name, wording.number(people), spoken(least, most, people), surely, perhaps)


def trainings(figures: Mapping[str, Any]) -> list[str]:
    """The lines; an edition frozen by the rule before says what it said."""
    found = figures["training"]
    if "group_day" not in found:
        return [_older(each) for each in found["groups"] if each["assigned"] is not None]
    if not found["groups"]:
        return [_("Bei weniger als zehn Beschäftigten steht hier nichts, damit niemand erkennbar ist.")]
    day = {"day": wording.day(found["group_day"])}
    lines = [_("Beschäftigte am %(day)s, die keine im Halbjahr fällige Schulung mehr offen haben:") % day]
    lines += [
        _line(called(each), each["completed_at_least"], each["completed_at_most"], each) for each in found["groups"]
    ]
    least, most, people = totals(found)
    lines.append(_line(_("Kommune gesamt"), least, most, {"assigned": people}))
    if found["overdue_at_least"] is not None:
        late = spoken(found["overdue_at_least"], found["overdue_at_most"], people)
        words = {"late": late, "people": wording.number(people)}
        lines.append(_("Mit mindestens einer überfällig: %(late)s von %(people)s") % words)
    return lines


def called(group: Mapping[str, Any]) -> str:
    """A group's name, with what is in it where it is made of several departments."""
    parts = group["departments"]
    if len(parts) == 1:
        return str(parts[0] or labels.NO_DEPARTMENT)
    return f"{group['group']} ({', '.join(str(part or labels.NO_DEPARTMENT) for part in parts)})"


def totals(found: Mapping[str, Any]) -> tuple[int, int, int]:
    """The sums of the lines: at least, at most, of how many people."""
    lines = found["groups"]
    return tuple(sum(each[name] for each in lines) for name in ("completed_at_least", "completed_at_most", "assigned"))


def spoken(least: int, most: int, people: int) -> str:
    """A range as people say it: a number, or words at either end."""
    if least == most:
        return wording.number(least)
    if least == 0:
        return _("weniger als %(n)s") % {"n": wording.number(most + 1)}
    if most == people:
        return _("alle bis auf höchstens %(n)s") % {"n": wording.number(people - least)}
    return _("%(least)s bis %(most)s") % {"least": wording.number(least), "most": wording.number(most)}


def _line(name: str, least: int, most: int, group: Mapping[str, Any]) -> str:
    done = spoken(least, most, group["assigned"])
    return _("%(group)s: %(done)s von %(n)s") % {"group": name, "done": done, "n": wording.number(group["assigned"])}


def _older(group: Mapping[str, Any]) -> str:
    if group["completed"] is None:
        return _("%(group)s: %(n)s zugewiesen") % {"group": group["group"], "n": wording.number(group["assigned"])}
    done = wording.of(group["completed"], group["assigned"])
    line = _("%(group)s: %(done)s erledigt") % {"group": group["group"], "done": done}
    if not group["overdue"]:
        return line
    return line + _(", %(n)s überfällig") % {"n": wording.number(group["overdue"])}
