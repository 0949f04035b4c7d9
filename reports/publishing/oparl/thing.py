"""What all objects of OParl 1.1 have in common (https://github.com/OParl/spec/tree/main/schema)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Min
from django.utils import timezone

from reports.models import Licence, Publication
from reports.publishing.addresses import Addresses
from reports.publishing.licences import LICENCES

SCHEMA = "https://schema.oparl.org/1.1/"

# by the name in a list's address: the type of its objects. A body has to have the last four; here is nothing in them.
LISTS = {
    "bodies": "Body",
    "organizations": "Organization",
    "meetings": "Meeting",
    "locations": "Location",
    "papers": "Paper",
    "consultations": "Consultation",
    "files": "File",
    "people": "Person",
    "memberships": "Membership",
    "agenda-items": "AgendaItem",
    "legislative-terms": "LegislativeTerm",
}
_INTERNAL = {"Body": ("legislativeTerm",), "Paper": ("auxiliaryFile",)}  # what `omit_internal` leaves out

Said = dict[str, Any]


@dataclass(frozen=True)
class Base:
    """Whose objects they are, and what holds for all of them."""

    publication: Publication

    @property
    def since(self) -> datetime:
        """Before it nothing was said as it is now: licence and office are part of everything."""
        return self.publication.recorded_at

    @cached_property
    def first(self) -> datetime:
        """Before it nothing was open. One query."""
        opened = Publication.objects.filter(municipality=self.publication.municipality, public=True)
        found: datetime = opened.aggregate(at=Min("recorded_at"))["at"]
        return found

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.publication.municipality.ars)

    @property
    def licence(self) -> str:
        return LICENCES[Licence(self.publication.licence)].text

    def url(self, name: str, key: object) -> str:
        """Of the object `key` in the list `name`."""
        return f"{self.addresses.oparl}{name}/{key}/"


@dataclass(frozen=True)
class Thing:
    """An object. `say` gives what it says beside what all do; `back` is to what it belongs, where it stands alone."""

    kind: str
    url: str
    created: datetime
    modified: datetime
    say: Callable[[], Said] = field(compare=False)
    deleted: bool = False
    back: Said = field(default_factory=dict)

    def told(self, *, within: bool = False, omit_internal: bool = False) -> Said:
        """As JSON: `within` another one, or alone; of a deleted one that it was, and since when it is not."""
        told = {
            "id": self.url,
            "type": SCHEMA + self.kind,
            "created": moment(self.created),
            "modified": moment(self.modified),
        }
        if self.deleted:
            return told | {"deleted": True}
        left_out = _INTERNAL.get(self.kind, ()) if omit_internal else ()
        said = self.say() | ({} if within else self.back)
        return told | {name: value for name, value in said.items() if name not in left_out}


def moment(instant: datetime) -> str:
    """As OParl wants it: to the second, with the offset."""
    return timezone.localtime(instant).replace(microsecond=0).isoformat()
