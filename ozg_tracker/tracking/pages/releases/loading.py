"""Pages to load a release: choose or drop a file, look at what it would change for us, apply or dismiss it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.importing.problem_list import problem_list
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from ozg_tracker.spreadsheets.writing import MEDIA_TYPES
from ozg_tracker.tracking.models import MunicipalService, Responsibility
from ozg_tracker.tracking.models.catalogue_jobs import CatalogueJob
from ozg_tracker.tracking.pages.releases.forms import CatalogueUploadForm
from ozg_tracker.tracking.pages.releases.parts import ERROR, meaning, problems, shown
from ozg_tracker.tracking.releases.catalogue_jobs import SHRINKS, last_look
from ozg_tracker.tracking.rows.rights import refuse_unless_keeps_catalogue
from ozg_tracker.tracking.tasks import nudge, send_once
from ozg_tracker.tracking.uploads import FILE, Kept, keep, kept, remove

Kind, State = CatalogueJob.Kind, CatalogueJob.State
_AGAIN = 2  # seconds until a page that follows a job comes again
_PURPOSE = "catalogue"


@members_only(Deed.LOAD_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload_catalogue(request: MunicipalityRequest) -> HttpResponse:
    """Take a file and keep it for the preview; nothing is loaded yet. A script is told where to go on."""
    refuse_unless_keeps_catalogue(request.membership)
    form = CatalogueUploadForm(request.POST, request.FILES) if request.method == "POST" else CatalogueUploadForm()
    by_script = request.headers.get("Accept") == "application/json"
    if form.is_valid():
        options = {"release": form.cleaned_data["release"] or None, "partial": form.cleaned_data["partial"]}
        token = keep(form.cleaned_data["file"], _PURPOSE, request.user, **options)
        address = _preview_address(token)
        return JsonResponse({"address": address}, status=201) if by_script else redirect(address)
    if by_script:
        return JsonResponse({"errors": [str(each) for errors in form.errors.values() for each in errors]}, status=400)
    return render(
        request, "tracking/releases/upload_catalogue.html", {"form": form}, status=400 if form.errors else 200
    )


@members_only(Deed.LOAD_CATALOGUE)
@require_safe
def preview_catalogue(request: MunicipalityRequest) -> HttpResponse:
    """The same import without its last step."""
    refuse_unless_keeps_catalogue(request.membership)
    return _preview(request, request.GET.get(FILE, ""))


@members_only(Deed.LOAD_CATALOGUE)
@require_safe
def preview_problems(request: MunicipalityRequest, form: str) -> HttpResponse:
    """The problems of the file that is being looked at, as XLSX or ODS."""
    refuse_unless_keeps_catalogue(request.membership)
    name = read_query(request.GET, (FILE,)).get(FILE, "")
    seen = _kept(request, name)
    if seen is None:
        return _no_file(request)
    found = last_look(seen.path, municipality_of(request))
    if found is None:
        return redirect(_preview_address(name))
    headers = {"Content-Disposition": f'attachment; filename="probleme.{form}"'}
    listed = problem_list(found.outcome.problems, form)
    return HttpResponse(listed, content_type=MEDIA_TYPES[form], headers=headers)


@members_only(Deed.LOAD_CATALOGUE)
@require_POST
def apply_catalogue(request: MunicipalityRequest) -> HttpResponse:
    refuse_unless_keeps_catalogue(request.membership)
    name = request.POST.get(FILE, "")
    seen = _kept(request, name)
    if seen is None:
        return _no_file(request)
    decided = {choice: choice in request.POST for choice in ("skip_errors", "allow_shrink")}
    job = send_once(Kind.APPLY, seen.path, request.user, municipality_of(request), **seen.options, **decided)
    return _ended(request, job, name) if job.is_over else redirect(_address_of(job, name))


@members_only(Deed.LOAD_CATALOGUE)
@require_safe
def follow_catalogue(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """How far a release is that is being applied; when it is, what came of it."""
    refuse_unless_keeps_catalogue(request.membership)
    job = get_object_or_404(CatalogueJob, pk=pk, by=request.user, kind=Kind.APPLY)
    name = request.GET.get(FILE, "")
    if job.is_over:
        return _ended(request, job, name)
    nudge(job)
    return _follow(request, job, _address_of(job, name))


def _address_of(job: CatalogueJob, name: str) -> str:
    return f"{reverse('follow_catalogue', args=[job.pk])}?{urlencode({FILE: name})}"


def _preview_address(name: str) -> str:
    return f"{reverse('preview_catalogue')}?{urlencode({FILE: name})}"


def _follow(request: MunicipalityRequest, job: CatalogueJob, address: str) -> HttpResponse:
    """A page that comes again by itself, without a script too, until the job is over."""
    heading = _("Die Datei wird geprüft") if job.kind == Kind.PREVIEW else _("Der Katalogstand wird übernommen")
    context = {"job": job, "address": address, "heading": heading}
    response = render(request, "tracking/releases/follow_catalogue.html", context)
    if not job.is_over:
        response["Refresh"] = f"{_AGAIN}; url={address}"
    return response


def _ended(request: MunicipalityRequest, job: CatalogueJob, name: str) -> HttpResponse:
    if job.state == State.FAILED:
        return _follow(request, job, "")
    if not job.result["applied"]:
        return _preview(request, name, status=400)
    if seen := _kept(request, name):
        remove(seen.path)
    if job.result["import"] is None:
        messages.info(request, _("Die Datei sagt nichts Neues. Der Katalog ist, wie er war."))
        return redirect("catalogue")
    messages.success(request, _applied(job.result["release"], job.result.get("added", 0)))
    return redirect("catalogue_import", job.result["import"])


@members_only(Deed.LOAD_CATALOGUE)
@require_POST
def discard_catalogue(request: MunicipalityRequest) -> HttpResponseRedirect:
    if seen := _kept(request, request.POST.get(FILE, "")):
        remove(seen.path)
    messages.info(request, _("Die Datei ist verworfen. Der Katalog ist, wie er war."))
    return redirect("catalogue")


def _kept(request: MunicipalityRequest, token: str) -> Kept | None:
    return kept(token, _PURPOSE, request.user)


def _applied(release: str, added: int) -> str:
    said = _("Katalogstand %(release)s ist übernommen.") % {"release": release}
    more = ngettext(
        "Für %(number)d Leistung ist zu klären, ob sie unsere ist.",
        "Für %(number)d Leistungen ist zu klären, ob sie unsere sind.",
        added,
    )
    return f"{said} {more % {'number': added}}" if added else said


def _no_file(request: MunicipalityRequest) -> HttpResponseRedirect:
    messages.warning(request, _("Es liegt keine Datei mehr vor. Bitte wählen Sie sie noch einmal."))
    return redirect("upload_catalogue")


def _preview(request: MunicipalityRequest, name: str, status: int = 200) -> HttpResponse:
    """Shows what the file would change with its wrong rows left out, even if it shrinks more than is likely meant."""
    held = _kept(request, name)
    if held is None:
        return _no_file(request)
    path, place = held.path, municipality_of(request)
    found = last_look(path, place)
    if found is None:
        job = send_once(Kind.PREVIEW, path, request.user, place, **held.options)
        found = last_look(path, place)
        if found is None:
            return _follow(request, job, _preview_address(name))
    outcome, seen = found.outcome, dict[str, Any]()
    if found.impact is not None:
        seen = {**meaning(found.impact, found.successions, found.municipalities), "bundles": found.bundles}
        seen |= shown(request, found.every, found.impact)
    context = {
        "name": path.name,
        "file": name,
        "outcome": outcome,
        "refused": outcome.refused,
        "not_applied": status != 200,
        "shrinks": found.shrinks,
        "wrong_rows": sum(problem.severity == ERROR and problem.code != SHRINKS for problem in outcome.problems),
        "our_total": MunicipalService.objects.filter(
            municipality=municipality_of(request), responsibility=Responsibility.MUNICIPALITY
        ).count(),
        **seen,
        **problems(outcome.problems),
    }
    return render(request, "tracking/releases/preview_catalogue.html", context, status=status)
