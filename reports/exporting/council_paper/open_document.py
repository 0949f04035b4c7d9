"""The paper as ODT, the administration's format of exchange, to be edited; told once for both in `content`."""

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from odfdo import Document, Element, Header, Span
from odfdo import Paragraph as OdfParagraph

from reports.exporting.council_paper.content import paper
from reports.exporting.council_paper.packing import packed
from reports.exporting.council_paper.parts import Grid, Heading, Paragraph, Part, ToFill, Words, shown
from reports.models import Edition

_LANGUAGE = 'fo:language="de" fo:country="DE"'
_FONT = 'style:font-name="Arial" fo:font-family="Arial, \'Liberation Sans\'" fo:color="#171a2b"'
_STYLES = (
    f'<style:default-style style:family="paragraph"><style:paragraph-properties style:tab-stop-distance="1.25cm"/>'
    f'<style:text-properties {_FONT} fo:font-size="10.5pt" {_LANGUAGE}/></style:default-style>',
    '<style:style style:name="Standard" style:family="paragraph" style:class="text">'
    '<style:paragraph-properties fo:margin-bottom="0.25cm"/></style:style>',
    '<style:style style:name="Title" style:family="paragraph" style:parent-style-name="Standard" style:class="chapter">'
    '<style:text-properties fo:font-size="18pt" fo:font-weight="bold"/></style:style>',
    *(
        f'<style:style style:name="Heading_20_{level}" style:display-name="Heading {level}" style:family="paragraph" '
        f'style:parent-style-name="Standard" style:next-style-name="Standard" style:default-outline-level="{level}" '
        'style:class="text"><style:paragraph-properties fo:margin-top="0.5cm" fo:margin-bottom="0.2cm" '
        f'fo:keep-with-next="always"/><style:text-properties fo:font-size="{size}pt" fo:font-weight="bold"/>'
        "</style:style>"
        for level, size in ((1, 14), (2, 12))
    ),
    '<style:style style:name="Small" style:display-name="Kleingedruckt" style:family="paragraph" '
    'style:parent-style-name="Standard"><style:paragraph-properties fo:margin-bottom="0.1cm"/>'
    '<style:text-properties fo:font-size="8.5pt"/></style:style>',
    '<style:style style:name="Cell" style:display-name="Tabellentext" style:family="paragraph" '
    'style:parent-style-name="Standard"><style:paragraph-properties fo:margin-bottom="0cm"/>'
    '<style:text-properties fo:font-size="9pt"/></style:style>',
    '<style:style style:name="Head" style:display-name="Tabellenkopf" style:family="paragraph" '
    'style:parent-style-name="Cell"><style:text-properties fo:font-weight="bold"/></style:style>',
    '<style:style style:name="Footer" style:family="paragraph" style:parent-style-name="Small" style:class="extra"/>',
    '<style:style style:name="ToFill" style:display-name="Auszufüllen" style:family="text">'
    '<style:text-properties fo:background-color="#ffff00"/></style:style>',
)
_PAGE = (
    '<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" '
    'style:print-orientation="portrait" fo:margin-top="2cm" fo:margin-bottom="2cm" fo:margin-left="2cm" '
    'fo:margin-right="2cm"/><style:footer-style><style:header-footer-properties fo:margin-top="0.5cm" '
    'fo:min-height="0.5cm"/></style:footer-style></style:page-layout>'
)
_IN_TABLES = (
    '<style:style style:name="Grid" style:family="table"><style:table-properties style:width="17cm" '
    'table:align="left" fo:margin-bottom="0.25cm" table:border-model="collapsing"/></style:style>',
    '<style:style style:name="Line" style:family="table-row"><style:table-row-properties fo:keep-together="always"/>'
    "</style:style>",
    '<style:style style:name="Box" style:family="table-cell"><style:table-cell-properties fo:padding="0.1cm" '
    'fo:border="0.5pt solid #6e7597"/></style:style>',
)
# what the library's template brings of the machine that it was made on
_LEFT_OFF = ("Thumbnails/thumbnail.png", "manifest.rdf", "Configurations2/accelerator/current.xml")


