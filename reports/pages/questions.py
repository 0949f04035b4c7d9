"""Pages of the council's questions: asked at an edition, answered by the coordination, read by whoever reads it."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from reports.models import LONGEST_ANSWER, LONGEST_QUESTION, CouncilQuestion, CouncilQuestionQuerySet
from reports.pages.finding_editions import address, edition_of
from reports.questions import answering, asking
from reports.questions.reading import told
from reports.telling import content
from reports.telling.text import cleaned
from reports.telling.voices import SECTIONS

SHOWN = 50  # answered questions; the editions have them all


class QuestionForm(forms.Form):
    text = forms.CharField(
        max_length=LONGEST_QUESTION,
        error_messages={"required": gettext_lazy("Bitte schreiben Sie Ihre Frage. Es wurde nichts gespeichert.")},
    )
    section = forms.CharField(required=False)
    service = forms.CharField(required=False)


class AnswerForm(forms.Form):
    text = forms.CharField(
        max_length=LONGEST_ANSWER,
        error_messages={"required": gettext_lazy("Bitte schreiben Sie die Antwort. Es wurde nichts gespeichert.")},
    )


@members_only(Deed.ASK_QUESTIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MunicipalityRequest, year: int, month: int, number: int) -> HttpResponse:
    """The form on a page of its own, for where a list leads here and for what comes back."""
    found = edition_of(request, year, month, number)
    sent = request.POST if request.method == "POST" else read_query(request.GET, ("section", "service"))
    section, service = sent.get("section", ""), sent.get("service", "")
    named = asking.service_of(found, service) if service else None
    if request.method != "POST" and named is None and section not in SECTIONS:
        raise Http404
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = asking.ask_question(found, request.user, form.cleaned_data["text"], section=section, service=service)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Ihre Frage ist gestellt. Sie erhalten eine Nachricht, sobald sie beantwortet ist.")
            )
            return redirect(_place(made))
    context = {
        "edition": found,
        "address": address(found),
        "title": content.title(cleaned(found.figures)),
        "about": named["name"] if named else SECTIONS.get(section, ""),
        "section": section,
        "service": service,
        "form": form,
    }
    return render(request, "reports/questions/ask.html", context, status=400 if form.errors else 200)


@members_only(Deed.READ_EDITIONS)
@require_safe
def questions(request: MunicipalityRequest) -> HttpResponse:
    """All that was asked in the municipality, what waits for an answer first."""
    read_query(request.GET, ())
    return _listed(request)


@members_only(Deed.ANSWER_QUESTIONS)
@require_POST
def answer(request: MunicipalityRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_visible(request), pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            answering.answer_question(found, request.user, form.cleaned_data["text"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Die Antwort ist gegeben. Wer gefragt hat, erhält eine Nachricht."))
            return redirect("questions")
    return _listed(request, form, found)


@members_only(Deed.ASK_QUESTIONS)
@require_POST
def withdraw(request: MunicipalityRequest, pk: int) -> HttpResponseRedirect:
    found = get_object_or_404(_visible(request), pk=pk, asked_by=request.user)
    try:
        asking.withdraw_question(found, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Die Frage ist zurückgezogen und wird nicht mehr gezeigt."))
    return redirect("questions")


def _listed(
    request: MunicipalityRequest, form: AnswerForm | None = None, answering: CouncilQuestion | None = None
) -> HttpResponse:
    standing = _visible(request).standing().select_related("edition", "step")
    light = standing.defer("edition__figures", "edition__differences")
    closed = list(light.filter(step__isnull=False).order_by("-step__recorded_at", "-pk")[: SHOWN + 1])
    context = {
        "open": told(light.filter(step=None), request.user),
        "closed": told(closed[:SHOWN], request.user),
        "more": len(closed) > SHOWN,
        "answers": request.membership is not None and Deed.ANSWER_QUESTIONS in request.membership.deeds,
        "form": form,
        "answering": answering.pk if answering else None,
    }
    if form and answering and hasattr(answering, "step"):  # somebody was quicker
        messages.error(request, " ".join(str(each) for errors in form.errors.values() for each in errors))
    return render(request, "reports/questions/list.html", context, status=400 if form and form.errors else 200)


def _visible(request: MunicipalityRequest) -> CouncilQuestionQuerySet:
    return CouncilQuestion.objects.visible_to(request.user).filter(municipality=request.municipality)


def _place(question: CouncilQuestion) -> str:
    """Where it was asked, and where it can be seen now."""
    if not question.service_name:
        return f"{address(question.edition)}#frage-{question.pk}"
    query = urlencode({"service": question.service_key or question.service_name})
    return f"{address(question.edition, 'edition_services')}?{query}#frage-{question.pk}"
