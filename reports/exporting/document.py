"""The report as PDF, German, the same bytes for the same edition, with the frozen figures inside, byte for byte."""

import re
from pathlib import Path

from ozg_tracker.typesetting import Attachment, typeset
from reports.exporting.print_data import ROOMS, print_data
from reports.exporting.signed import signed_file
from reports.models import Edition
from reports.telling.content import report

TEMPLATE = Path(__file__).parent.parent / "typst" / "report.typ"
MOST_PAGES = 4


def pdf(edition: Edition) -> bytes:
    """`edition` as much of it as four pages hold."""
    content = report(edition)
    figures = Attachment(f"figures-{edition.month:%Y-%m}.json", "application/json", edition.figures)
    made = b""
    for room in ROOMS:
        data, instant = print_data(edition, content, room), int(edition.known_at.timestamp())
        made = typeset(TEMPLATE, data, instant, figures, signed_file(edition))
        if pages(made) <= MOST_PAGES:
            break
    return made


def pages(made: bytes) -> int:
    """The number of pages, from the root of the page tree, which typst writes in the clear."""
    count = re.search(rb"/Type\s*/Pages\s*/Count (\d+)", made)
    return int(count[1]) if count else 0
