"""Tables as OpenDocument spreadsheets (ODS), the administration's format of exchange: plain, and whole.

Written by hand as a zip of XML: the tables are simple, and the libraries for it are slow. No text is ever a formula
here, since a cell says of what kind it is. The head stays in view, filters, and stands on every printed page, which is
as wide as the table.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from ozg_tracker.spreadsheets.workbooks import ONE_DECIMAL, PERCENT, WHOLE, Linked, Shaped, Table

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_FIRST = datetime(1980, 1, 1, tzinfo=UTC)  # the earliest instant that a zip can tell
_WIDTH = 0.21  # centimetres a character
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile("^ +| {2,}")
_STYLES = {PERCENT: "percent", ONE_DECIMAL: "decimal", WHOLE: "whole"}
_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
        "meta": "meta",
        "manifest": "manifest",
        "config": "config",
        "fo": "xsl-fo-compatible",
    }.items()
)
_MORE_NAMES = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def ods(tables: Iterable[Table], *, title: str = "", instant: datetime = _FIRST) -> bytes:
    """The tables as one file; the same tables at the same `instant` give the same bytes."""
    made = [*tables]
    parts = {
        "META-INF/manifest.xml": _manifest(),
        "content.xml": _content(made),
        "styles.xml": _PAGE,
        "settings.xml": _settings(made),
        "meta.xml": _meta(title, instant),
    }
    file, when = BytesIO(), instant.astimezone(UTC).timetuple()[:6]
    with ZipFile(file, "w") as packed:
        packed.writestr(ZipInfo("mimetype", when), MEDIA_TYPE, ZIP_STORED)
        for name, text in parts.items():
            packed.writestr(ZipInfo(name, when), _HEAD + text, ZIP_DEFLATED)
    return file.getvalue()


def _manifest() -> str:
    names = ("content.xml", "styles.xml", "settings.xml", "meta.xml")
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>' for name in names
    )
    root = f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MEDIA_TYPE}"/>'
    return f'<manifest:manifest {_NAMES} manifest:version="1.3">{root}{entries}</manifest:manifest>'


def _meta(title: str, instant: datetime) -> str:
    created = "" if instant == _FIRST else f"<meta:creation-date>{instant.astimezone(UTC):%FT%TZ}</meta:creation-date>"
    told = f"<meta:generator>OZG-Tracker</meta:generator>{created}<dc:title>{_text(title)}</dc:title>"
    return (
        f'<office:document-meta {_NAMES} {_MORE_NAMES} office:version="1.3"><office:meta>{told}'
        "<dc:language>de-DE</dc:language></office:meta></office:document-meta>"
    )


def _settings(tables: Sequence[Table]) -> str:
    """How the sheets are shown at first: the head stays where it is while the rows below it move."""
    sheets = "".join(
        f"<config:config-item-map-entry config:name={_attribute(table.title)}>{_frozen(table)}"
        "</config:config-item-map-entry>"
        for table in tables
    )
    return (
        f'<office:document-settings {_NAMES} xmlns:ooo="http://openoffice.org/2004/office" office:version="1.3">'
        '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
        f'<config:config-item-map-named config:name="Tables">{sheets}</config:config-item-map-named>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings>"
        "</office:document-settings>"
    )


def _frozen(table: Table) -> str:
    places = {"VerticalSplitMode": ("short", 2), "VerticalSplitPosition": ("int", 1), "PositionBottom": ("int", 1)}
    typed_in = 2  # of the four parts of the window: below
    if table.named_by:
        beside = ("int", table.named_by)
        places |= {"HorizontalSplitMode": ("short", 2), "HorizontalSplitPosition": beside, "PositionRight": beside}
        typed_in = 3  # below, on the right
    places["ActiveSplitRange"] = ("short", typed_in)
    return "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, (kind, value) in places.items()
    )


def _content(tables: Sequence[Table]) -> str:
    widths = sorted({width for table in tables for _name, width in table.columns})
    columns = "".join(
        f'<style:style style:name="w{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * _WIDTH:.2f}cm"/></style:style>'
        for width in widths
    )
    lists = "".join(
        _offer(number, at, table, words) for number, table in enumerate(tables) for at, words in table.choices.items()
    )
    lists = f"<table:content-validations>{lists}</table:content-validations>" if lists else ""
    sheets = [_sheet(number, table) for number, table in enumerate(tables)]
    filters = "".join(
        _filter(number, table, rows) for number, (table, (_xml, rows)) in enumerate(zip(tables, sheets, strict=True))
    )
    return (
        f'<office:document-content {_NAMES} office:version="1.3">'
        f"<office:automatic-styles>{_FORMS}{columns}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{lists}{''.join(xml for xml, _rows in sheets)}"
        f"<table:database-ranges>{filters}</table:database-ranges>"
        "</office:spreadsheet></office:body></office:document-content>"
    )


def _filter(number: int, table: Table, rows: int) -> str:
    """The buttons in the head of the table of so many `rows` below it."""
    name = _quoted(table.title)
    cells = f"{name}.A1:{name}.{get_column_letter(len(table.columns))}{rows + 1}"
    return (
        f'<table:database-range table:name="__Anonymous_Sheet_DB__{number}" table:display-filter-buttons="true"'
        f" table:target-range-address={_attribute(cells)}/>"
    )


def _offer(number: int, at: int, table: Table, words: Sequence[object]) -> str:
    listed = ";".join(f'"{word}"' for word in words)
    name = table.columns[at][0]
    return (
        f'<table:content-validation table:name="v{number}-{at}" table:allow-empty-cell="true"'
        f" table:condition={_attribute(f'of:cell-content-is-in-list({listed})')}"
        f" table:base-cell-address={_attribute(f'{_quoted(table.title)}.A2')}>"
        f'<table:error-message table:display="true" table:message-type="warning" table:title={_attribute(name)}>'
        f"<text:p>{_text(_('Bitte einen Wert aus der Liste wählen.'))}</text:p></table:error-message>"
        "</table:content-validation>"
    )


def _sheet(number: int, table: Table) -> tuple[str, int]:
    """The sheet, and how many rows it has below its head."""
    offers = {at: f' table:content-validation-name="v{number}-{at}"' for at in table.choices}
    offer = [offers.get(at, "") for at in range(len(table.columns))]
    columns = "".join(f'<table:table-column table:style-name="w{width}"/>' for _name, width in table.columns)
    head = "".join(_cell(name, ' table:style-name="head"') for name, _width in table.columns)
    made = [_row(row, offer) for row in table.rows]
    rows = "".join(made)
    if table.spare and offers:
        empty = "".join(f"<table:table-cell{each}/>" for each in offer)
        rows += f'<table:table-row table:number-rows-repeated="{table.spare}">{empty}</table:table-row>'
    style = "hidden" if table.hidden else "shown"
    return (
        f'<table:table table:name={_attribute(table.title)} table:style-name="{style}">{columns}'
        f"<table:table-header-rows><table:table-row>{head}</table:table-row></table:table-header-rows>"
        f"{rows}</table:table>",
        len(made),
    )


def _row(row: Sequence[Any], offer: Sequence[str]) -> str:
    return f"<table:table-row>{''.join(map(_cell, row, offer))}</table:table-row>"


def _cell(value: Any, more: str = "") -> str:
    if isinstance(value, Linked):
        value = value.text
    if isinstance(value, Shaped):
        more += f' table:style-name="{_STYLES[value.shape]}"'
        value = value.value
    if value is None or value == "":
        return f"<table:table-cell{more}/>"
    if isinstance(value, date):
        day = f'office:value-type="date" office:date-value="{value:%Y-%m-%d}"'
        return f'<table:table-cell table:style-name="day"{more} {day}/>'
    if isinstance(value, str):
        return f'<table:table-cell{more} office:value-type="string">{"".join(_paragraphs(value))}</table:table-cell>'
    return f'<table:table-cell{more} office:value-type="float" office:value="{value}"/>'


def _paragraphs(text: str) -> Iterator[str]:
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        blanks = _BLANKS.sub(lambda found: f'<text:s text:c="{len(found[0])}"/>', _text(line))
        yield f"<text:p>{blanks}</text:p>"


def _text(text: str) -> str:
    return escape(_ILLEGAL.sub("", text))


def _attribute(text: str) -> str:
    return quoteattr(_ILLEGAL.sub("", text))


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _number_style(name: str, digits: int, *, after: str = "", grouped: bool = False) -> str:
    grouping = ' number:grouping="true"' if grouped else ""
    shown = f'<number:number number:decimal-places="{digits}" number:min-integer-digits="1"{grouping}/>'
    return (
        f'<number:number-style style:name="n-{name}">{shown}{after}</number:number-style>'
        f'<style:style style:name="{name}" style:family="table-cell" style:data-style-name="n-{name}"/>'
    )


_FORMS = (
    '<style:style style:name="shown" style:family="table" style:master-page-name="Default">'
    '<style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
    '<number:date-style style:name="n-day"><number:day number:style="long"/><number:text>.</number:text>'
    '<number:month number:style="long"/><number:text>.</number:text>'
    '<number:year number:style="long"/></number:date-style>'
    '<style:style style:name="day" style:family="table-cell" style:data-style-name="n-day"/>'
    + _number_style("percent", 1, after="<number:text> %</number:text>")
    + _number_style("decimal", 1, grouped=True)
    + _number_style("whole", 0, grouped=True)
    + '<style:style style:name="head" style:family="table-cell">'
    '<style:table-cell-properties fo:background-color="#f2f3f8" fo:wrap-option="wrap"/>'
    '<style:text-properties fo:font-weight="bold" fo:color="#51577a"/></style:style>'
)
_PAGE = (
    f'<office:document-styles {_NAMES} office:version="1.3"><office:styles>'
    '<style:default-style style:family="table-cell"><style:text-properties fo:language="de" fo:country="DE"/>'
    '</style:default-style></office:styles><office:automatic-styles><style:page-layout style:name="page">'
    '<style:page-layout-properties fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape"'
    ' fo:margin="1.5cm" style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout></office:automatic-styles>'
    '<office:master-styles><style:master-page style:name="Default" style:page-layout-name="page"/>'
    "</office:master-styles></office:document-styles>"
)
