"""The certificate of an own training as PDF, and anybody's check of a number, without sign-in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from ozg_tracker.accounts.doorkeeper import members_only
from ozg_tracker.accounts.models import Deed
from ozg_tracker.accounts.signing_in.middleware import MunicipalityRequest
from ozg_tracker.api.query import read_query
from ozg_tracker.training.completing.certificates import LONGEST, certificate_pdf, check_certificate, issue_certificate
from ozg_tracker.training.models import TrainingTask


@members_only(Deed.LEARN)
@require_POST
def issue(request: MunicipalityRequest, pk: int) -> HttpResponse:
    """The PDF at once; nobody has to look for it."""
    own = TrainingTask.objects.completable_by(request.user).filter(municipality=request.municipality)
    try:
        certificate = issue_certificate(get_object_or_404(own, pk=pk))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("my_trainings")
    headers = {"Content-Disposition": f'attachment; filename="bescheinigung-{certificate.completed_on}.pdf"'}
    return HttpResponse(certificate_pdf(certificate), content_type="application/pdf", headers=headers)


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """A number in, whether its certificate holds out; nothing is stored."""
    asked = read_query(request.GET, ("number",)).get("number", "").strip()[:LONGEST]
    context = {"asked": asked, "found": check_certificate(asked) if asked else None}
    response = render(request, "training/proofs/check_certificate.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response
