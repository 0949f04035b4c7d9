"""A service and the one that took over from it: each page shows the other's history too."""

from typing import NamedTuple

from django.db.models import Q

from catalog.models import Succession
from ozg_tracker.tracking.models import MunicipalService, OwnService
from ozg_tracker.tracking.rows.storyline import Chapter, chapters


class Relative(NamedTuple):
    """The row of the same municipality before or after; `later`: it goes on what the row looked at began."""

    row: MunicipalService
    later: bool
    chapters: list[Chapter]


def own_service_of(row: MunicipalService) -> OwnService | None:
    """The municipality's own service that `row` tracks; None for one of the catalogue."""
    return None if row.service.official else OwnService.objects.filter(service=row.service_id).first()


def relatives(row: MunicipalService) -> list[Relative]:
    """The rows that `row` took over from or was taken over by, each with its history; two queries where none is."""
    merged = OwnService.objects.filter(
        Q(service=row.service_id) | Q(merged_into=row.service_id), municipality=row.municipality_id
    ).exclude(merged_into=None)
    successions = Succession.objects.filter(Q(old=row.service_id) | Q(new=row.service_id)).filter(
        Q(accepted=True) | Q(of_municipalities__municipality=row.municipality_id, of_municipalities__accepted=True)
    )
    pairs = [*merged.values_list("service", "merged_into"), *successions.values_list("old", "new")]
    services = {pk for pair in pairs for pk in pair} - {row.service_id}
    if not services:
        return []
    rows = MunicipalService.objects.filter(municipality=row.municipality_id, service__in=services)
    later = {after for before, after in pairs if before == row.service_id}
    return [Relative(each, each.service_id in later, chapters(each)) for each in rows.select_related("service")]
