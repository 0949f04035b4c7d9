"""The card for other sites: the newest rate with what it is counted of, in any frame, and no other page with it."""

import re
from xml.etree import ElementTree

import pytest

from reports.publishing.make_public import end_public
from tests import make
from tests.counting import queries
from tests.reports.publishing.public import HOME, opened, stored
from tests.reports.sample import sample

pytestmark = pytest.mark.django_db
CARD, DRAWING = f"{HOME}karte/", f"{HOME}karte.svg"
SVG = "{http://www.w3.org/2000/svg}"


def of(ready, relevant):
    figures = sample()
    return figures | {"totals": figures["totals"] | {"ready": ready, "relevant": relevant}}


def framing(answer):
    """What an answer says of frames: by the old header, and by the new one."""
    policy = answer.headers.get("Content-Security-Policy", "")
    return answer.headers.get("X-Frame-Options"), re.findall(r"frame-ancestors ([^;]*)", policy)


def texts(answer):
    return [each.text for each in ElementTree.fromstring(answer.content).iter(f"{SVG}text")]


@pytest.fixture
def edition(municipality):
    found = stored(figures=of(1, 4))
    opened()
    return found


def test_it_says_the_rate_with_its_count_the_month_and_the_way(client, edition):
    answer = client.get(CARD)
    said = re.sub(r"\s+|&nbsp;", " ", re.sub(r"<[^>]+>", " ", answer.text.partition("<body")[2]))
    assert re.search(r"Musterstadt +Was ist online\? November 2022 +25,0 +% +3,0 bis 50,0\s?%, solange 31", said)
    assert "1 von 4 Leistungen ist fertig" in said
    assert f'href="http://127.0.0.1:8000{HOME}" target="_blank" rel="noopener"' in answer.text
    assert ("<script" in answer.text, answer.cookies, answer.headers.get("Set-Cookie")) == (False, {}, None)


def test_the_drawing_says_the_same(client, edition):
    answer = client.get(DRAWING)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    name, asked, figure, *words = texts(answer)
    assert (name, asked, figure) == ("Musterstadt", "Was ist online? November 2022", "25,0 %")
    assert " ".join(words).startswith(
        "3,0 bis 50,0\u202f%, solange 31 Zuständigkeiten ungeklärt sind. 1 von 4 Leistungen"
    )
    assert max(len(each) for each in words) <= 46


def test_the_last_edition_of_the_newest_month_counts(client, edition):
    stored(2, figures=of(2, 4))
    stored(1, "2022-10", figures=of(4, 4))
    stored(1, "2022-12", figures=of(3, 4), state="draft", approved_at=None)
    assert ("50,0" in client.get(CARD).text, texts(client.get(DRAWING))[2]) == (True, "50,0 %")


def test_it_alone_may_stand_in_a_foreign_frame(client, edition):
    first = client.get(CARD)
    again = client.get(CARD, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert [framing(each) for each in (first, again)] == [(None, ["*"])] * 2
    month = f"{HOME}berichte/2022/11/"
    for address in (HOME, month, f"{month}ausgabe-1.html", DRAWING, "/pruefen/", "/anmelden/", "/oeffentlich/0/karte/"):
        assert (address, framing(client.get(address))) == (address, ("DENY", ["'none'"]))


def test_the_rest_of_its_policy_is_that_of_every_page(client, edition):
    theirs, ours = (client.get(each).headers["Content-Security-Policy"] for each in (CARD, HOME))
    assert theirs.replace("frame-ancestors *", "frame-ancestors 'none'") == ours


def test_before_the_first_report_it_says_so(client, municipality):
    opened()
    assert "Noch ist kein Bericht veröffentlicht." in client.get(CARD).text
    assert texts(client.get(DRAWING)) == ["Musterstadt", "Noch ist kein Bericht veröffentlicht."]


def test_who_is_not_public_has_no_card(client, coordinator):
    stored()
    assert [client.get(each).status_code for each in (CARD, DRAWING)] == [404, 404]
    opened(coordinator)
    assert [client.get(each).status_code for each in (CARD, DRAWING)] == [200, 200]
    end_public(make.municipality(), coordinator, reason="x")
    assert [client.get(each).status_code for each in (CARD, DRAWING)] == [404, 404]


def test_in_english_it_leads_to_the_english_page(client, edition):
    text = client.get(CARD, {"language": "en"}).text
    assert '<html lang="en">' in text and f'href="http://127.0.0.1:8000{HOME}?language=en"' in text
    assert "To the status report (new window)" in text and "November 2022" in text


def test_a_long_name_is_broken_and_a_sharp_one_is_told(client, edition):
    municipality = make.municipality()
    municipality.name = "Verbandsgemeinde <Auf & Ab> am langen Berg über dem noch längeren Fluss und dahinter"
    municipality.save()
    assert texts(client.get(DRAWING))[:2] == ["Verbandsgemeinde <Auf & Ab> am", "langen Berg über dem noch …"]
    assert "Verbandsgemeinde &lt;Auf &amp; Ab&gt; am langen" in client.get(CARD).text


def test_it_asks_the_database_as_often_for_three_editions_as_for_one(client, edition):
    once = [queries(client, each) for each in (CARD, DRAWING)]
    stored(2)
    stored(1, "2022-10")
    assert ([queries(client, each) for each in (CARD, DRAWING)], once) == (once, [2, 2])


def test_the_lines_to_copy_stand_where_it_is_switched_on(sign_in, coordinator):
    client, page = sign_in(coordinator), "/berichte/oeffentlich/"
    assert "&lt;iframe" not in client.get(page).text
    opened(coordinator)
    text = " ".join(client.get(page).text.split())
    base = "http://127.0.0.1:8000"
    assert f'&lt;iframe src="{base}{CARD}" title="Sachstandsbericht Musterstadt" width="320" height="180"' in text
    assert f'&lt;a href="{base}{HOME}"&gt;&lt;img src="{base}{DRAWING}"' in text
