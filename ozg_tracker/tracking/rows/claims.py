"""Claim against proof: what a row says of itself against the latest entry of the public directory.

A row that counts claims an online service once it is ready. What the directory knows comes in by files; where one was
taken in, a row without an entry is one the directory does not show. A row that does not count has nothing to prove.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Subquery, TextChoices, Value, When
from django.db.models.fields import CharField
from django.utils.translation import gettext_lazy as _

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import Evidence, MunicipalService
from ozg_tracker.tracking.rows.counting import COUNTS, READY

if TYPE_CHECKING:
    Rows = QuerySet[MunicipalService]


class Verdict(TextChoices):
    AGREE = "agree", _("passt zusammen")
    CLAIMED_NOT_PUBLIC = "claimed_not_public", _("im Verzeichnis fehlt der Onlinedienst")
    PUBLIC_NOT_CLAIMED = "public_not_claimed", _("das Verzeichnis zeigt mehr als unsere Angabe")


# Of the lines of one day an address that works is the one that counts.
_NEWEST = ("-found_on", "-online", "-id")
CONTRADICTIONS = (Verdict.CLAIMED_NOT_PUBLIC, Verdict.PUBLIC_NOT_CLAIMED)


def taken_in_on(municipality: Municipality) -> date | None:
    """The day of the latest directory that was taken in for the municipality; None: there was none yet."""
    entries = Evidence.objects.filter(row__municipality=municipality, kind=Evidence.Kind.DIRECTORY)
    found: date | None = entries.aggregate(on=Max("found_on"))["on"]
    return found


def directory_entry(row: MunicipalService) -> Evidence | None:
    """The entry of the directory that counts for `row`."""
    entries: QuerySet[Evidence] = row.evidence.filter(kind=Evidence.Kind.DIRECTORY)
    return entries.order_by(*_NEWEST).first()


def verdict_of(row: MunicipalService) -> Verdict | None:
    """How the claim of `row` fits the directory; None where nothing is to be proved, or no directory was taken in."""
    found = with_verdict(MunicipalService.objects.filter(pk=row.pk)).values_list("verdict", flat=True).first()
    return Verdict(found) if taken_in_on(row.municipality) and found else None


def newest_entry_online(row: str, day: date) -> Q:
    """Whether the entry that counts on `day` shows an online service; `row`: what the row's id is called there."""
    entries = Evidence.objects.filter(row=OuterRef("row"), kind=Evidence.Kind.DIRECTORY, found_on__lte=day)
    newest = Subquery(entries.order_by(*_NEWEST).values("pk")[:1])
    return Q(Exists(Evidence.objects.filter(row=OuterRef(row), online=True, pk=newest)))


def with_verdict(rows: "Rows") -> "QuerySet[Any]":
    """Those of `rows` that count and have an entry or claim an online service, with `verdict` and the latest entry's
    `public_online`, `public_on` and `public_url`, which are None without an entry. For municipalities with a directory.
    """
    entries = Evidence.objects.filter(row=OuterRef("pk"), kind=Evidence.Kind.DIRECTORY).order_by(*_NEWEST)
    return (
        rows.filter(COUNTS, READY | Q(Exists(entries.values("pk"))))
        .annotate(
            public_online=Subquery(entries.values("online")[:1]),
            public_on=Subquery(entries.values("found_on")[:1]),
            public_url=Subquery(entries.values("url")[:1]),
        )
        .annotate(
            verdict=Case(
                When(READY & Q(public_online=True), then=Value(Verdict.AGREE)),
                When(READY, then=Value(Verdict.CLAIMED_NOT_PUBLIC)),
                When(public_online=True, then=Value(Verdict.PUBLIC_NOT_CLAIMED)),
                default=Value(Verdict.AGREE),
                output_field=CharField(choices=Verdict.choices),
            )
        )
    )


def proven(rows: "Rows") -> "QuerySet[Any]":
    """Those of `rows` that count, are ready, and are shown as online by the directory."""
    return with_verdict(rows).filter(READY, verdict=Verdict.AGREE)
