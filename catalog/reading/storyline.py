"""A service across releases: what each import changed of it, the newest first."""

from collections import defaultdict
from dataclasses import dataclass

from catalog.models import CatalogueImport, Service, ServiceFacts, Succession
from catalog.reading.differences import Field, fields_of, moved_field


@dataclass(frozen=True)
class Chapter:
    """What an import did: brought the service (`new`), changed `fields` of it, took it out or brought it back."""

    catalogue_import: CatalogueImport
    new: bool
    fields: tuple[Field, ...]
    retired: bool = False
    back: bool = False


@dataclass(frozen=True)
class Family:
    """The successions that hold, seen from one service: what it follows, and what follows it."""

    predecessors: list[Succession]
    successors: list[Succession]


def chapters(service: Service) -> list[Chapter]:
    """The history of the service in the catalogue; three queries."""
    versions = service.versions.select_related("since__release", "since__undoes__release").order_by("since")
    facts: list[ServiceFacts] = [*versions, service]
    moved = _moved(service)
    found = []
    for before, after in zip([None, *facts], facts, strict=False):
        made: CatalogueImport = after.since  # type: ignore[attr-defined]  # a version and the service itself have one
        fields = fields_of(before, after) if before is not None else ()
        if before is not None and made.pk in moved:
            fields = (*fields, moved_field(moved[made.pk]))
        retired = after.retired_on is not None and (before is None or before.retired_on is None)
        back = before is not None and before.retired_on is not None and after.retired_on is None
        if before is None or fields:
            found.append(Chapter(made, before is None, fields, retired, back))
    return found[::-1]


def family(service: Service) -> Family:
    """Its predecessors and successors; two queries."""
    held = Succession.objects.in_force().select_related("by", "old", "new", "catalogue_import__release")
    return Family(list(held.filter(new=service)), list(held.filter(old=service)))


def _moved(service: Service) -> dict[int, tuple[list[str], list[str]]]:
    """By import, the OZG ids of the bundles it went out of and came into."""
    moved: defaultdict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    links = service.links.exclude(bundle__ozg_id=None).order_by("bundle__ozg_id")
    for ozg_id, since, until in links.values_list("bundle__ozg_id", "since", "until"):
        moved[since][1].append(ozg_id or "")
        if until is not None:
            moved[until][0].append(ozg_id or "")
    return dict(moved)
