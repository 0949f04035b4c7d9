"""Pages of the releases: what was loaded, what it changed for us, and loading a new one after looking at it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.differences import Kind, differences
from catalog.folding import fold
from catalog.importing.deed import ImportOutcome
from catalog.models import CatalogueImport, ImportProblem
from ozg_tracker.accounts.doorkeeper import members_only, town
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.catalogue import import_for_towns
from ozg_tracker.tracking.catalogue_forms import CatalogueUploadForm
from ozg_tracker.tracking.models import MunicipalService, Responsibility
from ozg_tracker.tracking.rights import keeps_catalogue
from ozg_tracker.tracking.uploads import drop, keep, kept

READERS = (Role.OPERATOR, Role.COORDINATOR, Role.MANAGER, Role.STAFF)
LOADERS = (Role.OPERATOR, Role.COORDINATOR)
ERROR, WARNING = ImportProblem.Severity
PAGE = 50
_PURPOSE = "catalogue"
_OPTIONS = "catalogue_options"
# A file refused for one of these is read no further: no row of it can be left out to help.
_SHRINKS = "shrinks_too_much"  # of the whole file too, but a person may say that it is meant
_WHOLE_FILE = {"unreadable_file", "too_large", "unsafe_file", "missing_column"}


@members_only(*READERS)
@require_safe
def catalogue(request: TownRequest) -> HttpResponse:
    imports = (
        CatalogueImport.objects.select_related("release", "by")
        .annotate(
            errors=Count("problems", filter=Q(problems__severity=ERROR)),
            warnings=Count("problems", filter=Q(problems__severity=WARNING)),
        )
        .order_by("-id")
    )
    page = Paginator(imports, PAGE).get_page(request.GET.get("seite"))
    return render(request, "tracking/catalogue.html", {"page": page, "may_load": _may_load(request)})


@members_only(*READERS)
@require_safe
def catalogue_import(request: TownRequest, pk: int) -> HttpResponse:
    """What an import changed, ours first."""
    found = get_object_or_404(CatalogueImport.objects.select_related("release", "by"), pk=pk)
    every = differences(found)
    ours = _ours(request, [each.service_id for each in every if each.kind != Kind.NEW])
    groups = {"ours": [each for each in every if each.service_id in ours]}
    groups |= {kind.value: [each for each in every if each.kind == kind] for kind in Kind}
    asked = request.GET.get("art", "")
    kind = asked if asked in groups else next((name for name, found in groups.items() if found), "ours")
    page = Paginator(groups[kind], PAGE).get_page(request.GET.get("seite"))
    context = {
        "import": found,
        "kind": kind,
        "counts": {name: len(members) for name, members in groups.items()},
        "page": page,
        "lines": [(each, ours.get(each.service_id)) for each in page],
        **_problems(found.problems.all()),
    }
    return render(request, "tracking/catalogue_import.html", context)


@members_only(*LOADERS)
@require_http_methods(["GET", "HEAD", "POST"])
def upload_catalogue(request: TownRequest) -> HttpResponse:
    """Take a file and keep it for the preview; nothing is loaded yet."""
    _refuse_readers(request)
    form = CatalogueUploadForm(request.POST, request.FILES) if request.method == "POST" else CatalogueUploadForm()
    if form.is_valid():
        keep(form.cleaned_data["file"], request.session, _PURPOSE)
        release, partial = form.cleaned_data["release"], form.cleaned_data["partial"]
        request.session[_OPTIONS] = {"release": release or None, "partial": partial}
        return redirect("preview_catalogue")
    return render(request, "tracking/upload_catalogue.html", {"form": form}, status=400 if form.errors else 200)


@members_only(*LOADERS)
@require_safe
def preview_catalogue(request: TownRequest) -> HttpResponse:
    """The same import without its last step."""
    _refuse_readers(request)
    path = kept(request.session, _PURPOSE)
    if path is None:
        return _no_file(request)
    found = import_for_towns(path, dry_run=True, **request.session[_OPTIONS])
    return _preview(request, path.name, found.outcome)


@members_only(*LOADERS)
@require_POST
def apply_catalogue(request: TownRequest) -> HttpResponse:
    _refuse_readers(request)
    path = kept(request.session, _PURPOSE)
    if path is None:
        return _no_file(request)
    found = import_for_towns(
        path,
        by=request.user,
        skip_errors="skip_errors" in request.POST,
        allow_shrink="allow_shrink" in request.POST,
        **request.session[_OPTIONS],
    )
    outcome = found.outcome
    if not outcome.applied:
        return _preview(request, path.name, outcome, status=400)
    drop(request.session, _PURPOSE)
    if outcome.import_id is None:
        messages.info(request, _("Die Datei sagt nichts Neues. Der Katalog ist, wie er war."))
        return redirect("catalogue")
    messages.success(request, _applied(outcome.release, found.added))
    return redirect("catalogue_import", outcome.import_id)


@members_only(*LOADERS)
@require_POST
def discard_catalogue(request: TownRequest) -> HttpResponseRedirect:
    drop(request.session, _PURPOSE)
    messages.info(request, _("Die Datei ist verworfen. Der Katalog ist, wie er war."))
    return redirect("catalogue")


def _applied(release: str, added: int) -> str:
    said = _("Katalogstand %(release)s ist übernommen.") % {"release": release}
    more = ngettext(
        "Für %(number)d Leistung ist zu klären, ob sie unsere ist.",
        "Für %(number)d Leistungen ist zu klären, ob sie unsere sind.",
        added,
    )
    return f"{said} {more % {'number': added}}" if added else said


def _may_load(request: TownRequest) -> bool:
    return keeps_catalogue(request.membership)


def _refuse_readers(request: TownRequest) -> None:
    if not _may_load(request):
        raise PermissionDenied(_("Mehrere Kommunen teilen diesen Katalog. Der Betrieb lädt neue Stände."))


def _no_file(request: TownRequest) -> HttpResponseRedirect:
    messages.warning(request, _("Es liegt keine Datei mehr vor. Bitte wählen Sie sie noch einmal."))
    return redirect("upload_catalogue")


def _preview(request: TownRequest, name: str, outcome: ImportOutcome, status: int = 200) -> HttpResponse:
    ours = _ours(request, outcome.touched)
    refused = any(problem.code in _WHOLE_FILE for problem in outcome.problems)
    context = {
        "name": name,
        "outcome": outcome,
        "refused": refused,
        "not_applied": status != 200,
        "shrinks": any(problem.code == _SHRINKS for problem in outcome.problems),
        "wrong_rows": sum(problem.severity == ERROR and problem.code != _SHRINKS for problem in outcome.problems),
        "ours": sorted(ours.values(), key=lambda row: row.service.name)[:PAGE],
        "ours_count": len(ours),
        "our_total": _own_rows(request).count(),
        **_problems(outcome.problems),
    }
    return render(request, "tracking/preview_catalogue.html", context, status=status)


def _problems(problems: Any) -> dict[str, Any]:
    folded = fold(problems)
    errors = sum(len(each.rows) or 1 for each in folded if each.is_error)
    return {
        "problems": folded[: 4 * PAGE],
        "more_problems": len(folded) - 4 * PAGE,
        "errors": errors,
        "warnings": sum(len(each.rows) or 1 for each in folded) - errors,
    }


def _own_rows(request: TownRequest) -> Any:
    return MunicipalService.objects.filter(municipality=town(request), responsibility=Responsibility.MUNICIPALITY)


def _ours(request: TownRequest, services: list[int]) -> dict[int, MunicipalService]:
    """Our rows among `services`, by service."""
    wanted = set(services)
    rows = _own_rows(request).filter(service__in=wanted) if len(wanted) < 500 else _own_rows(request)
    found = {row.service_id: row for row in rows.select_related("service", "department")}
    return {pk: row for pk, row in found.items() if pk in wanted}
