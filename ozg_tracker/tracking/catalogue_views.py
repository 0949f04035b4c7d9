"""Pages of the releases: what was loaded, by whom and why, what it changed for us, and taking it back."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.differences import Difference, Kind, between, bundle_differences, differences
from catalog.folding import fold
from catalog.import_models import CatalogueImport, ImportProblem
from catalog.importing.undo import refuse_if_built_on
from ozg_tracker.accounts.doorkeeper import members_only, town
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.catalogue import undo_for_towns
from ozg_tracker.tracking.catalogue_forms import CatalogueUploadForm, ReasonForm
from ozg_tracker.tracking.impact import Decided, Impact, impact, impact_by_town, successions_of
from ozg_tracker.tracking.rights import keeps_catalogue, refuse_unless_keeps_catalogue
from ozg_tracker.tracking.succession import decide

READERS = (Role.OPERATOR, Role.COORDINATOR, Role.MANAGER, Role.STAFF)
LOADERS = (Role.OPERATOR, Role.COORDINATOR)
ERROR, WARNING = ImportProblem.Severity
PAGE = 50
_COMPARABLE = 200  # imports to choose from; older ones have an address too
_OURS = "ours"
_LABELS = {
    _OURS: gettext_lazy("Betrifft uns"),
    Kind.NEW: gettext_lazy("Neu"),
    Kind.CHANGED: gettext_lazy("Geändert"),
    Kind.RENAMED: gettext_lazy("Umbenannt"),
    Kind.MOVED: gettext_lazy("Anderes Bündel"),
    Kind.RETIRED: gettext_lazy("Entfallen"),
    Kind.REPLACED: gettext_lazy("Ersetzt"),
}
_ALWAYS = {_OURS, Kind.NEW, Kind.CHANGED, Kind.RETIRED}  # tabs that stand there with a 0 too


def _imports() -> QuerySet[CatalogueImport]:
    return CatalogueImport.objects.select_related("release", "by", "undoes__release", "undone_by__by")


@members_only(*READERS)
@require_safe
def catalogue(request: TownRequest) -> HttpResponse:
    errors, warnings = (Count("problems", filter=Q(problems__severity=each)) for each in (ERROR, WARNING))
    imports = _imports().annotate(errors=errors, warnings=warnings).order_by("-id")
    page = Paginator(imports, PAGE).get_page(request.GET.get("seite"))
    may_load = keeps_catalogue(request.membership)
    context = {"page": page, "may_load": may_load, "form": CatalogueUploadForm(), "to_compare": _to_compare()}
    return render(request, "tracking/catalogue.html", context)


@members_only(*READERS)
@require_safe
def catalogue_import(request: TownRequest, pk: int) -> HttpResponse:
    """What an import changed, ours first."""
    return _import_page(request, get_object_or_404(_imports(), pk=pk))


def _import_page(request: TownRequest, found: CatalogueImport, wrong: ValidationError | None = None) -> HttpResponse:
    every = differences(found)
    meaning = means(request, found, every)
    context = {
        "import": found,
        "wrong": wrong,
        "given_reason": request.POST.get("reason", ""),
        "may_undo": keeps_catalogue(request.membership) and not found.undoes_id and not hasattr(found, "undone_by"),
        "may_decide": _decides(request) and not hasattr(found, "undone_by"),
        "for_all": keeps_catalogue(request.membership),
        **meaning,
        **shown(request, every, meaning["impact"]),
        **problems(found.problems.all()),
    }
    return render(request, "tracking/catalogue_import.html", context, status=400 if wrong else 200)


@members_only(*READERS)
@require_safe
def compare(request: TownRequest) -> HttpResponse:
    """Two states beside each other: ?von= and ?bis= name them by import; without, the last two."""
    known = _to_compare()
    last = [each.pk for each in known[:2]]
    before, after = (_asked(request, name, default) for name, default in (("von", last[-1:]), ("bis", last[:1])))
    context: dict[str, Any] = {"to_compare": known, "before": before, "after": after}
    if before and after:
        every = between(before, after)
        context |= {**shown(request, every), "bundles": bundle_differences(before, after)}
    return render(request, "tracking/compare.html", context)


def _to_compare() -> list[CatalogueImport]:
    return list(_imports().order_by("-id")[:_COMPARABLE])


def _asked(request: TownRequest, name: str, default: list[int]) -> CatalogueImport | None:
    text = request.GET.get(name, "")
    if not text:
        return _imports().filter(pk__in=default).first()
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise Http404
    return get_object_or_404(_imports(), pk=int(text))


@members_only(*LOADERS)
@require_http_methods(["GET", "HEAD", "POST"])
def undo_import(request: TownRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then take the import back; where later work builds on it, say which and what to do."""
    refuse_unless_keeps_catalogue(request.membership)
    found = get_object_or_404(_imports(), pk=pk)
    form = ReasonForm(request.POST or None)
    refused: ValidationError | None = None
    try:
        refuse_if_built_on(found)
        if request.method == "POST" and form.is_valid():
            made = undo_for_towns(found, by=request.user, reason=form.cleaned_data["reason"]).made
            messages.success(request, _("Zurückgenommen. Es gilt wieder Katalogstand %s.") % made.release)
            return redirect("catalogue_import", made.pk)
    except ValidationError as error:
        refused = error
    context = {"import": found, "form": form, "refused": refused}
    wrong = request.method == "POST"
    return render(request, "tracking/undo_import.html", context, status=400 if wrong else 200)


