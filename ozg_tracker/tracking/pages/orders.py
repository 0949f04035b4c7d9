"""In which orders the grid can stand, each both ways, and what its column heads say and lead to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Case, F, OrderBy, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from ozg_tracker.tracking.models import Responsibility, State

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


class Order(NamedTuple):
    """`name` as it stands in the address; a "-" before it turns the column's first direction round."""

    name: str
    words: "Words"
    descending: bool
    by: tuple[OrderBy, ...]


class Head(NamedTuple):
    """A column's head: following it orders by `leads_to`; `sort` is the direction in which the list stands now."""

    label: "Words"
    leads_to: str = ""
    sort: str = ""
    name: bool = False


_KEY = (F("service__key").asc(nulls_last=True), F("service__name").asc(), F("pk").asc())


def _position(field: str, choices: type[TextChoices]) -> Case:
    """The place of a value in its list of choices, as people read it; by its code they would not find it."""
    return Case(*(When(**{field: value, "then": Value(at)}) for at, value in enumerate(choices.values)))


def _ways(
    name: str, first: Any, up: "Words", down: "Words", *, most_first: bool = False, none_first: bool = False
) -> list[Order]:
    """Upwards and downwards; rows without a value stand last, or first upwards where they are the lowest."""
    rising = first.asc(nulls_first=True) if none_first else first.asc(nulls_last=True)
    names = (f"-{name}", name) if most_first else (name, f"-{name}")
    return [
        Order(names[0], up, False, (rising, *_KEY)),
        Order(names[1], down, True, (first.desc(nulls_last=True), *_KEY)),
    ]


ORDERS: dict[str, Order] = {
    order.name: order
    for order in (
        *_ways("service_key", F("service__key"), _("nach Schlüssel"), _("nach Schlüssel, absteigend")),
        *_ways("service_name", F("service__name"), _("nach Name"), _("nach Name, absteigend")),
        *_ways(
            "responsibility",
            _position("responsibility", Responsibility),
            _("nach Zuständigkeit, ungeklärt zuerst"),
            _("nach Zuständigkeit, ungeklärt zuletzt"),
        ),
        *_ways("state", _position("state", State), _("nach Stand, offen zuerst"), _("nach Stand, offen zuletzt")),
        *_ways(
            "level",
            F("level__number"),
            _("nach Reifegrad, niedrigster zuerst"),
            _("nach Reifegrad, höchster zuerst"),
            none_first=True,
        ),
        *_ways("planned_on", F("planned_on"), _("nach Termin, frühester zuerst"), _("nach Termin, spätester zuerst")),
        *_ways(
            "cases_per_year",
            F("cases_per_year"),
            _("nach Fällen pro Jahr, wenigste zuerst"),
            _("nach Fällen pro Jahr, meiste zuerst"),
            most_first=True,
        ),
    )
}
_COLUMNS: Sequence[tuple["Words", str]] = (
    (_("Leistung"), "service_key"),
    (_("Zuständigkeit"), "responsibility"),
    (_("Stand"), "state"),
    (_("Reifegrad"), "level"),
    (_("Geplant bis"), "planned_on"),
    (_("Online-Adresse"), ""),
    (_("Fälle / Jahr"), "cases_per_year"),
    (_("Speicherstand"), ""),
)


def order_named(name: str | None) -> Order:
    return ORDERS.get(name or "", ORDERS["service_key"])


def heads(order: Order) -> list[Head]:
    """The columns' heads while the list stands in `order`; that of its column turns it round."""
    return [_head(label, column, order) for label, column in _COLUMNS]


def _head(label: "Words", column: str, order: Order) -> Head:
    current = column == order.name.removeprefix("-")
    leads_to = f"-{column}" if order.name == column else column
    sort = ("descending" if order.descending else "ascending") if current else ""
    return Head(label, leads_to, sort, name=column == "service_key")
