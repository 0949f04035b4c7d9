"""The other services of a row's bundles in the same municipality, and how far each bundle is."""

from collections import defaultdict
from dataclasses import dataclass, field

from catalog.models import Bundle, ServiceBundle
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.counting import STANDS, counts, is_online, is_ready


@dataclass
class BundleRows:
    """A bundle with the rows of the municipality in it that can count, of which `relevant` are ours."""

    bundle: Bundle
    rows: list[MunicipalService] = field(default_factory=list)
    relevant: int = 0
    ready: int = 0
    online: bool = False

    @property
    def complete(self) -> bool:
        return 0 < self.relevant == self.ready


def bundles_of(row: MunicipalService) -> list[BundleRows]:
    """Every bundle in which the service of `row` stands now, by OZG id; three queries."""
    bundles = Bundle.objects.filter(links__service=row.service_id, links__until=None).order_by("ozg_id").distinct()
    links = ServiceBundle.objects.filter(until=None, bundle__in=bundles).values_list("bundle", "service")
    members: defaultdict[int, set[int]] = defaultdict(set)
    for bundle_id, service_id in links:
        members[bundle_id].add(service_id)
    wanted = set[int]().union(*members.values()) if members else set()
    rows = list(
        MunicipalService.objects.filter(STANDS, municipality=row.municipality_id, service__in=wanted)
        .select_related("service", "level__model")
        .order_by("service__name", "pk")
    )
    return [_counted(bundle, [each for each in rows if each.service_id in members[bundle.pk]]) for bundle in bundles]


def _counted(bundle: Bundle, rows: list[MunicipalService]) -> BundleRows:
    found = BundleRows(bundle, rows)
    for row in rows:
        if counts(row):
            found.relevant += 1
            found.ready += is_ready(row)
            found.online = found.online or is_online(row)
    return found
