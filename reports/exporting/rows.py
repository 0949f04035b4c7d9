"""The figures as rows, once for workbook and CSV: what is counted, of what, out of what, and by which definition."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from reports import labels, wording

Figures = Mapping[str, Any]
Value = int | str | None


class Row(NamedTuple):
    """A figure. A rate has numerator, denominator and `tenths` of a per cent or of a whole; a count has `value`."""

    figure: str
    dimension: str
    numerator: int | None
    denominator: int | None
    value: Value
    unit: str
    definition: str
    tenths: int | None = None


def figure_rows(figures: Figures) -> Iterator[Row]:
    """Every figure of an edition, in the order of the report."""
    for rows in (_totals, _rates, _parts, _movement, _deadlines, _questions, _trend, _forecast, _training, _quality):
        yield from rows(figures)


def _rate(figure: str, dimension: str, numerator: int, denominator: int, definition: str) -> Row:
    tenths = wording.rate(numerator, denominator)
    return Row(figure, dimension, numerator, denominator, None, "%", definition, tenths)


def _count(figure: str, dimension: str, value: int | None, unit: str, definition: str) -> Row:
    return Row(figure, dimension, None, None, value, unit, definition)


def _services() -> str:
    return _("Leistungen")


def _totals(figures: Figures) -> Iterator[Row]:
    totals = figures["totals"]
    for code in ("relevant", "rated", "not_rated", "ready"):
        definition = "rated" if code == "not_rated" else code
        name = _("Nicht bewertet") if code == "not_rated" else str(labels.DEFINITIONS[code])
        yield _count(name, "", totals[code], _services(), definition)
    for step in sorted(totals["levels"], key=int):
        yield _count(_("Reifegrad"), step, totals["levels"][step], _services(), "rated")
    for state, count in totals["states"].items():
        yield _count(_("Stand der Arbeit"), labels.state(state), count, _services(), "relevant")


def _rates(figures: Figures) -> Iterator[Row]:
    for code in ("services_ready", "bundles_online", "bundles_complete", "cases_ready"):
        rate = figures["rates"][code]
        yield _rate(str(labels.DEFINITIONS[code]), "", rate["numerator"], rate["denominator"], code)
        if "known_rows" in rate:
            yield _count(_("Leistungen mit bekannter Fallzahl"), "", rate["known_rows"], _services(), code)


def _parts(figures: Figures) -> Iterator[Row]:
    for group, code in (("by_department", "department"), ("by_topic", "topic")):
        for part in figures[group]:
            name = part[code] or str(labels.NO_DEPARTMENT)
            figure = str(labels.DEFINITIONS[group])
            yield _rate(_("%(figure)s: fertig") % {"figure": figure}, name, part["ready"], part["relevant"], group)
            for step in sorted(part["levels"], key=int):
                words = _("%(figure)s: Reifegrad %(step)s") % {"figure": figure, "step": step}
                yield _count(words, name, part["levels"][step], _services(), group)


def _movement(figures: Figures) -> Iterator[Row]:
    for code, name in labels.MOVEMENT.items():
        yield _count(_("Veränderungen"), str(name), len(figures["movement"][code]), _services(), "movement")


def _deadlines(figures: Figures) -> Iterator[Row]:
    for each in figures["deadlines"]:
        name = f"{each['name']} ({each['date']})"
        yield _rate(_("Frist: noch offen"), name, each["open"], each["in_scope"], "deadlines")
        yield _count(_("Frist: Tage bis zur Frist"), name, each["days_left"], _("Tage"), "deadlines")


def _questions(figures: Figures) -> Iterator[Row]:
    for code in ("online_now", "planned_or_started", "by_deadline", "not_by_deadline"):
        yield _count(str(labels.DEFINITIONS[code]), "", len(figures["questions"][code]), _services(), code)


def _trend(figures: Figures) -> Iterator[Row]:
    for point in figures["trend"]:
        yield _rate(_("Verlauf: fertig"), point["month"], point["ready"], point["relevant"], "trend")


def _forecast(figures: Figures) -> Iterator[Row]:
    forecast = figures["forecast"]
    statuses = {"ok": _("möglich"), "complete": _("alles fertig"), "not_enough_data": _("zu wenig Daten")}
    yield Row(_("Vorausschau"), "", None, None, statuses.get(forecast["status"], forecast["status"]), "", "forecast")
    for code, words in (("p50", "50 %"), ("p85", "85 %")):
        yield Row(_("Vorausschau: alle fertig bis"), words, None, None, forecast[code], _("Monat"), "forecast")
    for each in forecast["needed_per_month"] or []:
        above, below = each["numerator"], each["denominator"]
        tenths = wording.tenths(above, below, 10) if below else None
        unit = _("Leistungen je Monat")
        yield Row(_("Nötig je Monat"), each["name"], above, below, None, unit, "needed_per_month", tenths)


def _training(figures: Figures) -> Iterator[Row]:
    for group in figures["training"]["groups"]:
        for code, name in (("assigned", _("zugewiesen")), ("completed", _("erledigt")), ("overdue", _("überfällig"))):
            words = _("Schulungen: %(what)s") % {"what": name}
            value = group[code] if group[code] is not None else _("nicht ausgewiesen")
            yield Row(words, group["group"] or str(labels.NO_DEPARTMENT), None, None, value, _("Aufgaben"), "training")


def _quality(figures: Figures) -> Iterator[Row]:
    for each in figures["quality"]:
        yield _count(_("Datenlage"), labels.quality(each["code"]), each["count"], _services(), "relevant")


class ServiceRow(NamedTuple):
    """A relevant service and the lists it stands in."""

    key: str
    ozg_id: str
    name: str
    ready: bool
    started: bool
    by_deadline: bool
    movement: str


def service_rows(figures: Figures) -> Iterator[ServiceRow]:
    """Every relevant service once: what is ready, and what is open whether planned by the deadline or not."""
    questions = figures["questions"]
    started, planned = set(_identities(questions["planned_or_started"])), set(_identities(questions["by_deadline"]))
    moved = {
        identity: str(name)
        for code, name in labels.MOVEMENT.items()
        for identity in _identities(figures["movement"][code])
    }
    ready = set(_identities(questions["online_now"]))
    open_ones = set(_identities(questions["by_deadline"])) | set(_identities(questions["not_by_deadline"]))
    for each in sorted(ready | open_ones, key=lambda each: (not each[0], *each)):
        yield ServiceRow(*each, each in ready, each in started, each in planned, moved.get(each, ""))


def _identities(services: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    return ((each["key"] or "", each["ozg_id"] or "", each["name"]) for each in services)
