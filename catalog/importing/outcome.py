"""What an import did, or in a dry run would do: the figures of the contract."""

from dataclasses import asdict, dataclass, field
from typing import Any

from catalog.importing.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Counts:
    """`new` were not known, of `changed` the file says something different, `returned` had been retired and are there
    again, `retired` are gone.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    returned: int = 0
    retired: int = 0


@dataclass(frozen=True, slots=True)
class Counting:
    """Services of which the file says nothing different and that count `now`, or `no_longer`, since a sibling came or
    went or the types that count are others.
    """

    now: int = 0
    no_longer: int = 0


@dataclass
class ImportOutcome:
    """`rows` are the data rows read; `touched` the ids of known services that were changed or retired, are back, count
    now or no longer.

    `appeared` are the ids of services that count and did not before: new, back again, or no longer a heading.
    `would_apply` is true where nothing stands against the import, in a dry run too.
    `refused`: the file as a whole was not read, so that no row of it can be left out to help.
    `import_id` names the stored import; it is None for a dry run, a refused file, and a file with nothing to record.
    """

    release: str
    sha256: str
    rows: int = 0
    applied: bool = False
    services: Counts = field(default_factory=Counts)
    bundles: Counts = field(default_factory=Counts)
    counting: Counting = field(default_factory=Counting)
    problems: list[Problem] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)
    appeared: list[int] = field(default_factory=list)
    import_id: int | None = None
    would_apply: bool = False
    refused: bool = False

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == Severity.ERROR for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """The object of the contract, but for the count of touched rows of municipalities, which tracking knows."""
        return {
            "release": self.release,
            "sha256": self.sha256,
            "rows": self.rows,
            "applied": self.applied,
            "services": asdict(self.services),
            "bundles": asdict(self.bundles),
            "counting": asdict(self.counting),
            "problems": [problem.as_json() for problem in self.problems],
        }
