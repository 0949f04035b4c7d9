"""The glossary and the operator's manual as pages."""

import re

import pytest

from ozg_tracker.docs.rendering import glossary

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/hilfe/woerter/", "/hilfe/betrieb/"])
def test_the_help_leads_there_and_anybody_may_read_it(client, address):
    assert f'href="{address}"' in client.get("/hilfe/").text
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405


def test_the_glossary_tells_each_word_in_the_language_of_the_page(client):
    german = client.get("/hilfe/woerter/").text
    client.cookies["sprache"] = "en"
    english = client.get("/hilfe/woerter/").text
    terms = glossary()
    for text in (german, english):
        assert re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', text) == [term.german for term in terms]
    assert german.count("Ein Tag mit Namen, Quelle und Geltungsbereich.") == 1
    assert english.count("A day with a name, a source and a scope.") == 1
    assert "Ein Tag mit Namen" not in english and "A day with" not in german


def test_the_manual_speaks_the_language_of_the_page(client):
    assert "<h1>Betriebshandbuch</h1>" in client.get("/hilfe/betrieb/").text
    client.cookies["sprache"] = "en"
    text = client.get("/hilfe/betrieb/").text
    assert "<h1>Operator&#x27;s manual</h1>" in text and '<a href="#restore">Restore</a>' in text
    assert '<h2 id="restore">Restore</h2>' in text


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_link_of_the_manual_leads_to_a_file_of_the_repository(client, language):
    client.cookies["sprache"] = language
    text = client.get("/hilfe/betrieb/").text.partition("<main")[2].partition("</main>")[0]
    links = [link for link in re.findall(r'href="([^"]+)"', text) if not link.startswith(("#", "https://"))]
    assert links == ["/hilfe/"]
    anchors = set(re.findall(r' id="([^"]+)"', text))
    assert [link for link in re.findall(r'href="#([^"]+)"', text) if link not in anchors] == []
