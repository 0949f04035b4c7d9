"""Reading departments from a list, pasted or a file: enter it, look at what it would do, take it over."""

from typing import Any
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
from ozg_tracker.reorganising.lists import ListImport, import_departments
from ozg_tracker.tracking.list_forms import ListForm
from ozg_tracker.tracking.uploads import FILE, keep, kept, remove

_PURPOSE = "departments"
SHOWN = 200


class DepartmentListForm(ListForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].help_text = _(
            "Eine Zeile je Fachbereich; was zu einem anderen gehört, darunter und eingerückt."
        )
        self.fields["text"].widget.attrs["rows"] = 12


@members_only(Deed.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_list(request: MunicipalityRequest) -> HttpResponse:
    """Take a list and keep it for the preview; nothing is changed yet."""
    form = DepartmentListForm(request.POST, request.FILES) if request.method == "POST" else DepartmentListForm()
    if form.is_bound and form.is_valid():
        token = keep(form.sent(), _PURPOSE, request.user, municipality_of(request))
        return redirect(f"{reverse('preview_department_list')}?{urlencode({FILE: token})}")
    return render(request, "reorganising/list.html", {"form": form}, status=400 if form.is_bound else 200)


@members_only(Deed.MANAGE_PEOPLE)
@require_safe
def preview_list(request: MunicipalityRequest) -> HttpResponse:
    return _show(request, read_query(request.GET, (FILE,)).get(FILE, ""))


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def apply_list(request: MunicipalityRequest) -> HttpResponse:
    return _show(request, request.POST.get(FILE, ""), dry_run=False)


def _show(request: MunicipalityRequest, token: str, dry_run: bool = True) -> HttpResponse:
    """The same reading with and without its last step."""
    found = kept(token, _PURPOSE, request.user, municipality_of(request))
    if found is None:
        messages.error(request, _("Die Liste ist nicht mehr da. Bitte geben Sie sie noch einmal ein."))
        return redirect("department_list")
    outcome = import_departments(found.path, municipality_of(request), dry_run=dry_run, by=request.user)
    if outcome.applied:
        remove(found.path)
        words = {"new": len(outcome.new), "moved": len(outcome.moved)}
        messages.success(request, _("Fachbereiche neu: %(new)d, verschoben: %(moved)d.") % words)
        return redirect("departments")
    context = _context(outcome, found.path.name, token)
    return render(request, "reorganising/list_preview.html", context, status=200 if dry_run else 400)


def _context(outcome: ListImport, name: str, token: str) -> dict[str, Any]:
    folded = fold(outcome.problems)
    lists = {key: getattr(outcome, key)[:SHOWN] for key in ("new", "moved", "missing")}
    more = {f"more_{key}": max(0, len(getattr(outcome, key)) - SHOWN) for key in ("new", "moved", "missing")}
    return {"outcome": outcome, "name": name, "file": token, "problems": folded[:SHOWN], **lists, **more}
