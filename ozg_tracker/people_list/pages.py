"""A list of people: brought in, looked at, taken over."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.importing.folding import fold
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from ozg_tracker.people_list.importing import import_people
from ozg_tracker.people_list.reading import WORDS
from ozg_tracker.tracking.uploads import FILE, Kept, keep, kept, refuse_large, remove

SHOWN = 200
_PURPOSE = "people"
# the name of a department that is not known, and beside it what is meant, or that its lines are left out
REPLACED, LEAVE_OUT = ("unknown", "instead"), "–"


class ListForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Personenliste (XLSX, ODS oder CSV)"),
        widget=forms.FileInput({"class": "ozg-in", "accept": ".xlsx,.ods,.csv"}),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie eine Datei."),
            "empty": gettext_lazy("Die Datei ist leer."),
        },
    )

    def clean_file(self) -> "UploadedFile[Any]":
        return refuse_large(self.cleaned_data["file"])


@members_only(Deed.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_list(request: MunicipalityRequest) -> HttpResponse:
    """Take a file and keep it for the preview; nothing is changed yet."""
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_valid():
        token = keep(form.cleaned_data["file"], _PURPOSE, request.user, municipality_of(request))
        return redirect(f"{reverse('preview_people_list')}?{urlencode({FILE: token})}")
    words = [words[0] for words in WORDS.values()]
    context = {"form": form, "words": words}
    return render(request, "people_list/enter.html", context, status=400 if form.errors else 200)


@members_only(Deed.MANAGE_PEOPLE)
@require_safe
def preview_list(request: MunicipalityRequest) -> HttpResponse:
    """The same import without its last step."""
    token = read_query(request.GET, (FILE, *REPLACED)).get(FILE, "")
    found = _kept(request, token)
    return _gone(request) if found is None else _show(request, found, token)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def apply_list(request: MunicipalityRequest) -> HttpResponse:
    token = request.POST.get(FILE, "")
    found = _kept(request, token)
    if found is None:
        return _gone(request)
    invite = request.POST.get("invite") == "yes"
    instead = _instead(request.POST)
    outcome = import_people(found.path, municipality_of(request), by=request.user, invite=invite, instead=instead)
    if outcome.refused:
        return _show(request, found, token, status=400)
    remove(found.path)
    number = len(outcome.plan.new) + len(outcome.plan.changed)
    sentence = ngettext("Eine Person ist übernommen.", "%(number)d Personen sind übernommen.", number)
    messages.success(request, sentence % {"number": number})
    return redirect("people")


def _show(request: MunicipalityRequest, found: Kept, token: str, status: int = 200) -> HttpResponse:
    instead = _instead(request.POST if request.method == "POST" else request.GET)
    outcome = import_people(found.path, municipality_of(request), dry_run=True, by=request.user, instead=instead)
    plan = outcome.plan
    problems = fold(plan.problems)
    context = {
        "name": found.path.name,
        "token": token,
        "plan": plan,
        "moves": sum(wish.moves for wish in plan.changed),
        "problems": problems,
        "errors": sum(each.is_error for each in problems),
        "warnings": sum(not each.is_error for each in problems),
        "invited": sum(bool(wish.user.email) for wish in plan.new),
        "new": plan.new[:SHOWN],
        "changed": plan.changed[:SHOWN],
        "missing": plan.missing[:SHOWN],
        "shown": SHOWN,
        "departments": sorted(municipality_of(request).departments.standing().values_list("name", flat=True))
        if plan.unknown
        else [],
    }
    return render(request, "people_list/preview.html", context, status=status)


def _instead(sent: QueryDict) -> dict[str, str]:
    """What was chosen for each department that is not known; nothing chosen: it is not in it."""
    names, chosen = (sent.getlist(key) for key in REPLACED)
    pairs = zip(names, chosen, strict=False)
    return {name: "" if meant == LEAVE_OUT else meant for name, meant in pairs if meant}


def _kept(request: MunicipalityRequest, token: str) -> Kept | None:
    return kept(token, _PURPOSE, request.user, municipality_of(request))


def _gone(request: MunicipalityRequest) -> HttpResponse:
    messages.error(request, _("Diese Datei ist nicht mehr da. Bitte wählen Sie sie noch einmal."))
    return redirect("people_list")
