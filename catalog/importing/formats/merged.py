"""Cells merged downwards: a spreadsheet keeps the value in the first of them and shows it beside every row."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from catalog.importing import limits

Cells = Sequence[object]
Range = tuple[tuple[int, int], tuple[int, int]]  # first and last cell as (row, column) from 0, both of it


def filled_down(rows: Iterable[Cells], ranges: Iterable[Range]) -> Iterator[Cells]:
    """`rows`, each row of a merged range with the value of its first; a row without any cell of its own stays empty."""
    begin: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for (top, left), (bottom, _right) in ranges:
        if bottom > top and left < limits.COLUMNS:
            begin[top].append((left, bottom))
    held: dict[int, tuple[int, object]] = {}  # column → last row and value
    for number, cells in enumerate(rows):
        held = {column: merged for column, merged in held.items() if merged[0] >= number}
        if held and any(cell not in ("", None) for cell in cells):
            cells = [*cells]
            for column, (_last, value) in held.items():
                if column < len(cells):
                    cells[column] = value
        for column, last in begin.get(number, ()):
            held[column] = last, cells[column] if column < len(cells) else ""
        yield cells
