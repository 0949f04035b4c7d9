"""Which columns the grid can show, in the order that an address names or a person has chosen."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from ozg_tracker.tracking.pages.orders import Order

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


class Column(NamedTuple):
    """`field`: of the row, where the column is one that can be changed. `sorts`: the order its head leads to."""

    name: str
    label: "Words"
    field: str = ""
    sorts: str = ""
    kind: str = "text"
    head: "Words" = ""


class Head(NamedTuple):
    """A column's head: following it orders by `leads_to`; `sort` is the direction in which the list stands now."""

    column: Column
    leads_to: str
    sort: str


_EVERY = (
    Column("state", _("Stand"), "state", "state", "choice"),
    Column("level", _("Reifegrad"), "level", "level", "choice"),
    Column("planned_on", _("Geplant bis"), "planned_on", "planned_on", "day"),
    Column("online_url", _("Online-Adresse"), "online_url"),
    Column("cases_per_year", _("Fälle pro Jahr"), "cases_per_year", "cases_per_year", "number", _("Fälle")),
    Column("owner", _("Person"), "owner", "", "choice"),
    Column("confirmed", _("Zuletzt bestätigt")),
    Column("responsibility", _("Zuständigkeit"), "responsibility", "responsibility", "choice"),
    Column("top", _("Fachbereich")),
    Column("department", _("Amt"), "department", "", "choice"),
    Column("note", _("Bemerkung"), "note"),
)
COLUMNS = {column.name: column for column in _EVERY}
_FIRST = ("state", "level", "planned_on", "online_url", "cases_per_year", "owner")


def chosen_columns(names: Iterable[str]) -> list[Column]:
    """The columns that `names` name, in that order and each once; those that the grid begins with where it is none."""
    found = [COLUMNS[name] for name in dict.fromkeys(names) if name in COLUMNS]
    return found or [COLUMNS[name] for name in _FIRST]


def to_choose(columns: Sequence[Column]) -> list[tuple[Column, bool, list[str]]]:
    """Every column with whether it is shown, the shown first; and the names of all with it one place earlier."""
    names = [column.name for column in columns]
    shown = [(column, True, _earlier(names, at)) for at, column in enumerate(columns)]
    return shown + [(each, False, list[str]()) for each in _EVERY if each not in columns]


def _earlier(names: list[str], at: int) -> list[str]:
    return [*names[: at - 1], names[at], names[at - 1], *names[at + 1 :]] if at else []


def heads(columns: Sequence[Column], order: Order) -> list[Head]:
    return [_head(column, order) for column in columns]


def name_head(order: Order) -> Head:
    """The head of the names, which the list stands by at first."""
    return _head(Column("name", _("Leistung"), sorts="service_key"), order)


def _head(column: Column, order: Order) -> Head:
    current = bool(column.sorts) and column.sorts == order.name.removeprefix("-")
    leads_to = f"-{column.sorts}" if order.name == column.sorts else column.sorts
    sort = ("descending" if order.descending else "ascending") if current else ""
    return Head(column, leads_to, sort)
