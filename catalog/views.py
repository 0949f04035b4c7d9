"""Pages to look things up in the catalogue. Who may load a catalogue, and what it means for a town, is tracking's."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.browse import bundles_of, services_of, topic_nodes, with_bundles
from catalog.import_models import CatalogueImport
from catalog.models import Bundle, Service, Situation
from catalog.problem_list import problem_workbook
from catalog.search import matching
from catalog.storyline import chapters, family
from ozg_tracker.workbooks import MEDIA_TYPE

PAGE = 50


def readers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A view for everybody who works with the catalogue; a member of the council reads reports alone.

    The catalogue knows no people: it asks only for the role's name, where the request carries one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(getattr(request, "membership", None), "role", "") == "council":
            raise PermissionDenied(_("Der Katalog gehört zur Arbeit der Verwaltung. Sie lesen die Berichte."))
        return view(request, *args, **kwargs)

    return login_required(require_safe(guarded))


@readers_only
def import_problems(request: HttpRequest, pk: int) -> HttpResponse:
    """The problems kept with an import, as a workbook."""
    found = get_object_or_404(CatalogueImport, pk=pk)
    name = f"probleme-{pk}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(problem_workbook(found.problems.all()), content_type=MEDIA_TYPE, headers=headers)


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
    text = request.GET.get("suche", "").strip()
    found = matching(Service.objects.filter(official=True, retired_on=None), text) if text else Service.objects.none()
    page = Paginator(with_bundles(found), PAGE).get_page(request.GET.get("seite"))
    return render(request, "catalog/search.html", {"text": text, "page": page})


@readers_only
def service(request: HttpRequest, pk: int) -> HttpResponse:
    official = Service.objects.filter(official=True).select_related("since__release", "since__undoes__release")
    found = get_object_or_404(with_bundles(official), pk=pk)
    context = {"service": found, "chapters": chapters(found), "family": family(found)}
    return render(request, "catalog/service.html", context)
