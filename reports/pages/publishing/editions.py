"""What anybody reads of a municipality that wants it: its published editions, each as a page and in every format."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from reports import canonical
from reports.exporting.export_edition import MEDIA_TYPES
from reports.exporting.file import file_name
from reports.models import Edition, Licence, Publication
from reports.pages.first_day import first_day
from reports.pages.publishing.doors import FILE_SECONDS, open_to_all, publication_or_404
from reports.publishing.addresses import Addresses
from reports.publishing.files import PUBLIC_FORMATS, content_of, facts_of, unnamed
from reports.publishing.licences import LICENCES
from reports.publishing.schema import VERSION
from reports.publishing.shown import issued, listed, public_editions
from reports.telling import content, wording
from reports.telling.key_figures import key_figures
from reports.telling.lead import lead
from reports.telling.text import cleaned

NAMES = {"pdf": "PDF", "xlsx": "Excel", "ods": "ODS", "csv": "CSV", "csvw": "CSVW", "json": "JSON", "html": "HTML"}


@open_to_all()
def municipality(request: HttpRequest, ars: str) -> HttpResponse:
    """The newest figures in words, what they mean, and every published edition."""
    publication = publication_or_404(ars)
    editions = listed(publication)
    newest = editions[0].edition if editions else None
    context = _about(publication) | {"editions": editions, "newest": newest, "names": NAMES}
    if newest:
        figures = cleaned(public_editions(publication).values_list("figures", flat=True).get(pk=newest.pk))
        context |= {
            "lead": wording.spans(lead(figures)),
            "key_figures": key_figures(figures),
            "definitions": content.definitions(figures),
        }
    return _kept(render(request, "reports/publishing/municipality.html", context), newest)


@open_to_all()
def edition(request: HttpRequest, ars: str, year: int, month: int, number: int | None = None) -> HttpResponse:
    """A published edition: of the month the last one, or the one asked for, which says what replaced it."""
    publication = publication_or_404(ars)
    of_month = list(_of_month(publication, year, month).defer("figures", "differences"))
    asked = of_month[0].number if number is None and of_month else number
    found = _whole(publication, year, month, asked)
    facts = facts_of([found]).get(found.pk, {})
    context = _about(publication) | {
        "edition": found,
        "issued": issued(found),
        "report": content.report(unnamed(found)),
        "replaced_by": of_month[0] if of_month[0].number > found.number else None,
        "others": [each for each in of_month if each.number != found.number],
        "files": [(format, NAMES[format], facts.get(format)) for format in PUBLIC_FORMATS],
        "lists": "",
    }
    return _kept(render(request, "reports/publishing/edition.html", context), found)


@open_to_all(seconds=FILE_SECONDS)
def file(
    request: HttpRequest, ars: str, year: int, month: int, number: int, format: str, view: bool = False
) -> HttpResponse:
    """A published edition in one of the formats, the same bytes for ever: to be saved, or looked at (`view`). As HTML
    there is a page of its own to look at; the file's styles, which it carries with it, would be refused here.
    """
    if format not in PUBLIC_FORMATS or (view and format == "html"):
        raise Http404
    publication = publication_or_404(ars)
    found = _whole(publication, year, month, number)
    facts, made = content_of(found, format)
    response = HttpResponse(made, content_type=MEDIA_TYPES[format])
    how, name = "inline" if view else "attachment", file_name(found, publication.municipality.name, format)
    response["Content-Disposition"] = f'{how}; filename="{name}"'
    response["ETag"] = f'"{facts.sha256}"'
    response["Access-Control-Allow-Origin"] = "*"
    response["Link"] = f'<{LICENCES[Licence(publication.licence)].text}>; rel="license"'
    if format == "json" and canonical.frozen(found.figures)["schema"] == VERSION:
        response["Link"] += f', <{Addresses(ars).schema}>; rel="describedby"'
    return response


def _of_month(publication: Publication, year: int, month: int) -> Any:
    return public_editions(publication).filter(month=first_day(year, month))


def _whole(publication: Publication, year: int, month: int, number: int | None) -> Edition:
    found: Edition | None = (
        _of_month(publication, year, month).filter(number=number).select_related("municipality", "signature").first()
    )
    if found is None:
        raise Http404
    return found


def _about(publication: Publication) -> dict[str, Any]:
    return {
        "publication": publication,
        "municipality": publication.municipality,
        "licence": LICENCES[Licence(publication.licence)],
        "home": reverse("public_municipality", args=[publication.municipality.ars]),
    }


def _kept(response: HttpResponse, edition: Edition | None) -> HttpResponse:
    """With the hash of the edition that it shows, from which its ETag is made."""
    if edition:
        response["ETag"] = edition.sha256
    return response
