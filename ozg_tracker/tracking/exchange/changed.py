"""What the lines of a file change, cell by cell, for people to look at."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, overload

from ozg_tracker.tracking.exchange.conflicts import in_words
from ozg_tracker.tracking.exchange.finding import Services
from ozg_tracker.tracking.exchange.status_file import FileLine
from ozg_tracker.tracking.exchange.values import Vocabulary
from ozg_tracker.tracking.exchange.words import COLUMNS, VALUES
from ozg_tracker.tracking.rows.planning import Planned
from ozg_tracker.tracking.rows.rules import FIELDS


class ChangedCell(NamedTuple):
    """A column with what stood there on the day the line is valid from, and what is to stand there; "–" for none."""

    column: str
    before: str
    after: str


class ChangedLine(NamedTuple):
    sheet: str | None
    row: int
    service: str
    effective_on: date
    cells: list[ChangedCell]


class Changed(Sequence[ChangedLine]):
    """The lines that make an event, in their order; worded when they are looked at, for there may be thousands."""

    def __init__(self, vocabulary: Vocabulary, services: Services, events: Sequence[tuple[FileLine, Planned]]) -> None:
        self._vocabulary, self._services, self._events = vocabulary, services, events

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, index: int) -> ChangedLine: ...
    @overload
    def __getitem__(self, index: slice) -> list[ChangedLine]: ...
    def __getitem__(self, index: int | slice) -> ChangedLine | list[ChangedLine]:
        found = self._events[index] if isinstance(index, slice) else [self._events[index]]
        wanted = {event.row_id for _line, event in found}
        names = {row: self._services.names[pk] for pk, row in self._services.rows.items() if row in wanted}
        told = [
            ChangedLine(line.sheet, line.row, names[event.row_id], event.effective_on, list(self._cells(event)))
            for line, event in found
        ]
        return told if isinstance(index, slice) else told[0]

    def _cells(self, event: Planned) -> Iterator[ChangedCell]:
        for column in VALUES:
            before, after = (getattr(state, FIELDS[column]) for state in (event.before, event.state))
            if before != after:
                yield ChangedCell(
                    COLUMNS[column],
                    in_words(column, before, self._vocabulary),
                    in_words(column, after, self._vocabulary),
                )
