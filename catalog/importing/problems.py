"""What can be wrong with a file: codes of the contract, each problem with its place and a German sentence."""

from dataclasses import dataclass

from catalog.models import ImportProblem

Severity = ImportProblem.Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with its place: sheet, the row's number as the spreadsheet shows it, the column's own header word."""

    code: str
    message: str
    severity: str = "error"
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def as_json(self) -> dict[str, str | int | None]:
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
        }


class Refused(Exception):
    """The file as a whole cannot be taken: `unreadable_file`, `too_large`, `unsafe_file` or `missing_column`."""

    def __init__(self, code: str, message: str, sheet: str | None = None, row: int | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(code, message, sheet=sheet, row=row)
