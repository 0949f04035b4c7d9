"""The page to work through what is unclear: by bundle, with the profile's suggestion, many rows with one reason."""

from collections import Counter
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from catalog.models import Bundle, Topic
from ozg_tracker.accounts.doorkeeper import members_only, town
from ozg_tracker.accounts.middleware import TownRequest
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.clearing import (
    SUGGESTED,
    Overtaken,
    Rows,
    Seen,
    Unclear,
    clear,
    digest_of,
    unclear_rows,
    with_suggestions,
)
from ozg_tracker.tracking.clearing_forms import ClearingForm
from ozg_tracker.tracking.filters import MunicipalServiceFilter
from ozg_tracker.tracking.models import MunicipalService, Responsibility, ScopeProfile
from ozg_tracker.tracking.rights import rights_in
from ozg_tracker.tracking.scope import profile_of

PAGE = 60
FILTERS = ("q", "topic", "bundle")


class Group(NamedTuple):
    """The rows of a bundle on this page; `whole`: how many the bundle has under the same filters."""

    bundle: Bundle | None
    rows: list[Unclear]
    whole: int


@members_only(Role.COORDINATOR, Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def clearing(request: TownRequest) -> HttpResponseBase:
    """Show the unclear rows; decide those selected, or all that the filters leave."""
    rights = rights_in(town(request), request.user)
    rows, profile = unclear_rows(town(request), rights), profile_of(town(request).kind)
    found = _asked(with_suggestions(_narrowed(request, rows), profile), request.GET)
    if request.method != "POST":
        return _show(request, found, rows, profile)
    form = ClearingForm(request.POST)
    if not form.is_valid():
        return _show(request, found, rows, profile, form, status=400)
    try:
        decisions = _decisions(request.POST, found, form.cleaned_data["decision"])
        number = clear(
            town(request),
            decisions,
            by=request.user,
            rights=rights,
            reason=form.cleaned_data["reason"],
            effective_on=form.cleaned_data["effective_on"],
        )
    except Overtaken as overtaken:
        form.add_error(None, str(overtaken))
        return _show(request, found, rows, profile, form, status=409, overtaken=overtaken.rows)
    except (ValidationError, PermissionDenied) as error:
        form.add_error(None, ValidationError(error.messages) if isinstance(error, ValidationError) else str(error))
        return _show(request, found, rows, profile, form, status=400)
    _tell(request, number, rows.count())
    return redirect(request.get_full_path())


def _narrowed(request: TownRequest, rows: Rows) -> Rows:
    used = QueryDict(mutable=True)
    for name in FILTERS:
        used.setlist(name, request.GET.getlist(name))
    asked = MunicipalServiceFilter(used, queryset=rows, request=request)
    return asked.qs if asked.is_valid() else rows.none()


def _asked(found: list[Unclear], asked: QueryDict) -> list[Unclear]:
    suggestion = asked.get("vorschlag")
    return [each for each in found if not suggestion or each.rule.responsibility == suggestion]


def _decisions(data: QueryDict, found: list[Unclear], decision: str) -> dict[Seen, str]:
    """What each row meant is to become. A row without a suggestion has nothing to take over."""
    if data.get("do") == "all":
        if data.get("stand") != digest_of(found):
            raise Overtaken([])
        meant = [Seen(each.row.pk, each.row.version) for each in found]
    else:
        meant = _selected(data)
    rules = {each.row.pk: each.rule.responsibility for each in found}
    if decision != SUGGESTED:
        return dict.fromkeys(meant, decision)
    wanted = {seen: str(rules.get(seen.row_id, "")) for seen in meant}
    return {seen: value for seen, value in wanted.items() if value != Responsibility.UNCLEAR}


def _selected(data: QueryDict) -> list[Seen]:
    """The rows ticked, each or with its bundle, in the version that the page showed."""
    rows, bundles = set(data.getlist("auswahl")), set(data.getlist("buendel"))
    shown = [each.split("-") for each in data.getlist("zeile")[: 2 * PAGE]]
    meant = [each for each in shown if len(each) == 3 and all(map(_is_id, each))]
    return [Seen(int(pk), int(version)) for pk, version, bundle in meant if pk in rows or bundle in bundles]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _tell(request: TownRequest, number: int, left: int) -> None:
    done = ngettext("%(n)d Zuständigkeit geklärt.", "%(n)d Zuständigkeiten geklärt.", number) % {"n": number}
    messages.success(request, f"{done} {_('Noch %(n)d ungeklärt.') % {'n': left}}")


def _show(
    request: TownRequest,
    found: list[Unclear],
    rows: Rows,
    profile: ScopeProfile,
    form: ClearingForm | None = None,
    *,
    status: int = 200,
    overtaken: list[MunicipalService] | None = None,
) -> HttpResponse:
    page = Paginator(found, PAGE).get_page(request.GET.get("seite"))
    ready = sum(each.decided for each in found)
    context: dict[str, Any] = {
        "page": page,
        "groups": _groups(page, found),
        "left": rows.count(),
        "ready": ready,
        "stand": digest_of(found),
        "form": form or ClearingForm(initial=_initial(profile) if ready else {}),
        "profile": profile,
        "topics": Topic.objects.values_list("pk", "name"),
        "suggestions": Responsibility.choices,
        "bundle": Bundle.objects.filter(ozg_id=request.GET.get("bundle", "")).first(),
        "narrowed": any(request.GET.get(name) for name in (*FILTERS, "vorschlag")),
        "overtaken": overtaken or [],
        "selected": set(request.POST.getlist("auswahl")),
        "selected_bundles": set(request.POST.getlist("buendel")),
    }
    return render(request, "tracking/clearing.html", context, status=status)


def _initial(profile: ScopeProfile) -> dict[str, str]:
    """Where there are suggestions, to take them over is what most will want."""
    reason = _("Vorschlag des Zuständigkeitsprofils, Fassung %(n)d") % {"n": profile.version}
    return {"decision": SUGGESTED, "reason": reason}


def _groups(page: "Page[Unclear]", found: list[Unclear]) -> list[Group]:
    whole = Counter(each.bundle and each.bundle.pk for each in found)
    grouped = groupby(page.object_list, key=lambda each: each.bundle and each.bundle.pk)
    listed = [(pk, list(members)) for pk, members in grouped]
    return [Group(members[0].bundle, members, whole[pk]) for pk, members in listed]
