"""What the grid shows: which rows, in which order, how many each filter leaves, and the way out of an empty list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, QuerySet
from django.forms import Form, ModelChoiceField
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField

from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.accounts.models import Membership, Municipality, Role
from ozg_tracker.tracking.filters import MunicipalServiceFilter
from ozg_tracker.tracking.models import MunicipalService, Responsibility

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Rows = QuerySet[MunicipalService]

PAGE = 60
NONE = "none"  # how the FilterSet asks for rows without a level
_KEY = (F("service__key").asc(nulls_last=True), F("service__name").asc(), F("pk").asc())
ORDERS = {
    "schluessel": (_("nach Schlüssel"), _KEY),
    "name": (_("nach Name"), (F("service__name").asc(), F("pk").asc())),
    "zustaendigkeit": (_("nach Zuständigkeit"), (F("responsibility").asc(), *_KEY)),
    "stand": (_("nach Stand"), (F("state").asc(), *_KEY)),
    "reifegrad": (_("nach Reifegrad, niedrigster zuerst"), (F("level__number").asc(nulls_first=True), *_KEY)),
    "termin": (_("nach Termin, frühester zuerst"), (F("planned_on").asc(nulls_last=True), *_KEY)),
    "faelle": (_("nach Fällen pro Jahr, meiste zuerst"), (F("cases_per_year").desc(nulls_last=True), *_KEY)),
}
FILTERS = (
    "q",
    "department",
    "topic",
    "responsibility",
    "state",
    "level",
    "plan_passed",
    "overdue",
    "owner",
    "bundle",
    "situation",
    "deadline",
    "planned_until",
    "retired",
    "changed_at",
)


class Column(NamedTuple):
    label: "str | _StrPromise"
    order: str = ""
    direction: str = "ascending"
    name: bool = False


COLUMNS = (
    Column(_("Leistung"), "schluessel", name=True),
    Column(_("Zuständigkeit"), "zustaendigkeit"),
    Column(_("Stand"), "stand"),
    Column(_("Reifegrad"), "reifegrad"),
    Column(_("Geplant bis"), "termin"),
    Column(_("Online-Adresse")),
    Column(_("Fälle / Jahr"), "faelle", "descending"),
    Column(_("Speicherstand")),
)


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


def chosen(request: TownRequest) -> QueryDict:
    """The filters asked for; without any: the own department, for the coordination what is ours."""
    data = request.GET.copy()
    membership: Membership | None = request.membership
    own = membership.department_id if membership and membership.role in (Role.MANAGER, Role.STAFF) else None
    if own and not request.GET:
        data["department"] = str(own)
    elif not request.GET:
        data["responsibility"] = Responsibility.MUNICIPALITY
    return data


def town_rows(request: TownRequest) -> "Rows":
    """All rows the person may see in the chosen municipality, those that the catalogue has dropped aside."""
    return MunicipalService.objects.visible_to(request.user).filter(municipality=request.municipality)


def filtered(request: TownRequest, data: Mapping[str, object], *, without: str = "") -> "Rows":
    """The rows that `data` leaves; `without` one of its filters, where asked.

    Dropped ones only if asked for, or among those changed in one go.
    """
    rows = town_rows(request)
    used = data.copy() if isinstance(data, QueryDict) else QueryDict(mutable=True)
    used.pop(without, None)
    if not (used.get("retired") or used.get("changed_at")):
        rows = rows.filter(service__retired_on=None)
    asked = MunicipalServiceFilter(used, queryset=rows, request=request)
    return asked.qs if asked.is_valid() else rows.none()  # a wrong value must not show everything


def page_of(rows: "Rows", order: str, number: str | None) -> "Page[MunicipalService]":
    by = ORDERS.get(order, ORDERS["schluessel"])[1]
    return Paginator(rows.select_related("service", "level").order_by(*by), PAGE).get_page(number)


def chips(request: TownRequest, data: QueryDict, municipality: Municipality) -> list[Chip]:
    """Quick filters by level, with how many rows each leaves beside the other filters."""
    model = municipality.maturity_model
    numbers = [level.number for level in model.levels.all()]
    below = [str(number) for number in numbers if number < model.conform_level]
    ready = [str(number) for number in numbers if number >= model.conform_level]
    rows = filtered(request, data, without="level")
    levels = _level_counts(rows)
    current = set(data.getlist("level"))
    made = [
        (str(_("Alle")), list[str](), sum(levels.values())),
        (str(_("nicht bewertet")), [NONE], levels.get(None, 0)),
        (f"{below[0]}–{below[-1]}" if below else "", below, sum(levels.get(int(each), 0) for each in below)),
        (str(_("ab %s")) % model.conform_level, ready, sum(levels.get(int(each), 0) for each in ready)),
    ]
    return [
        Chip(label, count, with_values(data, "level", values), current == set(values))
        for label, values, count in made
        if label
    ]


def passed_chip(request: TownRequest, data: QueryDict) -> Chip:
    """Planned dates that have passed; a date that passes never becomes a fact, so the owner is asked."""
    on = data.get("plan_passed") == "true"
    asked = data.copy()
    asked["plan_passed"] = "true"
    count = filtered(request, asked).count()
    return Chip(str(_("überfällig")), count, with_values(data, "plan_passed", [] if on else ["true"]), on)


def more_chips(form: Form, data: QueryDict) -> list[Chip]:
    """Filters in force that came by a link and have no field of their own; following the chip drops its filter."""
    names = ("overdue", "owner", "bundle", "situation", "deadline", "planned_until", "retired", "changed_at")
    words = {name: dict(asked(form, QueryDict(f"{name}={value}"))) for name in names for value in data.getlist(name)}
    return [
        Chip(f"{label}: {word}", 0, with_values(data, name, []), True)
        for name, found in words.items()
        for label, word in found.items()
    ]


def ways_out(request: TownRequest, data: QueryDict) -> list[WayOut]:
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
    choices = dict(getattr(field, "choices", ()))
    return str(choices.get(value, f"„{value}“"))


def with_values(data: QueryDict, name: str, values: list[str]) -> str:
    """The address's query with `name` set to `values`, back on page one. An empty query still says "no filter"."""
    copy = data.copy()
    copy.pop("seite", None)
    copy.setlist(name, values or ([""] if name == "department" else []))
    return copy.urlencode() or "q="


def _level_counts(rows: "Rows") -> dict[int | None, int]:
    counted = rows.order_by().values_list("level__number").annotate(Count("pk"))
    return dict(counted)
