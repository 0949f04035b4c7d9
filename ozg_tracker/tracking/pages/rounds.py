"""The pages of rounds: all of them, one as the coordination sees it, and one department's answers, a key for each."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ozg_tracker.accounts.access import tree_ids
from ozg_tracker.accounts.doorkeeper import members_only, membership_of, municipality_of
from ozg_tracker.accounts.models import Deed, Department, User, who_may
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.days import DayField
from ozg_tracker.api.ids import ManyChosen, id_in, ids_in
from ozg_tracker.api.query import PAGED, page_of, read_query
from ozg_tracker.tracking.models import LONGEST_COMMENT, Round, RoundStep, StepKind
from ozg_tracker.tracking.models.rounds import LONGEST_NAME
from ozg_tracker.tracking.rounds import deeds
from ozg_tracker.tracking.rounds.opening import open_round
from ozg_tracker.tracking.rounds.standing import (
    Answer,
    Progress,
    Said,
    Standing,
    Unit,
    of_the_whole,
    standing_of,
    standings,
)
from ozg_tracker.tracking.rows.confirming import confirm, last_said, unconfirm
from ozg_tracker.tracking.rows.rights import Rights, rights_in

PAGE = 6
_TEXT = {"class": "ozg-in", "rows": 3}


class OpenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name der Runde"), max_length=LONGEST_NAME, widget=forms.TextInput({"class": "ozg-in"})
    )
    until = DayField(label=gettext_lazy("Antwort bis"))
    message = forms.CharField(
        label=gettext_lazy("Nachricht an die Fachbereiche"),
        max_length=LONGEST_COMMENT,
        required=False,
        widget=forms.Textarea(_TEXT),
    )
    departments = ManyChosen(
        Department.objects.none(),
        label=gettext_lazy("Nur diese Fachbereiche"),
        help_text=gettext_lazy("Ohne Auswahl werden alle gefragt, jeweils mit allem, was darunter liegt."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ExtendForm(forms.Form):
    until = DayField(label=gettext_lazy("Neue Frist"))


class LeaderForm(forms.Form):
    leader = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Leitung"), widget=forms.Select({"class": "ozg-in"})
    )


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("Kommentar"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(_TEXT),
        help_text=gettext_lazy("Geht an die Leitung. Nur die angekreuzten Leistungen werden wieder offen."),
    )


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def rounds(request: MunicipalityRequest) -> HttpResponseBase:
    """All rounds, the newest first; the coordination opens one here."""
    municipality = municipality_of(request)
    leads = Deed.LEAD_ROUNDS in membership_of(request).deeds
    if request.method == "POST" and not leads:
        raise PermissionDenied(_("Runden führt die OZG-Koordination."))
    form = OpenForm(request.POST if request.method == "POST" else None)
    tops = Department.objects.filter(municipality=municipality, parent=None, ended=False)
    form.fields["departments"].queryset = tops  # type: ignore[attr-defined]
    if request.method == "POST" and _tried(form, lambda: _opened(request, form)):
        return redirect("round", form.cleaned_data["opened"].pk)
    page = page_of(_rounds(request), PAGE, read_query(request.GET, PAGED))
    told = standings(list(page))
    context = {"form": form, "page": page, "told": told, "leads": leads}
    return render(request, "tracking/rounds/rounds.html", context, status=400 if form.errors else 200)


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def round_(request: MunicipalityRequest, pk: int) -> HttpResponseBase:
    """Who has answered; whoever leads reminds, extends, passes on and ends it here."""
    asked = get_object_or_404(_rounds(request), pk=pk)
    told = standing_of(asked)
    extend, lead = ExtendForm(), LeaderForm()
    if request.method == "POST":
        do = request.POST.get("do", "")
        extend = ExtendForm(request.POST if do == "extend" else None)
        lead = LeaderForm(request.POST if do == "lead" else None)
        if _done(request, asked, do, extend, lead):
            return redirect("round", pk)
    leading = User.objects.filter(is_active=True, memberships__municipality=asked.municipality)
    lead.fields["leader"].queryset = leading.filter(memberships__role__in=who_may(Deed.LEAD_ROUNDS)).distinct()  # type: ignore[attr-defined]
    context = {
        "told": told,
        "leads": deeds.may_lead(asked, request.user),
        "extend": extend,
        "lead": lead,
        "own": _own(request, told),
        "undo": _can_be_taken_back(told.steps, None),
    }
    return render(request, "tracking/rounds/round.html", context, status=400 if extend.errors or lead.errors else 200)


@members_only(Deed.READ_ROWS)
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: MunicipalityRequest, pk: int, unit: int) -> HttpResponseBase:
    """One department's rows with its answers; it hands them in here, and the coordination checks them."""
    asked = get_object_or_404(_rounds(request), pk=pk)
    form = ReturnForm()
    if request.method == "POST":
        department = _unit(standing_of(asked), unit).department
        do, by = request.POST.get("do", ""), request.user
        if do == "return":
            form = ReturnForm(request.POST)
            rows = ids_in(request.POST.getlist("rows"))
            if _tried(form, lambda: deeds.give_back(asked, department, rows, **form.cleaned_data, by=by)):
                messages.success(request, _("Die Antworten sind zurückgegeben."))
                return redirect("round", pk)
        elif do in ("hand_in", "accept"):
            deed = deeds.hand_in if do == "hand_in" else deeds.accept
            said = _("Die Antworten sind abgegeben.") if do == "hand_in" else _("Die Antworten sind angenommen.")
            _try(request, lambda: deed(asked, department, by=by), said)
            return redirect("round" if do == "accept" else "round_answers", *((pk,) if do == "accept" else (pk, unit)))
    return render(
        request,
        "tracking/rounds/round_answers.html",
        _shown(request, asked, unit, form),
        status=400 if form.errors else 200,
    )


