"""Pages of a municipality's own services: the list, taking one in, and renaming, ending or merging one."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.models import Service
from catalog.reading.search import matching
from catalog.reading.tree import with_bundles
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_in
from ozg_tracker.api.query import read_query
from ozg_tracker.tracking.models import MunicipalService, OwnService
from ozg_tracker.tracking.own_services import (
    add_own_service,
    decided,
    end_own_service,
    merge_own_service,
    rename_own_service,
)
from ozg_tracker.tracking.pages.own_service_forms import AddForm, MergeForm, NameForm, ReasonForm

CANDIDATES = 20
FORMS = {"rename": NameForm, "end": ReasonForm, "merge": MergeForm}


class Candidate(NamedTuple):
    """An official service that could take over; `against`: why it cannot."""

    service: Service
    against: str


@members_only(Deed.READ_ROWS)
@require_safe
def own_services(request: MunicipalityRequest) -> HttpResponse:
    """The municipality's own services, those that go on first; and which of them the catalogue knows by now."""
    found = _own(request).order_by("service__retired_on", "service__name", "pk")
    rows = {row.service_id: row for row in _rows(request, [each.service_id for each in found])}
    keys = [each.file_key for each in found if each.file_key]
    known = set(Service.objects.filter(key__in=keys, retired_on=None).values_list("key", flat=True)) if keys else set()
    listed = [(each, rows.get(each.service_id), each.file_key in known) for each in found]
    context = {
        "going_on": [each for each in listed if each[0].ended_on is None],
        "ended": [each for each in listed if each[0].ended_on is not None],
        "may": _may(request),
    }
    return render(request, "tracking/own_services/own_services.html", context)


@members_only(Deed.KEEP_OWN_SERVICES)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: MunicipalityRequest) -> HttpResponseBase:
    """Take one in; `?name=`, `?bundle=` and `?key=` begin the form, as a file that names it does; `?merge=`
    leads back to the merge that names it.
    """
    if request.method != "POST":
        return _show_add(request, AddForm(municipality_of(request), initial=_initial(request.GET)))
    form = AddForm(municipality_of(request), request.POST)
    if form.is_valid():
        said = form.cleaned_data
        options = {name: said[name] for name in ("reason", "department", "effective_on", "file_key")}
        try:
            own = add_own_service(municipality_of(request), said["name"], form.within(), by=request.user, **options)
        except ValidationError as error:
            _refuse(form, error)
        else:
            messages.success(request, _("„%(name)s“ ist aufgenommen und zählt mit.") % {"name": own})
            return redirect(_merge(request) or "own_services")
    return _show_add(request, form, status=400)


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def own_service(request: MunicipalityRequest, pk: int) -> HttpResponseBase:
    """What was done to one, and the forms to rename, end or merge it."""
    own = get_object_or_404(_own(request), pk=pk)
    do = request.POST.get("do", "")
    if request.method != "POST" or not _may(request) or do not in FORMS:
        return _show(request, own, {}, status=200 if request.method != "POST" else 403 if not _may(request) else 400)
    form = FORMS[do](request.POST, auto_id=f"{do}_%s")
    if form.is_valid():
        try:
            messages.success(request, _deeds(request, own)[do](form.cleaned_data))
            return redirect("own_service", own.pk)
        except ValidationError as error:
            _refuse(form, error)
            own.refresh_from_db()
    return _show(request, own, {do: form}, status=400)


def _deeds(request: MunicipalityRequest, own: OwnService) -> dict[str, Callable[[dict[str, Any]], str]]:
    """What each form does, and the sentence that says it is done."""

    def rename(said: dict[str, Any]) -> str:
        rename_own_service(own, by=request.user, **said)
        return _("Gespeichert. Berichte bisheriger Monate nennen weiter den alten Namen.")

    def end(said: dict[str, Any]) -> str:
        end_own_service(own, by=request.user, **said)
        return _("„%(name)s“ ist beendet. Ihre Geschichte bleibt.") % {"name": own}

    def merge(said: dict[str, Any]) -> str:
        official = Service.objects.filter(pk=said["service"], official=True).first()
        if official is None:
            raise ValidationError(_("Bitte wählen Sie die Leistung des Kataloges."))
        merge_own_service(own, official, by=request.user, reason=said["reason"])
        return _("Zusammengeführt: „%(name)s“ führt den Stand weiter.") % {"name": official}

    return {"rename": rename, "end": end, "merge": merge}


