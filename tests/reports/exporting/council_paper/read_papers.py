"""The two files read back: headings with their level, paragraphs, tables with their head, places to fill."""

import io

from docx import Document as WordDocument
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from odfdo import Document as OpenDocument
from odfdo import Element


def of_docx(content):
    """[("heading", level, text) | ("text", text) | ("table", name, [head], [[cell]])], and the places to fill."""
    made = WordDocument(io.BytesIO(content))
    told = []
    for part in made.iter_inner_content():
        if isinstance(part, WordTable):
            rows = [[cell.text for cell in row.cells] for row in part.rows]
            heads = [row for row in part.rows if row._tr.find(f".//{qn('w:tblHeader')}") is not None]
            name = part._tbl.tblPr.find(qn("w:tblCaption"))
            name = None if name is None else name.get(qn("w:val"))
            told.append(("table", name, rows[: len(heads)], rows[len(heads) :]))
        elif part.style.name.startswith("Heading"):
            told.append(("heading", int(part.style.name[-1]), part.text))
        elif part.text:
            told.append(("text", part.text))
    runs = made.element.iter(qn("w:r"))
    fill = [
        "".join(each.text for each in run.findall(qn("w:t")))
        for run in runs
        if run.find(f".//{qn('w:highlight')}") is not None
    ]
    return told, fill


def of_odt(content):
    made = OpenDocument(io.BytesIO(content))
    told = []
    for part in made.body.children:
        if part.tag == "table:table":
            head = [_cells(row) for row in part.get_elements("table:table-header-rows/table:table-row")]
            rows = [_cells(row) for row in part.get_elements("table:table-row")]
            name = part.get_element("table:title")
            told.append(("table", name and name.text, head, rows))
        elif part.tag == "text:h":
            told.append(("heading", int(part.get_attribute("text:outline-level")), _text(part)))
        elif part.tag == "text:p" and _text(part):
            told.append(("text", _text(part)))
    fill = [_text(each) for each in made.body.get_elements("descendant::text:span") if each.style == "ToFill"]
    return told, fill


def _cells(row):
    return [_text(cell) for cell in row.get_elements("table:table-cell")]


def _text(element: Element) -> str:
    parts = element.get_elements("text:p") or [element]
    return "\n".join(each.inner_text.removesuffix("\n") for each in parts)
