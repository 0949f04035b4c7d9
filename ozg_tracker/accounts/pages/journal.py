"""The page of the journal: all of the municipality for those who keep its people, the own entries for everybody."""

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.filters import JournalFilter, authors
from ozg_tracker.accounts.journal.downloading import download_journal
from ozg_tracker.accounts.journal.telling import changed_fields
from ozg_tracker.accounts.models import Deed, JournalEntry, Reach, reach_of
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import PAGED, WrongValues, page_of, read_query
from ozg_tracker.spreadsheets.writing import MEDIA_TYPES

PAGE = 50
FILTERS = ("q", "kind", "way", "by", "since", "until")


@members_only(Deed.READ_JOURNAL)
@require_safe
def journal(request: MunicipalityRequest) -> HttpResponse:
    asked = read_query(request.GET, (*FILTERS, *PAGED))
    found = JournalFilter(asked, _entries(request), request=request)
    page = page_of(found.qs.select_related("person", "by"), PAGE, asked)
    context = {
        "filter": found,
        "page": page,
        "entries": [(entry, changed_fields(entry)) for entry in page],
        "kinds": _kinds(request, asked),
        "query": asked,
        "filtered": any(name in asked for name in FILTERS),
        "authors": [(each.pk, each) for each in authors(request).order_by("last_name", "first_name", "username")],
        "months": settings.JOURNAL_RETENTION_MONTHS,
        "ways": JournalEntry.Way.choices,
        "all": request.membership is not None and reach_of(request.membership.role, Deed.READ_JOURNAL) == Reach.ALL,
    }
    return render(request, "people/journal.html", context, status=400 if found.form.errors else 200)


@members_only(Deed.READ_JOURNAL)
@require_safe
def journal_file(request: MunicipalityRequest, form: str) -> HttpResponse:
    """What the list shows with its filters, as a workbook."""
    if form not in MEDIA_TYPES:
        raise Http404
    found = JournalFilter(read_query(request.GET, FILTERS), _entries(request), request=request)
    if found.form.errors:
        raise WrongValues(found.form)
    municipality = municipality_of(request)
    made = download_journal(found.qs, form, municipality=municipality, by=request.user)
    headers = {"Content-Disposition": f'attachment; filename="journal-{municipality.ars}.{form}"'}
    return HttpResponse(made, content_type=MEDIA_TYPES[form], headers=headers)


def _entries(request: MunicipalityRequest) -> QuerySet[JournalEntry]:
    """Those of the chosen municipality and of the installation that the person may see."""
    here = Q(municipality=municipality_of(request)) | Q(municipality=None)
    return JournalEntry.objects.visible_to(request.user).filter(here)


def _kinds(request: MunicipalityRequest, asked: QueryDict) -> list[tuple[str, str, int]]:
    """Kind, word and number of entries, under the other filters; kinds without any are left out."""
    others = asked.copy()
    for name in ("kind", *PAGED):
        others.pop(name, None)
    rows = JournalFilter(others, _entries(request), request=request).qs
    counts = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    return [(value, str(label), counts[value]) for value, label in JournalEntry.Kind.choices if value in counts]
