"""The catalogue holds to DCAT-AP.de 3.0, by shapes written from its specification: Kataloge, Datensätze, Reihen,
Distributionen, Prüfsumme, Akteur, Kontakt, Zeitraum and the deprecated properties; each shape of `dcat_ap_de.ttl` names
its chapter. What is spoilt is found by the same shapes.
"""

import hashlib
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from reports.publishing.files import PUBLIC_FORMATS, draw_public_files
from tests import make
from tests.counting import queries
from tests.reports.publishing.public import HOME, SAID, opened, stored

pytestmark = pytest.mark.django_db
SHAPES = Graph().parse(Path(__file__).with_name("dcat_ap_de.ttl"))
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
BASE = "http://127.0.0.1:8000"
FIRST = f"{BASE}{HOME}berichte/2022/11/ausgabe-1"


def read(client, ending="ttl", format="turtle"):
    answer = client.get(f"{HOME}catalog.{ending}")
    assert answer.status_code == 200
    return Graph().parse(data=answer.content, format=format)


def problems(graph):
    _holds, _report, text = validate(graph, shacl_graph=SHAPES)
    return text.count("Constraint Violation")


@pytest.fixture
def graph(client, municipality):
    stored()
    stored(2)
    opened()
    draw_public_files(municipality)
    return read(client)


def test_it_holds_to_the_specification(graph):
    assert len(list(graph.subjects(RDF.type, DCAT.Dataset))) == 2
    assert len(list(graph.subjects(RDF.type, DCAT.Distribution))) == 2 * len(PUBLIC_FORMATS)
    assert problems(graph) == 0


def test_it_holds_before_the_files_are_drawn_and_without_an_edition(client, municipality):
    opened(licence="dl-zero-de/2.0", contributor="http://dcat-ap.de/def/contributors/musterstadt")
    assert problems(read(client)) == 0
    stored()
    graph = read(client)
    assert problems(graph) == 0
    assert set(graph.objects(None, DCATDE.contributorID)) == {URIRef("http://dcat-ap.de/def/contributors/musterstadt")}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (DCAT.Catalog, DCTERMS.publisher),
        (DCAT.Dataset, DCTERMS.title),
        (DCAT.Dataset, DCTERMS.spatial),
        (DCAT.Dataset, DCAT.contactPoint),
        (DCAT.DatasetSeries, DCTERMS.publisher),
        (DCAT.Distribution, DCTERMS.license),
        (DCAT.Distribution, DCAT.accessURL),
        (FOAF.Agent, FOAF.name),
        (SPDX.Checksum, SPDX.checksumValue),
    ],
)
def test_what_is_missing_is_found(graph, kind, name):
    graph.remove((next(graph.subjects(RDF.type, kind)), name, None))
    assert problems(graph) > 0


def test_a_licence_of_no_list_and_a_property_of_yesterday_are_found(graph):
    made = next(graph.subjects(RDF.type, DCAT.Distribution))
    graph.set((made, DCTERMS.license, URIRef("https://example.org/alles-erlaubt")))
    assert problems(graph) == 1
    dataset = next(graph.subjects(RDF.type, DCAT.Dataset))
    graph.add(
        (
            dataset,
            DCATDE.politicalGeocodingURI,
            URIRef("http://dcat-ap.de/def/politicalGeocoding/municipalityKey/15999010"),
        )
    )
    assert problems(graph) == 2


def test_every_size_and_hash_is_that_of_the_file(graph, client):
    for made in graph.subjects(RDF.type, DCAT.Distribution):
        content = client.get(str(graph.value(made, DCAT.downloadURL)).removeprefix(BASE)).content
        assert int(graph.value(made, DCAT.byteSize)) == len(content)
        value = graph.value(graph.value(made, SPDX.checksum), SPDX.checksumValue)
        assert (
            str(value.value.hex() if isinstance(value.value, bytes) else value) == hashlib.sha256(content).hexdigest()
        )


def test_it_says_whose_where_when_and_by_which_schema(graph):
    dataset = URIRef(f"{FIRST}/")
    assert {str(each).rpartition("politicalGeocoding/")[2] for each in graph.objects(dataset, DCTERMS.spatial)} == {
        "municipalityKey/15999010",
        "regionalKey/159990010010",
    }
    assert graph.value(graph.value(dataset, DCTERMS.publisher), FOAF.name) == Literal(SAID["publisher"], lang="de")
    assert graph.value(dataset, DCTERMS.isReplacedBy) == URIRef(f"{BASE}{HOME}berichte/2022/11/ausgabe-2/")
    period = graph.value(dataset, DCTERMS.temporal)
    assert [str(graph.value(period, name)) for name in (DCAT.startDate, DCAT.endDate)] == ["2022-11-01", "2022-11-30"]
    described = list(graph.subject_objects(DCTERMS.conformsTo))
    assert (URIRef(f"{FIRST}.json#datei"), URIRef(f"{BASE}/schema/figures-2.json")) in described
    assert len(described) == 2


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # the library's own reader of JSON-LD
def test_it_is_the_same_in_every_form(graph, client):
    assert isomorphic(graph, read(client, "jsonld", "json-ld"))
    assert isomorphic(graph, read(client, "rdf", "xml"))


def test_it_is_german_whoever_asks_first(client, municipality):
    stored(1, "2022-10")
    opened()
    english = client.get(f"{HOME}catalog.ttl", {"language": "en"}).content
    assert b"Oktober 2022" in english
    assert client.get(f"{HOME}catalog.ttl").content == english


def test_addresses_are_ours_whatever_host_is_asked(client, municipality, settings):
    settings.ALLOWED_HOSTS = ["*"]
    stored()
    opened()
    for ending in ("ttl", "jsonld", "rdf"):
        assert b"evil.example" not in client.get(f"{HOME}catalog.{ending}", headers={"host": "evil.example"}).content


def test_who_is_not_public_has_no_catalogue_and_other_endings_lead_nowhere(client, municipality):
    assert client.get(f"{HOME}catalog.ttl").status_code == 404
    opened()
    assert [client.get(f"{HOME}catalog.{ending}").status_code for ending in ("xml", "json", "nt")] == [404] * 3


def test_the_database_is_asked_as_often_for_three_editions_as_for_one(client, municipality):
    stored()
    opened()
    once = queries(client, f"{HOME}catalog.ttl")
    stored(2)
    stored(1, "2022-10")
    assert queries(client, f"{HOME}catalog.ttl") == once


def test_a_district_is_named_by_its_own_key(client, municipality):
    district = make.municipality("Landkreis Probe", "159990000000")
    district.kind = "landkreis"
    district.save()
    opened(make.user("kreis", municipality=district), district)
    told = client.get("/oeffentlich/159990000000/catalog.ttl").content.decode()
    assert "districtKey/15999>" in told and "Level/administrativeDistrict>" in told
