"""Many changes at once, each for itself: what a rule refuses in one row keeps no other row from being saved."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.rows.planning import Change, History
from ozg_tracker.tracking.rows.status import ChangesRefused, Conflict, write_changes

if TYPE_CHECKING:
    from ozg_tracker.accounts.models import User


class Became(NamedTuple):
    """What became of one change: `history` of the row where it was saved (or changes nothing), else why it was not."""

    history: History | None = None
    refused: dict[str, ValidationError] | None = None
    conflict: Conflict | None = None


def change_each(
    municipality: Municipality, changes: Sequence[Change], *, by: "User | None", source: str
) -> list[Became]:
    """Make each of the changes, one a row, that can be made; says of every one what became of it.

    The same few statements for one change and for hundreds: a second attempt leaves out what the rules refuse. Only a
    row that somebody changes in this very moment costs an attempt of its own.
    """
    became: dict[int, Became] = {}
    while left := [at for at in range(len(changes)) if at not in became]:
        try:
            made = write_changes(municipality, [changes[at] for at in left], by=by, source=source)
        except ChangesRefused as refused:
            became |= {left[index]: Became(refused=errors) for index, errors in refused.by_change.items()}
        except Conflict as conflict:
            became[left[conflict.index]] = Became(conflict=conflict)
        else:
            became |= {at: Became(history=made.histories[changes[at].row_id]) for at in left}
    return [became[at] for at in range(len(changes))]
