"""take_over_list(): what is decided of an own list becomes own services and a merge; the rest stays in the list."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.models import User
from ozg_tracker.tracking.exchange.merges import keep_merge
from ozg_tracker.tracking.exchange.own_lists import cells_of, lines_for, refuse_unless_mapped
from ozg_tracker.tracking.exchange.status_file import StatusFile
from ozg_tracker.tracking.models import Merge, OwnList, OwnListRow
from ozg_tracker.tracking.own_services import NewBundle, add_own_service
from ozg_tracker.tracking.rows import locks


@dataclass
class Taken:
    """`merge`: where the values of the rows wait for a look (None: no row is of a service); `own`: how many services
    became own ones; `refused`: by row number, why its service could not, the row stays as it is.
    """

    merge: Merge | None = None
    own: int = 0
    refused: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def take_over_list(own_list: OwnList, *, by: User, ours: bool) -> Taken:
    """Make own services of the rows decided so, and a merge of what all decided rows say. What is open or kept stays.

    ValidationError: nothing is decided, or own services have no Lage to go to.
    """
    refuse_unless_mapped(own_list)
    locks.hold(own_list.municipality_id)
    ready = OwnListRow.objects.of(own_list).filter(taken=False, outcome__in=("found", "own"))
    rows = list(ready.select_for_update())
    if not rows:
        raise ValidationError(_("Es ist noch keine Zeile zu übernehmen."), code="nothing_to_do")
    taken = Taken()
    for row in rows:
        if row.outcome == OwnListRow.Outcome.OWN:
            _make_own(own_list, row, taken, by)
    good = [row for row in rows if row.number not in taken.refused]
    if lines := lines_for(own_list, good, ours=ours):
        found = StatusFile(own_list.name, lines)
        taken.merge = keep_merge(own_list.municipality, found, by=by, origin=Merge.Origin.LIST)
    OwnListRow.objects.filter(pk__in=[row.pk for row in good]).update(taken=True)
    return taken


def _make_own(own_list: OwnList, row: OwnListRow, taken: Taken, by: User) -> None:
    if own_list.situation is None or not own_list.bundle_name:
        sentence = _(
            "Bitte sagen Sie bei den Spalten, zu welcher Lage und in welches Bündel eigene Leistungen gehören."
        )
        raise ValidationError(sentence, code="no_situation")
    name = cells_of(row, own_list).get("name", "")
    reason = f"Aus der eigenen Liste „{own_list.name[:200]}“, Zeile {row.number}"  # kept, so German
    try:
        with transaction.atomic():
            own = add_own_service(
                own_list.municipality,
                name,
                NewBundle(own_list.bundle_name, own_list.situation),
                by=by,
                reason=reason[:LONGEST_REASON],
            )
    except ValidationError as error:
        taken.refused[row.number] = " ".join(error.messages)
        return
    taken.own += 1
    row.services = [own.service_id]
    row.save(update_fields=["services"])
