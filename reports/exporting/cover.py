"""The first sheet of the workbook: the four questions with their answers, and two charts that stay charts in Excel."""

from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Font

from ozg_tracker.spreadsheets.workbooks import fit_to_paper, words
from reports.telling import wording
from reports.telling.content import Report

WIDTHS = (34, 14, 120)
_CHART_LINES = 16  # lines that a chart covers
_TITLE, _BOLD = Font(bold=True, size=16), Font(bold=True)


def cover(book: Workbook, told: Report, figures: dict[str, Any]) -> None:
    """Add it to a write-only `book`: what the report is, the four answers, the charts, and the numbers they draw."""
    made = book.create_sheet(_("Übersicht"))
    fit_to_paper(made, pages=1)
    for column, width in zip("ABC", WIDTHS, strict=True):
        made.column_dimensions[column].width = width
    lines = [[words(made, told.title, font=_TITLE, wrap=False)], [words(made, told.meta, wrap=False)]]
    if told.draft:
        lines.append([words(made, told.draft, font=_BOLD, wrap=False)])
    lines += [
        [
            words(made, each.question, font=_BOLD),
            words(made, f"{each.figure} {each.unit}".strip(), font=_BOLD),
            words(made, each.words),
        ]
        for each in told.key_figures
    ]
    charts = len(lines) + 2
    lines += [[] for _line in range(2 * _CHART_LINES + 2)]
    for line in lines:
        made.append(line)
    _levels(made, told, charts)
    if figures["trend"]:
        _trend(made, figures, charts + _CHART_LINES, len(lines) + len(told.legend) + 2)


def _levels(sheet: Any, told: Report, place: int) -> None:
    """How many services stand at each level."""
    first = place + 2 * _CHART_LINES + 1
    sheet.append([words(sheet, _("Reifegrad"), font=_BOLD), words(sheet, _("Leistungen"), font=_BOLD)])
    for each in told.legend:
        sheet.append([words(sheet, each.words), each.segment.count])
    chart = BarChart()
    chart.type, chart.title, chart.legend = "bar", _("Leistungen nach Reifegrad"), None
    _draw(sheet, chart, place, first, len(told.legend), 1)
    chart.y_axis.delete = chart.x_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"


def _trend(sheet: Any, figures: dict[str, Any], place: int, first: int) -> None:
    """How many were relevant and ready at each month's end."""
    heads = (_("Monat"), _("fertig"), _("relevant"))
    sheet.append([words(sheet, head, font=_BOLD) for head in heads])
    for point in figures["trend"]:
        sheet.append([words(sheet, wording.month(point["month"])), point["ready"], point["relevant"]])
    chart = LineChart()
    chart.title = _("Fertige Leistungen am Monatsende")
    _draw(sheet, chart, place, first, len(figures["trend"]), 2)
    chart.y_axis.delete = chart.x_axis.delete = False


def _draw(sheet: Any, chart: Any, place: int, head: int, count: int, series: int) -> None:
    """`chart` at line `place`, of the `count` lines below `head`: names in the first column, then the series."""
    chart.add_data(Reference(sheet, 2, head, 1 + series, head + count), titles_from_data=True)
    chart.set_categories(Reference(sheet, 1, head + 1, 1, head + count))
    chart.width, chart.height = 24, 7.5
    sheet.add_chart(chart, f"A{place}")