def odt(edition: Edition) -> bytes:
    """The paper on `edition` as OpenDocument; the same edition gives the same bytes."""
    told, made = paper(edition), Document("text")
    _dressed(made, told.footer)
    meta = made.meta
    meta.title, meta.subject, meta.language = shown(told.title), shown(told.about), "de-DE"
    meta.creator = meta.initial_creator = meta.generator = "OZG-Tracker"
    meta.creation_date = meta.date = edition.known_at
    made.body.clear()
    made.body.append(OdfParagraph(shown(told.title), style="Title"))
    widths: list[float] = []
    for number, part in enumerate(told.parts):
        _add(made.body, part, number, widths)
    for width in dict.fromkeys(widths):
        made.insert_style(_column(width), automatic=True)
    for name in _LEFT_OFF:
        made.manifest.del_full_path(name)
    written = BytesIO()
    made.save(written)
    return packed(written.getvalue(), edition.known_at, without=_LEFT_OFF)


def _dressed(made: Any, footer: str) -> None:
    """Styles of our own in place of the template's, which speak another language."""
    styles = made.styles
    for container in ("office:styles", "office:automatic-styles", "office:master-styles"):
        styles.get_element(f"//{container}").clear()
    for style in _STYLES:
        styles.get_element("//office:styles").append(Element.from_tag(style))
    styles.get_element("//office:automatic-styles").append(Element.from_tag(_PAGE))
    line = OdfParagraph(f"{shown(footer)} · {_('Seite')} ", style="Footer")
    line.append(Element.from_tag('<text:page-number text:select-page="current">1</text:page-number>'))
    line.append_plain_text(f" {_('von')} ")
    line.append(Element.from_tag("<text:page-count>1</text:page-count>"))
    page = Element.from_tag('<style:master-page style:name="Standard" style:page-layout-name="A4"/>')
    foot = Element.from_tag("<style:footer/>")
    foot.append(line)
    page.append(foot)
    styles.get_element("//office:master-styles").append(page)
    for style in _IN_TABLES:
        made.insert_style(Element.from_tag(style), automatic=True)


def _column(width: float) -> Any:
    return Element.from_tag(
        f'<style:style style:name="{_name(width)}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width}cm"/></style:style>'
    )


def _name(width: float) -> str:
    return f"W{round(width * 10)}"


def _add(body: Any, part: Part, number: int, widths: list[float]) -> None:
    match part:
        case Heading():
            body.append(Header(part.level, shown(part.text), style=f"Heading_20_{part.level}"))
        case Paragraph():
            body.append(_line(part.words, "Small" if part.small else "Standard"))
        case Grid():
            widths += part.widths
            body.append(_grid(part, number))


def _line(words: tuple[Words, ...], style: str) -> Any:
    line = OdfParagraph(style=style)
    for each in words:
        if isinstance(each, ToFill):
            line.append(Span(shown(each), style="ToFill"))
        else:
            line.append_plain_text(shown(each))
    return line


def _grid(part: Grid, number: int) -> Any:
    table = Element.from_tag(f'<table:table table:name="Tabelle{number}" table:style-name="Grid"/>')
    for tag, text in (("table:title", part.name), ("table:desc", ", ".join(part.head))):
        told = Element.from_tag(f"<{tag}/>")
        told.text = shown(text)
        table.append(told)
    for width in part.widths:
        table.append(Element.from_tag(f'<table:table-column table:style-name="{_name(width)}"/>'))
    head = Element.from_tag("<table:table-header-rows/>")
    head.append(_row(part.head, "Head"))
    table.append(head)
    for row in part.rows:
        table.append(_row(row, "Cell"))
    return table


def _row(cells: tuple[Words, ...], style: str) -> Any:
    row = Element.from_tag('<table:table-row table:style-name="Line"/>')
    for each in cells:
        cell = Element.from_tag('<table:table-cell table:style-name="Box" office:value-type="string"/>')
        cell.append(_line((each,), style))
        row.append(cell)
    return row
