"""What waits for a person, from every room. Rooms above this one add what they know to `SOURCES` when they start."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Deed, Membership, ServiceAccount


@dataclass(frozen=True)
class Waiting:
    """One thing to do: by when (None: no day), what, in which room, the deed in a word, and where it is done."""

    what: str
    room: str
    deed: str
    address: str
    day: date | None = None
    words: str = ""

    @property
    def late_days(self) -> int:
        """For how many days it is overdue; 0 where it is not."""
        return max((timezone.localdate() - self.day).days, 0) if self.day else 0


def _service_accounts(held: Membership) -> Iterator[Waiting]:
    """Those for which nobody answers any more, so that none lives on unseen. One query for who manages people."""
    if Deed.MANAGE_PEOPLE not in held.deeds:
        return
    orphaned = ServiceAccount.objects.orphaned().filter(municipality=held.municipality_id)
    for each in orphaned.select_related("user"):
        what = _("%(account)s: Niemand ist mehr verantwortlich") % {"account": each.user}
        yield Waiting(what, _("Personen"), _("Klären"), reverse("service_account", args=[each.pk]))


# What waits for the person of a membership in its municipality.
SOURCES: list[Callable[[Membership], Iterable[Waiting]]] = [_service_accounts]


def waiting_for(held: Membership) -> list[Waiting]:
    """All that waits, by day, what has none last; how many queries that takes is the sources' to say. Nothing waits for
    a service account.
    """
    if held.user.is_service:
        return []
    found = [each for source in SOURCES for each in source(held)]
    return sorted(found, key=lambda each: (each.day is None, each.day or date.max, each.room, each.what))
