"""What programs read of open editions: the catalogue, and the schema of the figures."""

import hashlib
import json

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from reports.pages.publishing.doors import FILE_SECONDS, open_to_all, publication_or_404
from reports.publishing.addresses import Addresses
from reports.publishing.catalogue import catalogue
from reports.publishing.files import facts_of
from reports.publishing.schema import figures_schema
from reports.publishing.shown import listed

# by the ending of the address: the media type, and what the library calls it
CATALOGUES = {
    "ttl": ("text/turtle; charset=utf-8", "turtle"),
    "jsonld": ("application/ld+json", "json-ld"),
    "rdf": ("application/rdf+xml", "pretty-xml"),
}


@open_to_all()
def catalog(request: HttpRequest, ars: str, format: str) -> HttpResponse:
    """The published editions as DCAT-AP.de describes them, for data portals to fetch. Writing it takes a second."""
    if format not in CATALOGUES:
        raise Http404
    publication = publication_or_404(ars)
    editions = listed(publication)
    facts = facts_of(each.edition for each in editions)
    kind, name = CATALOGUES[format]

    def written() -> str:
        with translation.override("de"):  # it is kept for whoever asks next
            return catalogue(publication, editions, facts, Addresses(ars)).serialize(format=name)

    known = [(each.edition.sha256, each.replaced_by, sorted(facts.get(each.edition.pk, {}))) for each in editions]
    key = hashlib.sha256(repr((publication.pk, known, name)).encode()).hexdigest()
    told = cache.get_or_set(f"catalogue:{key}", written, FILE_SECONDS)
    response = HttpResponse(str(told).encode(), content_type=kind)
    response["Access-Control-Allow-Origin"] = "*"
    return response


@open_to_all(seconds=FILE_SECONDS)
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the figures. It tells of no municipality."""
    written = json.dumps(figures_schema(request.path), ensure_ascii=False, indent=2)
    response = HttpResponse(written.encode(), content_type="application/schema+json")
    response["Access-Control-Allow-Origin"] = "*"
    return response
