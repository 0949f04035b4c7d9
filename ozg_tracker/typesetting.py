"""Papers as PDF, the same bytes for the same data: PDF/UA-1 for all who read them, PDF/A-3a for the archive.

typst reads the content as data (`sys.inputs`), so no text of ours is ever markup. Its root is a fresh folder that holds
the template alone: nothing else can be read.
"""

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import fontpkg_fira_sans
import typst

FONTS = fontpkg_fira_sans.ROOT / "files"
# A cell of a table's body with the head of its column, as typst writes the tags: in the clear.
_CELL = re.compile(rb"(/Type/StructElem/S/T)D(/P \d+ 0 R/A\[<</O/Table)(/Headers\[\(U\d+x(\d+)y0\)\])")


class Attachment(NamedTuple):
    """A file that travels inside the PDF."""

    name: str
    kind: str
    text: str


def typeset(
    template: Path,
    data: dict[str, Any],
    timestamp: int,
    attached: Attachment | None = None,
    besides: Attachment | None = None,
) -> bytes:
    """`data` by a template that reads it as `sys.inputs.data`, as PDF/UA-1 and PDF/A-3a.

    A template that reads `sys.inputs.attached` puts the file of that name and kind, `sys.inputs.file`, inside;
    a second one, `besides`, likewise.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    if attached:
        inputs |= {"attached": attached.name, "kind": attached.kind, "file": attached.text}
    if besides:
        inputs |= {"besides": besides.name, "besides_kind": besides.kind, "besides_file": besides.text}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, folder)
        made: bytes = typst.compile(
            str(Path(folder) / template.name),
            root=folder,
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs=inputs,
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            timestamp=timestamp,
        )
    return _with_row_headers(made)


def _with_row_headers(made: bytes) -> bytes:
    """The first cell of each row of a table's body as the head of that row.

    typst can do this (`pdf.header-cell`), but behind a feature that its Python package cannot switch on. A cell keeps
    its length, so no offset of the file moves. All heads are then found by their scope: what names those of the column
    alone goes.
    """

    def marked(cell: re.Match[bytes]) -> bytes:
        start, middle, headers, column = cell.groups()
        kind, scope = (b"H", b"/Scope/Row") if column == b"0" else (b"D", b"")
        return start + kind + middle + scope.ljust(len(headers))

    return _CELL.sub(marked, made)
