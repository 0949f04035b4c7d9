"""A feed of the published editions, found from their pages; and what search engines may read."""

from datetime import UTC, datetime

import lxml.etree
import lxml.html
import pytest
import time_machine

from reports.publishing.make_public import end_public
from tests import make
from tests.counting import queries
from tests.reports.publishing.public import HOME, SAID, opened, stored

pytestmark = pytest.mark.django_db
FEED = f"{HOME}feed.atom"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(datetime(2022, 12, 20, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def public(municipality):
    stored()
    return opened(make.user())


def read(client, **query):
    return lxml.etree.fromstring(client.get(FEED, query).content)


def texts(feed, path):
    return [each if isinstance(each, str) else each.text for each in feed.xpath(path, namespaces=ATOM)]


def test_each_edition_stands_in_it_once_and_a_replaced_one_says_by_which(client, public):
    stored(2, approved_at=datetime(2022, 12, 12, 8, tzinfo=UTC))
    feed = read(client)
    first, second = (f"http://127.0.0.1:8000{HOME}berichte/2022/11/ausgabe-{number}/" for number in (1, 2))
    assert texts(feed, "a:entry/a:id") == texts(feed, "a:entry/a:link/@href") == [second, first]
    assert texts(feed, "a:entry/a:title") == [
        "Sachstandsbericht November 2022, Ausgabe 2",
        "Sachstandsbericht November 2022",
    ]
    assert texts(feed, "a:entry/a:summary") == ["Zahlendreher", "Diese Ausgabe ist ersetzt durch Ausgabe 2."]
    assert texts(feed, "a:entry/a:updated") == ["2022-12-12T08:00:00+00:00"] * 2
    assert texts(feed, "a:entry/a:published") == ["2022-12-12T08:00:00+00:00", "2022-12-09T23:30:00+00:00"]
    assert texts(feed, "a:updated") == ["2022-12-12T08:00:00+00:00"]
    assert texts(feed, "a:author/a:name") == [SAID["publisher"]]


def test_what_a_reason_says_is_no_markup(client, public):
    stored(2, correction_reason="<img src=x onerror=alert(1)> & 3 < 4")
    summary = read(client).xpath("string(a:entry/a:summary)", namespaces=ATOM)
    assert lxml.html.fragment_fromstring(summary, create_parent=True).text_content() == (
        "<img src=x onerror=alert(1)> & 3 < 4"
    )


def test_what_atom_requires_is_there(client, public):
    feed = read(client)
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    for place, names in (("", "title id updated author"), ("a:entry/", "title id updated")):
        assert [len(texts(feed, f"{place}a:{name}")) for name in names.split()] == [1] * len(names.split())
    assert texts(feed, "a:link[@rel='self']/@href") == [f"http://127.0.0.1:8000{FEED}"]
    assert client.get(FEED).headers["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_it_stays_the_same_while_nothing_stands_in_it(client, municipality):
    opened()
    etag = client.get(FEED).headers["ETag"]
    with time_machine.travel(datetime(2022, 12, 21, 12, tzinfo=UTC), tick=False):
        assert client.get(FEED, headers={"If-None-Match": etag}).status_code == 304
    assert texts(read(client), "a:updated") == ["2022-12-20T12:00:00+00:00"]


def test_it_speaks_the_language_of_the_page_that_leads_there(client, public):
    for query in ({}, {"language": "en"}):
        for page in (HOME, f"{HOME}berichte/2022/11/"):
            head = lxml.html.fromstring(client.get(page, query).content).find("head")
            (link,) = head.xpath("link[@rel='alternate'][@type='application/atom+xml']")
            found = client.get(link.get("href"))
            assert found.content == client.get(FEED, query).content
            assert lxml.etree.fromstring(found.content).xpath("string(a:title)", namespaces=ATOM) == link.get("title")
    assert texts(read(client, language="en"), "a:entry/a:title") == ["Status report November 2022"]


def test_who_is_not_public_has_none(client, public):
    end_public(make.municipality(), make.User.objects.get(), reason="x")
    assert (client.get(FEED).status_code, client.get("/oeffentlich/000000000000/feed.atom").status_code) == (404, 404)


def test_the_database_is_asked_as_often_for_three_editions_as_for_one(client, public):
    once = queries(client, FEED)
    stored(2)
    stored(1, "2022-10")
    assert queries(client, FEED) == once


def test_search_engines_read_what_is_public_and_nothing_else(client, municipality):
    nothing = "User-agent: *\nDisallow: /"
    assert client.get("/robots.txt").text.strip() == nothing
    opened(make.user())
    allowed = client.get("/robots.txt")
    assert allowed.text.strip() == "User-agent: *\nAllow: /oeffentlich/\nDisallow: /"
    assert (allowed.headers["Content-Type"], allowed.cookies) == ("text/plain; charset=utf-8", {})
    end_public(make.municipality(), make.User.objects.get(), reason="x")
    assert client.get("/robots.txt").text.strip() == nothing
