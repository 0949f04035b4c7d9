"""What the grid shows: which rows, in which order, how many each filter leaves, and the way out of an empty list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Count, QuerySet
from django.forms import DateField, Form, ModelChoiceField
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField

from ozg_tracker.accounts.models import Membership, Municipality, Role
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import WrongValues, page_of, read_query
from ozg_tracker.tracking.filters import MunicipalServiceFilter
from ozg_tracker.tracking.models import MunicipalService, Responsibility
from ozg_tracker.tracking.pages.orders import Order
from ozg_tracker.tracking.rows.counting import AWAITS_RATING, STANDS

if TYPE_CHECKING:
    Rows = QuerySet[MunicipalService]

PAGE = 500  # above about a thousand rows laid out at once a browser is slow
COLUMNS = "columns"
NONE = "none"  # how the FilterSet asks for rows without a level
ALL = "all"  # says in an address that no filter is meant, where none at all means the own ones
FILTERS = (
    "q",
    "department",
    "office",
    "topic",
    "responsibility",
    "state",
    "level",
    "awaits_rating",
    "plan_passed",
    "counts",
    "overdue",
    "owner",
    "bundle",
    "situation",
    "deadline",
    "planned_until",
    "finding",
    "retired",
    "changed_at",
)
FIELDS = ("q", "department", "topic", "responsibility", "state")  # those that the page's form has a field for


@dataclass(frozen=True)
class WayOut:
    """A filter whose removal would show `count` rows."""

    label: str
    query: str
    count: int


@dataclass(frozen=True)
class Chip:
    label: str
    count: int
    query: str
    current: bool


def chosen(request: MunicipalityRequest, *more: str) -> QueryDict:
    """What the address asks for, none of it empty: always a filter, or `alle` where none is meant.

    Without any filter's key it is the own department, for the coordination what is ours. The list's links, its form
    and its files are made from this, so that they keep what is in force. UnknownKeys for keys neither the list nor
    `more` knows.
    """
    data = read_query(request.GET, (*FILTERS, ALL, "ordering", "page", *more))
    data.pop(ALL, None)
    if not request.GET.keys() & {ALL, *FILTERS}:
        data.update(_own(request.membership))
    return _marked(data)


def _own(membership: Membership | None) -> dict[str, str]:
    own = membership.department_id if membership and membership.role in (Role.MANAGER, Role.STAFF) else None
    return {"department": str(own)} if own else {"responsibility": Responsibility.MUNICIPALITY}


def _marked(data: QueryDict) -> QueryDict:
    if not data.keys() & set(FILTERS):
        data[ALL] = "1"
    return data


def municipality_rows(request: MunicipalityRequest) -> "Rows":
    """All rows the person may see in the chosen municipality, those that the catalogue has dropped aside."""
    return MunicipalService.objects.visible_to(request.user).filter(municipality=request.municipality)


def filtered(request: MunicipalityRequest, data: Mapping[str, object], *, without: str = "") -> "Rows":
    """The rows that `data` leaves; `without` one of its filters, where asked.

    Dropped ones only if asked for, or among those changed in one go.
    """
    used = data.copy() if isinstance(data, QueryDict) else QueryDict(mutable=True)
    used.pop(without, None)
    asked = _asked(request, used)
    return asked.qs if asked.is_valid() else MunicipalService.objects.none()  # a wrong value must not show everything


def for_a_file(request: MunicipalityRequest, data: QueryDict) -> "Rows":
    """The rows that `data` leaves; BadQuery for a wrong value, because an empty file does not say why it is empty."""
    asked = _asked(request, data)
    if not asked.is_valid():
        raise WrongValues(asked.form)
    return asked.qs


def _asked(request: MunicipalityRequest, data: QueryDict) -> MunicipalServiceFilter:
    rows = municipality_rows(request)
    if not any(data.get(name) for name in ("retired", "counts", "changed_at", "finding")):
        rows = rows.filter(STANDS)
    return MunicipalServiceFilter(data, queryset=rows, request=request)


def page_in_order(rows: "Rows", order: Order, number: str | None) -> "Page[MunicipalService]":
    return page_of(with_names(rows).order_by(*order.by), PAGE, {"page": number})


def with_names(rows: "Rows") -> "Rows":
    """The rows with what a line of the grid names of each; a service's long texts are of no use there."""
    named = rows.select_related("service", "level__model")
    return named.only(
        *(field.name for field in MunicipalService._meta.fields),
        *(f"service__{name}" for name in ("key", "name", "retired_on", "official", "countable")),
        *(f"level__{name}" for name in ("number", "name", "model__conform_level", "model__version")),
    )