@members_only(Deed.CHANGE_ROWS)
@require_POST
def answer(request: MunicipalityRequest, pk: int, unit: int) -> HttpResponseBase:
    """A row still holds as it was seen (`same`), or that was pressed by mistake (`back`)."""
    asked = get_object_or_404(_rounds(request), pk=pk)
    municipality = municipality_of(request)
    refused, row = "", id_in(request.POST.get("same") or request.POST.get("back")) or 0
    try:
        if "back" in request.POST:
            unconfirm(municipality, row, by=request.user)
        else:
            seen = {row: id_in(request.POST.get(f"version_{row}"))}
            confirm(municipality, seen, by=request.user, rights=rights_in(municipality, request.user))
    except (ValidationError, PermissionDenied) as error:
        refused = " ".join(getattr(error, "messages", [str(error)]))
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(_as_json(request, asked, unit, row, refused), status=400 if refused else 200)
    if refused:
        messages.error(request, refused)
    return redirect(f"{reverse('round_answers', args=[pk, unit])}#leistung-{row}")


@members_only(Deed.ANSWER_ROUNDS)
@require_POST
def take_step_back(request: MunicipalityRequest, pk: int) -> HttpResponseBase:
    step = get_object_or_404(RoundStep.objects.filter(round__in=_rounds(request)), pk=pk)
    said = _("„%(step)s“ ist zurückgenommen.") % {"step": step.get_kind_display()}
    _try(request, lambda: deeds.take_back(step, by=request.user), said)
    if step.kind in (StepKind.HANDED_IN, StepKind.RETURNED, StepKind.ACCEPTED):
        return redirect("round_answers", step.round_id, step.department_id or 0)
    return redirect("round", step.round_id)


def _rounds(request: MunicipalityRequest) -> Any:
    found = Round.objects.visible_to(request.user).filter(municipality=municipality_of(request))
    return found.select_related("by", "municipality")


def _opened(request: MunicipalityRequest, form: OpenForm) -> None:
    opened = open_round(municipality_of(request), **form.cleaned_data, by=request.user)
    messages.success(request, _("Die Runde ist eröffnet; wer leitet, bekommt einen Brief."))
    form.cleaned_data["opened"] = opened


def _done(request: MunicipalityRequest, asked: Round, do: str, extend: ExtendForm, lead: LeaderForm) -> bool:
    """What whoever leads the round asked for; False where a form is to be shown again."""
    by = request.user
    if do == "extend":
        return _tried(extend, lambda: deeds.extend(asked, **extend.cleaned_data, by=by))
    if do == "lead":
        lead.fields["leader"].queryset = User.objects.filter(memberships__municipality=asked.municipality)  # type: ignore[attr-defined]
        return _tried(lead, lambda: deeds.pass_on(asked, **lead.cleaned_data, by=by))
    if do == "remind":
        _try(request, lambda: deeds.remind(asked, by=by), _("Die Erinnerungen sind unterwegs."))
    elif do in (StepKind.CLOSED, StepKind.CALLED_OFF):
        said = _("Die Runde ist geschlossen.") if do == StepKind.CLOSED else _("Die Runde ist abgesagt.")
        _try(request, lambda: deeds.end(asked, StepKind(do), by=by), said)
    return True


