"""The published editions as open data is described in Germany: DCAT-AP.de 3.0, which takes over DCAT-AP 3.0 of the EU.

Which properties a class needs is in https://www.dcat-ap.de/def/dcatde/3.0/spec/; the addresses of values are those of
the vocabularies named there. Deprecated properties (dcatde:politicalGeocodingURI among them) are not written.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from rdflib import DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef

from reports import months
from reports.exporting.export_edition import MEDIA_TYPES
from reports.models import Licence, Publication
from reports.publishing.addresses import Addresses
from reports.publishing.files import PUBLIC_FORMATS, Facts
from reports.publishing.licences import LICENCES
from reports.publishing.shown import Listed
from reports.telling import wording

DCAT = Namespace("http://www.w3.org/ns/dcat#")  # the library knows the second version alone
ADMS = Namespace("http://www.w3.org/ns/adms#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority/"
GEOCODING = "http://dcat-ap.de/def/politicalGeocoding/"
THEMES = URIRef(f"{EU}data-theme")
GOVERNMENT, GERMAN = URIRef(f"{EU}data-theme/GOVE"), URIRef(f"{EU}language/DEU")
MONTHLY, ANY = URIRef(f"{EU}frequency/MONTHLY"), URIRef(f"{EU}access-right/PUBLIC")
AVAILABLE = URIRef("http://publications.europa.eu/resource/authority/planned-availability/AVAILABLE")
LEVEL = {"kreisangehoerig": "municipality", "kreisfrei": "municipality", "landkreis": "administrativeDistrict"}
FILE_TYPES = {"pdf": "PDF", "xlsx": "XLSX", "ods": "ODS", "csv": "CSV", "csvw": "JSON", "json": "JSON", "html": "HTML"}
KEYWORDS = ("OZG", "Onlinezugangsgesetz", "Verwaltungsdigitalisierung", "Sachstandsbericht")
_DEFINED = (
    *(("adms", ADMS), ("dcatap", DCATAP), ("dcatde", DCATDE), ("spdx", SPDX), ("vcard", VCARD)),
    *(("dcat", DCAT), ("dcterms", DCTERMS), ("foaf", FOAF)),
)


def german(text: str) -> Literal:
    return Literal(text, lang="de")


def catalogue(
    publication: Publication, editions: Iterable[Listed], facts: dict[int, dict[str, Facts]], addresses: Addresses
) -> Graph:
    """A catalogue with a series of the monthly reports, a dataset for each edition and a distribution for each format.

    `facts`: sizes and hashes of the files that were drawn, by edition's id and format.
    """
    graph = Graph()
    for prefix, namespace in _DEFINED:
        graph.bind(prefix, namespace)
    name = publication.municipality.name
    home, series = URIRef(addresses.home), URIRef(f"{addresses.home}#reihe")
    about = _About(graph, publication, addresses)
    shown = list(editions)
    changed = max([publication.recorded_at, *(each.issued for each in shown)])

    catalog = URIRef(f"{addresses.home}#katalog")
    title = f"Sachstandsberichte zur Verwaltungsdigitalisierung: {name}"
    about.say(catalog, DCAT.Catalog, title, "Alle veröffentlichten Ausgaben als offene Daten.")
    graph.add((catalog, FOAF.homepage, home))
    graph.add((catalog, DCAT.themeTaxonomy, THEMES))
    graph.add((catalog, DCTERMS.license, about.licence))
    graph.add((catalog, DCTERMS.modified, _instant(changed)))

    about.say(series, DCAT.DatasetSeries, title, f"Eine Ausgabe je Monat; Berichtigungen sind neue Ausgaben. {_WHAT}")
    about.describe(series)
    graph.add((series, DCTERMS.accrualPeriodicity, MONTHLY))
    graph.add((series, DCTERMS.modified, _instant(changed)))
    if shown:
        graph.add((series, DCTERMS.issued, _instant(min(each.issued for each in shown))))

    for each in shown:
        dataset = URIRef(addresses.edition(each.edition))
        graph.add((catalog, DCAT.dataset, dataset))
        graph.add((dataset, DCAT.inSeries, series))
        _edition(about, dataset, each, facts.get(each.edition.pk, {}))
    return graph


_WHAT = (
    "Wie viele Leistungen der Kommune online sind, was sich bewegt hat, was zugesagt ist: jede Zahl mit Zähler, Nenner "
    "und Definition, jede Leistung als Zeile."
)


class _About:
    """What all parts of one catalogue say alike: who publishes, whom to ask, which place, under which licence."""

    def __init__(self, graph: Graph, publication: Publication, addresses: Addresses) -> None:
        self.graph, self.publication, self.addresses = graph, publication, addresses
        self.licence = URIRef(LICENCES[Licence(publication.licence)].uri)
        self.publisher = URIRef(f"{addresses.home}#stelle")
        graph.add((self.publisher, RDF.type, FOAF.Agent))
        graph.add((self.publisher, FOAF.name, german(publication.publisher)))
        graph.add((self.publisher, FOAF.mbox, URIRef(f"mailto:{publication.mail}")))
        self.contact = URIRef(f"{addresses.home}#kontakt")
        graph.add((self.contact, RDF.type, VCARD.Organization))
        graph.add((self.contact, VCARD.fn, german(publication.publisher)))
        graph.add((self.contact, VCARD.hasEmail, URIRef(f"mailto:{publication.mail}")))
        municipality = publication.municipality
        keys = {"landkreis": f"districtKey/{municipality.ars[:5]}"}
        self.place = URIRef(GEOCODING + keys.get(municipality.kind, f"municipalityKey/{municipality.ags}"))
        self.region = URIRef(f"{GEOCODING}regionalKey/{municipality.ars}")
        for place in (self.place, self.region):
            graph.add((place, RDF.type, DCTERMS.Location))
        self.level = URIRef(f"{GEOCODING}Level/{LEVEL[municipality.kind]}")

    def say(self, what: URIRef, kind: URIRef, title: str, description: str) -> None:
        for name, value in (
            (RDF.type, kind),
            (DCTERMS.title, german(title)),
            (DCTERMS.description, german(description)),
            (DCTERMS.publisher, self.publisher),
            (DCTERMS.language, GERMAN),
            (DCTERMS.spatial, self.place),
            (DCTERMS.spatial, self.region),
        ):
            self.graph.add((what, name, value))

    def describe(self, what: URIRef) -> None:
        """What a dataset says, and a series of them."""
        self.graph.add((what, DCAT.contactPoint, self.contact))
        self.graph.add((what, DCAT.theme, GOVERNMENT))
        self.graph.add((what, DCATDE.politicalGeocodingLevelURI, self.level))
        for word in KEYWORDS:
            self.graph.add((what, DCAT.keyword, german(word)))
        if self.publication.contributor:
            self.graph.add((what, DCATDE.contributorID, URIRef(self.publication.contributor)))


def _edition(about: _About, dataset: URIRef, each: Listed, facts: dict[str, Facts]) -> None:
    graph, edition = about.graph, each.edition
    title = f"Sachstandsbericht {wording.month(months.name(edition.month))}: {about.publication.municipality.name}"
    if edition.number > 1:
        title += f", Ausgabe {edition.number}"
    replaced = f"Diese Ausgabe ist ersetzt durch Ausgabe {each.replaced_by}. " if each.replaced_by else ""
    about.say(dataset, DCAT.Dataset, title, replaced + _WHAT)
    about.describe(dataset)
    period = BNode()
    graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
    graph.add((period, DCAT.startDate, Literal(edition.month)))
    graph.add((period, DCAT.endDate, Literal(months.last_day(edition.month))))
    said = [
        (DCTERMS.identifier, Literal(str(dataset))),
        (DCTERMS.issued, _instant(each.issued)),
        (DCTERMS.modified, _instant(each.issued)),
        (DCTERMS.temporal, period),
        (DCTERMS.accessRights, ANY),
        (DCAT.version, Literal(str(edition.number))),
        (DCAT.landingPage, dataset),
    ]
    if edition.number > 1:
        said.append((ADMS.versionNotes, german(edition.correction_reason)))
    if each.replaced_by:
        said.append((DCTERMS.isReplacedBy, URIRef(about.addresses.of(edition.month, each.replaced_by))))
    for name, value in said:
        graph.add((dataset, name, value))
    for format in PUBLIC_FORMATS:
        _distribution(about, dataset, each, format, facts.get(format))


def _distribution(about: _About, dataset: URIRef, each: Listed, format: str, facts: Facts | None) -> None:
    graph, file = about.graph, URIRef(about.addresses.file(each.edition, format))
    made = URIRef(f"{file}#datei")
    graph.add((dataset, DCAT.distribution, made))
    kind = "https://www.iana.org/assignments/media-types/" + MEDIA_TYPES[format].partition(";")[0]
    for name, value in (
        (RDF.type, DCAT.Distribution),
        (DCTERMS.title, german(f"{each.edition.month:%Y-%m} als {format.upper()}")),
        (DCAT.accessURL, dataset),
        (DCAT.downloadURL, file),
        (DCTERMS.license, about.licence),
        (DCTERMS.format, URIRef(f"{EU}file-type/{FILE_TYPES[format]}")),
        (DCAT.mediaType, URIRef(kind)),
        (DCTERMS.issued, _instant(each.issued)),
        (DCTERMS.modified, _instant(each.issued)),
        (DCTERMS.language, GERMAN),
        (DCATAP.availability, AVAILABLE),
    ):
        graph.add((made, name, value))
    if LICENCES[Licence(about.publication.licence)].named:
        graph.add((made, DCATDE.licenseAttributionByText, german(about.publication.publisher)))
    if format == "json" and each.described:
        graph.add((made, DCTERMS.conformsTo, URIRef(about.addresses.schema)))
    if facts is None:
        return
    graph.add((made, DCAT.byteSize, Literal(facts.size, datatype=XSD.nonNegativeInteger)))
    checksum = BNode()
    graph.add((made, SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, SPDX.Checksum))
    graph.add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    graph.add((checksum, SPDX.checksumValue, Literal(facts.sha256, datatype=XSD.hexBinary)))


def _instant(moment: datetime) -> Literal:
    return Literal(timezone.localtime(moment).replace(microsecond=0))
