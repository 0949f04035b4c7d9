"""Pages to look things up in the catalogue. Who may load one, and what it means for a municipality, is tracking's."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.importing.problem_list import problem_list
from catalog.models import Bundle, CatalogueImport, Service, Situation
from catalog.reading.search import matching
from catalog.reading.storyline import chapters, family
from catalog.reading.tree import bundles_of, services_of, topic_nodes, with_bundles
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.spreadsheets.writing import MEDIA_TYPES

PAGE = 50


def readers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A view for everybody who works with the catalogue; a member of the council reads reports alone.

    The catalogue knows no people: it asks only for the deed's name, where the request carries a membership.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        held = getattr(request, "membership", None)
        if held is not None and "read_catalogue" not in held.deeds:
            raise PermissionDenied(_("Der Katalog gehört zur Arbeit der Verwaltung. Sie lesen die Berichte."))
        return view(request, *args, **kwargs)

    return login_required(require_safe(guarded))


@readers_only
def import_problems(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The problems kept with an import, as XLSX or ODS."""
    read_query(request.GET, ())
    found = get_object_or_404(CatalogueImport, pk=pk)
    name = f"probleme-{pk}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(problem_list(found.problems.all(), form), content_type=MEDIA_TYPES[form], headers=headers)


@readers_only
def topics(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/topics.html", {"nodes": topic_nodes()})


@readers_only
def situation(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Situation.objects.select_related("topic"), pk=pk)
    return render(request, "catalog/situation.html", {"situation": found, "bundles": bundles_of(found)})


@readers_only
def bundle(request: HttpRequest, ozg_id: str) -> HttpResponse:
    found = get_object_or_404(Bundle.objects.select_related("situation__topic"), ozg_id=ozg_id)
    return render(request, "catalog/bundle.html", {"bundle": found, "services": services_of(found)})


@readers_only
def search(request: HttpRequest) -> HttpResponse:
    asked = read_query(request.GET, ("q", *PAGED))
    text = asked.get("q", "").strip()
    found = matching(Service.objects.filter(official=True, retired_on=None), text) if text else Service.objects.none()
    page = page_of(with_bundles(found), PAGE, asked)
    return render(request, "catalog/search.html", {"text": text, "page": page})


@readers_only
def service(request: HttpRequest, pk: int) -> HttpResponse:
    official = Service.objects.filter(official=True).select_related("since__release", "since__undoes__release")
    found = get_object_or_404(with_bundles(official), pk=pk)
    context = {"service": found, "chapters": chapters(found), "family": family(found)}
    return render(request, "catalog/service.html", context)
