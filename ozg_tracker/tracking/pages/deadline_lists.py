"""Several deadlines from a list, pasted or a file: bring it, look at what it would do, take it over."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.importing.folding import fold
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.tracking.exchange.import_deadlines import SCOPES, DeadlineImport, import_deadlines
from ozg_tracker.tracking.list_forms import ListForm
from ozg_tracker.tracking.list_pages import ListPages
from ozg_tracker.tracking.uploads import Kept


def _read(request: MunicipalityRequest, found: Kept, dry_run: bool) -> DeadlineImport:
    return import_deadlines(found.path, municipality_of(request), dry_run=dry_run, by=request.user)


def _told(outcome: DeadlineImport) -> str:
    words = {"new": len(outcome.new), "changed": len(outcome.changed)}
    return _("Fristen neu: %(new)d, geändert: %(changed)d.") % words


def _shown(_request: MunicipalityRequest, _found: Kept, outcome: DeadlineImport) -> dict[str, Any]:
    problems = fold(outcome.problems)
    return {
        "outcome": outcome,
        "lines": [line for line in outcome.lines if not line.unchanged],
        "problems": problems,
        "errors": sum(each.is_error for each in problems),
    }


PAGES = ListPages(
    "deadlines",
    entry="deadline_list",
    preview="preview_deadline_list",
    done="deadlines",
    templates=("tracking/deadlines/deadline_list.html", "tracking/deadlines/deadline_list_preview.html"),
    read=_read,
    told=_told,
    shown=_shown,
)


@members_only(Deed.KEEP_DEADLINES)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_list(request: MunicipalityRequest) -> HttpResponse:
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    return PAGES.enter(request, form, {"scopes": [words[1 if not words[0] else 0] for words in SCOPES.values()]})


@members_only(Deed.KEEP_DEADLINES)
@require_safe
def preview_list(request: MunicipalityRequest) -> HttpResponse:
    return PAGES.look(request)


@members_only(Deed.KEEP_DEADLINES)
@require_POST
def apply_list(request: MunicipalityRequest) -> HttpResponse:
    return PAGES.take_over(request)
