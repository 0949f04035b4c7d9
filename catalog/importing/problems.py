"""What can be wrong with a file: codes of the contract, each problem with its place and a German sentence."""

from dataclasses import dataclass, field

from catalog.models import ImportProblem

Severity = ImportProblem.Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with its place: sheet, the row's number as the spreadsheet shows it, the column's own header word."""

    code: str
    message: str
    severity: str = Severity.ERROR
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def as_json(self) -> dict[str, str | int | None]:
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "severity": str(self.severity),
            "code": self.code,
            "message": self.message,
        }


@dataclass
class Refused(Exception):
    """The file as a whole cannot be taken: `unreadable_file`, `too_large`, `unsafe_file` or `missing_column`."""

    code: str
    message: str
    place: dict[str, str | int] = field(default_factory=dict)

    def problem(self) -> Problem:
        return Problem(
            self.code, self.message, sheet=_text(self.place.get("sheet")), row=_number(self.place.get("row"))
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
