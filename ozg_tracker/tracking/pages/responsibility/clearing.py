"""The page to work through what is unclear: by bundle, with the profile's suggestion, many rows with one reason."""

from collections import Counter
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from catalog.models import Bundle, Topic
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_in
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.tracking.filters import MunicipalServiceFilter
from ozg_tracker.tracking.models import MunicipalService, Responsibility, ScopeProfile
from ozg_tracker.tracking.pages.row_forms import EffectiveDay
from ozg_tracker.tracking.responsibility.clearing import (
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
from ozg_tracker.tracking.responsibility.suggesting import profile_of
from ozg_tracker.tracking.rows.rights import rights_in

PAGE = 60
FILTERS = ("q", "topic", "bundle")

_IN = {"class": "ozg-in"}


class ClearingForm(forms.Form):
    """Who carries the rows out, why, and from which day that holds."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Zuständig"),
        choices=[
            *(each for each in Responsibility.choices if each[0] != Responsibility.UNCLEAR),
            (SUGGESTED, gettext_lazy("wie vorgeschlagen")),
        ],
        widget=forms.Select(_IN),
    )
    reason = forms.CharField(
        label=gettext_lazy("Begründung"),
        widget=forms.TextInput(_IN),
        error_messages={"required": gettext_lazy("Bitte geben Sie eine Begründung an; sie steht bei jeder Leistung.")},
    )
    effective_on = EffectiveDay()


class Group(NamedTuple):
    """The rows of a bundle on this page; `whole`: how many the bundle has under the same filters."""

    bundle: Bundle | None
    rows: list[Unclear]
    whole: int


@members_only(Deed.CLEAR_RESPONSIBILITY)
@require_http_methods(["GET", "HEAD", "POST"])
def clearing(request: MunicipalityRequest) -> HttpResponseBase:
    """Show the unclear rows; decide those selected, or all that the filters leave."""
    asked = read_query(request.GET, (*FILTERS, "suggestion", *PAGED))
    rights = rights_in(municipality_of(request), request.user)
    rows, profile = unclear_rows(municipality_of(request), rights), profile_of(municipality_of(request).kind)
    found = _asked(with_suggestions(_narrowed(request, rows, asked), profile), asked)
    if request.method != "POST":
        return _show(request, found, rows, profile)
    form = ClearingForm(request.POST)
    if not form.is_valid():
        return _show(request, found, rows, profile, form, status=400)
    try:
        decisions = _decisions(request.POST, found, form.cleaned_data["decision"])
        number = clear(
            municipality_of(request),
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


def _narrowed(request: MunicipalityRequest, rows: Rows, asked: QueryDict) -> Rows:
    narrowed = MunicipalServiceFilter(asked, queryset=rows, request=request)
    return narrowed.qs if narrowed.is_valid() else rows.none()


def _asked(found: list[Unclear], asked: QueryDict) -> list[Unclear]:
    suggestion = asked.get("suggestion")
    return [each for each in found if not suggestion or each.rule.responsibility == suggestion]


def _decisions(data: QueryDict, found: list[Unclear], decision: str) -> dict[Seen, str]:
    """What each row meant is to become. A row without a suggestion has nothing to take over."""
    if data.get("do") == "all":
        if data.get("seen") != digest_of(found):
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
    rows, bundles = set(data.getlist("chosen")), set(data.getlist("bundle"))
    meant = []
    for text in data.getlist("row")[: 2 * PAGE]:
        row, _dash, rest = text.partition("-")
        version, _dash, bundle = rest.partition("-")
        row_id, number = id_in(row), id_in(version)
        if (row in rows or bundle in bundles) and row_id is not None and number is not None:
            meant.append(Seen(row_id, number))
    return meant


def _tell(request: MunicipalityRequest, number: int, left: int) -> None:
    done = ngettext("%(n)d Zuständigkeit geklärt.", "%(n)d Zuständigkeiten geklärt.", number) % {"n": number}
    messages.success(request, f"{done} {_('Noch %(n)d ungeklärt.') % {'n': left}}")


def _show(
    request: MunicipalityRequest,
    found: list[Unclear],
    rows: Rows,
    profile: ScopeProfile,
    form: ClearingForm | None = None,
    *,
    status: int = 200,
    overtaken: list[MunicipalService] | None = None,
) -> HttpResponse:
    page = page_of(found, PAGE, request.GET)
    ready = sum(each.decided for each in found)
    context: dict[str, Any] = {
        "page": page,
        "groups": _groups(page, found),
        "left": rows.count(),
        "ready": ready,
        "seen": digest_of(found),
        "form": form or ClearingForm(initial=_initial(profile) if ready else {}),
        "profile": profile,
        "topics": Topic.objects.values_list("pk", "name"),
        "suggestions": _suggestions(),
        "bundle": Bundle.objects.filter(ozg_id=request.GET.get("bundle", "")).first(),
        "narrowed": any(request.GET.get(name) for name in (*FILTERS, "suggestion")),
        "overtaken": overtaken or [],
        "selected": set(request.POST.getlist("chosen")),
        "selected_bundles": set(request.POST.getlist("bundle")),
    }
    return render(request, "tracking/responsibility/clearing.html", context, status=status)


def _suggestions() -> list[tuple[str, object]]:
    words: dict[str, object] = dict(Responsibility.choices) | {Responsibility.UNCLEAR.value: _("kein Vorschlag")}
    return list(words.items())


def _initial(profile: ScopeProfile) -> dict[str, str]:
    """Where there are suggestions, to take them over is what most will want."""
    reason = _("Vorschlag des Zuständigkeitsprofils, Fassung %(n)d") % {"n": profile.version}
    return {"decision": SUGGESTED, "reason": reason}


def _groups(page: "Page[Unclear]", found: list[Unclear]) -> list[Group]:
    whole = Counter(each.bundle and each.bundle.pk for each in found)
    grouped = groupby(page.object_list, key=lambda each: each.bundle and each.bundle.pk)
    listed = [(pk, list(members)) for pk, members in grouped]
    return [Group(members[0].bundle, members, whole[pk]) for pk, members in listed]
