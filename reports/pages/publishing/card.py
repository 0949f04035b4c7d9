"""The newest figure as a card that other sites show: alone among our pages a card may stand in a foreign frame."""

import textwrap
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt

from reports import months
from reports.pages.publishing.doors import open_to_all, publication_or_404
from reports.publishing.addresses import Addresses
from reports.publishing.shown import public_editions
from reports.telling import wording
from reports.telling.key_figures import key_figures
from reports.telling.text import cleaned

_NAME, _WORDS = 34, 46  # characters on a line of the drawing, which cannot break lines itself


# outermost, as the answer that a kept card still holds has to say it again
@csp_replace({"frame-ancestors": ["*"]})
@xframe_options_exempt
@open_to_all()
def card(request: HttpRequest, ars: str) -> HttpResponse:
    """The rate of ready services with what it is counted of, the month, and the way to the report."""
    context, sha256 = _told(ars)
    response = render(request, "reports/publishing/card.html", context)
    response["ETag"] = sha256
    return response


@open_to_all()
def drawing(request: HttpRequest, ars: str) -> HttpResponse:
    """The same as a picture, for sites that frame nothing."""
    context, sha256 = _told(ars)
    name = textwrap.wrap(context["name"], _NAME, max_lines=2, placeholder=" …")
    words = textwrap.wrap(context["words"], _WORDS)
    context |= {"name_lines": _below(name, 24, 18), "word_lines": _below(words, 124, 16)}
    response = render(request, "reports/publishing/card.svg", context, content_type="image/svg+xml")
    response["ETag"] = sha256
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _below(lines: list[str], first: int, step: int) -> list[tuple[int, str]]:
    """Each line with where it stands, in pixels from above."""
    return [(first + step * n, text) for n, text in enumerate(lines)]


def _told(ars: str) -> tuple[dict[str, Any], str]:
    """What both say, and the hash of the edition that says it; empty before the first one."""
    publication = publication_or_404(ars)
    home = Addresses(ars).home
    told: dict[str, Any] = {
        "name": publication.municipality.name,
        "address": home if get_language() == "de" else f"{home}?language={get_language()}",
        "month": "",
        "figure": None,
        "words": "",
    }
    newest = public_editions(publication).defer("differences").first()
    if newest is None:
        return told, ""
    figure = key_figures(cleaned(newest.figures))[0]
    month = wording.month(months.name(newest.month))
    return told | {"month": month, "figure": figure, "words": figure.words}, newest.sha256
