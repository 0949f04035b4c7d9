"""What was: two days of the list beside each other, and the journal of what was changed in it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, User
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.api.query import PAGED, PRINT, WrongValues, page_of, read_query
from ozg_tracker.tracking.filters import CommentFilter, MunicipalServiceFilter, StatusChangeFilter
from ozg_tracker.tracking.looking_back import deeds
from ozg_tracker.tracking.looking_back.comparing import Kind, Pair, compare, told
from ozg_tracker.tracking.looking_back.files import FORMS, differences_as_file
from ozg_tracker.tracking.models import Comment, Confirmation, MunicipalService, Source, StatusChange
from ozg_tracker.tracking.models.visible import OfAMunicipality
from ozg_tracker.tracking.pages import narrowing
from ozg_tracker.tracking.pages.row_forms import Choices
from ozg_tracker.tracking.rows.rights import rights_in

T = TypeVar("T", bound=Model)
PAGE = 100
DEEDS = 50
DAY, BESIDE, SHOW = "day", "beside", "show"
CHANGED, ALL = "changed", "every"
SIDE_BY_SIDE = ("state", "level", "planned_on")  # fields with a column a day; what else differs is told in words
JOURNAL = ("q", "department", "by", "source", "since", "until")


class DaysForm(forms.Form):
    """The two days; without any: the end of last month beside today."""

    day = DayField(label=gettext_lazy("Tag"), required=False)
    beside = DayField(label=gettext_lazy("Neben"), required=False)

    def clean(self) -> dict[str, Any]:
        today = timezone.localdate()
        then = self.cleaned_data.get(DAY) or today.replace(day=1) - timedelta(days=1)
        later = self.cleaned_data.get(BESIDE) or today
        if max(then, later) > today:
            raise ValidationError(_("Ein Tag in der Zukunft hat noch keinen Stand. Bitte einen Tag bis heute wählen."))
        return {DAY: min(then, later), BESIDE: max(then, later)}


@members_only(Deed.READ_ROWS)
@require_safe
def look_back(request: MunicipalityRequest) -> HttpResponse:
    """The rows of the filter on two days; those that differ, or all."""
    asked, form, days = _days(request, SHOW)
    pairs = _pairs(request, asked, days) if days else []
    show = asked.get(SHOW, CHANGED)
    page = page_of(_shown(pairs, show), PAGE, asked)
    municipality = municipality_of(request)
    filters = MunicipalServiceFilter(asked, queryset=MunicipalService.objects.none(), request=request)
    context = {
        "form": form,
        "days": days,
        "typed": [day.isoformat() for day in days] if days else [asked.get(DAY, ""), asked.get(BESIDE, "")],
        "today": timezone.localdate(),
        "page": page,
        "sights": told(municipality, list(page.object_list), *days) if days else [],
        "fields": SIDE_BY_SIDE,
        "chips": _chips(pairs, asked, show),
        "changed": sum(each.kind != Kind.SAME for each in pairs),
        "whole": len(pairs),
        "query": asked,
        "in_force": narrowing.in_force(filters.form, asked),
        "kept": [(name, value) for name, value in narrowing.kept(asked) if name not in (DAY, BESIDE, SHOW)],
        "departments": Choices(municipality).departments,
        "data": asked,
        "forms": FORMS,
    }
    return render(request, "tracking/looking_back/look_back.html", context, status=200 if days else 400)


@members_only(Deed.READ_ROWS)
@require_safe
def look_back_file(request: MunicipalityRequest, form: str) -> HttpResponse:
    """What differs between the two days, every field on both: one of FORMS."""
    if form not in FORMS:
        raise Http404
    asked, days_form, days = _days(request, SHOW)
    if days is None:
        raise WrongValues(days_form)
    pairs = _shown(_pairs(request, asked, days), asked.get(SHOW, CHANGED))
    file = differences_as_file(told(municipality_of(request), pairs, *days), *days, form)
    name = f"unterschiede-{days[0]}-{days[1]}.{form}"
    return HttpResponse(
        file, content_type=FORMS[form], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _days(request: MunicipalityRequest, *more: str) -> tuple[QueryDict, DaysForm, tuple[date, date] | None]:
    asked = narrowing.chosen(request, PRINT, DAY, BESIDE, *more)
    form = DaysForm(asked)
    if not form.is_valid():
        return asked, form, None
    return asked, form, (form.cleaned_data[DAY], form.cleaned_data[BESIDE])


def _pairs(request: MunicipalityRequest, asked: QueryDict, days: tuple[date, date]) -> list[Pair]:
    rows = narrowing.filtered(request, asked).order_by("service__name", "pk")
    return compare(municipality_of(request), rows.values_list("pk", flat=True), *days)


def _shown(pairs: Sequence[Pair], show: str) -> list[Pair]:
    if show == ALL:
        return list(pairs)
    return [each for each in pairs if each.kind == show or (show == CHANGED and each.kind != Kind.SAME)]


def _chips(pairs: Sequence[Pair], asked: QueryDict, show: str) -> list[narrowing.Chip]:
    """What the list shows of the rows, with how many there are of it."""
    kinds = [(CHANGED, _("geändert")), *((kind.value, str(kind.label)) for kind in Kind if kind != Kind.SAME)]
    return [
        narrowing.Chip(words, len(_shown(pairs, name)), narrowing.with_values(asked, SHOW, [name]), show == name)
        for name, words in [*kinds, (ALL, _("alle"))]
    ]


@members_only(Deed.READ_ROWS)
@require_safe
def row_journal(request: MunicipalityRequest) -> HttpResponse:
    """What was changed in the rows, by whom, when and why, deed by deed; for who leads or works in one, its department
    unless another is asked for.
    """
    asked = read_query(request.GET, (*JOURNAL, narrowing.ALL, *PAGED))
    asked.pop(narrowing.ALL, None)
    if not request.GET.keys() & {*JOURNAL, narrowing.ALL} and request.membership and request.membership.department_id:
        asked["department"] = str(request.membership.department_id)
    municipality = municipality_of(request)
    found = StatusChangeFilter(asked, _of(request, StatusChange.objects.all()), request=request)
    rows = found.qs if found.form.is_valid() else StatusChange.objects.none()
    page = page_of(deeds.grouped(rows, *_said(request, asked)), DEEDS, asked)
    context = {
        "filter": found,
        "page": page,
        "deeds": deeds.told(municipality, rows, list(page.object_list), rights_in(municipality, request.user)),
        "query": asked,
        "filtered": any(name in asked for name in JOURNAL),
        "departments": Choices(municipality).departments,
        "authors": [(each.username, each) for each in _authors(request)],
        "sources": Source.choices,
        "since": _since(asked),
        "back": request.get_full_path(),
    }
    return render(
        request, "tracking/looking_back/row_journal.html", context, status=200 if found.form.is_valid() else 400
    )


def _of(request: MunicipalityRequest, kept: OfAMunicipality[T]) -> OfAMunicipality[T]:
    return kept.visible_to(request.user).filter(municipality=municipality_of(request))


def _said(request: MunicipalityRequest, asked: QueryDict) -> tuple[QuerySet[Comment], QuerySet[Confirmation]]:
    """The comments, and the confirmations, which have no words, of what is asked for; neither has a way it came."""
    comments = CommentFilter(asked, _of(request, Comment.objects.remarks()), request=request)
    confirmed = CommentFilter(asked, _of(request, Confirmation.objects.filter(withdraws=None)), request=request)
    none = "source" in asked or not comments.form.is_valid()
    return (
        Comment.objects.none() if none else comments.qs,
        Confirmation.objects.none() if none or "q" in asked else confirmed.qs,
    )


def _authors(request: MunicipalityRequest) -> QuerySet[User]:
    members = User.everyone.filter(memberships__municipality=municipality_of(request)).distinct()
    return members.order_by("last_name", "first_name", "username")


def _since(asked: QueryDict) -> list[narrowing.Chip]:
    """Days from which people ask most."""
    today = timezone.localdate()
    days = [
        (_("seit heute"), today),
        (_("seit Montag"), today - timedelta(days=today.weekday())),
        (_("seit Monatsbeginn"), today.replace(day=1)),
    ]
    return [_since_chip(asked, words, day) for words, day in days]


def _since_chip(asked: QueryDict, words: str, day: date) -> narrowing.Chip:
    copy = asked.copy()
    for gone in (*PAGED, "until"):
        copy.pop(gone, None)
    copy["since"] = day.isoformat()
    copy[narrowing.ALL] = "1"
    return narrowing.Chip(words, 0, copy.urlencode(), asked.get("since") == day.isoformat())