def chips(request: MunicipalityRequest, data: QueryDict, municipality: Municipality) -> list[Chip]:
    """Quick filters by level, with how many rows each leaves beside the other filters."""
    model = municipality.maturity_model
    numbers = [level.number for level in model.levels.all()]
    below = [str(number) for number in numbers if number < model.conform_level]
    ready = [str(number) for number in numbers if number >= model.conform_level]
    rows = filtered(request, data, without="level")
    levels = _level_counts(rows)
    current = set(data.getlist("level"))
    made = [
        (str(_("Alle")), list[str](), sum(levels.values()) + _awaiting(rows, municipality)),
        (str(_("nicht bewertet")), [NONE], levels.get(None, 0)),
        (f"{below[0]}–{below[-1]}" if below else "", below, sum(levels.get(int(each), 0) for each in below)),
        (str(_("ab %s")) % model.conform_level, ready, sum(levels.get(int(each), 0) for each in ready)),
    ]
    return [
        Chip(label, count, with_values(data, "level", values), current == set(values))
        for label, values, count in made
        if label
    ]


def passed_chip(request: MunicipalityRequest, data: QueryDict) -> Chip:
    """Planned dates that have passed; a date that passes never becomes a fact, so the owner is asked."""
    on = data.get("plan_passed") == "true"
    asked = data.copy()
    asked["plan_passed"] = "true"
    count = filtered(request, asked).count()
    return Chip(str(_("überfällig")), count, with_values(data, "plan_passed", [] if on else ["true"]), on)


def awaiting_chip(request: MunicipalityRequest, data: QueryDict, municipality: Municipality) -> Chip | None:
    """What is rated with another model than today's waits to be rated anew; None where there is nothing of it."""
    on = data.get("awaits_rating") == "true"
    count = _awaiting(filtered(request, data, without="awaits_rating"), municipality)
    if not (count or on):
        return None
    return Chip(str(_("neu zu bewerten")), count, with_values(data, "awaits_rating", [] if on else ["true"]), on)


def kept(data: QueryDict) -> list[tuple[str, str]]:
    """What is in force and cannot be chosen in the form's fields, to be sent along with them."""
    return [(name, value) for name, values in data.lists() if _beside(name, values) for value in values]


def _beside(name: str, values: list[str]) -> bool:
    return name not in ("page", ALL) and (name not in FIELDS or len(values) > 1)


BESIDE = ("plan_passed", "awaits_rating", "q")  # those that stand beside the chips in force anyway


def in_force(form: Form, data: QueryDict) -> list[Chip]:
    """The filters in force as chips; following one drops its filter. What is late or waits has its own."""
    names = (name for name, values in data.lists() if name in FILTERS and name not in BESIDE and values)
    words = {name: asked(form, QueryDict(urlencode({name: data.getlist(name)}, doseq=True))) for name in names}
    return [
        Chip(f"{label}: {word}", 0, with_values(data, name, []), True)
        for name, found in words.items()
        for label, word in found
    ]


def ways_out(request: MunicipalityRequest, data: QueryDict) -> list[WayOut]:
    """For an empty list: each filter whose removal alone would show rows, the one that shows most first."""
    fields = MunicipalServiceFilter.base_filters
    found = [
        WayOut(str(fields[name].label or name), with_values(data, name, []), count)
        for name in FILTERS
        if any(data.getlist(name)) and name in fields and (count := filtered(request, data, without=name).count())
    ]
    return sorted(found, key=lambda each: -each.count)


def asked(form: Form, data: QueryDict) -> list[tuple[str, str]]:
    """The filters in force, each with its label and its values in words."""
    found = []
    for name in FILTERS:
        values = [value for value in data.getlist(name) if value]
        if values and name in form.fields:
            label = str(form.fields[name].label or MunicipalServiceFilter.base_filters[name].label or name)
            found.append((label, ", ".join(_word(form, name, value) for value in values)))
    return found


def _word(form: Form, name: str, value: str) -> str:
    """A filter's value as its list of choices names it."""
    field = form.fields[name]
    if isinstance(field, ModelChoiceField):
        chosen = form.cleaned_data.get(name) if form.is_valid() else None
        return str(chosen or value)
    if isinstance(field, IsoDateTimeField) and form.is_valid():
        return date_format(localtime(form.cleaned_data[name]), "d.m.Y, H:i")
    if isinstance(field, DateField) and form.is_valid():
        return date_format(form.cleaned_data[name], "d.m.Y")
    choices = dict(getattr(field, "choices", ()))
    return str(choices.get(value, f"„{value}“"))


def with_values(data: QueryDict, name: str, values: list[str]) -> str:
    """The address's query with `name` set to `values`, back on page one."""
    copy = data.copy()
    for gone in ("page", ALL, name):
        copy.pop(gone, None)
    if values:
        copy.setlist(name, values)
    return _marked(copy).urlencode()


def _level_counts(rows: "Rows") -> dict[int | None, int]:
    counted = rows.exclude(AWAITS_RATING).order_by().values_list("level__number").annotate(Count("pk"))
    return dict(counted)


def _awaiting(rows: "Rows", municipality: Municipality) -> int:
    """How many are rated with another model; asked only where the municipality ever changed it."""
    return rows.filter(AWAITS_RATING).count() if municipality.maturity_model_since else 0
