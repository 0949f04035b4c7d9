"""Which state an edition can go to, and by which deed. What is not here is refused, by the deeds and by triggers."""

from typing import NamedTuple

from reports.models import Edition


class Move(NamedTuple):
    """From `before`, None where there was no edition yet, to `after`."""

    before: str | None
    after: str


FREEZE = Move(None, Edition.State.DRAFT)
FREEZE_APPROVED = Move(None, Edition.State.APPROVED)  # with REPORT_AUTO_APPROVE
APPROVE = Move(Edition.State.DRAFT, Edition.State.APPROVED)

MOVES: dict[str, Move] = {
    "freeze_edition": FREEZE,
    "freeze_edition (REPORT_AUTO_APPROVE)": FREEZE_APPROVED,
    "approve_edition": APPROVE,
}
