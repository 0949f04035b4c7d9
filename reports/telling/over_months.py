"""One service through the months, as each month's report told of it: what was it in June?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reports.models import Edition
from reports.telling import labels, wording
from reports.telling.services import LISTED, Service, called, identity
from reports.telling.text import cleaned

MOST = 24  # months shown


@dataclass(frozen=True)
class MonthOfService:
    """A month's report of it; without `level` it did not count. `moved`: what the report says of the month's change."""

    edition: Edition
    level: str
    state: str
    planned: str
    proof: str
    place: str
    moved: str
    reason: str


@dataclass(frozen=True)
class OverMonths:
    name: str
    key: str
    lines: list[MonthOfService]


def over_months(editions: Iterable[Edition], wanted: str) -> OverMonths | None:
    """The service that is `wanted` (`called`) in `editions`, newest first; None where none of them knows it."""
    told = [(edition, cleaned(edition.figures)) for edition in editions]
    found = [(edition, figures, _service(figures, wanted)) for edition, figures in told if "services" in figures]
    newest = next((service for _edition, _figures, service in found if service), None)
    if newest is None:
        return None
    lines = [_line(edition, figures, service) for edition, figures, service in found]
    return OverMonths(newest["name"], newest["key"] or "", lines)


def _service(figures: Mapping[str, Any], wanted: str) -> Service | None:
    return next((each for each in figures["services"] if called(each) == wanted), None)


def _line(edition: Edition, figures: Mapping[str, Any], service: Service | None) -> MonthOfService:
    if service is None:
        return MonthOfService(edition, "", "", "", "", "", "", "")
    moves = [(kind, each) for kind in labels.MOVEMENT for each in figures["movement"].get(kind, [])]
    kind, reason = next(
        ((kind, each["reason"]) for kind, each in moves if identity(each) == identity(service)), ("", "")
    )
    return MonthOfService(
        edition,
        level=wording.level(service["level"]),
        state=labels.state(service["state"]),
        planned=wording.day(service["planned_on"]) if service["planned_on"] else wording.NO_VALUE,
        proof=str(labels.PROOFS[service["proof"]]),
        place=service["office"] or str(labels.NO_DEPARTMENT),
        moved=str(LISTED.get(kind, "")),
        reason=reason,
    )
