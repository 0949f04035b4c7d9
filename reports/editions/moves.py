"""Which state an edition can go to, and by which deed. What is not here is refused, by the deeds and by triggers."""

from typing import NamedTuple

from reports.models import Edition

State = Edition.State


class Move(NamedTuple):
    """From `before`, None where there was no edition yet, to `after`."""

    before: str | None
    after: str


FREEZE = Move(None, State.DRAFT)
FREEZE_APPROVED = Move(None, State.APPROVED)  # with REPORT_AUTO_APPROVE

MOVES: dict[Move, str] = {
    FREEZE: "freeze_edition",
    FREEZE_APPROVED: "freeze_edition (REPORT_AUTO_APPROVE)",
    Move(State.DRAFT, State.IN_REVIEW): "open_review",
    Move(State.DRAFT, State.SUBMITTED): "submit_edition",
    Move(State.IN_REVIEW, State.SUBMITTED): "submit_edition",
    Move(State.SUBMITTED, State.DRAFT): "return_edition",
    Move(State.DRAFT, State.APPROVED): "approve_edition",
    Move(State.SUBMITTED, State.APPROVED): "approve_edition",
    Move(State.DRAFT, State.DROPPED): "drop_edition",
    Move(State.IN_REVIEW, State.DROPPED): "drop_edition",
    Move(State.SUBMITTED, State.DROPPED): "drop_edition",
}


def move(edition: Edition, after: str, **fields: object) -> bool:
    """Take the edition to the state `after`, with `fields`, where it may go there from where it stands; whether it did.

    Raced by another, one of the two finds it moved already.
    """
    sources = [each.before for each in MOVES if each.after == after and each.before]
    moved = Edition.objects.filter(pk=edition.pk, state__in=sources).update(state=after, **fields)
    edition.refresh_from_db()
    return bool(moved)
