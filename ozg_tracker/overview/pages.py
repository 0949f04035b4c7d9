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

from catalog.models import CatalogueImport
from ozg_tracker.accounts.models import Deed, Membership, Role
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.overview.progress import next_deadline, progress
from ozg_tracker.overview.todos import late_departments, latest_approved, operations, report_step, rows_of, todos
from ozg_tracker.tracking.rows.counting import STANDS
from reports import months

NAVIGATION = (
    ("/", _("Übersicht"), Deed.READ_CATALOGUE),
    ("/leistungen/", _("Leistungen"), Deed.READ_ROWS),
    ("/nachweise/", _("Nachweise"), Deed.READ_ROWS),
    ("/katalog/", _("Katalog"), Deed.READ_CATALOGUE),
    ("/schulungen/", _("Schulungen"), Deed.LEARN),
    ("/berichte/", _("Berichte"), Deed.READ_EDITIONS),
    ("/fachbereiche/", _("Kommune"), Deed.READ_CATALOGUE),
)  # address, word, and what a person must be allowed for it to be shown
_OF_THE_SERVICES = ("/leistungen/", "/datenqualitaet/", "/runden/", "/zaehlwoche")
_OF_THE_MUNICIPALITY = ("/fachbereiche/", "/personen/", "/fristen/", "/journal/", "/uebergabe/", "/webhooks/")


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
            Entry(address, str(label), _current(path, address))
            for address, label, deed in NAVIGATION
            if deed in membership.deeds
        ],
        "release": latest.release if latest else None,
        "model": model,
        "levels": model.levels.count(),
    }


def _current(path: str, address: str) -> bool:
    if address == "/fachbereiche/":
        return path.startswith(_OF_THE_MUNICIPALITY)
    if address == "/leistungen/":
        return path.startswith(_OF_THE_SERVICES)
    return path == address if address == "/" else path.startswith(address)


@login_required
@require_safe
def overview(request: MunicipalityRequest) -> HttpResponseBase:
    """The first page: what waits for the person, by the role in the chosen municipality."""
    membership = request.membership
    if membership is None:
        return render(request, "overview/none.html")
    if membership.role == Role.COUNCIL:
        latest = latest_approved(request.user, membership.municipality)
        return redirect(f"/berichte/{latest.month:%Y}/{latest.month:%m}/" if latest else "/berichte/")
    if membership.role == Role.OPERATOR:
        return render(request, "overview/operator.html", operations())
    rows, municipality = rows_of(request.user, membership), membership.municipality
    context: dict[str, Any] = {
        "today": timezone.localdate(),
        "cutoff": months.last_day(timezone.localdate()),
        "todos": todos(request.user, membership),
        "progress": progress(rows, municipality),
        "deadline": next_deadline(rows, municipality),
        "own": rows.filter(STANDS).count(),
    }
    if membership.role == Role.COORDINATOR:
        context |= {"late": late_departments(municipality), "step": report_step(request.user, municipality)}
    return render(request, "overview/work.html", context)
