"""What anybody may see: the published editions of a municipality that wants it, and of no other."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from reports.models import Edition, Publication

_SECOND = '"schema":2,'  # as canonical JSON writes it


def open_publications() -> QuerySet[Publication]:
    """What holds now of each municipality whose editions are open."""
    newest = Publication.objects.filter(municipality=OuterRef("municipality")).order_by("-id").values("pk")[:1]
    return Publication.objects.filter(public=True, pk=Subquery(newest)).select_related("municipality")


def open_publication(ars: str) -> Publication | None:
    """Of the municipality with this Regionalschlüssel; None where there is none, or its editions are not open."""
    return open_publications().filter(municipality__ars=ars).first()


def public_editions(publication: Publication) -> QuerySet[Edition]:
    """The published editions, newest month first, each month's last first."""
    return Edition.objects.filter(Edition.published(), municipality=publication.municipality_id)


@dataclass(frozen=True)
class Listed:
    """A published edition in a list, without its figures; `replaced_by` is the number that holds instead, or None."""

    edition: Edition
    issued: datetime
    replaced_by: int | None
    described: bool  # by the schema that is open


def listed(publication: Publication) -> list[Listed]:
    """All of them, in the order of `public_editions`; one query."""
    last: dict[date, int] = {}
    found = []
    new = ExpressionWrapper(Q(figures__contains=_SECOND), output_field=BooleanField())
    for edition in public_editions(publication).annotate(described=new).defer("figures", "differences"):
        number = last.setdefault(edition.month, edition.number)
        edition.municipality = publication.municipality
        later = number if number > edition.number else None
        found.append(Listed(edition, issued(edition), later, edition.described))
    return found


def issued(edition: Edition) -> datetime:
    """When the edition was published, an aware instant: at the time that was set, or once it was approved after it."""
    known = [each for each in (edition.publish_at, edition.approved_at) if each]
    return max(known, default=edition.known_at)
