"""Pages of the releases: what was loaded, by whom and why, what it changed for us, and taking it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.importing.undo import refuse_if_built_on
from catalog.models import CatalogueImport
from catalog.reading.differences import bundle_differences, bundles_of, differences, differences_between
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_or_404, ids_in
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.tracking.pages.releases.forms import CatalogueUploadForm, ReasonForm
from ozg_tracker.tracking.pages.releases.parts import ERROR, PAGE, WARNING, means, problems, shown
from ozg_tracker.tracking.releases.loading import undo_for_municipalities
from ozg_tracker.tracking.releases.succession import decide
from ozg_tracker.tracking.rows.rights import keeps_catalogue, refuse_unless_keeps_catalogue

_COMPARABLE = 200  # imports to choose from; older ones have an address too


def _imports() -> QuerySet[CatalogueImport]:
    return CatalogueImport.objects.select_related("release", "by", "undoes__release", "undone_by__by")


@members_only(Deed.READ_CATALOGUE)
@require_safe
def catalogue(request: MunicipalityRequest) -> HttpResponse:
    errors, warnings = (Count("problems", filter=Q(problems__severity=each)) for each in (ERROR, WARNING))
    imports = _imports().annotate(errors=errors, warnings=warnings).order_by("-id")
    page = page_of(imports, PAGE, read_query(request.GET, PAGED))
    may_load = keeps_catalogue(request.membership)
    context = {"page": page, "may_load": may_load, "form": CatalogueUploadForm(), "to_compare": _to_compare()}
    return render(request, "tracking/releases/catalogue.html", context)


@members_only(Deed.READ_CATALOGUE)
@require_safe
def catalogue_import(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """What an import changed, ours first."""
    read_query(request.GET, ("kind", *PAGED))
    return _import_page(request, get_object_or_404(_imports(), pk=pk))


def _import_page(
    request: MunicipalityRequest, found: CatalogueImport, wrong: ValidationError | None = None
) -> HttpResponse:
    every = differences(found)
    meaning = means(request, found, every)
    context = {
        "import": found,
        "wrong": wrong,
        "given_reason": request.POST.get("reason", ""),
        "ticked": ids_in(request.POST.getlist("succession")),
        "may_undo": keeps_catalogue(request.membership) and not found.undoes_id and not hasattr(found, "undone_by"),
        "may_decide": _decides(request) and not hasattr(found, "undone_by"),
        "bundles": bundles_of(found),
        "for_all": keeps_catalogue(request.membership),
        **meaning,
        **shown(request, every, meaning["impact"]),
        **problems(found.problems.all()),
    }
    return render(request, "tracking/releases/catalogue_import.html", context, status=400 if wrong else 200)


@members_only(Deed.READ_CATALOGUE)
@require_safe
def compare(request: MunicipalityRequest) -> HttpResponse:
    """Two states beside each other: ?before= and ?after= name them by import; without, the last two."""
    asked = read_query(request.GET, ("before", "after", "kind", *PAGED))
    known = _to_compare()
    last = [each.pk for each in known[:2]]
    before = _asked(asked.get("before", ""), last[-1:])
    after = _asked(asked.get("after", ""), last[:1])
    context: dict[str, Any] = {"to_compare": known, "before": before, "after": after}
    if before and after:
        every = differences_between(before, after)
        context |= {**shown(request, every), "bundles": bundle_differences(before, after)}
    return render(request, "tracking/releases/compare.html", context)


def _to_compare() -> list[CatalogueImport]:
    return list(_imports().order_by("-id")[:_COMPARABLE])


def _asked(text: str, default: list[int]) -> CatalogueImport | None:
    if not text:
        return _imports().filter(pk__in=default).first()
    return get_object_or_404(_imports(), pk=id_or_404(text))


@members_only(Deed.LOAD_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def undo_import(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then take the import back; where later work builds on it, say which and what to do."""
    refuse_unless_keeps_catalogue(request.membership)
    found = get_object_or_404(_imports(), pk=pk)
    form = ReasonForm(request.POST or None)
    refused: ValidationError | None = None
    try:
        refuse_if_built_on(found)
        if request.method == "POST" and form.is_valid():
            made = undo_for_municipalities(found, by=request.user, reason=form.cleaned_data["reason"]).made
            messages.success(request, _undone(made))
            return redirect("catalogue_import", made.pk)
    except ValidationError as error:
        refused = error
    context = {"import": found, "form": form, "refused": refused, "is_first": not found.before().exists()}
    wrong = request.method == "POST"
    return render(request, "tracking/releases/undo_import.html", context, status=400 if wrong else 200)


def _undone(made: CatalogueImport) -> str:
    if made.leaves_nothing:
        return _("Zurückgenommen. Es war der erste Katalogstand; jetzt gilt keiner mehr.")
    return _("Zurückgenommen. Es gilt wieder Katalogstand %s.") % made.release


@members_only(Deed.DECIDE_SUCCESSIONS)
@require_POST
def decide_successions(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """Confirm or reject the ticked successions: for all municipalities, or for the coordinator's own."""
    found = get_object_or_404(_imports(), pk=pk)
    chosen = ids_in(request.POST.getlist("succession"))
    for_all, accept = keeps_catalogue(request.membership), "reject" not in request.POST
    if not _decides(request):
        raise PermissionDenied(_("Über Nachfolgen entscheidet die OZG-Koordination."))
    try:
        events = decide(
            found,
            chosen,
            accept=accept,
            municipality=None if for_all else municipality_of(request),
            by=request.user,
            reason=request.POST.get("reason", ""),
        )
    except ValidationError as error:
        return _import_page(request, found, error)
    messages.success(request, _decided(accept, events))
    return redirect("catalogue_import", pk)


def _decides(request: MunicipalityRequest) -> bool:
    return request.membership is not None and Deed.DECIDE_SUCCESSIONS in request.membership.deeds


def _decided(accept: bool, events: int) -> str:
    if not accept:
        return _("Die Nachfolge ist abgelehnt. Keine Leistung hat sich geändert.")
    said = ngettext(
        "Bestätigt. %(number)d Leistung hat Zuständigkeit, Fachbereich und Stand übernommen.",
        "Bestätigt. %(number)d Leistungen haben Zuständigkeit, Fachbereich und Stand übernommen.",
        events,
    )
    return said % {"number": events}
