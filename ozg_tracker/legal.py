"""Help and the pages the law asks for. What only the operator can say comes from text files in LEGAL_DIR."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ozg_tracker.accounts.models import Deed, Municipality, Role, reach_of

SAXONY_ANHALT = "15"  # the Land whose ombuds office the statement names, by the first digits of the ARS
NAMES = ("impressum", "datenschutz", "barrierefreiheit")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    table = [(deed.label, [(role.label, reach_of(role, deed)) for role in Role]) for deed in Deed]
    return render(request, "legal/hilfe.html", {"roles": Role.labels, "rights": table})


@require_safe
def legal_page(request: HttpRequest, name: str) -> HttpResponse:
    context = {
        "own_text": own_text(name),
        "file": f"{name}.txt",
        "retention": settings.TRAINING_RETENTION_MONTHS,
        "saxony_anhalt": Municipality.objects.filter(ars__startswith=SAXONY_ANHALT).exists(),
    }
    return render(request, f"legal/{name}.html", context)


def own_text(name: str) -> str:
    """The operator's own words for the page, plain text, blank lines between paragraphs; "" where there are none."""
    if not settings.LEGAL_DIR:
        return ""
    try:
        return Path(settings.LEGAL_DIR, f"{name}.txt").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
