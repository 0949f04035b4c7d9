"""freeze_edition and approve_edition: the only ways an edition comes to be and becomes visible to the council."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from ozg_tracker.accounts.models import Municipality
from reports.models import Edition

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User


def freeze_edition(municipality: Municipality, month: date, *, by: "User | None" = None, correct: str = "") -> Edition:
    """Freeze `month` (its first day) of `municipality`.

    Frozen again with nothing new, the edition that stands is returned. With something new, `correct` must give the
    reason, and the next number is made; without it a ValidationError (`differs`) lists what would differ. A month that
    has not ended is refused (`month_not_ended`).
    """
    raise NotImplementedError


def approve_edition(edition: Edition, by: "User") -> Edition:
    """Show `edition` to the council. Refused (`already_approved`) where that is done."""
    raise NotImplementedError


def freeze_ended_months(municipality: Municipality, now: datetime | None = None) -> list[Edition]:
    """Freeze every ended month that has no edition, from the month after the last edition, or the first with data."""
    raise NotImplementedError
