"""Cases of a year from a file: the template, what the file would change, and taking it over."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.importing.folding import fold
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from ozg_tracker.tracking.exchange.case_files import COLUMNS, cases_as_file
from ozg_tracker.tracking.exchange.export_status import FORMS
from ozg_tracker.tracking.exchange.import_cases import CaseImport, import_cases
from ozg_tracker.tracking.list_forms import ListForm
from ozg_tracker.tracking.list_pages import SHOWN, ListPages
from ozg_tracker.tracking.models import FIRST_YEAR
from ozg_tracker.tracking.pages import narrowing
from ozg_tracker.tracking.rows.counting import COUNTS
from ozg_tracker.tracking.uploads import Kept

YEARS = 3  # offered as templates


def _read(request: MunicipalityRequest, found: Kept, dry_run: bool) -> CaseImport:
    return import_cases(found.path, municipality_of(request), dry_run=dry_run, by=request.user)


def _told(outcome: CaseImport) -> str:
    sentence = ngettext("%(n)d Fallzahl eingetragen.", "%(n)d Fallzahlen eingetragen.", len(outcome.entered))
    return sentence % {"n": len(outcome.entered)}


def _shown(request: MunicipalityRequest, _found: Kept, outcome: CaseImport) -> dict[str, Any]:
    problems = fold(outcome.problems)
    shown = outcome.entered[:SHOWN]
    rows = narrowing.municipality_rows(request).select_related("service").in_bulk([each.row_id for each in shown])
    return {
        "outcome": outcome,
        "lines": [(rows[each.row_id], each) for each in shown if each.row_id in rows],
        "more": len(outcome.entered) - len(shown),
        "problems": problems,
        "errors": sum(each.is_error for each in problems),
    }


PAGES = ListPages(
    "cases",
    entry="case_list",
    preview="preview_case_list",
    done="case_list",
    templates=("tracking/cases/case_list.html", "tracking/cases/case_list_preview.html"),
    read=_read,
    told=_told,
    shown=_shown,
)


@members_only(Deed.CHANGE_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_list(request: MunicipalityRequest) -> HttpResponse:
    read_query(request.GET, ())
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    this_year = timezone.localdate().year
    years = [year for year in range(this_year, this_year - YEARS, -1) if year >= FIRST_YEAR]
    context = {"years": years, "forms": list(FORMS), "columns": ", ".join(COLUMNS.values())}
    return PAGES.enter(request, form, context)


@members_only(Deed.CHANGE_ROWS)
@require_safe
def preview_list(request: MunicipalityRequest) -> HttpResponse:
    return PAGES.look(request)


@members_only(Deed.CHANGE_ROWS)
@require_POST
def apply_list(request: MunicipalityRequest) -> HttpResponse:
    return PAGES.take_over(request)


@members_only(Deed.READ_ROWS)
@require_safe
def template(request: MunicipalityRequest, year: int, form: str) -> HttpResponse:
    """The rows that count with what is known of the year, to be filled in."""
    read_query(request.GET, ())
    if form not in FORMS or not FIRST_YEAR <= year <= timezone.localdate().year:
        raise Http404
    rows = narrowing.municipality_rows(request).filter(COUNTS)
    response = HttpResponse(cases_as_file(rows, year, form), content_type=FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="faelle-{year}.{form}"'
    return response
