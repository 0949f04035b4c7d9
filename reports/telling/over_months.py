"""One service through the months, as each month's report told of it: what was it in June?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from reports.models import Edition
from reports.telling import labels, wording
from reports.telling.services import LISTED, Service, called, identity
from reports.telling.text import cleaned

MOST = 24  # months shown


@dataclass(frozen=True)
class MonthOfService:
    """A month's report of it; without `state` it did not count. `known`: level and state as they are known since, where
    that is something else. `moved`: what the report says of the month's change."""

    edition: Edition
    level: int | None
    state_code: str
    state: str
    known: str
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


Known = Mapping[date, tuple[int | None, str]]


def over_months(editions: Iterable[Edition], wanted: str, known: Known) -> OverMonths | None:
    """The service that is `wanted` (`called`) in `editions`, newest first; None where none of them knows it. `known`:
    its level and state at the end of each month as they are known since."""
    told = [(edition, cleaned(edition.figures)) for edition in editions]
    found = [(edition, figures, _service(figures, wanted)) for edition, figures in told if "services" in figures]
    newest = next((service for _edition, _figures, service in found if service), None)
    if newest is None:
        return None
    lines = [_line(edition, figures, service, known) for edition, figures, service in found]
    return OverMonths(newest["name"], newest["key"] or "", lines)


def _service(figures: Mapping[str, Any], wanted: str) -> Service | None:
    return next((each for each in figures["services"] if called(each) == wanted), None)


def _line(edition: Edition, figures: Mapping[str, Any], service: Service | None, known: Known) -> MonthOfService:
    if service is None:
        return MonthOfService(edition, None, "", "", "", "", "", "", "", "")
    moves = [(kind, each) for kind in labels.MOVEMENT for each in figures["movement"].get(kind, [])]
    kind, reason = next(
        ((kind, each["reason"]) for kind, each in moves if identity(each) == identity(service)), ("", "")
    )
    return MonthOfService(
        edition,
        level=service["level"],
        state_code=service["state"],
        state=labels.state(service["state"]),
        known=_known(service, known.get(edition.month)),
        planned=wording.day(service["planned_on"]) if service["planned_on"] else wording.NO_VALUE,
        proof=str(labels.PROOFS[service["proof"]]),
        place=service["office"] or str(labels.NO_DEPARTMENT),
        moved=str(LISTED.get(kind, "")),
        reason=reason,
    )


def _known(service: Service, since: tuple[int | None, str] | None) -> str:
    if since is None or since == (service["level"], service["state"]):
        return ""
    return _("weicht ab: nach heutigem Wissen %(level)s, %(state)s") % {
        "level": wording.level(since[0]),
        "state": labels.state(since[1]),
    }
