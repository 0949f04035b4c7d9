"""Equal problems of a file told once, with all the rows they stand in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from catalog.models import ImportProblem


class Placed(Protocol):
    """A problem as the importer reports it and as it is stored."""

    @property
    def severity(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def column(self) -> str | None: ...
    @property
    def row(self) -> int | None: ...


@dataclass
class Folded:
    severity: str
    sheet: str
    column: str
    code: str
    message: str
    rows: list[int] = field(default_factory=list)

    @property
    def is_error(self) -> bool:
        return self.severity == ImportProblem.Severity.ERROR


def fold(problems: Iterable[Placed]) -> list[Folded]:
    """Each problem once, errors first, else in the order of the file."""
    found: dict[tuple[str, str, str, str, str], Folded] = {}
    for problem in problems:
        told = (str(problem.severity), problem.sheet or "", problem.column or "", problem.code, problem.message)
        folded = found.setdefault(told, Folded(*told))
        if problem.row is not None:
            folded.rows.append(problem.row)
    return sorted(found.values(), key=lambda each: not each.is_error)
