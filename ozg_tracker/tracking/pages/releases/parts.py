"""What the pages of loading and of the releases both show: what an import means, its differences, its problems."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from catalog.importing.folding import fold
from catalog.models import CatalogueImport, ImportProblem
from catalog.reading.differences import Difference, Kind
from catalog.reasons import LONGEST_REASON
from ozg_tracker.accounts.doorkeeper import municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import page_of
from ozg_tracker.tracking.releases.impact import (
    Decided,
    Impact,
    MunicipalityCounts,
    impact,
    impact_by_municipality,
    successions_of,
)

ERROR, WARNING = ImportProblem.Severity
PAGE = 50

_OURS = "ours"
_LABELS = {
    _OURS: gettext_lazy("Betrifft uns"),
    Kind.NEW: gettext_lazy("Neu"),
    Kind.CHANGED: gettext_lazy("Geändert"),
    Kind.RENAMED: gettext_lazy("Umbenannt"),
    Kind.MOVED: gettext_lazy("Anderes Bündel"),
    Kind.RETURNED: gettext_lazy("Wieder da"),
    Kind.COUNTING: gettext_lazy("Zählt anders"),
    Kind.RETIRED: gettext_lazy("Entfallen"),
    Kind.REPLACED: gettext_lazy("Ersetzt"),
}
_ALWAYS = {_OURS, Kind.NEW, Kind.CHANGED, Kind.RETIRED}  # tabs that stand there with a 0 too


def means(request: MunicipalityRequest, made: CatalogueImport, every: Sequence[Difference]) -> dict[str, Any]:
    """What an import means for the municipality, and for the operator of many municipalities for each of them."""
    operates = request.membership is not None and Deed.OPERATE in request.membership.deeds
    municipalities = impact_by_municipality(every) if operates else []
    return meaning(
        impact(municipality_of(request), every), successions_of(made, municipality_of(request)), municipalities
    )


def meaning(
    found: Impact, successions: Sequence[Decided], municipalities: Sequence[MunicipalityCounts]
) -> dict[str, Any]:
    return {
        "impact": found,
        "likely_ours": found.likely_ours,
        "successions": successions[: 4 * PAGE],
        "longest_reason": LONGEST_REASON,
        "undecided": sum(each.accepted is None for each in successions),
        "municipalities": municipalities[:PAGE],
        "more_municipalities": len(municipalities) - PAGE,
    }


def shown(request: MunicipalityRequest, every: Sequence[Difference], known: Impact | None = None) -> dict[str, Any]:
    """The differences as tabs, with the page asked for; `known`: what they mean for the municipality, if known."""
    ours = (known or impact(municipality_of(request), [each for each in every if each.kind != Kind.NEW])).own
    groups: dict[str, list[Difference]] = {_OURS: [each for each in every if each.service_id in ours]}
    groups |= {kind.value: [each for each in every if kind in each.kinds] for kind in Kind}
    asked = request.GET.get("kind", "")
    kind = asked if asked in groups else next((name for name, found in groups.items() if found), _OURS)
    page = page_of(groups[kind], PAGE, request.GET)
    return {
        "kind": kind,
        "tabs": [
            (name, label, len(groups[name])) for name, label in _LABELS.items() if groups[name] or name in _ALWAYS
        ],
        "counts": {name: len(members) for name, members in groups.items()},
        "page": page,
        "lines": [(each, ours.get(each.service_id)) for each in page],
    }


def problems(found: Any) -> dict[str, Any]:
    """The problems of a file, equal ones told once."""
    folded = fold(found)
    errors = sum(len(each.rows) or 1 for each in folded if each.is_error)
    return {
        "problems": folded[: 4 * PAGE],
        "more_problems": len(folded) - 4 * PAGE,
        "errors": errors,
        "warnings": sum(len(each.rows) or 1 for each in folded) - errors,
    }
