"""A list of completions: brought in by the coordination, looked at, taken over."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Municipality
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import named_in
from ozg_tracker.api.query import read_query
from ozg_tracker.tracking.uploads import FILE, Kept, keep, kept, refuse_large, remove
from ozg_tracker.training.completing.list_importing import CompletionImport, import_completions
from ozg_tracker.training.completing.list_reading import WORDS
from ozg_tracker.training.models import Course

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

SHOWN = 200
_PURPOSE = "completions"


class CompletionListForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Liste (XLSX, ODS oder CSV)"),
        widget=forms.FileInput({"class": "ozg-in", "accept": ".xlsx,.ods,.csv"}),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie eine Datei."),
            "empty": gettext_lazy("Die Datei ist leer."),
        },
    )
    course = forms.ModelChoiceField(
        label=gettext_lazy("Schulung"),
        queryset=Course.objects.none(),
        required=False,
        empty_label=gettext_lazy("steht in der Liste"),
        widget=forms.Select({"class": "ozg-in"}),
    )

    def __init__(self, municipality: Municipality, *args: Any) -> None:
        super().__init__(*args)
        courses = cast("forms.ModelChoiceField[Course]", self.fields["course"])
        courses.queryset = Course.objects.filter(municipality=municipality)

    def clean_file(self) -> "UploadedFile[Any]":
        return refuse_large(self.cleaned_data["file"])


@members_only(Deed.KEEP_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: MunicipalityRequest) -> HttpResponse:
    """Take a file and keep it for the preview; nothing is changed yet."""
    municipality = municipality_of(request)
    form = CompletionListForm(municipality, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        course = form.cleaned_data["course"]
        token = keep(form.cleaned_data["file"], _PURPOSE, request.user, municipality, course=course and course.pk)
        return redirect(f"{reverse('preview_completions')}?{urlencode({FILE: token})}")
    context = {"form": form, "words": [words[0] for words in WORDS.values()]}
    return render(request, "training/completion_list.html", context, status=400 if form.errors else 200)


@members_only(Deed.KEEP_COURSES)
@require_safe
def preview(request: MunicipalityRequest) -> HttpResponse:
    """The same import without its last step."""
    token = read_query(request.GET, (FILE,)).get(FILE, "")
    found = _kept(request, token)
    return _gone(request) if found is None else _show(request, found, token)


@members_only(Deed.KEEP_COURSES)
@require_POST
def apply(request: MunicipalityRequest) -> HttpResponse:
    token = request.POST.get(FILE, "")
    found = _kept(request, token)
    if found is None:
        return _gone(request)
    leave_out = {int(row) for row in request.POST.getlist("leave_out") if row.isascii() and row[:9].isdigit()}
    outcome = _import(request, found, leave_out)
    if outcome.refused:
        return _show(request, found, token, leave_out, 400)
    remove(found.path)
    number = len(outcome.new)
    sentence = ngettext("Ein Abschluss ist übernommen.", "%(number)d Abschlüsse sind übernommen.", number)
    messages.success(request, sentence % {"number": number})
    return redirect("completions_to_check")


def _import(
    request: MunicipalityRequest, found: Kept, leave_out: Collection[int] = (), *, dry_run: bool = False
) -> CompletionImport:
    municipality = municipality_of(request)
    course = named_in(Course.objects.filter(municipality=municipality), found.options.get("course"))
    return import_completions(
        found.path, municipality, by=request.user, course=course, leave_out=leave_out, dry_run=dry_run
    )


def _show(
    request: MunicipalityRequest, found: Kept, token: str, leave_out: Collection[int] = (), status: int = 200
) -> HttpResponse:
    """Every problem line with a tick to leave it out; the whole list's problems without."""
    outcome = _import(request, found, dry_run=True)
    errors = [each for each in outcome.problems if each.severity == "error"]
    context = {
        "name": found.path.name,
        "token": token,
        "outcome": outcome,
        "errors": errors[:SHOWN],
        "can_leave_out": len(errors) <= SHOWN and all(each.row is not None for each in errors),
        "warnings": [each for each in outcome.problems if each.severity != "error"],
        "new": outcome.new[:SHOWN],
        "ticked": set(leave_out),
        "refused": status != 200,
    }
    return render(request, "training/completion_preview.html", context, status=status)


def _kept(request: MunicipalityRequest, token: str) -> Kept | None:
    return kept(token, _PURPOSE, request.user, municipality_of(request))


def _gone(request: MunicipalityRequest) -> HttpResponse:
    messages.error(request, _("Diese Datei ist nicht mehr da. Bitte wählen Sie sie noch einmal."))
    return redirect("completion_list")
