"""Pages to load a release: choose or drop a file, look at what it would change for us, apply or dismiss it."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.differences import differences
from catalog.import_models import CatalogueImport
from catalog.importing.deed import ImportOutcome
from catalog.problem_list import problem_workbook
from ozg_tracker.accounts.doorkeeper import members_only, town
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.tracking.catalogue import import_for_towns
from ozg_tracker.tracking.catalogue_forms import CatalogueUploadForm
from ozg_tracker.tracking.catalogue_views import ERROR, LOADERS, means, problems, shown
from ozg_tracker.tracking.models import MunicipalService, Responsibility
from ozg_tracker.tracking.rights import refuse_unless_keeps_catalogue
from ozg_tracker.tracking.uploads import drop, keep, kept
from ozg_tracker.workbooks import MEDIA_TYPE

# A file refused for one of these is read no further: no row of it can be left out to help.
_WHOLE_FILE = {"unreadable_file", "too_large", "unsafe_file", "missing_column"}
_SHRINKS = "shrinks_too_much"  # of the whole file too, but a person may say that it is meant
_FILE = "datei"  # names a kept file in addresses and forms, so that two tabs do not mix theirs


@members_only(*LOADERS)
@require_http_methods(["GET", "HEAD", "POST"])
def upload_catalogue(request: TownRequest) -> HttpResponse:
    """Take a file and keep it for the preview; nothing is loaded yet. A script is told where to go on."""
    refuse_unless_keeps_catalogue(request.membership)
    form = CatalogueUploadForm(request.POST, request.FILES) if request.method == "POST" else CatalogueUploadForm()
    by_script = request.headers.get("Accept") == "application/json"
    if form.is_valid():
        name = secrets.token_hex(8)
        keep(form.cleaned_data["file"], request.session, _purpose(name))
        release, partial = form.cleaned_data["release"], form.cleaned_data["partial"]
        request.session[_options(name)] = {"release": release or None, "partial": partial}
        address = f"{reverse('preview_catalogue')}?{urlencode({_FILE: name})}"
        return JsonResponse({"address": address}, status=201) if by_script else redirect(address)
    if by_script:
        return JsonResponse({"errors": [str(each) for errors in form.errors.values() for each in errors]}, status=400)
    return render(request, "tracking/upload_catalogue.html", {"form": form}, status=400 if form.errors else 200)


@members_only(*LOADERS)
@require_safe
def preview_catalogue(request: TownRequest) -> HttpResponse:
    """The same import without its last step."""
    refuse_unless_keeps_catalogue(request.membership)
    return _preview(request, request.GET.get(_FILE, ""))


@members_only(*LOADERS)
@require_safe
def preview_problems(request: TownRequest) -> HttpResponse:
    """The problems of the file that is being looked at, as a workbook."""
    refuse_unless_keeps_catalogue(request.membership)
    name = request.GET.get(_FILE, "")
    path = kept(request.session, _purpose(name))
    if path is None:
        return _no_file(request)
    options = request.session[_options(name)]
    found = import_for_towns(path, dry_run=True, skip_errors=True, **options).outcome.problems
    headers = {"Content-Disposition": 'attachment; filename="probleme.xlsx"'}
    return HttpResponse(problem_workbook(found), content_type=MEDIA_TYPE, headers=headers)


@members_only(*LOADERS)
@require_POST
def apply_catalogue(request: TownRequest) -> HttpResponse:
    refuse_unless_keeps_catalogue(request.membership)
    name = request.POST.get(_FILE, "")
    path = kept(request.session, _purpose(name))
    if path is None:
        return _no_file(request)
    found = import_for_towns(
        path,
        by=request.user,
        skip_errors="skip_errors" in request.POST,
        allow_shrink="allow_shrink" in request.POST,
        **request.session[_options(name)],
    )
    outcome = found.outcome
    if not outcome.applied:
        return _preview(request, name, status=400)
    _forget(request, name)
    if outcome.import_id is None:
        messages.info(request, _("Die Datei sagt nichts Neues. Der Katalog ist, wie er war."))
        return redirect("catalogue")
    messages.success(request, _applied(outcome.release, found.added))
    return redirect("catalogue_import", outcome.import_id)


@members_only(*LOADERS)
@require_POST
def discard_catalogue(request: TownRequest) -> HttpResponseRedirect:
    _forget(request, request.POST.get(_FILE, ""))
    messages.info(request, _("Die Datei ist verworfen. Der Katalog ist, wie er war."))
    return redirect("catalogue")


def _purpose(name: str) -> str:
    return f"catalogue_{name}"


def _options(name: str) -> str:
    return f"catalogue_options_{name}"


def _forget(request: TownRequest, name: str) -> None:
    drop(request.session, _purpose(name))
    request.session.pop(_options(name), None)


def _applied(release: str, added: int) -> str:
    said = _("Katalogstand %(release)s ist übernommen.") % {"release": release}
    more = ngettext(
        "Für %(number)d Leistung ist zu klären, ob sie unsere ist.",
        "Für %(number)d Leistungen ist zu klären, ob sie unsere sind.",
        added,
    )
    return f"{said} {more % {'number': added}}" if added else said


def _no_file(request: TownRequest) -> HttpResponseRedirect:
    messages.warning(request, _("Es liegt keine Datei mehr vor. Bitte wählen Sie sie noch einmal."))
    return redirect("upload_catalogue")


def _preview(request: TownRequest, name: str, status: int = 200) -> HttpResponse:
    """Shows what the file would change with its wrong rows left out, even if it shrinks more than is likely meant."""
    path = kept(request.session, _purpose(name))
    if path is None:
        return _no_file(request)
    seen: dict[str, Any] = {}

    def look(made: CatalogueImport, _outcome: ImportOutcome) -> None:
        every = differences(made)
        seen.update(means(request, made, every))
        seen.update(shown(request, every, seen["impact"]))

    options = {"dry_run": True, "skip_errors": True, "look": look, **request.session[_options(name)]}
    outcome = import_for_towns(path, **options).outcome
    shrinks = any(problem.code == _SHRINKS for problem in outcome.problems)
    if shrinks:
        import_for_towns(path, allow_shrink=True, **options)
    context = {
        "name": path.name,
        "file": name,
        "outcome": outcome,
        "refused": any(problem.code in _WHOLE_FILE for problem in outcome.problems),
        "not_applied": status != 200,
        "shrinks": shrinks,
        "wrong_rows": sum(problem.severity == ERROR and problem.code != _SHRINKS for problem in outcome.problems),
        "our_total": MunicipalService.objects.filter(
            municipality=town(request), responsibility=Responsibility.MUNICIPALITY
        ).count(),
        **seen,
        **problems(outcome.problems),
    }
    return render(request, "tracking/preview_catalogue.html", context, status=status)
