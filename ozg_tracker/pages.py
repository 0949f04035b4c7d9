"""Pages that belong to no single room, and what the shell of every page shows: navigation, catalogue release, model."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from catalog.models import CatalogueImport
from ozg_tracker.accounts.models import Membership, Role

OVERVIEW = ("/", _("Übersicht"))
SERVICES = ("/leistungen/", _("Leistungen"))
EVIDENCE = ("/nachweise/", _("Nachweise"))
CATALOGUE = ("/katalog/", _("Katalog"))
TRAININGS = ("/schulungen/", _("Schulungen"))
REPORTS = ("/berichte/", _("Berichte"))
WORK = [OVERVIEW, SERVICES, EVIDENCE, CATALOGUE, TRAININGS, REPORTS]
NAVIGATION = {
    Role.COORDINATOR: WORK,
    Role.MANAGER: WORK,
    Role.STAFF: WORK,
    Role.COUNCIL: [REPORTS],
    Role.OPERATOR: [OVERVIEW, CATALOGUE, ("/betrieb/", _("Betrieb"))],
}


@dataclass(frozen=True)
class Entry:
    address: str
    label: str
    current: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` with nav, release, model and levels; asks the database only when a page shows it."""
    membership: Membership | None = getattr(request, "membership", None)
    return {"shell": SimpleLazyObject(lambda: _shell(request.path, membership))}


def _shell(path: str, membership: Membership | None) -> dict[str, Any]:
    if membership is None:
        return {"nav": []}
    latest = CatalogueImport.objects.select_related("release").first()
    model = membership.municipality.maturity_model
    return {
        "nav": [
            Entry(address, str(label), _current(path, address)) for address, label in NAVIGATION[Role(membership.role)]
        ],
        "release": latest.release if latest else None,
        "model": model,
        "levels": model.levels.count(),
    }


def _current(path: str, address: str) -> bool:
    return path == address if address == "/" else path.startswith(address)


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "overview/none.html")
