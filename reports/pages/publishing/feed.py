"""The published editions as a feed, for whoever wants to hear of the next one, and what search engines may read."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reports import months
from reports.models import Publication
from reports.pages.publishing.doors import open_to_all, publication_or_404
from reports.publishing.addresses import Addresses, absolute
from reports.publishing.shown import Listed, listed, open_publications
from reports.telling import wording

MOST = 60  # five years of months


class _Feed(Atom1Feed):
    began: datetime

    def latest_post_date(self) -> datetime:
        """Never now, so that a feed in which nothing stands yet stays the same."""
        return super().latest_post_date() if self.items else self.began


@open_to_all()
def feed(request: HttpRequest, ars: str) -> HttpResponse:
    """As Atom (RFC 4287): each edition once, the newest month first; a replaced one says by which."""
    publication = publication_or_404(ars)
    made = _begun(publication, get_language() or "de")
    found = listed(publication)
    times = {(each.edition.month, each.edition.number): each.issued for each in found}
    for each in found[:MOST]:
        changed = times[each.edition.month, each.replaced_by or each.edition.number]
        _add(made, Addresses(ars), each, max(each.issued, changed))
    return HttpResponse(made.writeString("utf-8"), content_type=made.content_type)


@open_to_all()
def robots(request: HttpRequest) -> HttpResponse:
    """Robots Exclusion Protocol (RFC 9309): what is public alone, and nothing where nothing is."""
    allowed = "Allow: /oeffentlich/\n" if open_publications().exists() else ""
    return HttpResponse(f"User-agent: *\n{allowed}Disallow: /\n", content_type="text/plain; charset=utf-8")


def _begun(publication: Publication, language: str) -> _Feed:
    ars = publication.municipality.ars
    asked = "" if language == "de" else f"?language={language}"
    made = _Feed(
        title=f"{_('Sachstandsberichte')} – {publication.municipality.name}",
        link=Addresses(ars).home + asked,
        description=_("Wie digital die Leistungen der Kommune sind, Monat für Monat."),
        language=language,
        author_name=publication.publisher,
        feed_url=absolute(reverse("public_feed", args=[ars])) + asked,
    )
    made.began = publication.recorded_at
    return made


def _add(feed: _Feed, addresses: Addresses, each: Listed, changed: datetime) -> None:
    edition = each.edition
    title = _("Sachstandsbericht %(month)s") % {"month": wording.month(months.name(edition.month))}
    if edition.number > 1:
        title += ", " + _("Ausgabe %(n)s") % {"n": edition.number}
    told = f"{escape(edition.correction_reason)}"  # read as HTML
    if each.replaced_by:
        told = _("Diese Ausgabe ist ersetzt durch Ausgabe %(n)s.") % {"n": each.replaced_by}
    address = addresses.edition(edition)
    feed.add_item(title, address, told, unique_id=address, pubdate=each.issued, updateddate=changed)
