"""The history of a row for people: what each event changed against the one before it, in the order of the days."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from ozg_tracker.tracking.models import MunicipalService, StatusChange

FIELDS = (
    "responsibility",
    "department",
    "owner",
    "state",
    "level",
    "planned_on",
    "online_url",
    "cases_per_year",
    "note",
)
_LONG = ("online_url", "note")


class Step(NamedTuple):
    """One field's way from one value to the next, in words; `before` is empty where there was no value."""

    label: str
    before: str
    after: str


class Chapter(NamedTuple):
    """An event with what it changed. `first`: the row's beginning. `late`: it was entered for an earlier day."""

    event: StatusChange
    steps: list[Step]
    first: bool
    late: bool


def chapters(row: MunicipalService) -> list[Chapter]:
    """All events of `row`, the latest day first; one query."""
    told = row.events.select_related("by", "on_behalf_of", "department", "owner", "level")
    known = told.order_by("effective_on", "id")
    found: list[Chapter] = []
    before: StatusChange | None = None
    highest = 0
    for event in known:
        late = event.version < highest
        highest = max(highest, event.version)
        found.append(Chapter(event, steps_between(before, event), before is None, late))
        before = event
    return found[::-1]


def steps_between(before: StatusChange | None, event: StatusChange) -> list[Step]:
    """What `event` changed against the one before it, in words."""
    if before is None:
        return [Step(label_of("responsibility"), "", words_of(event, "responsibility"))]
    return [
        Step(label_of(name), "" if name in _LONG else words_of(before, name), words_of(event, name))
        for name in FIELDS
        if getattr(before, name) != getattr(event, name)
    ]


def label_of(name: str) -> str:
    """What people call a field."""
    label = str(getattr(StatusChange._meta.get_field(name), "verbose_name", name))
    return label[0].upper() + label[1:]


def words_of(event: StatusChange, name: str) -> str:
    """What an event holds in a field, in words for people."""
    value = getattr(event, name)
    if name in ("responsibility", "state"):
        return str(getattr(event, f"get_{name}_display")())
    if name == "level":
        return str(value.number) if value else _("nicht bewertet")
    if name == "planned_on":
        return f"{value:%d.%m.%Y}" if value else _("ohne Termin")
    if name == "cases_per_year":
        return f"{value:,}".replace(",", ".") if value is not None else _("unbekannt")
    return str(value or _("leer"))
