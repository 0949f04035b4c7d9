"""The page of one tracked row: its facts, the form that changes it, its history, what proves it."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ozg_tracker.accounts.doorkeeper import members_only, membership_of, municipality_of
from ozg_tracker.accounts.models import Deed, User
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_in
from ozg_tracker.api.query import read_query
from ozg_tracker.tracking.following.commenting import comment
from ozg_tracker.tracking.following.telling import remarks_of, story
from ozg_tracker.tracking.following.watching import news_of
from ozg_tracker.tracking.models import LONGEST_REMARK, Evidence, Mention, MunicipalService, RoundRow, State
from ozg_tracker.tracking.pages import narrowing
from ozg_tracker.tracking.pages.cases.forms import cases_context
from ozg_tracker.tracking.pages.lines import Line, resolved, save_line, version_sent
from ozg_tracker.tracking.pages.row_forms import ChangeForm, Choices
from ozg_tracker.tracking.rows.claims import directory_entry, taken_in_on, verdict_of
from ozg_tracker.tracking.rows.confirming import confirm, last_said, own_confirmation, unconfirm
from ozg_tracker.tracking.rows.counting import STANDS, is_late, is_ready
from ozg_tracker.tracking.rows.merging import seen_values, values_of
from ozg_tracker.tracking.rows.neighbours import bundles_of
from ozg_tracker.tracking.rows.relatives import own_service_of, relatives
from ozg_tracker.tracking.rows.rights import Rights, may_be_responsible, rights_in
from ozg_tracker.tracking.rows.storyline import chapters

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

DONE, NEW_DATE = "done", "date"


class CommentForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Kommentar"),
        max_length=LONGEST_REMARK,
        help_text=gettext_lazy("Alle, die diese Leistung sehen, lesen ihn. Mit @benutzername nennen Sie weitere."),
        widget=forms.Textarea({"class": "ozg-in", "rows": 3}),
    )
    named = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("An"),
        required=False,
        empty_label=gettext_lazy("niemand Bestimmten"),
        help_text=gettext_lazy("Die Person findet ihn unter Meine Aufgaben."),
        widget=forms.Select({"class": "ozg-in"}),
    )

    def __init__(self, row: MunicipalService, by: int | None, data: "QueryDict | None" = None) -> None:
        super().__init__(data, prefix="c")
        others = may_be_responsible(row.municipality).exclude(pk=by or 0)
        self.fields["named"].queryset = others.order_by("last_name", "username").distinct()  # type: ignore[attr-defined]


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: MunicipalityRequest, pk: int) -> HttpResponseBase:
    row = get_object_or_404(_rows(request), pk=pk)
    rights = rights_in(municipality_of(request), request.user)
    choices = Choices(municipality_of(request), every_model=True)
    line = Line(row, rights.fields(row))
    if request.method != "POST":
        return _show(request, line, choices)
    if not line.may:
        raise PermissionDenied(_("Diese Leistung gehört nicht zu Ihrem Bereich; Sie können sie nur lesen."))
    before = values_of(row)
    day = _save(request, line, choices, rights)
    if line.outcome == "saved":
        _tell(request, line, day, unchanged=before == values_of(line.row))
    elif not line.outcome:
        messages.info(request, _nothing_to_save(day))
    if line.outcome in ("error", "conflict"):
        return _show(request, line, choices)
    return redirect(_onward(request, line.row))


@members_only(Deed.CHANGE_ROWS)
@require_POST
def confirm_service(request: MunicipalityRequest, pk: int) -> HttpResponseBase:
    """The row still holds as the person saw it; or that was pressed by mistake."""
    row = get_object_or_404(narrowing.municipality_rows(request), pk=pk)
    municipality = municipality_of(request)
    try:
        if request.POST.get("do") == "back":
            unconfirm(municipality, pk, by=request.user)
            messages.success(request, _("Ihre Bestätigung ist zurückgenommen."))
        else:
            seen = {pk: id_in(request.POST.get("version"))}
            confirm(municipality, seen, by=request.user, rights=rights_in(municipality, request.user))
            messages.success(request, _("„%(row)s“ stimmt noch: bestätigt.") % {"row": row})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_onward(request, row))


def _asked(request: MunicipalityRequest, name: str) -> str:
    return read_query(request.GET, ("report", "round")).get(name, "")


@members_only(Deed.READ_ROWS)
@require_POST
def comment_service(request: MunicipalityRequest, pk: int) -> HttpResponseBase:
    """Something is said of the row, to everybody who sees it or to somebody; what cannot be kept stays in its field."""
    row = get_object_or_404(_rows(request), pk=pk)
    form = CommentForm(row, request.user.pk, request.POST)
    if form.is_valid():
        named = form.cleaned_data["named"]
        try:
            comment(row, form.cleaned_data["text"], by=request.user, named=[named.username] if named else [])
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                form.add_error("text" if name == "named" else name, errors)
        else:
            messages.success(request, _("Ihr Kommentar steht in der Geschichte."))
            return redirect("service", pk)
    line = Line(row, rights_in(municipality_of(request), request.user).fields(row))
    return _show(request, line, Choices(municipality_of(request), every_model=True), form)


def _rows(request: MunicipalityRequest) -> "QuerySet[MunicipalService]":
    rows = narrowing.municipality_rows(request)
    return rows.select_related("service", "level__model", "department", "owner", "municipality")


def _reported(request: MunicipalityRequest) -> str:
    """What the person came from the overview to report, by its buttons; the form is filled in for it."""
    asked = _asked(request, "report")
    return asked if asked in (DONE, NEW_DATE) else ""


def _round_row(request: MunicipalityRequest, row: MunicipalService) -> RoundRow | None:
    """The place in the round that the person came from to change the row, to be led back there."""
    asked = id_in(_asked(request, "round"))
    return RoundRow.objects.filter(round=asked, row=row).select_related("round").first() if asked else None


def _onward(request: MunicipalityRequest, row: MunicipalService) -> str:
    """Where it goes on when the row is as it should be: back to where the person came from."""
    if _reported(request):
        return "/"
    if asked := _round_row(request, row):
        return reverse("round_answers", args=[asked.round_id, asked.department_id or 0]) + f"#leistung-{row.pk}"
    return reverse("service", args=[row.pk])


def _save(request: MunicipalityRequest, line: Line, choices: Choices, rights: Rights) -> date:
    """Save what the form holds, merged with what is stored, from the day the form names; returns that day."""
    stored = values_of(line.row)
    form = ChangeForm(choices, resolved(request.POST), may=line.may, initial=stored, stored=stored)
    line.form = form
    seen = seen_values([line.row], {line.row.pk: version_sent(form, line.row)})[line.row.pk]
    named: date | None = form.cleaned_data.get("effective_on") if form.is_valid() else None
    day = named or timezone.localdate()
    save_line(line, seen, by=request.user, rights=rights, effective_on=day)
    return day


def _tell(request: MunicipalityRequest, line: Line, day: date, *, unchanged: bool) -> None:
    later = line.row.events.filter(effective_on__gt=day).order_by("effective_on", "id").first() if unchanged else None
    if later is None:
        messages.success(request, _("Änderung gespeichert."))
        return
    words = {
        "fields": ", ".join(str(ChangeForm.base_fields[name].label) for name in sorted(line.changed)),
        "day": f"{day:%d.%m.%Y}",
        "later": f"{later.effective_on:%d.%m.%Y}",
    }
    sentence = _(
        "Ab dem %(day)s nachgetragen: %(fields)s. Der heutige Stand bleibt; ab dem %(later)s gilt die spätere Angabe."
    )
    messages.success(request, sentence % words)


def _nothing_to_save(day: date) -> str:
    if day == timezone.localdate():
        return _("Es war nichts zu speichern: kein Feld ist anders als gespeichert.")
    sentence = _("Es war nichts zu speichern: Was hier steht, galt am %(day)s schon.")
    return sentence % {"day": f"{day:%d.%m.%Y}"}


def _show(request: MunicipalityRequest, line: Line, choices: Choices, said: CommentForm | None = None) -> HttpResponse:
    row, now = line.row, timezone.now()  # before anything is read: what comes meanwhile is news still
    others = relatives(row)
    remarks = remarks_of([row, *(each.row for each in others)])
    form = line.form if isinstance(line.form, ChangeForm) else None
    if form is None or line.outcome == "conflict":
        form = _fresh_form(line, choices, _reported(request))
    context: dict[str, Any] = {
        "line": line,
        "row": row,
        "form": form,
        "report": _reported(request),
        "round_row": _round_row(request, row),
        "query": request.GET.urlencode(),
        "confirmed_by_me": own_confirmation(row.municipality, row.pk, request.user),
        "choices": choices,
        "story": story(chapters(row), remarks.get(row.pk, [])),
        "comment_form": said or CommentForm(row, request.user.pk),
        "withdraws_any": Deed.LEAD_ROUNDS in membership_of(request).deeds,
        "mentioned_by": list(Mention.objects.waiting(request.user, row.municipality).of_row(row)),
        "watched": news_of(row, request.user),
        "now": now,
        "bundles": bundles_of(row),
        "entry": directory_entry(row),
        "taken_in": taken_in_on(row.municipality),
        "link_check": row.evidence.filter(kind=Evidence.Kind.LINK_CHECK).first(),
        "verdict": verdict_of(row),
        "late": is_late(row, timezone.localdate()),
        "days_late": (timezone.localdate() - row.planned_on).days if row.planned_on else 0,
        "next": _next(request, row),
        "own": own_service_of(row),
        "said_at": last_said(row.municipality, [row.pk]).get(row.pk),
        **cases_context(row, "cases_per_year" in line.may),
        "relatives": [(each, story(each.chapters, remarks.get(each.row.pk, []))) for each in others],
    }
    wrong = line.outcome == "error" or said is not None
    status = 409 if line.outcome == "conflict" else 400 if wrong else 200
    return render(request, "tracking/rows/service.html", context, status=status)


def _fresh_form(line: Line, choices: Choices, report: str) -> ChangeForm:
    """The stored values; after a conflict with what was entered besides, and the reason given.

    To report a service as done its state and, where it is lower, its level stand at the first that is ready.
    """
    initial = values_of(line.row) | line.kept | {"version": line.row.version, "reason": line.reason}
    if report == DONE:
        initial["state"] = State.DONE
        if not is_ready(line.row):
            initial["level"] = next((pk for pk, number in choices.numbers.items() if number == choices.conform), None)
    form = ChangeForm(choices, may=line.may, initial=initial, stored=values_of(line.row))
    if report:
        form.fields["level" if report == DONE else "planned_on"].widget.attrs["autofocus"] = True
    return form


def _next(request: MunicipalityRequest, row: MunicipalService) -> MunicipalService | None:
    """The next row of the same department by key, to go through them one by one."""
    same = narrowing.municipality_rows(request).filter(STANDS, department=row.department_id)
    key = row.service.key or ""
    found: MunicipalService | None = same.filter(service__key__gt=key).order_by("service__key").first()
    return found
