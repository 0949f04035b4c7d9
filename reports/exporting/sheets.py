"""The tables of the report for a spreadsheet: figures, every service, movements, definitions, what the edition is."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from ozg_tracker.spreadsheets.workbooks import ONE_DECIMAL, PERCENT, WHOLE, Linked, Shaped, Table
from ozg_tracker.tracking.models import Channel
from reports.exporting.figure_rows import Row, ServiceRow, figure_rows, service_rows
from reports.models import Edition
from reports.telling import findings, labels, wording


def title(figures: dict[str, Any]) -> str:
    return _("Sachstandsbericht %(month)s") % {"month": wording.month(figures["month"])}


def tables(edition: Edition, figures: dict[str, Any]) -> Iterator[Table]:
    """The sheets of `edition`, whose figures are given as `cleaned` reads them."""
    yield _figures(figures)
    yield _services(figures)
    yield _movement(figures)
    definitions = definitions_of(figures)
    named = ((code, str(labels.DEFINITIONS.get(code, code)), text) for code, text in sorted(definitions.items()))
    yield Table(_("Zählweise"), ((_("Definition"), 20), (_("Kennzahl"), 34), (_("Bedeutung"), 110)), named)
    about = findings.about(edition, figures)
    yield Table(_("Ausgabe"), ((_("Angabe"), 34), (_("Wert"), 80)), about)


def _figures(figures: dict[str, Any]) -> Table:
    columns = (
        (_("Kennzahl"), 34),
        (_("Dimension"), 44),
        (_("Zähler"), 11),
        (_("Nenner"), 11),
        (_("Wert"), 16),
        (_("Einheit"), 20),
        (_("Definition"), 20),
    )
    places = {code: f"'{_('Zählweise')}'!A{line}" for line, code in enumerate(sorted(definitions_of(figures)), start=2)}
    return Table(_("Kennzahlen"), columns, [_figure_line(row, places) for row in figure_rows(figures)])


def definitions_of(figures: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = figures.get("definitions", {})
    return found


def _figure_line(row: Row, places: dict[str, str]) -> list[Any]:
    counts = [_number(row.numerator, WHOLE), _number(row.denominator, WHOLE)]
    shape = PERCENT if row.unit == "%" else ONE_DECIMAL
    value = _number(row.value, WHOLE) if row.tenths is None else _number(row.tenths / 10, shape)
    definition = Linked(row.definition, places[row.definition]) if row.definition in places else row.definition
    return [row.figure, row.dimension, *counts, value, row.unit, definition]


def _number(value: Any, shape: str) -> Any:
    return value if isinstance(value, str) or value is None else Shaped(value, shape)


def _services(figures: dict[str, Any]) -> Table:
    columns = (
        (_("Schlüssel"), 18),
        (_("OZG-ID"), 10),
        (_("Leistung"), 70),
        (_("Fertig"), 10),
        (_("Geplant oder in Umsetzung"), 18),
        (_("Bis zur Frist geplant"), 18),
        (_("Veränderung im Monat"), 24),
    )
    yes, no = _("ja"), _("nein")
    rows = [_service_line(row, yes, no) for row in service_rows(figures)]
    if "services" not in figures:
        return Table(_("Leistungen"), columns, rows)
    held: dict[tuple[str, ...], dict[str, Any]] = {
        (each["key"] or "", each["ozg_id"] or "", each["name"]): each for each in figures["services"]
    }
    return Table(_("Leistungen"), (*columns, *_held_columns()), [(*row, *_held(held.get(row[:3]))) for row in rows])


def _held_columns() -> tuple[tuple[str, int], ...]:
    return (
        (_("Themenfeld"), 34),
        (_("Fachbereich"), 28),
        (_("Amt"), 28),
        (_("Stand"), 16),
        (_("Reifegrad"), 14),
        (_("Geplant bis"), 14),
        (_("Fälle pro Jahr"), 14),
        (_("Beleg"), 24),
        *((_("Fälle: %(channel)s") % {"channel": label}, 14) for label in Channel.labels),
        (_("hochgerechnet"), 14),
    )


def _held(each: dict[str, Any] | None) -> tuple[Any, ...]:
    """What the edition's own row says of a service; nothing where it has none."""
    if each is None:
        return ()
    return (
        "; ".join(each["topics"]),
        each["department"] or str(labels.NO_DEPARTMENT),
        each["office"] or str(labels.NO_DEPARTMENT),
        labels.state(each["state"]),
        wording.level(None) if each["level"] is None else Shaped(each["level"], WHOLE),
        each["planned_on"] or "",
        _number(each["cases"], WHOLE),
        str(labels.PROOFS[each["proof"]]),
        *_channels(each.get("channels")),
    )


def _channels(told: dict[str, Any] | None) -> tuple[Any, ...]:
    """Nothing where not every channel is known."""
    if told is None:
        return ()
    return (
        *(_number(told[channel], WHOLE) for channel in Channel.values),
        _("ja") if told["extrapolated"] else _("nein"),
    )


def _service_line(row: ServiceRow, yes: str, no: str) -> tuple[str, ...]:
    key, ozg_id, name, ready, started, planned, movement = row
    return (key, ozg_id, name, yes if ready else no, yes if started else no, yes if planned else no, movement)


def _movement(figures: dict[str, Any]) -> Table:
    columns = (
        (_("Veränderung"), 26),
        (_("Schlüssel"), 18),
        (_("OZG-ID"), 10),
        (_("Leistung"), 60),
        (_("Reifegrad vorher"), 18),
        (_("Reifegrad nachher"), 18),
        (_("Grund"), 80),
    )
    rows = (
        (
            str(name),
            each["key"] or "",
            each["ozg_id"] or "",
            each["name"],
            wording.level(each["from"]) if each["from"] is None else each["from"],
            wording.level(each["to"]) if each["to"] is None else each["to"],
            each["reason"],
        )
        for code, name in labels.MOVEMENT.items()
        for each in figures["movement"].get(code, [])
    )
    return Table(_("Veränderungen"), columns, rows)
