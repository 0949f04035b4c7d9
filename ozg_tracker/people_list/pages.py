"""A list of people: brought in, looked at, taken over."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.importing.folding import fold
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.people_list.importing import PeopleImport, import_people
from ozg_tracker.people_list.reading import WORDS
from ozg_tracker.tracking.list_forms import FileForm
from ozg_tracker.tracking.list_pages import SHOWN, ListPages
from ozg_tracker.tracking.uploads import Kept

# the name of a department that is not known, and beside it what is meant, or that its lines are left out
REPLACED, LEAVE_OUT = ("unknown", "instead"), "–"


def _read(request: MunicipalityRequest, found: Kept, dry_run: bool) -> PeopleImport:
    said = request.GET if dry_run else request.POST
    return import_people(
        found.path,
        municipality_of(request),
        dry_run=dry_run,
        by=request.user,
        invite=said.get("invite") == "yes",
        instead=_instead(said),
    )


def _told(outcome: PeopleImport) -> str:
    number = len(outcome.plan.new) + len(outcome.plan.changed)
    return ngettext("Eine Person ist übernommen.", "%(number)d Personen sind übernommen.", number) % {"number": number}


def _shown(request: MunicipalityRequest, _found: Kept, outcome: PeopleImport) -> dict[str, Any]:
    plan = outcome.plan
    problems = fold(plan.problems)
    standing = municipality_of(request).departments.standing()
    return {
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
        "departments": sorted(standing.values_list("name", flat=True)) if plan.unknown else [],
    }


def _instead(sent: QueryDict) -> dict[str, str]:
    """What was chosen for each department that is not known; nothing chosen: it is not in it."""
    names, chosen = (sent.getlist(key) for key in REPLACED)
    pairs = zip(names, chosen, strict=False)
    return {name: "" if meant == LEAVE_OUT else meant for name, meant in pairs if meant}


PAGES = ListPages(
    "people",
    entry="people_list",
    preview="preview_people_list",
    done="people",
    templates=("people_list/enter.html", "people_list/preview.html"),
    read=_read,
    told=_told,
    shown=_shown,
    keys=REPLACED,
)


@members_only(Deed.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_list(request: MunicipalityRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    return PAGES.enter(request, form, {"words": [words[0] for words in WORDS.values()]})


@members_only(Deed.MANAGE_PEOPLE)
@require_safe
def preview_list(request: MunicipalityRequest) -> HttpResponse:
    return PAGES.look(request)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def apply_list(request: MunicipalityRequest) -> HttpResponse:
    return PAGES.take_over(request)