def _try(request: MunicipalityRequest, deed: Callable[[], object], said: str) -> None:
    try:
        deed()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)


def _tried(form: forms.Form, deed: Callable[[], object]) -> bool:
    """Whether the form is filled in and the deed was done; what is refused stands at its fields."""
    if not form.is_valid():
        return False
    try:
        deed()
    except ValidationError as error:
        told = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        for name, errors in told.items():
            form.add_error(name if name in form.fields else None, errors)
        return False
    return True


def _unit(told: Standing, key: int) -> Unit:
    found = told.unit(key)
    if found is None:
        raise Http404
    return found


def _own(request: MunicipalityRequest, told: Standing) -> Unit | None:
    """What the person is to answer first: the first waiting department of the own tree, or that one answers for."""
    held = membership_of(request)
    tree = tree_ids(held.department) if held.department else []
    return next((unit for unit in told.waiting if unit.key in tree or request.user in unit.leaders), None)


def _can_be_taken_back(steps: list[RoundStep], unit: Unit | None) -> RoundStep | None:
    """The last step that can be: of the whole round, or of a department."""
    mine = [step for step in steps if of_the_whole(step)] if unit is None else [unit.step] if unit.step else []
    return mine[-1] if mine else None


def _shown(request: MunicipalityRequest, asked: Round, key: int, form: forms.Form) -> dict[str, Any]:
    told = standing_of(asked)
    unit = _unit(told, key)
    only = read_query(request.GET, ("only",)).get("only", "")
    shown = [each for each in unit.answers if _wanted(each, only)]
    rights = rights_in(asked.municipality, request.user)
    said = last_said(asked.municipality, [each.row.pk for each in shown])
    step = _can_be_taken_back(told.steps, unit)
    running = told.end is None
    return {
        "told": told,
        "unit": unit,
        "only": only,
        "lines": [_line(each, rights, running, said, request) for each in shown],
        "form": form,
        "selected": request.POST.getlist("rows"),
        "may_hand_in": running and unit.waits and deeds.may_hand_in(asked, unit.department, request.user),
        "checks": _checks(told, unit, request.user),
        "undo": step if running and step and _may_take_back(asked, step, request.user) else None,
    }


def _checks(told: Standing, unit: Unit, user: User) -> bool:
    return told.end is None and unit.progress == Progress.HANDED_IN and deeds.may_lead(told.round, user)


def _may_take_back(asked: Round, step: RoundStep, user: User) -> bool:
    if step.kind == StepKind.HANDED_IN:
        return deeds.may_hand_in(asked, step.department, user)
    return deeds.may_lead(asked, user)


def _wanted(each: Answer, only: str) -> bool:
    return {"open": each.said == Said.NOTHING, "returned": each.returned}.get(only, True)


def _line(each: Answer, rights: Rights, running: bool, said: dict[int, Any], request: HttpRequest) -> dict[str, Any]:
    row = each.row
    late = row.planned_on is not None and row.planned_on < timezone.localdate() and row.state != "done"
    may = running and bool(rights.fields(row))
    own = may and each.said == Said.SAME and each.by == request.user.pk
    return {"answer": each, "row": row, "may": may, "own": own, "said_at": said.get(row.pk), "late": late}


def _as_json(request: MunicipalityRequest, asked: Round, key: int, row: int, refused: str) -> dict[str, Any]:
    """The row and the numbers as they are now, for a page that stays where it is."""
    told = standing_of(asked)
    unit = _unit(told, key)
    found = next((each for each in unit.answers if each.row.pk == row), None)
    if found is None:
        return {"refused": refused}
    said = last_said(asked.municipality, [row])
    line = _line(found, rights_in(asked.municipality, request.user), told.end is None, said, request)
    shown = {"line": line, "told": told, "checks": _checks(told, unit, request.user)}
    number = ngettext("%(n)d Antwort abgeben", "%(n)d Antworten abgeben", unit.answered) % {"n": unit.answered}
    return {
        "refused": refused,
        "row": render_to_string("tracking/rounds/_round_answer.html", shown, request),
        "head": render_to_string("tracking/rounds/_round_progress.html", {"unit": unit}, request),
        "open": render_to_string("tracking/rounds/_round_open.html", {"unit": unit}, request),
        "button": number,
    }