def _show_add(request: MunicipalityRequest, form: AddForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "merge": _merge_id(request), "preview": _merge(request)}
    return render(request, "tracking/own_services/add_own_service.html", context, status=status)


def _merge_id(request: MunicipalityRequest) -> int | None:
    return id_in((request.POST if request.method == "POST" else request.GET).get("merge"))


def _merge(request: MunicipalityRequest) -> str:
    """Back to the merge that names the service; empty where none does."""
    pk = _merge_id(request)
    return reverse("merge", args=[pk]) if pk else ""


def _show(request: MunicipalityRequest, own: OwnService, bound: dict[str, Form], status: int = 200) -> HttpResponse:
    initial = {"rename": {"name": own.service.name, "file_key": own.file_key or ""}}
    may = _may(request) and own.ended_on is None
    text, candidates = _searched(request, own) if may else ("", [])
    context = {
        "own": own,
        "row": _rows(request, [own.service_id])[0],
        "official_row": next(iter(_rows(request, [own.merged_into_id] if own.merged_into_id else [])), None),
        "bundle": own.service.bundles.select_related("situation__topic").get(),
        "changes": own.changes.select_related("by").order_by("-pk"),
        "forms": {do: bound.get(do) or form(auto_id=f"{do}_%s", initial=initial.get(do)) for do, form in FORMS.items()},
        "may": may,
        "text": text,
        "candidates": candidates,
        "chosen": request.POST.get("service", ""),
    }
    return render(request, "tracking/own_services/own_service.html", context, status=status)


def _searched(request: MunicipalityRequest, own: OwnService) -> tuple[str, list[Candidate]]:
    """The words asked for and what they find; without any the name, and if it finds nothing its longest word."""
    asked = read_query(request.GET, ("q",))
    text = asked.get("q", own.service.name).strip()
    found = _candidates(request, own, text)
    if not found and "q" not in asked:
        text = max(text.split(), key=len)
        found = _candidates(request, own, text)
    return text, found


def _candidates(request: MunicipalityRequest, own: OwnService, text: str) -> list[Candidate]:
    """Official services that may be meant: the one with the key that files use, and those that the words find."""
    current = Service.objects.filter(official=True, countable=True, retired_on=None)
    by_words = matching(current, text) if text else current.none()
    wanted = Q(key=own.file_key) if own.file_key else Q(pk__in=[])
    found = list(with_bundles(current.filter(wanted))) + list(with_bundles(by_words.exclude(wanted)[:CANDIDATES]))
    against = decided(municipality_of(request), found)
    return [Candidate(each, against.get(each.pk, "")) for each in found]


def _own(request: MunicipalityRequest) -> Any:
    own = OwnService.objects.visible_to(request.user).filter(municipality=municipality_of(request))
    return own.select_related("service", "merged_into", "municipality")


def _rows(request: MunicipalityRequest, services: list[int]) -> list[MunicipalService]:
    rows = MunicipalService.objects.filter(municipality=municipality_of(request), service__in=services)
    return list(rows.select_related("service", "level", "department"))


def _may(request: MunicipalityRequest) -> bool:
    return request.membership is not None and Deed.KEEP_OWN_SERVICES in request.membership.deeds


def _initial(asked: QueryDict) -> dict[str, str]:
    place = asked.get("bundle", "")
    where = "bundle" if id_in(place) is not None else "bundle_name"
    return {"name": asked.get("name", ""), where: place, "file_key": asked.get("key", "")}


def _refuse(form: Form, error: ValidationError) -> None:
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    for name, errors in by_field.items():
        sentence = ValidationError([message for each in errors for message in each.messages])
        form.add_error(name if name in form.fields else None, sentence)
