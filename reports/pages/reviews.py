"""Pages of an edition on its way: the coordination's review, the departments' objections, the approval, the rules."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ozg_tracker.accounts.doorkeeper import members_only, municipality_of
from ozg_tracker.accounts.models import Deed, Department
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.ids import id_in
from reports import months
from reports.editions import approving, reviewing
from reports.editions.answers import steps_of
from reports.editions.correcting import correct_months, deviations
from reports.editions.review_sheet import checked, sheet, stays
from reports.editions.texts import keep_texts
from reports.models import Edition, EditionStep, EditionText
from reports.pages.finding_editions import address, decides, edition_of
from reports.pages.forms import DecisionForm, ObjectionForm, OpenForm, RulesForm, SubmitForm
from reports.telling import content, findings
from reports.telling.lead import lead
from reports.telling.text import cleaned
from reports.telling.wording import spans

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@members_only(Deed.DECIDE_EDITIONS)
@read_or_write
def review(request: MunicipalityRequest, year: int, month: int, number: int) -> HttpResponse:
    """Findings, wordings and comments of an open draft; saved, or put before whoever approves."""
    found = edition_of(request, year, month, number)
    if found.state == Edition.State.SUBMITTED:
        return redirect(address(found, "approval"))
    if found.state not in Edition.OPEN:
        return redirect(address(found))
    sent = request.POST if request.method == "POST" else None
    form = SubmitForm(found, request.user, sent)
    if sent is not None:
        answer = _saved(request, found, form)
        if answer is not None:
            return answer
    context = {
        **_about(found),
        **sheet(found, sent),
        "submit_form": form,
        "form": form,
        "open_form": OpenForm(),
        "missing": reviewing.missing(found),
        "deviations": deviations(found),
    }
    return render(request, "reports/review/review.html", context, status=400 if form.errors else 200)


def _saved(request: MunicipalityRequest, found: Edition, form: SubmitForm) -> HttpResponseRedirect | None:
    """Keep the texts, and submit where that was asked for; None where something was refused, with errors in `form`."""
    kinds = EditionText.Kind.values
    named = {name: name.split("-", 1) for name in request.POST if name.split("-", 1)[0] in kinds and "-" in name}
    wanted = {(kind, about): request.POST[name] for name, (kind, about) in named.items()}
    try:
        keep_texts(found, wanted, request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    if request.POST.get("deed") != "submit":
        messages.success(request, _("Gespeichert. Der Rat sieht den Bericht erst nach der Genehmigung."))
        return redirect(address(found, "review_edition"))
    if not form.is_valid():
        return None
    approver, when = form.cleaned_data["approver"], form.cleaned_data["publish_at"]
    if approver is None:
        form.add_error("approver", _("Bitte wählen Sie, wer genehmigt."))
        return None
    try:
        made = reviewing.submit_edition(found, request.user, approver, publish_at=when, tell=form.cleaned_data["tell"])
    except ValidationError as error:
        form.add_error(None, error)
        return None
    messages.success(request, _("%(month)s liegt zur Genehmigung vor: %(who)s.") % {**_named(made), "who": approver})
    return redirect(address(made, "approval"))


def _posted(deed: Callable[[MunicipalityRequest, Edition], str]) -> Any:
    """A door for one deed of the coordination about an edition; afterwards its page, with the sentence of the deed."""

    @members_only(Deed.DECIDE_EDITIONS)
    @require_POST
    def door(request: MunicipalityRequest, year: int, month: int, number: int) -> HttpResponseRedirect:
        found = edition_of(request, year, month, number)
        try:
            messages.success(request, deed(request, found))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        found.refresh_from_db(fields=["state"])
        kept = found.state != Edition.State.DROPPED or deed is _renewed
        return redirect(address(found, "review_edition")) if kept else redirect("archive")

    return door


def _opened(request: MunicipalityRequest, found: Edition) -> str:
    form = OpenForm(request.POST)
    if not form.is_valid():
        raise ValidationError([message for each in form.errors.values() for message in each])
    reviewing.open_review(found, form.cleaned_data["until"], request.user)
    return _("Die Leitungen lesen den Entwurf jetzt und haben eine Nachricht erhalten.")


def _renewed(request: MunicipalityRequest, found: Edition) -> str:
    reviewing.renew_edition(found, request.user)
    return _("Der Entwurf ist mit heutigem Wissen neu berechnet. Ihre Texte sind geblieben.")


def _dropped(request: MunicipalityRequest, found: Edition) -> str:
    reviewing.drop_edition(found, request.user, request.POST.get("reason", ""))
    return _("Der Entwurf ist verworfen. Festschreiben können Sie den Monat neu.")


def _reminded(request: MunicipalityRequest, found: Edition) -> str:
    asked = id_in(request.POST.get("department"))
    department = get_object_or_404(Department, municipality=found.municipality, pk=asked) if asked else None
    told = reviewing.remind(found, request.user, department)
    return _("Erinnert: %s.") % ", ".join(each.name for each in told)


def _corrected(request: MunicipalityRequest, found: Edition) -> str:
    wanted = [months.parse(each) for each in request.POST.getlist("months")]
    made = correct_months(found.municipality, wanted, request.POST.get("reason", ""), request.user)
    words = ngettext(
        "%(n)d Monat ist berichtigt: %(names)s. Die Berichtigung liegt als Entwurf vor.",
        "%(n)d Monate sind berichtigt: %(names)s. Die Berichtigungen liegen als Entwürfe vor.",
        len(made),
    )
    return words % {"n": len(made), "names": ", ".join(date_format(each.month, "F Y") for each in made)}


open_review, renew, drop = _posted(_opened), _posted(_renewed), _posted(_dropped)
remind, correct_several = _posted(_reminded), _posted(_corrected)


@members_only(Deed.DECIDE_EDITIONS)
@require_POST
def answer(request: MunicipalityRequest, year: int, month: int, number: int, pk: int) -> HttpResponseRedirect:
    found = edition_of(request, year, month, number)
    objection = get_object_or_404(steps_of(found), pk=pk, kind=EditionStep.Kind.OBJECTED)
    try:
        reviewing.answer_objection(objection, request.user, request.POST.get("text", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(f"{address(found, 'review_edition')}#einwaende")


@members_only(Deed.REVIEW_EDITIONS)
@read_or_write
def objections(request: MunicipalityRequest, year: int, month: int, number: int) -> HttpResponse:
    """What a department says of the draft, until the day that was set."""
    found = edition_of(request, year, month, number)
    sent = request.POST if request.method == "POST" else None
    form = ObjectionForm(found.municipality, request.user, sent)
    if sent is not None and form.is_valid():
        try:
            if sent.get("deed") == "content":
                reviewing.be_content(found, request.user)
            else:
                reviewing.object_to(found, request.user, form.cleaned_data["text"], form.cleaned_data["row"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Danke. Die OZG-Koordination sieht Ihre Antwort."))
            return redirect(address(found, "objections"))
    said = list(steps_of(found))
    context = {
        **_about(found),
        "heading": _("%(month)s: Einwände") % _named(found),
        "form": form,
        "open": found.state == Edition.State.IN_REVIEW,
        "objections": [each for each in said if each.kind == EditionStep.Kind.OBJECTED],
        "content": [each for each in said if each.kind == EditionStep.Kind.CONTENT],
    }
    return render(request, "reports/review/objections.html", context, status=400 if form.errors else 200)


@members_only(Deed.REVIEW_EDITIONS)
@read_or_write
def approval(request: MunicipalityRequest, year: int, month: int, number: int) -> HttpResponse:
    """What was checked and what remains; the second person approves, or gives back with a comment."""
    found = edition_of(request, year, month, number)
    if found.state != Edition.State.SUBMITTED:
        return redirect(address(found, "review_edition") if decides(request) else address(found))
    if not decides(request) and found.approver_id != request.user.pk:
        raise Http404
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("deed") == "return":
                made = approving.return_edition(found, request.user, form.cleaned_data["comment"])
                messages.success(request, _("Zurückgegeben. Wer vorgelegt hat, erhält eine Nachricht."))
            else:
                made = approving.approve_edition(found, request.user)
                messages.success(request, _("%(month)s ist genehmigt.") % _named(made))
        except ValidationError as error:
            form.add_error("comment" if "reason_required" in _codes(error) else None, error)
        else:
            return redirect(address(made) if decides(request) or made.is_published else "archive")
    figures = cleaned(found.figures)
    context = {
        **_about(found),
        "lead": spans(lead(figures)),
        "checked": checked(found, figures),
        "objections": [each for each in steps_of(found) if each.kind == EditionStep.Kind.OBJECTED],
        "stays": stays(figures),
        "form": form,
        "may_approve": approving.may_approve(found, request.user),
    }
    return render(request, "reports/review/approval.html", context, status=400 if form.errors else 200)


@members_only(Deed.DECIDE_EDITIONS)
@read_or_write
def rules(request: MunicipalityRequest) -> HttpResponse:
    """How the municipality's reports come about."""
    municipality = municipality_of(request)
    held = {"second_person": approving.second_person(municipality)}
    form = RulesForm(request.POST if request.method == "POST" else None, initial=held)
    if request.method == "POST" and form.is_valid():
        approving.set_rules(municipality, second_person=form.cleaned_data["second_person"], by=request.user)
        messages.success(request, _("Gespeichert."))
        return redirect("report_rules")
    return render(request, "reports/review/rules.html", {"form": form})


def _about(found: Edition) -> dict[str, Any]:
    figures = cleaned(found.figures)
    return {
        "edition": found,
        "address": address(found),
        "title": content.title(figures),
        "meta": findings.meta(found, figures),
    }


def _named(edition: Edition) -> dict[str, str]:
    return {"month": date_format(edition.month, "F Y")}


def _codes(error: ValidationError) -> list[str | None]:
    return [each.code for each in error.error_list] if hasattr(error, "error_list") else []
