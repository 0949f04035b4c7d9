"""Several deadlines from a list, pasted or a file: bring it, look at what it would do, take it over."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.importing.folding import fold
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from ozg_tracker.tracking.exchange.import_deadlines import SCOPES, import_deadlines
from ozg_tracker.tracking.list_forms import ListForm
from ozg_tracker.tracking.uploads import FILE, keep, kept, remove

_PURPOSE = "deadlines"


@members_only(Deed.KEEP_DEADLINES)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_list(request: MunicipalityRequest) -> HttpResponse:
    """Take a list and keep it for the preview; nothing is changed yet."""
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_bound and form.is_valid():
        token = keep(form.sent(), _PURPOSE, request.user, municipality_of(request))
        return redirect(f"{reverse('preview_deadline_list')}?{urlencode({FILE: token})}")
    scopes = [words[1 if not words[0] else 0] for words in SCOPES.values()]
    context = {"form": form, "scopes": scopes}
    return render(request, "tracking/deadline_list.html", context, status=400 if form.errors else 200)


@members_only(Deed.KEEP_DEADLINES)
@require_safe
def preview_list(request: MunicipalityRequest) -> HttpResponse:
    return _show(request, read_query(request.GET, (FILE,)).get(FILE, ""))


@members_only(Deed.KEEP_DEADLINES)
@require_POST
def apply_list(request: MunicipalityRequest) -> HttpResponse:
    return _show(request, request.POST.get(FILE, ""), dry_run=False)


def _show(request: MunicipalityRequest, token: str, dry_run: bool = True) -> HttpResponse:
    """The same reading with and without its last step."""
    found = kept(token, _PURPOSE, request.user, municipality_of(request))
    if found is None:
        messages.error(request, _("Die Liste ist nicht mehr da. Bitte geben Sie sie noch einmal ein."))
        return redirect("deadline_list")
    outcome = import_deadlines(found.path, municipality_of(request), dry_run=dry_run, by=request.user)
    if outcome.applied:
        remove(found.path)
        words = {"new": len(outcome.new), "changed": len(outcome.changed)}
        messages.success(request, _("Fristen neu: %(new)d, geändert: %(changed)d.") % words)
        return redirect("deadlines")
    problems = fold(outcome.problems)
    context = {
        "outcome": outcome,
        "lines": [line for line in outcome.lines if not line.unchanged],
        "name": found.path.name,
        "token": token,
        "problems": problems,
        "errors": sum(each.is_error for each in problems),
    }
    return render(request, "tracking/deadline_list_preview.html", context, status=200 if dry_run else 400)
