"""Reading departments from a list, pasted or a file: enter it, look at what it would do, take it over."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.importing.folding import fold
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.reorganising.lists import ListImport, import_departments
from ozg_tracker.tracking.list_forms import ListForm
from ozg_tracker.tracking.list_pages import SHOWN, ListPages
from ozg_tracker.tracking.uploads import Kept


class DepartmentListForm(ListForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].help_text = _(
            "Eine Zeile je Fachbereich; was zu einem anderen gehört, darunter und eingerückt."
        )
        self.fields["text"].widget.attrs["rows"] = 12


def _read(request: MunicipalityRequest, found: Kept, dry_run: bool) -> ListImport:
    return import_departments(found.path, municipality_of(request), dry_run=dry_run, by=request.user)


def _told(outcome: ListImport) -> str:
    return _("Fachbereiche neu: %(new)d, verschoben: %(moved)d.") % {
        "new": len(outcome.new),
        "moved": len(outcome.moved),
    }


def _shown(_request: MunicipalityRequest, _found: Kept, outcome: ListImport) -> dict[str, Any]:
    folded = fold(outcome.problems)
    lists = {key: getattr(outcome, key)[:SHOWN] for key in ("new", "moved", "missing")}
    more = {f"more_{key}": max(0, len(getattr(outcome, key)) - SHOWN) for key in ("new", "moved", "missing")}
    return {"outcome": outcome, "problems": folded[:SHOWN], **lists, **more}


PAGES = ListPages(
    "departments",
    entry="department_list",
    preview="preview_department_list",
    done="departments",
    templates=("reorganising/list.html", "reorganising/list_preview.html"),
    read=_read,
    told=_told,
    shown=_shown,
)


@members_only(Deed.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_list(request: MunicipalityRequest) -> HttpResponse:
    form = DepartmentListForm(request.POST, request.FILES) if request.method == "POST" else DepartmentListForm()
    return PAGES.enter(request, form, {})


@members_only(Deed.MANAGE_PEOPLE)
@require_safe
def preview_list(request: MunicipalityRequest) -> HttpResponse:
    return PAGES.look(request)


@members_only(Deed.MANAGE_PEOPLE)
@require_POST
def apply_list(request: MunicipalityRequest) -> HttpResponse:
    return PAGES.take_over(request)
