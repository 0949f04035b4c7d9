"""Pages of the council's month: the archive, an edition, its downloads, and what the coordinator does with it."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_in
from ozg_tracker.api.query import read_query
from reports import canonical, months
from reports.editions.approving import approve_edition, second_person
from reports.editions.archive import in_force, loose_ends, month_lines, next_step
from reports.editions.disagreeing import disagreeing
from reports.editions.freeze import freeze_edition, would_become
from reports.editions.preview import preview_month
from reports.editions.texts import raw_figures
from reports.exporting.export_edition import MEDIA_TYPES, PAPERS, export_edition
from reports.exporting.file import file_name
from reports.meetings.reading import meetings_of, next_due
from reports.models import Edition
from reports.pages.asked_here import asked_by_section, asks
from reports.pages.finding_editions import address, decides, edition_of, reviews, visible
from reports.pages.first_day import first_day
from reports.pages.forms import CorrectionForm
from reports.questions.reading import open_questions, questions_of
from reports.telling import content
from reports.telling.corrections import beside, change
from reports.telling.key_figures import key_figures

FORMATS = (("pdf", "PDF"), ("xlsx", "Excel"), ("ods", "ODS"), ("csv", "CSV"), ("json", "JSON"))
PAPER_FORMATS = (("docx", "Word"), ("odt", "ODT"))


@members_only(Deed.READ_EDITIONS)
@require_safe
def archive(request: MunicipalityRequest) -> HttpResponse:
    """The months by year; the coordinator's next step above them."""
    latest = in_force(visible(request))
    years = sorted({each.month.year for each in latest}, reverse=True)
    asked = id_in(read_query(request.GET, ("year",)).get("year"))
    year = asked if asked in years else next(iter(years), None)
    shown = month_lines(each for each in latest if each.month.year == year)
    counts = [(each, sum(1 for edition in latest if edition.month.year == each)) for each in years if each != year]
    step = next_step(latest) if decides(request) else None
    newest = visible(request).filter(Edition.published()).first()
    context = {
        "reviewed": visible(request).filter(Edition.published(), month__year=year).exists() if year else False,
        "year": year,
        "lines": shown,
        "other_years": counts,
        "formats": FORMATS,
        "step": step,
        "from_day": months.step(step.month, 1) if step else None,
        "loose_ends": loose_ends(municipality_of(request)) if step and step.deed != "approve" else None,
        "running": months.running(),
        "next_due": next_due(municipality_of(request)),
        "open_questions": open_questions(municipality_of(request)).count() if decides(request) else 0,
        "newest": newest,
        "to_review": [each for each in latest if each.state in Edition.UNDER_REVIEW] if reviews(request) else [],
        "answers": key_figures(canonical.loads(newest.figures)) if newest else [],
    }
    return render(request, "reports/archive/archive.html", context)


@members_only(Deed.READ_EDITIONS)
@require_safe
def edition(request: MunicipalityRequest, year: int, month: int, number: int | None = None) -> HttpResponse:
    """An edition as a page: the latest one that is visible, or the one asked for."""
    asked = id_in(read_query(request.GET, ("number",)).get("number"))
    found = edition_of(request, year, month, asked if number is None else number)
    others = visible(request).filter(month=found.month).exclude(pk=found.pk).defer("figures", "differences")
    told = content.report(found)
    context = {
        "edition": found,
        "report": told,
        "lists": address(found, "edition_services") if told.promises else "",
        "compared_with": _month_before(request, found),
        "disagreeing": disagreeing(visible(request), canonical.loads(found.figures)),
        "others": others,
        "latest": all(each.number < found.number for each in others),
        "meetings": meetings_of(found),
        "asking": asked_by_section(request, questions_of(found)),
        "asks": asks(request, found),
        "decides": decides(request),
        "second_person": second_person(found.municipality),
        "formats": (*FORMATS, ("html", "HTML"), ("csvw", "CSVW")),
        "papers": PAPER_FORMATS if decides(request) else (),
    }
    return render(request, "reports/edition/page.html", context)


@members_only(Deed.READ_EDITIONS)
@require_safe
def download(request: MunicipalityRequest, year: int, month: int, number: int, format: str) -> HttpResponse:
    read_query(request.GET, ())
    if format not in MEDIA_TYPES:
        raise Http404
    found = edition_of(request, year, month, number)
    if format in PAPERS and not decides(request):
        raise PermissionDenied(_("Die Mitteilungsvorlage schreibt die OZG-Koordination."))
    response = HttpResponse(export_edition(found, format), content_type=MEDIA_TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="{file_name(found, found.municipality.name, format)}"'
    return response


@members_only(Deed.DECIDE_EDITIONS)
@require_safe
def preview(request: MunicipalityRequest, year: int, month: int) -> HttpResponse:
    """A month that is not frozen yet as its report would be now, and what differs from the month before."""
    day = first_day(year, month)
    if visible(request).filter(month=day).exists():
        return redirect("month", day.year, day.month)
    if day > timezone.localdate():
        raise Http404
    try:
        found = preview_month(municipality_of(request), day)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("archive")
    context = {
        "preview": found,
        "report": content.preview(found.figures),
        "cutoff": months.last_day(day),
        "from_day": months.step(day, 1),
    }
    return render(request, "reports/archive/preview.html", context)


@members_only(Deed.DECIDE_EDITIONS)
@require_POST
def freeze(request: MunicipalityRequest) -> HttpResponseRedirect:
    """The next step the archive offers: a month that has ended becomes a draft."""
    try:
        made = freeze_edition(municipality_of(request), months.parse(request.POST.get("month", "")), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("archive")
    messages.success(
        request, _("%(month)s ist festgeschrieben. Bitte prüfen und genehmigen Sie den Entwurf.") % _named(made)
    )
    return redirect(address(made))


@members_only(Deed.DECIDE_EDITIONS)
@require_POST
def approve(request: MunicipalityRequest, year: int, month: int, number: int) -> HttpResponseRedirect:
    found = edition_of(request, year, month, number)
    try:
        found = approve_edition(found, request.user, tell="tell" in request.POST)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(month)s ist genehmigt. Der Rat kann den Bericht jetzt lesen.") % _named(found))
    return redirect(address(found))


@members_only(Deed.DECIDE_EDITIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: MunicipalityRequest, year: int, month: int) -> HttpResponse:
    """What a correction of the month would change; with a reason it becomes the next edition."""
    found = edition_of(request, year, month, None)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = freeze_edition(found.municipality, found.month, by=request.user, correct=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Ausgabe %(number)s ist als Entwurf festgeschrieben.") % {"number": made.number}
            )
            return redirect(address(made))
    figures, differences = would_become(found)
    told = change(differences, beside(raw_figures(found), figures)) if differences else None
    context = {"edition": found, "form": form, "change": told}
    return render(request, "reports/archive/correct.html", context, status=400 if form.errors else 200)


def _month_before(request: MunicipalityRequest, edition: Edition) -> date | None:
    """The month before (its first day) where it has a report whose services can stand beside this one's."""
    before = months.step(edition.month, -1)
    return before if visible(request).filter(month=before, figures__contains='"services":[').exists() else None


def _named(edition: Edition) -> dict[str, str]:
    return {"month": date_format(edition.month, "F Y")}
