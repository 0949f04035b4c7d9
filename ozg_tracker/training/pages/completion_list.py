"""A list of completions: brought in by the coordination, looked at, taken over."""

from typing import Any, cast

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Municipality
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import ids_in, named_in
from ozg_tracker.tracking.list_forms import FileForm
from ozg_tracker.tracking.list_pages import SHOWN, ListPages
from ozg_tracker.tracking.uploads import Kept
from ozg_tracker.training.completing.list_importing import CompletionImport, import_completions
from ozg_tracker.training.completing.list_reading import WORDS
from ozg_tracker.training.models import Course


class CompletionListForm(FileForm):
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


def _read(request: MunicipalityRequest, found: Kept, dry_run: bool) -> CompletionImport:
    municipality = municipality_of(request)
    course = named_in(Course.objects.filter(municipality=municipality), found.options.get("course"))
    leave_out = () if dry_run else _left_out(request)
    return import_completions(
        found.path, municipality, by=request.user, course=course, leave_out=leave_out, dry_run=dry_run
    )


def _left_out(request: MunicipalityRequest) -> set[int]:
    return set(ids_in(request.POST.getlist("leave_out")))


def _told(outcome: CompletionImport) -> str:
    number = len(outcome.new)
    sentence = ngettext("Ein Abschluss ist übernommen.", "%(number)d Abschlüsse sind übernommen.", number)
    return sentence % {"number": number}


def _shown(request: MunicipalityRequest, found: Kept, outcome: CompletionImport) -> dict[str, Any]:
    """Every problem line with a tick to leave it out; the whole list's problems without."""
    refused = request.method == "POST"
    whole = _read(request, found, dry_run=True) if refused else outcome
    errors = [each for each in whole.problems if each.severity == "error"]
    return {
        "outcome": whole,
        "errors": errors[:SHOWN],
        "can_leave_out": len(errors) <= SHOWN and all(each.row is not None for each in errors),
        "warnings": [each for each in whole.problems if each.severity != "error"],
        "new": whole.new[:SHOWN],
        "ticked": _left_out(request),
        "refused": refused,
    }


PAGES = ListPages(
    "completions",
    entry="completion_list",
    preview="preview_completions",
    done="completions_to_check",
    templates=("training/proofs/completion_list.html", "training/proofs/completion_preview.html"),
    read=_read,
    told=_told,
    shown=_shown,
)


@members_only(Deed.KEEP_COURSES)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: MunicipalityRequest) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CompletionListForm(municipality_of(request), *sent)
    return PAGES.enter(request, form, {"words": [words[0] for words in WORDS.values()]}, option="course")


@members_only(Deed.KEEP_COURSES)
@require_safe
def preview(request: MunicipalityRequest) -> HttpResponse:
    return PAGES.look(request)


@members_only(Deed.KEEP_COURSES)
@require_POST
def apply(request: MunicipalityRequest) -> HttpResponse:
    return PAGES.take_over(request)
