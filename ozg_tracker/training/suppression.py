"""Keeping small groups out of published figures, so that nobody can be told from them or computed back.

A cell stands for the people behind it. Fewer than five of them: the cell is not published. A group's three figures
leave a fourth by subtraction (assigned, neither completed nor overdue), which must be large enough too. And since a
reader may know the total of a column, never is a single group hidden, nor groups with under five people together.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

SUPPRESSED_BELOW = 5


@dataclass
class Group:
    """Tasks of a group by how they stand, and the people behind each."""

    name: str | None
    completed: list[int] = field(default_factory=list)  # a person's id per task
    overdue: list[int] = field(default_factory=list)
    pending: list[int] = field(default_factory=list)

    def parts(self) -> tuple[int, int, int]:
        """How many people stand behind completed, overdue and pending tasks."""
        return len({*self.completed}), len({*self.overdue}), len({*self.pending})

    def people(self) -> int:
        return len({*self.completed, *self.overdue, *self.pending})


def published(groups: Iterable[Group]) -> list[dict[str, str | int | None]]:
    """Each group as `{"group", "assigned", "completed", "overdue"}`, in the order given, suppressed cells None."""
    rows = [group for group in groups if group.people()]
    whole = _hidden(rows, [row for row in rows if _small(row.people())], lambda row: (row.people(),))
    some_part = [row for row in rows if row in whole or any(map(_small, row.parts()))]
    parts = _hidden(rows, some_part, Group.parts)
    return [_figures(row, hide_all=row in whole, hide_parts=row in parts) for row in rows]


def _small(people: int) -> bool:
    return 0 < people < SUPPRESSED_BELOW


def _hidden(rows: list[Group], first: list[Group], cells: Callable[[Group], tuple[int, ...]]) -> list[Group]:
    """`first`, and the smallest others with it, until what is hidden together gives nothing away.

    Where the total of a column is itself too small to be known, more hiding would not help.
    """
    hidden = list(first)
    others = sorted((row for row in rows if row not in hidden), key=Group.people)
    totals_known = not _some_small_sum(rows, cells)
    while hidden and others and (len(hidden) < 2 or (totals_known and _some_small_sum(hidden, cells))):
        hidden.append(others.pop(0))
    return hidden


def _some_small_sum(rows: list[Group], cells: Callable[[Group], tuple[int, ...]]) -> bool:
    return any(_small(sum(column)) for column in zip(*map(cells, rows), strict=True))


def _figures(row: Group, *, hide_all: bool, hide_parts: bool) -> dict[str, str | int | None]:
    return {
        "group": row.name,
        "assigned": None if hide_all else len(row.completed) + len(row.overdue) + len(row.pending),
        "completed": None if hide_parts else len(row.completed),
        "overdue": None if hide_parts else len(row.overdue),
    }
