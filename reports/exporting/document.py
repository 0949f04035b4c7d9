"""The report as PDF, German, the same bytes for the same edition, with the frozen figures inside, byte for byte."""

import re
from pathlib import Path

from ozg_tracker.typesetting import Attachment, typeset
from reports.exporting.print_data import print_data
from reports.exporting.signed import signed_file
from reports.models import Edition
from reports.telling.content import Report, report

TEMPLATE = Path(__file__).parent.parent / "typst" / "report.typ"


def pdf(edition: Edition, content: Report | None = None) -> bytes:
    """`edition` with every list whole: it stands alone on paper. `content`: its report, where it is at hand."""
    data = print_data(edition, content or report(edition))
    figures = Attachment(f"figures-{edition.month:%Y-%m}.json", "application/json", edition.figures)
    return typeset(TEMPLATE, data, int(edition.known_at.timestamp()), figures, signed_file(edition))


def pages(made: bytes) -> int:
    """The number of pages, from the root of the page tree, which typst writes in the clear."""
    count = re.search(rb"/Type\s*/Pages\s*/Count (\d+)", made)
    return int(count[1]) if count else 0
