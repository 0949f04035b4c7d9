"""Equal problems of a file told once, with all the rows they stand in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext as _

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

    def sentence(self) -> str:
        """Kind, place and message in a line, as a terminal shows it."""
        place = [_("Blatt „%s“") % self.sheet] if self.sheet else []
        if len(self.rows) > 1:
            place.append(_("Zeile %(row)d und %(more)d weitere") % {"row": self.rows[0], "more": len(self.rows) - 1})
        elif self.rows:
            place.append(_("Zeile %d") % self.rows[0])
        if self.column:
            place.append(_("Spalte „%s“") % self.column)
        words = {"place": ", ".join(place), "message": self.message}
        if place:
            return (
                _("Fehler (%(place)s): %(message)s") if self.is_error else _("Hinweis (%(place)s): %(message)s")
            ) % words
        return (_("Fehler: %(message)s") if self.is_error else _("Hinweis: %(message)s")) % words


def fold(problems: Iterable[Placed]) -> list[Folded]:
    """Each problem once, errors first, else in the order of the file."""
    found: dict[tuple[str, str, str, str, str], Folded] = {}
    for problem in problems:
        told = (str(problem.severity), problem.sheet or "", problem.column or "", problem.code, problem.message)
        folded = found.setdefault(told, Folded(*told))
        if problem.row is not None:
            folded.rows.append(problem.row)
    return sorted(found.values(), key=lambda each: not each.is_error)