@members_only(*LOADERS)
@require_POST
def decide_successions(request: TownRequest, pk: int) -> HttpResponse:
    """Confirm or reject the ticked successions: for all towns, or for the coordinator's own."""
    found = get_object_or_404(_imports(), pk=pk)
    chosen = [int(each) for each in request.POST.getlist("nachfolge") if each.isdecimal() and len(each) < 12]
    for_all, accept = keeps_catalogue(request.membership), "ablehnen" not in request.POST
    if not _decides(request):
        raise PermissionDenied(_("Über Nachfolgen entscheidet die OZG-Koordination."))
    try:
        events = decide(
            found,
            chosen,
            accept=accept,
            town=None if for_all else town(request),
            by=request.user,
            reason=request.POST.get("reason", ""),
        )
    except ValidationError as error:
        return _import_page(request, found, error)
    messages.success(request, _decided(accept, events))
    return redirect("catalogue_import", pk)


def _decides(request: TownRequest) -> bool:
    held = request.membership
    return keeps_catalogue(held) or (held is not None and held.role == Role.COORDINATOR)


def _decided(accept: bool, events: int) -> str:
    if not accept:
        return _("Die Nachfolge ist abgelehnt. Keine Leistung hat sich geändert.")
    said = ngettext(
        "Bestätigt. %(number)d Leistung hat Zuständigkeit, Fachbereich und Stand übernommen.",
        "Bestätigt. %(number)d Leistungen haben Zuständigkeit, Fachbereich und Stand übernommen.",
        events,
    )
    return said % {"number": events}


def means(request: TownRequest, made: CatalogueImport, every: Sequence[Difference]) -> dict[str, Any]:
    """What an import means for the town, and for the operator of many towns for each of them."""
    found: Impact = impact(town(request), every)
    successions: list[Decided] = successions_of(made, town(request))
    role = request.membership.role if request.membership else ""
    towns = impact_by_town(every) if role == Role.OPERATOR else []
    return {
        "impact": found,
        "likely_ours": found.likely_ours,
        "successions": successions[: 4 * PAGE],
        "undecided": sum(each.accepted is None for each in successions),
        "towns": towns[:PAGE],
        "more_towns": len(towns) - PAGE,
    }


def shown(request: TownRequest, every: Sequence[Difference], known: Impact | None = None) -> dict[str, Any]:
    """The differences as tabs, with the page asked for; `known`: what they mean for the town, where it is known."""
    ours = (known or impact(town(request), [each for each in every if each.kind != Kind.NEW])).own
    groups: dict[str, list[Difference]] = {_OURS: [each for each in every if each.service_id in ours]}
    groups |= {kind.value: [each for each in every if kind in each.kinds] for kind in Kind}
    asked = request.GET.get("art", "")
    kind = asked if asked in groups else next((name for name, found in groups.items() if found), _OURS)
    page = Paginator(groups[kind], PAGE).get_page(request.GET.get("seite"))
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
