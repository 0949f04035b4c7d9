"""Looking things up in the catalogue."""

import re
from datetime import date

import pytest
from django.urls import reverse

from ozg_tracker.accounts.models import Role
from tests import make
from tests.counting import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    office = make.department("Bürgerbüro")
    client.force_login(make.user("kim", role=Role.STAFF, department=office))
    return client


def test_the_topics_lead_down_to_a_service(reader):
    service = make.service(types="2/3", legal_basis="§ 1 HundStG")
    text = reader.get("/katalog/themen/").text
    assert "Bauen &amp; Wohnen" in text and "1 OZG-Leistung" in text
    situation = re.search(r'href="(/katalog/lagen/\d+/)"', text)[1]
    assert 'href="/katalog/buendel/10041/"' in reader.get(situation).text
    assert reverse("catalogue_service", args=[service.pk]) in reader.get("/katalog/buendel/10041/").text
    page = reader.get(reverse("catalogue_service", args=[service.pk])).text
    assert "99 102 013 104 000" in page and "§ 1 HundStG" in page and "2/3" in page


def test_an_empty_catalogue_says_what_comes(reader):
    assert "Noch kein Katalog geladen" in reader.get("/katalog/themen/").text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("hundesteuer", ["Hundesteuer Anmeldung"]),
        ("anmeldung hunde", ["Hundesteuer Anmeldung"]),
        ("hundemarke", ["Hundesteuer Anmeldung"]),
        ("ÜBERSCHREIBUNG", ["überschreibung Kfz"]),
        ("99 102 013", ["Hundesteuer Anmeldung"]),
        ("2013104", ["Hundesteuer Anmeldung"]),
        ("10042", ["überschreibung Kfz"]),
        ("fischerei", []),
    ],
)
def test_search_finds_by_word_synonym_key_part_and_ozg_id(reader, text, names):
    make.service(synonyms="Hundemarke\nHund")
    make.service("99036008000000", "überschreibung Kfz", bundles=[make.bundle("10042")])
    page = reader.get("/katalog/suche/", {"q": text}).text
    assert re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', page) == names


def test_nothing_found_repeats_what_was_sought(reader):
    make.service()
    text = reader.get("/katalog/suche/", {"q": "<fischerei>"}).text
    assert "Keine Leistung gefunden" in text and "„&lt;fischerei&gt;“" in text


def test_a_retired_service_is_not_found_but_has_its_page(reader):
    service = make.service(retired_on=date(2026, 10, 1))
    assert "Keine Leistung gefunden" in reader.get("/katalog/suche/", {"q": "Hundesteuer"}).text
    assert "entfallen am 01.10.2026" in reader.get(reverse("catalogue_service", args=[service.pk])).text


@pytest.mark.parametrize("address", ["/katalog/themen/", "/katalog/suche/"])
def test_the_council_reads_reports_and_no_catalogue(client, address):
    assert client.get(address).status_code == 302
    client.force_login(make.user("rat", role=Role.COUNCIL))
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", ["/katalog/themen/", "/katalog/suche/?q=gleich", "/katalog/buendel/10041/"])
def test_lists_ask_the_database_as_often_for_three_as_for_one(reader, address):
    def another(number):
        make.service(f"9910201310400{number}", f"Leistung {number}", synonyms="gleich")

    another(1)
    one = queries(reader, address)
    another(2)
    another(3)
    assert queries(reader, address) == one
