"""Every number of an edition leads to the list it was counted from, and a list stands beside another month's."""

import copy
import re
from datetime import date

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.models import Role
from reports import canonical
from reports.models import Edition
from reports.telling.services import FEATURES, LISTED
from tests import make
from tests.reports.made_editions import consistent
from tests.reports.made_editions import edition as made
from tests.reports.sample import of_schema_1, sample

pytestmark = pytest.mark.django_db
LIST = "/berichte/2022/11/1/leistungen/"


def stored(figures, **fields):
    edition = made(figures, state=Edition.State.APPROVED, **fields)
    edition.municipality, edition.catalogue_import = make.municipality(), make.catalogue_import()
    edition.save()
    return edition


@pytest.fixture
def council(client):
    client.force_login(make.user(role=Role.COUNCIL))
    return client


def rows(answer):
    page = lxml.html.fromstring(answer.content)
    return [" ".join(each.text_content().split()) for each in page.xpath("//main//tbody//th[@scope='row']")]


def test_every_linked_number_is_the_length_of_its_list(council):
    figures = consistent()
    stored(figures)
    page = lxml.html.fromstring(council.get("/berichte/2022/11/").content)
    links = page.xpath("//a[contains(@class, 'ozg-n')]")
    wrong = []
    for link in links:
        number = re.match(r"[+−]?([\d.,]+)", link.text_content().strip())[1]
        found = len(rows(council.get(link.get("href"))))
        if "," not in number and int(number.replace(".", "")) != found:
            wrong.append((link.text_content(), link.get("href"), found))
    assert (wrong, len(links) > 12) == ([], True)


@pytest.mark.parametrize("name", [*FEATURES, *LISTED])
def test_every_list_is_there(council, name):
    stored(sample())
    assert council.get(f"{LIST}?list={name}").status_code == 200


def test_a_list_is_narrowed_by_what_the_form_offers(council):
    stored(sample())
    whole = rows(council.get(LIST))
    narrowed = rows(council.get(f"{LIST}?department=Bauen+und+Wirtschaft&state=done&q=Wohnsitz&level=&compare="))
    assert (len(whole), narrowed) == (
        60,
        ["Wohnsitz Anmeldung – Fall 1 99100000012000", "Wohnsitz Anmeldung 99100000000000"],
    )


def test_two_months_stand_side_by_side_service_by_service(council):
    stored(sample())
    before = copy.deepcopy(sample()) | {"month": "2022-10", "cutoff": "2022-10-31"}
    before["services"][0] |= {"level": 1, "ready": False, "state": "in_progress", "planned_on": "2022-11-12"}
    gone = before["services"][1] | {"name": "Fundsache Anzeige", "key": "99000000000000"}
    before["services"][1] = gone
    stored(before)
    answer = council.get(f"{LIST}?compare=2022-10")
    page = lxml.html.fromstring(answer.content)
    changed = [" ".join(each.text_content().split()) for each in page.xpath("//main//td/b")]
    assert changed == ["zählte nicht", "1, in Umsetzung, bis 12.11.2022"]
    assert "Im Oktober 2022 dabei, hier nicht mehr" in answer.text and "Fundsache Anzeige" in answer.text


def test_what_is_not_there_is_not_found(council):
    stored(sample())
    for query in ("?list=alles", "?compare=2021-01", "?compare=x"):
        assert council.get(LIST + query).status_code == 404
    assert council.get(f"{LIST}?foo=1").status_code == 400


def test_an_edition_of_the_first_schema_has_no_lists_and_links_to_none(council):
    stored(of_schema_1())
    assert council.get(LIST).status_code == 404
    assert 'class="ozg-n"' not in council.get("/berichte/2022/11/").text


def test_the_list_asks_as_few_questions_of_one_service_as_of_many(council):
    stored(sample())
    few = canonical.loads(canonical.dumps(sample())) | {"month": "2022-10"}
    few["services"] = few["services"][:1]
    stored(few)
    counts = []
    for address in (LIST, "/berichte/2022/10/1/leistungen/"):
        with CaptureQueriesContext(connection) as queries:
            council.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_promise_counted_by_department_and_month_leads_to_its_services(council):
    figures = consistent()
    stored(figures)
    told = [each for each in figures["promises"]["next"] if each["planned_on"].startswith("2022-12")]
    assert len(rows(council.get(f"{LIST}?list=next&planned=2022-12"))) == len(told)
    assert council.get(f"{LIST}?planned=heute").status_code == 404


def test_a_service_is_followed_through_the_months(council):
    stored(sample())
    before = copy.deepcopy(sample()) | {"month": "2022-10", "cutoff": "2022-10-31"}
    before["services"][0] |= {"level": 2, "ready": False, "state": "in_progress", "planned_on": "2022-11-12"}
    before["movement"] = {name: [] for name in before["movement"]}
    stored(before)
    long_ago = copy.deepcopy(sample()) | {"month": "2022-09", "cutoff": "2022-09-30"}
    long_ago["services"] = long_ago["services"][1:]
    stored(long_ago)
    listed = lxml.html.fromstring(council.get(LIST).content)
    first = listed.xpath("//main//tbody//th/a[text()='Wohnsitz Anmeldung']")[0]
    page = lxml.html.fromstring(council.get(LIST + first.get("href")).content)
    lines = [[" ".join(cell.text_content().split()) for cell in line] for line in page.xpath("//main//tbody/tr")]
    why = "Neu fertig: Landesweiter Onlinedienst nachgenutzt, in Betrieb seit 12.11.2022"
    assert page.xpath("string(//h1)") == "Wohnsitz Anmeldung"
    assert lines == [
        ["November 2022", "Reifegrad 3", "fertig", "–", "Bauamt", "belegt", why],
        ["Oktober 2022", "Reifegrad 2", "in Umsetzung", "12.11.2022", "Bauamt", "belegt", "–"],
        ["September 2022", "zählte nicht"],
    ]
    assert council.get(f"{LIST}?service=99999999999999").status_code == 404


