"""Exports against bare openpyxl write-only, and how long a PDF takes."""

import io
import tracemalloc

from openpyxl import Workbook

from reports import canonical
from reports.exporting.document import pages, pdf
from reports.exporting.export_edition import export_edition
from reports.exporting.figure_rows import figure_rows, service_rows
from tests.benchmarks.clock import best_of, race, ratio
from tests.reports.made_editions import crowded, edition, sample
from tests.reports.sample import service

ROWS = 20_000


def many():
    """Figures with 20,000 relevant services."""
    figures = sample()
    services = [service(number) for number in range(ROWS)]
    figures["questions"] |= {
        "online_now": services[: ROWS // 3],
        "planned_or_started": services[ROWS // 3 : ROWS // 2],
        "by_deadline": services[ROWS // 3 : ROWS // 2],
        "not_by_deadline": services[ROWS // 2 :],
    }
    return figures


def bare(figures):
    """The same cells without any care: the floor."""
    book = Workbook(write_only=True)
    first, second = book.create_sheet(), book.create_sheet()
    for row in figure_rows(figures):
        first.append([row.figure, row.dimension, row.numerator, row.denominator, row.value, row.unit, row.definition])
    for each in service_rows(figures):
        second.append([each.key, each.ozg_id, each.name, "ja", "nein", "nein", each.movement or None])
    book.save(io.BytesIO())


def test_a_workbook_of_20000_rows_costs_little_more_than_bare_openpyxl():
    figures = many()
    frozen = edition(figures)
    ours, floor = race(4, lambda: export_edition(frozen, "xlsx"), lambda: bare(figures))
    ratio("XLSX, 20,000 rows", ours, floor, at_most=1.3)


def test_a_workbook_of_20000_rows_stays_small_in_memory():
    frozen = edition(many())
    read = canonical.loads(frozen.figures)
    tracemalloc.start()
    export_edition(frozen, "xlsx")
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    print(f"XLSX, {len(list(service_rows(read))):,} rows: {peak:.0f} MB at most")  # noqa: T201 (a benchmark prints its figure)
    assert peak < 100


def test_a_pdf_takes_a_fraction_of_a_second():
    """Each run prints other text, because typst remembers what it has set."""
    turns = iter(range(1000))

    def made(figures):
        return pdf(edition(figures | {"catalogue_release": f"2019-{next(turns)}"}))

    plain, full = best_of(3, lambda: made(sample())), best_of(3, lambda: made(crowded()))
    print(f"PDF: {plain * 1000:.0f} ms; of a crowded month {full * 1000:.0f} ms, {pages(made(crowded()))} pages")  # noqa: T201 (a benchmark prints its figure)
    assert max(plain, full) < 3
