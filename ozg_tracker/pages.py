"""Pages that belong to no single room, and what the shell of every page shows: navigation, catalogue release, model."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.import_models import CatalogueImport
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.accounts.models import Membership, Role
from ozg_tracker.overview import (
    late_departments,
    latest_approved,
    operations,
    report_step,
    rows_of,
    todos,
)
from ozg_tracker.progress import next_deadline, progress
from reports import months

OVERVIEW = ("/", _("Übersicht"))
SERVICES = ("/leistungen/", _("Leistungen"))
EVIDENCE = ("/nachweise/", _("Nachweise"))
CATALOGUE = ("/katalog/", _("Katalog"))
TRAININGS = ("/schulungen/", _("Schulungen"))
REPORTS = ("/berichte/", _("Berichte"))
PEOPLE = ("/personen/", _("Personen"))
WORK = [OVERVIEW, SERVICES, EVIDENCE, CATALOGUE, TRAININGS, REPORTS]
NAVIGATION = {
    Role.COORDINATOR: [*WORK, PEOPLE],
    Role.MANAGER: WORK,
    Role.STAFF: WORK,
    Role.COUNCIL: [REPORTS],
    Role.OPERATOR: [OVERVIEW, CATALOGUE, PEOPLE],
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
@require_safe
def overview(request: TownRequest) -> HttpResponseBase:
    """The first page: what waits for the person, by the role in the chosen municipality."""
    membership = request.membership
    if membership is None:
        return render(request, "overview/none.html")
    if membership.role == Role.COUNCIL:
        latest = latest_approved(request.user, membership.municipality)
        return redirect(f"/berichte/{latest.month:%Y}/{latest.month:%m}/" if latest else "/berichte/")
    if membership.role == Role.OPERATOR:
        return render(request, "overview/operator.html", operations())
    rows, town = rows_of(request.user, membership), membership.municipality
    context: dict[str, Any] = {
        "today": timezone.localdate(),
        "cutoff": months.last_day(timezone.localdate()),
        "todos": todos(request.user, membership),
        "progress": progress(rows, town),
        "deadline": next_deadline(rows, town),
        "own": rows.count(),
        "latest": latest_approved(request.user, town),
    }
    if membership.role == Role.COORDINATOR:
        context |= {"late": late_departments(town), "step": report_step(request.user, town)}
    return render(request, "overview/work.html", context)