def test_a_number_that_no_list_has_as_many_lines_as_leads_nowhere(council):
    figures = consistent()
    figures["gained"] = 2  # three became ready, one fell back
    stored(figures)
    page = lxml.html.fromstring(council.get("/berichte/2022/11/").content)
    moved = page.xpath("//div[@class='ozg-fig'][.//a[@href='#bewegt']]")[0]
    linked = [each.text_content().strip() for each in page.xpath("//a[@class='ozg-n']")]
    assert ("+2" in moved.text_content(), moved.xpath(".//a[@class='ozg-n']"), "0" in linked) == (True, [], False)


HEAD = [
    "Fertige Leistungen, Bauen und Wirtschaft: 7 Leistungen Sachstandsbericht November 2022, Ausgabe 1 · "
    "Stichtag 30.11.2022 · 7 von 7 fertig (100\u202f%), davon belegt 4".replace("\u202f", " "),
    "3 Online-Leistung 4 4 Online-Transaktion 3",
]


def head(answer):
    page = lxml.html.fromstring(answer.content)
    return [" ".join(each.text_content().split()) for each in page.xpath("//*[@class='ozg-head'] | //main//figure")]


def test_a_list_says_first_what_it_counts_and_how_far_its_services_are(council):
    stored(sample() | {"definitions": {"ready": "Fertig: Reifegrad 3 oder höher."}})
    answer = council.get(f"{LIST}?list=ready&department=Bauen+und+Wirtschaft")
    assert "So ist gezählt:" in answer.text and "Fertig: Reifegrad 3 oder höher." in answer.text
    assert head(answer) == HEAD


def test_each_part_of_the_bar_narrows_the_list_to_itself(council):
    stored(sample())
    page = lxml.html.fromstring(council.get(f"{LIST}?department=Bauen+und+Wirtschaft&page=1").content)
    links = page.xpath("//main//figure//a")
    assert [int(each.text_content()) for each in links] == [
        len(rows(council.get(LIST + each.get("href")))) for each in links
    ]
    assert links != []


def test_a_long_list_comes_in_pages_and_whole_in_print(council):
    figures = copy.deepcopy(sample())
    first = figures["services"][0]
    figures["services"] += [first | {"name": f"Neue {n}", "key": f"9999{n:010}", "cases": None} for n in range(2)]
    stored(figures)
    pages = [rows(council.get(LIST + query)) for query in ("", "?page=2", "?print=1")]
    assert [len(each) for each in pages] == [60, 2, 62]
    assert pages[2] == pages[0] + pages[1]


def test_what_is_late_says_since_when(council):
    figures = copy.deepcopy(sample())
    figures["services"][0] |= {"planned_on": "2022-11-29", "ready": False}
    figures["services"][1] |= {"planned_on": "2022-11-20", "ready": False}
    figures["services"][2] |= {"planned_on": "2022-11-20", "ready": True}
    stored(figures)
    page = lxml.html.fromstring(council.get(LIST).content)
    late = {each.text_content() for each in page.xpath("//main//td//*[contains(@class, 'ozg-late')]")}
    assert {"seit einem Tag überfällig", "seit 10 Tagen überfällig"} <= late


def test_a_month_that_is_known_otherwise_since_says_both(council):
    edition = stored(sample())
    key = sample()["services"][0]["key"]
    row = make.row(make.service(key, "Wohnsitz Anmeldung"), municipality=edition.municipality)
    make.event(row, date(2022, 11, 2), edition.known_at, level=1, state="in_progress")
    page = lxml.html.fromstring(council.get(f"{LIST}?service={key}").content)
    assert [each.text_content() for each in page.xpath("//main//td/b[contains(@class, 'ozg-under')]")] == [
        "weicht ab: nach heutigem Wissen 1, in Umsetzung"
    ]


def test_two_months_with_reports_can_be_compared_from_the_page(council):
    stored(sample())
    assert "Leistung für Leistung vergleichen" not in council.get("/berichte/2022/11/").text
    stored(of_schema_1() | {"month": "2022-10", "cutoff": "2022-10-31"})
    assert "Leistung für Leistung vergleichen" not in council.get("/berichte/2022/11/").text


def test_the_page_leads_to_the_comparison_with_the_month_before(council):
    stored(sample())
    stored(sample() | {"month": "2022-10", "cutoff": "2022-10-31"})
    page = lxml.html.fromstring(council.get("/berichte/2022/11/").content)
    link = page.xpath("//a[contains(., 'Oktober und November Leistung für Leistung vergleichen')]")[0]
    assert council.get(link.get("href")).status_code == 200
