"""The paper as DOCX, to be edited: headings, heads of tables and the language are such for Word and LibreOffice."""

from datetime import UTC
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from reports.exporting.council_paper.content import paper
from reports.exporting.council_paper.packing import packed
from reports.exporting.council_paper.parts import Grid, Heading, Paragraph, Part, ToFill, Words, shown
from reports.models import Edition

_FONT, _SMALL, _CELL = "Arial", "Kleingedruckt", "Tabellentext"
_SIZES = {"Normal": 10.5, "Title": 18, "Heading 1": 14, "Heading 2": 12, _SMALL: 8.5, _CELL: 9}
_THEMES = ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme")


def docx(edition: Edition) -> bytes:
    """The paper on `edition` as a document of Word; the same edition gives the same bytes."""
    told, made = paper(edition), Document()
    _styles(made)
    _told(made, told.title, told.about, edition)
    for section in made.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
        _footer(section.footer.paragraphs[0], told.footer)
    styles = {name: made.styles[name].style_id for name in _SIZES}  # by its name, all are read for each paragraph
    _line(made, styles["Title"]).add_run(shown(told.title))
    for part in told.parts:
        _add(made, part, styles)
    written = BytesIO()
    made.save(written)
    return packed(written.getvalue(), edition.known_at, without=("docProps/thumbnail.jpeg",))


def _styles(made: Any) -> None:
    for name in (_SMALL, _CELL):
        made.styles.add_style(name, 1).base_style = made.styles["Normal"]
    for name, size in _SIZES.items():
        style = made.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), RGBColor(0x17, 0x1A, 0x2B)
        fonts = style.element.rPr.rFonts
        for theme in _THEMES:  # a theme's font would go before the one that is named
            fonts.attrib.pop(qn(theme), None)
    made.styles[_CELL].paragraph_format.space_after = Pt(0)
    made.styles[_SMALL].paragraph_format.space_after = Pt(3)
    for language in made.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "de-DE")


def _told(made: Any, title: str, about: str, edition: Edition) -> None:
    known, properties = edition.known_at.astimezone(UTC).replace(tzinfo=None), made.core_properties
    properties.title, properties.author, properties.language = shown(title)[:255], "OZG-Tracker", "de-DE"
    properties.comments, properties.subject = "", shown(about)[:255]
    properties.created = properties.modified = known
    properties.last_modified_by = "OZG-Tracker"
    thumbnails = [key for key, each in made.part.package.rels.items() if each.reltype.endswith("/thumbnail")]
    for key in thumbnails:
        del made.part.package.rels[key]


def _footer(line: Any, text: str) -> None:
    line.add_run(f"{shown(text)} · {_('Seite')} ")
    _field(line, "PAGE")
    line.add_run(f" {_('von')} ")
    _field(line, "NUMPAGES")


def _field(line: Any, name: str) -> None:
    field, run, text = OxmlElement("w:fldSimple"), OxmlElement("w:r"), OxmlElement("w:t")
    field.set(qn("w:instr"), name)
    text.text = "1"
    run.append(text)
    field.append(run)
    line._p.append(field)


def _add(made: Any, part: Part, styles: dict[str, str]) -> None:
    match part:
        case Heading():
            _line(made, styles[f"Heading {part.level}"]).add_run(shown(part.text))
        case Paragraph():
            _words(_line(made, styles[_SMALL if part.small else "Normal"]), part.words)
        case Grid():
            _grid(made, part, styles[_CELL])


def _line(made: Any, style: str) -> Any:
    """A new paragraph in the style with this id."""
    line = made.add_paragraph()
    line._p.style = style
    return line


def _words(line: Any, words: tuple[Words, ...], *, bold: bool = False) -> None:
    for each in words:
        run = line.add_run(shown(each))
        run.bold = bold or None
        if isinstance(each, ToFill):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _grid(made: Any, part: Grid, style: str) -> None:
    table = made.add_table(rows=0, cols=len(part.head), style="Table Grid")
    table.autofit = False
    for name, text in (("w:tblCaption", part.name), ("w:tblDescription", ", ".join(part.head))):
        told = OxmlElement(name)
        told.set(qn("w:val"), shown(text))
        table._tbl.tblPr.append(told)
    for column, width in zip(table.columns, part.widths, strict=True):
        column.width = Cm(width)
    for place, words in enumerate((part.head, *part.rows)):
        row = table.add_row()
        _keeps(row, head=place == 0)
        for cell, each, width in zip(row.cells, words, part.widths, strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0]._p.style = style
            _words(cell.paragraphs[0], (each,), bold=place == 0)
    _line(made, style)


def _keeps(row: Any, *, head: bool) -> None:
    """A row stays on one page; the head stands on each."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", "w:tblHeader") if head else ("w:cantSplit",):
        properties.append(OxmlElement(name))
