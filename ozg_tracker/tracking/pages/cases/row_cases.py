"""The cases of a service in a year by channel: the form, and how they came to be known."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from ozg_tracker.tracking.cases.known import cases_of
from ozg_tracker.tracking.cases.recording import Entry, record_cases
from ozg_tracker.tracking.models import FIRST_YEAR, CaseCount, Channel, MunicipalService
from ozg_tracker.tracking.pages import narrowing
from ozg_tracker.tracking.pages.cases.forms import CasesForm, stored_cases
from ozg_tracker.tracking.rows.rights import rights_in


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def row_cases(request: MunicipalityRequest, pk: int, year: int) -> HttpResponseBase:
    read_query(request.GET, ())
    row = get_object_or_404(narrowing.municipality_rows(request).select_related("service", "municipality"), pk=pk)
    rights = rights_in(municipality_of(request), request.user)
    may = "cases_per_year" in rights.fields(row)
    if request.method != "POST":
        return _show(request, row, year, CasesForm(stored_cases(row, year)), may)
    if not may:
        raise PermissionDenied(_("Diese Leistung gehört nicht zu Ihrem Bereich; Sie können sie nur lesen."))
    form = CasesForm(stored_cases(row, year), request.POST)
    if form.is_valid():
        entry = Entry(row.pk, year, form.numbers(), form.cleaned_data["seen"])
        try:
            made = record_cases(
                row.municipality, [entry], by=request.user, rights=rights, reason=form.cleaned_data["reason"]
            )
        except ValidationError as error:
            _refuse(form, error)
        else:
            saved = _("Die Fälle %(year)d sind gespeichert.") % {"year": year}
            messages.success(request, saved if made else _("Es war nichts zu speichern."))
            return redirect("service", pk)
    return _show(request, row, year, form, may)


def _refuse(form: CasesForm, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        if getattr(error, "code", "") == "stale":  # the sentence has said it: saved once more, it is meant
            again = QueryDict(mutable=True)
            again.update(form.data)
            again["seen"] = str(form.initial["seen"])
            form.data = again
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def _show(request: MunicipalityRequest, row: MunicipalService, year: int, form: CasesForm, may: bool) -> HttpResponse:
    this_year = timezone.localdate().year
    context = {
        "row": row,
        "year": year,
        "form": form,
        "may": may and FIRST_YEAR <= year <= this_year,
        "earlier": year - 1 if year > FIRST_YEAR else None,
        "later": year + 1 if year < this_year else None,
        "channel_names": Channel.labels,
        "case_years": [each for each in cases_of(row.pk) if each[0] == year],
        "said": CaseCount.objects.filter(row=row, year=year).select_related("by", "on_behalf_of").order_by("-pk"),
    }
    return render(request, "tracking/cases/row_cases.html", context, status=400 if form.errors else 200)
