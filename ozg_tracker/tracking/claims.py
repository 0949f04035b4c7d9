"""Claim against proof: what a row says of itself against the latest entry of the public directory.

A row claims an online service from the conform level of its model on. What the directory knows comes in by files; where
one was taken in, a row without an entry is one the directory does not show.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, TextChoices, Value, When
from django.db.models.fields import CharField
from django.utils.translation import gettext_lazy as _

from ozg_tracker.tracking.models import Evidence, MunicipalService

if TYPE_CHECKING:
    Rows = QuerySet[MunicipalService]


class Verdict(TextChoices):
    AGREE = "agree", _("passt zusammen")
    CLAIMED_NOT_PUBLIC = "claimed_not_public", _("im Verzeichnis fehlt der Onlinedienst")
    PUBLIC_NOT_CLAIMED = "public_not_claimed", _("das Verzeichnis zeigt mehr als unsere Angabe")


# Of the lines of one day an address that works is the one that counts.
_NEWEST = ("-found_on", "-online", "-id")
CONTRADICTIONS = (Verdict.CLAIMED_NOT_PUBLIC, Verdict.PUBLIC_NOT_CLAIMED)


def claims_online(row: MunicipalService) -> bool:
    return row.level is not None and row.level.number >= row.level.model.conform_level


def directory_entry(evidence: Iterable[Evidence]) -> Evidence | None:
    """Of the evidence of a row the entry of the directory that counts."""
    entries = [each for each in evidence if each.kind == Evidence.Kind.DIRECTORY]
    return max(entries, key=lambda each: (each.found_on, each.online, each.pk), default=None)


def verdict(row: MunicipalService, entry: Evidence | None) -> Verdict | None:
    """How the claim of `row` fits its latest directory `entry`; None where there is no entry to compare with."""
    if entry is None:
        return None
    if claims_online(row) == entry.online:
        return Verdict.AGREE
    return Verdict.PUBLIC_NOT_CLAIMED if entry.online else Verdict.CLAIMED_NOT_PUBLIC


def with_verdict(rows: "Rows") -> "QuerySet[Any]":
    """Those of `rows` that have an entry or claim an online service, with `verdict` and the latest entry's
    `public_online`, `public_on` and `public_url`, which are None without an entry.
    """
    entries = Evidence.objects.filter(row=OuterRef("pk"), kind=Evidence.Kind.DIRECTORY).order_by(*_NEWEST)
    claimed = Q(level__number__gte=F("level__model__conform_level"))
    return (
        rows.filter(claimed | Q(Exists(entries.values("pk"))))
        .annotate(
            public_online=Subquery(entries.values("online")[:1]),
            public_on=Subquery(entries.values("found_on")[:1]),
            public_url=Subquery(entries.values("url")[:1]),
        )
        .annotate(
            verdict=Case(
                When(claimed & Q(public_online=True), then=Value(Verdict.AGREE)),
                When(claimed, then=Value(Verdict.CLAIMED_NOT_PUBLIC)),
                When(public_online=True, then=Value(Verdict.PUBLIC_NOT_CLAIMED)),
                default=Value(Verdict.AGREE),
                output_field=CharField(choices=Verdict.choices),
            )
        )
    )
