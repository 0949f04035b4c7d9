"""The coordination says whether anybody may read the municipality's published editions."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from reports.models import Edition, Licence, Publication
from reports.pages.forms import EndPublicForm, PublicForm
from reports.publishing.addresses import Addresses, absolute
from reports.publishing.make_public import end_public, make_public


@members_only(Deed.DECIDE_EDITIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def publishing(request: MunicipalityRequest) -> HttpResponse:
    """What holds, since when and why; the form that opens the editions, or changes licence and office."""
    municipality = municipality_of(request)
    if request.method != "POST":
        return _page(request)
    form = PublicForm(request.POST)
    if form.is_valid():
        try:
            make_public(municipality, request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Die veröffentlichten Berichte sind jetzt ohne Anmeldung zu lesen."))
            return redirect("publishing")
    return _page(request, form)


@members_only(Deed.DECIDE_EDITIONS)
@require_POST
def end(request: MunicipalityRequest) -> HttpResponse | HttpResponseRedirect:
    form = EndPublicForm(request.POST)
    if form.is_valid():
        try:
            end_public(municipality_of(request), request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Ohne Anmeldung ist nichts mehr zu lesen."))
            return redirect("publishing")
    return _page(request, ending=form)


def _page(
    request: MunicipalityRequest, form: PublicForm | None = None, ending: EndPublicForm | None = None
) -> HttpResponse:
    municipality = municipality_of(request)
    history = list(Publication.objects.filter(municipality=municipality).select_related("by"))
    holds = history[0] if history else None
    last = next((each for each in history if each.public), None)
    told = {name: getattr(last, name) for name in ("licence", "publisher", "mail", "contributor")} if last else {}
    initial = {"licence": Licence.BY, "publisher": municipality.name} | told
    home = reverse("public_municipality", args=[municipality.ars])
    context = {
        "seen": holds.pk if holds else 0,  # what the page shows now, after a refusal too
        "municipality": municipality,
        "public": bool(holds and holds.public),
        "since": _since(history),
        "history": history,
        "form": form or PublicForm(initial=initial),
        "ending": ending or EndPublicForm(auto_id="end_%s"),
        "home": home,
        "address": Addresses(municipality.ars).home,
        "card": absolute(reverse("public_card", args=[municipality.ars])),
        "drawing": absolute(reverse("public_card_drawing", args=[municipality.ars])),
        "count": Edition.objects.filter(Edition.published(), municipality=municipality).count(),
    }
    refused = bool((form and form.errors) or (ending and ending.errors))
    return render(request, "reports/publishing/switching.html", context, status=400 if refused else 200)


def _since(history: list[Publication]) -> Publication | None:
    """The oldest of those that have held without a break until now."""
    found = None
    for each in history:
        if not each.public:
            break
        found = each
    return found
