"""The pages of the findings: all of them by severity, and one with its rows, where it is put off."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Department
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.api.ids import id_in, ids_in, named_in
from ozg_tracker.api.query import PAGED, BadQuery, page_of, read_query
from ozg_tracker.spreadsheets.writing import MEDIA_TYPES
from ozg_tracker.tracking.findings.listing import findings_file
from ozg_tracker.tracking.findings.looking import findings, with_finding
from ozg_tracker.tracking.findings.rules import RULES, Rule
from ozg_tracker.tracking.findings.snoozing import put_off, take_up
from ozg_tracker.tracking.findings.trend import Point, trend
from ozg_tracker.tracking.models import LONGEST_SNOOZE_REASON, MunicipalService, Snooze
from ozg_tracker.tracking.pages.grid.many import remember
from ozg_tracker.tracking.rows.confirming import confirm
from ozg_tracker.tracking.rows.rights import rights_in

PAGE = 100
CHIPS = 6
NOWHERE = "none"


class PutOffForm(forms.Form):
    until = DayField(label=gettext_lazy("Zurückstellen bis"))
    reason = forms.CharField(
        label=gettext_lazy("Grund"), max_length=LONGEST_SNOOZE_REASON, widget=forms.TextInput({"class": "ozg-in"})
    )


class Place(NamedTuple):
    key: str
    name: str
    number: int


class Resting(NamedTuple):
    """What was put off in one go."""

    rule: Rule
    first: Snooze
    rows: list[Snooze]


@members_only(Deed.READ_ROWS)
@require_safe
def quality(request: MunicipalityRequest) -> HttpResponse:
    """All findings, or those of one department and what lies below it (`?department=`)."""
    asked, department, rows = _narrowed(request)
    today = timezone.localdate()
    told = findings(rows, today)
    whole = told if department is None else findings(_rows(request), today)
    points = trend(municipality_of(request), today)
    context = {
        "told": told,
        "whole": whole.total,
        "places": _places(whole.places, whole.names),
        "department": department,
        "asked": asked,
        "resting": _resting(rows, today),
        "points": points,
        "line": _line(points),
        "said": ", ".join(f"{point.day:%d.%m.%Y} {point.number}" for point in points),
        "now": timezone.localtime(),
    }
    return render(request, "tracking/findings/findings.html", context)


@members_only(Deed.READ_ROWS)
@require_safe
def quality_file(request: MunicipalityRequest, form: str) -> HttpResponse:
    """What the list shows, a line for each row and finding, as a workbook."""
    if form not in MEDIA_TYPES:
        raise Http404
    _asked, _department, rows = _narrowed(request)
    municipality = municipality_of(request)
    headers = {"Content-Disposition": f'attachment; filename="befunde-{municipality.ars}.{form}"'}
    made = findings_file(rows, timezone.localdate(), form)
    return HttpResponse(made, content_type=MEDIA_TYPES[form], headers=headers)


@members_only(Deed.READ_ROWS)
@require_safe
def finding(request: MunicipalityRequest, code: str) -> HttpResponse:
    """The rows that have the finding, those who may put it off with the form for it."""
    return _show(request, code, PutOffForm())


@members_only(Deed.CHANGE_ROWS)
@require_POST
def put_off_finding(request: MunicipalityRequest, code: str) -> HttpResponse:
    form = PutOffForm(request.POST)
    if form.is_valid():
        try:
            number = put_off(
                municipality_of(request),
                code,
                ids_in(request.POST.getlist("rows")),
                **form.cleaned_data,
                by=request.user,
                rights=rights_in(municipality_of(request), request.user),
            )
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                form.add_error(name if name in form.fields else None, errors)
        except PermissionDenied as error:
            form.add_error(None, str(error))
        else:
            sentence = ngettext(
                "Der Befund ist bei einer Leistung zurückgestellt.",
                "Der Befund ist bei %(number)d Leistungen zurückgestellt.",
                number,
            )
            messages.success(request, sentence % {"number": number})
            return redirect("finding", code)
    return _show(request, code, form, request.POST.getlist("rows"))


@members_only(Deed.CHANGE_ROWS)
@require_POST
def take_up_finding(request: MunicipalityRequest, code: str) -> HttpResponse:
    municipality = municipality_of(request)
    try:
        number = take_up(
            municipality,
            code,
            ids_in(request.POST.getlist("rows")),
            by=request.user,
            rights=rights_in(municipality, request.user),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        sentence = ngettext(
            "Der Befund steht bei einer Leistung wieder da.", "Der Befund steht bei %(n)d Leistungen wieder da.", number
        )
        messages.success(request, sentence % {"n": number})
    return redirect("quality")


@members_only(Deed.CHANGE_ROWS)
@require_POST
def confirm_rows(request: MunicipalityRequest) -> HttpResponse:
    """The rows chosen still hold, each as it was seen."""
    municipality = municipality_of(request)
    seen = {pk: id_in(request.POST.get(f"version_{pk}")) for pk in ids_in(request.POST.getlist("rows"))}
    try:
        made = confirm(municipality, seen, by=request.user, rights=rights_in(municipality, request.user))
    except (ValidationError, PermissionDenied) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    else:
        remember(request, (), [(each.row_id, each.pk) for each in made])
        sentence = ngettext("Eine Leistung ist bestätigt.", "%(n)d Leistungen sind bestätigt.", len(made))
        messages.success(request, sentence % {"n": len(made)})
    return redirect("finding", "unconfirmed")


def _show(request: MunicipalityRequest, code: str, form: PutOffForm, selected: Iterable[str] = ()) -> HttpResponse:
    if code not in RULES:
        raise Http404
    asked, department, rows = _narrowed(request, *PAGED)
    found = rows.filter(with_finding(code, timezone.localdate(), rows))
    page = page_of(
        found.select_related("service", "department", "owner", "level").order_by("service__name", "pk"), PAGE, asked
    )
    rights = rights_in(municipality_of(request), request.user)
    lines = [(row, bool(rights.fields(row))) for row in page]
    context = {
        "rule": RULES[code],
        "page": page,
        "lines": lines,
        "may": any(may for _row, may in lines),
        "form": form,
        "department": department,
        "selected": set(selected),
    }
    return render(request, "tracking/findings/finding.html", context, status=400 if form.errors else 200)


def _rows(request: MunicipalityRequest) -> "QuerySet[MunicipalService]":
    return MunicipalService.objects.visible_to(request.user).filter(municipality=municipality_of(request))


def _narrowed(
    request: MunicipalityRequest, *more: str
) -> tuple[QueryDict, Department | str | None, "QuerySet[MunicipalService]"]:
    """What is asked for; the department it names, "none" for rows without one; and the rows."""
    asked = read_query(request.GET, ("department", *more))
    wanted = asked.get("department")
    if not wanted:
        return asked, None, _rows(request)
    if wanted == NOWHERE:
        return asked, NOWHERE, _rows(request).filter(department=None)
    department = named_in(Department.objects.filter(municipality=municipality_of(request)), wanted)
    if department is None:
        raise BadQuery(_("Diesen Fachbereich gibt es nicht."))
    return asked, department, _rows(request).filter(department__in=tree_ids(department))


def _places(numbers: "dict[int | None, int]", names: "dict[int | None, str]") -> list[Place]:
    """The top departments with how many findings each has, most first."""
    found = sorted(((pk, number) for pk, number in numbers.items() if number), key=lambda each: -each[1])
    return [Place(str(pk or NOWHERE), names.get(pk, _("ohne Fachbereich")), number) for pk, number in found]


def _resting(rows: "QuerySet[MunicipalService]", today: date) -> list[Resting]:
    """What is put off, by what was done in one go, the first to come back first."""
    found = Snooze.objects.holding(today).filter(row__in=rows.order_by().values("pk"))
    by_deed: dict[Any, list[Snooze]] = {}
    for each in found.select_related("row__service", "by", "on_behalf_of").order_by("until", "pk"):
        by_deed.setdefault((each.code, each.until, each.recorded_at, each.by_id), []).append(each)
    return [Resting(RULES[code], some[0], some) for (code, *_rest), some in by_deed.items() if code in RULES]


def _line(points: list[Point]) -> list[dict[str, Any]]:
    """Where each point of the trend stands in a picture of 520 × 160."""
    most = max((point.number for point in points), default=0) or 1
    step = 460 / max(len(points) - 1, 1)
    return [
        {"x": round(30 + at * step), "y": 130 - round(95 * point.number / most), "point": point}
        for at, point in enumerate(points)
    ]
