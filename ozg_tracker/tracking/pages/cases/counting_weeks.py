"""The pages of counting weeks: all of them with the form that begins one, and one with a button for every case."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Department
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.api.ids import ManyChosen, id_in
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.tracking.cases.pressing import may_count, press, press_back
from ozg_tracker.tracking.cases.tallying import Line, Phase, Tally, tally
from ozg_tracker.tracking.cases.weeks import end_week, may_lead, start_week, take_over
from ozg_tracker.tracking.models import Channel, CountingStep, CountingWeek, MunicipalService
from ozg_tracker.tracking.models.counting_weeks import MOST_WEEKS_OPEN, WEEKS_OPEN
from ozg_tracker.tracking.pages import narrowing
from ozg_tracker.tracking.rows.counting import COUNTS
from ozg_tracker.tracking.rows.rights import Rights, rights_in

PAGE = 20


class StartForm(forms.Form):
    first_day = DayField(label=gettext_lazy("Erster Tag"))
    last_day = DayField(label=gettext_lazy("Letzter Tag"), help_text=gettext_lazy("höchstens 14 Tage"))
    weeks_open = forms.IntegerField(
        label=gettext_lazy("Geöffnete Wochen im Jahr"),
        min_value=1,
        max_value=MOST_WEEKS_OPEN,
        initial=WEEKS_OPEN,
        widget=forms.NumberInput({"class": "ozg-in"}),
    )
    rows = ManyChosen(
        MunicipalService.objects.none(),
        label=gettext_lazy("Leistungen, die gezählt werden"),
        help_text=gettext_lazy("höchstens 30"),
        widget=forms.CheckboxSelectMultiple,
    )


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def counting_weeks(request: MunicipalityRequest) -> HttpResponseBase:
    """All weeks, the newest first; whoever leads a department begins one here."""
    municipality = municipality_of(request)
    rights = rights_in(municipality, request.user)
    departments = Department.objects.filter(municipality=municipality, ended=False)
    led = [each for each in departments.order_by("name", "pk") if may_lead(rights, each.pk)]
    if request.method == "POST" and not led:
        raise PermissionDenied(_("Eine Zählwoche beginnt, wer den Fachbereich leitet, oder die OZG-Koordination."))
    rows = narrowing.municipality_rows(request).filter(COUNTS, department__in=led).order_by()
    holding = set(rows.values_list("department", flat=True).distinct())
    led = [each for each in led if each.pk in holding]  # what has no services of its own has nothing to count
    query = read_query(request.GET, ("department", *PAGED))
    wanted = id_in(request.POST.get("department") or query.get("department"))
    chosen = next((each for each in led if each.pk == wanted), led[0] if led else None)
    form = StartForm(request.POST if request.method == "POST" else None)
    if chosen:
        countable = rows.filter(department=chosen).select_related("service").order_by("service__name", "pk")
        form.fields["rows"].queryset = countable  # type: ignore[attr-defined]
    if request.method == "POST" and chosen and (made := _started(request, chosen, form)):
        messages.success(request, _("Die Zählwoche steht bereit."))
        return redirect("counting_week", made.pk)
    context = {"form": form, "page": page_of(_weeks(request), PAGE, query), "led": led, "chosen": chosen}
    return render(request, "tracking/cases/counting_weeks.html", context, status=400 if form.errors else 200)


def _started(request: MunicipalityRequest, department: Department, form: StartForm) -> CountingWeek | None:
    if not form.is_valid():
        return None
    try:
        return start_week(department, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            form.add_error(name, errors)
        return None


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def counting_week(request: MunicipalityRequest, pk: int) -> HttpResponseBase:
    """A button for every row and channel while the week lasts; then what was counted, and what it says of the year."""
    read_query(request.GET, ())
    week = get_object_or_404(_weeks(request), pk=pk)
    if request.method == "POST":
        return _pressed(request, week)
    told, rights = tally(week), rights_in(week.municipality, request.user)
    counts = may_count(week, request.user)
    context = {
        "week": week,
        "told": told,
        "running": told.phase == Phase.RUNNING,
        "over": told.phase == Phase.OVER,
        "lines": [_line(told, line, counts) for line in told.lines],
        "channels": Channel.labels,
        "leads": may_lead(rights, week.department_id) and told.phase in (Phase.TO_COME, Phase.RUNNING),
        "takes": told.waits and any(_takes(rights, line) for line in told.lines if not line.taken_over),
        "counts": told.phase == Phase.RUNNING and any(counts(line.row) for line in told.lines),
    }
    return render(request, "tracking/cases/counting_week.html", context)


def _weeks(request: MunicipalityRequest) -> Any:
    found = CountingWeek.objects.visible_to(request.user).filter(municipality=municipality_of(request))
    return found.select_related("department", "municipality", "by")


def _takes(rights: Rights, line: Line) -> bool:
    return "cases_per_year" in rights.own_fields(line.row)


def _line(told: Tally, line: Line, counts: Callable[[MunicipalService], bool]) -> dict[str, Any]:
    over = told.phase == Phase.OVER
    cells = [
        {
            "channel": channel,
            "name": Channel(channel).label,
            "today": line.today[channel],
            "count": count,
            "estimate": told.estimate(count) if over else None,
        }
        for channel, count in line.counts.items()
    ]
    return {"row": line.row, "cells": cells, "may": counts(line.row), "taken_over": line.taken_over}


def _pressed(request: MunicipalityRequest, week: CountingWeek) -> HttpResponse:
    refused, place = "", ""
    try:
        place = _done(request, week)
    except (ValidationError, PermissionDenied) as error:
        refused = " ".join(getattr(error, "messages", [str(error)]))
    if request.headers.get("Accept") == "application/json":
        today = {f"{line.row.pk}-{name}": number for line in tally(week).lines for name, number in line.today.items()}
        return JsonResponse({"refused": refused, "today": today}, status=400 if refused else 200)
    if refused:
        messages.error(request, refused)
    return redirect(f"{reverse('counting_week', args=[week.pk])}{place}")


def _done(request: MunicipalityRequest, week: CountingWeek) -> str:
    """Do what the pressed button says; gives the place on the page where it stands."""
    sent, by = request.POST, request.user
    client_id = _client_id(sent.get("client"))
    if "press" in sent:
        row, _dash, channel = sent["press"].partition("-")
        press(week, id_in(row) or 0, channel, client_id, by=by)
        return f"#leistung-{row}"
    if "back" in sent:
        back = press_back(week, client_id, by=by)
        return f"#leistung-{back.row_id}"
    if sent.get("end") in (CountingStep.Kind.ENDED, CountingStep.Kind.CALLED_OFF):
        end_week(week, CountingStep.Kind(sent["end"]), by=by)
        ended = sent["end"] == CountingStep.Kind.ENDED
        messages.success(request, _("Die Zählwoche ist beendet.") if ended else _("Die Zählwoche ist abgesagt."))
    elif "take" in sent:
        _made, left_out = take_over(week, by=by)
        messages.success(request, _("Die Zahlen stehen im Jahr %(year)d.") % {"year": week.first_day.year})
        if left_out:
            names = ", ".join(f"„{row}“" for row in left_out)
            messages.warning(request, _("Nicht übernommen, weil Sie sie nicht ändern dürfen: %s.") % names)
    return ""


def _client_id(given: str | None) -> UUID:
    """The id that the page's script gave the press; a new one without it."""
    if given is None:
        return uuid4()
    try:
        return UUID(given)
    except ValueError as error:
        raise ValidationError(_("Diese Kennung gehört zu einem anderen Fall.")) from error
