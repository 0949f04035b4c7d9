"""The documents that serve people, beside the help: the glossary, the operator's manual, webhooks for programs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ozg_tracker.docs.rendering import document, glossary


@require_safe
def words(request: HttpRequest) -> HttpResponse:
    return render(request, "docs/words.html", {"terms": glossary()})


@require_safe
def manual(request: HttpRequest) -> HttpResponse:
    return _document(request, "operating")


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    return _document(request, "webhooks")


def _document(request: HttpRequest, name: str) -> HttpResponse:
    language = "en" if get_language() == "en" else "de"
    return render(request, "docs/manual.html", {"manual": document(f"{name}.{language}.md")})
