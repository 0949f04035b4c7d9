"""The year as its twelve reports told it: published ones alone, each as it stands."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from lxml import html

from ozg_tracker.accounts.models import Role
from reports import canonical
from reports.comparing.year_review import SHOWN, year_review
from reports.models import Edition
from tests import make
from tests.counting import queries
from tests.reports.made_editions import approved
from tests.reports.sample import moved, of_schema_1, sample


def of_month(number, figures=None, **parts):
    return approved((figures or sample()) | {"month": f"2022-{number:02d}"} | parts)


def test_each_month_stands_as_its_report_says_and_one_without_says_so():
    ready = sample()["totals"] | {"ready": 15}
    review = year_review([of_month(11), of_month(3, totals=ready)], 2022)
    told = [
        (each.first.month, each.part and each.part.counted, each.kept, each.came, each.fell) for each in review.months
    ]
    none = {number: (number, None, "–", "–", "–") for number in range(1, 13)}
    with_reports = {3: (3, "15 von 60", "2 von 4", "3", "1"), 11: (11, "21 von 60", "2 von 4", "3", "1")}
    assert told == list((none | with_reports).values())
    assert review.reported() == "2 von 12"


def test_promises_are_those_of_all_reports_together():
    review = year_review([of_month(10), of_month(11)], 2022)
    assert review.promises == "Von 8 Zusagen: gehalten 4, verschoben 2, offen 2."
    none = {"due": 0, "kept": 0, "moved": 0, "open": 0, "rows": [], "next": []}
    assert year_review([of_month(11, promises=none)], 2022).promises == (
        "In den Berichten dieses Jahres war nichts zugesagt."
    )


def test_reports_that_counted_no_promises_yet_are_named():
    review = year_review([of_month(10, of_schema_1()), of_month(11)], 2022)
    assert review.promises.endswith("Das sagen 1 von 2 Berichten; die früheren zählten keine Zusagen.")
    assert [each.kept for each in review.months[9:11]] == ["–", "2 von 4"]


def test_what_came_and_what_fell_back_stand_newest_first_and_are_cut():
    many = sample()["movement"] | {"newly_ready": [moved(n, 2, 3, "Grund") for n in range(20)]}
    review = year_review([of_month(10, movement=many), of_month(11)], 2022)
    assert [each.first.month for each in review.came] == [11] * 3 + [10] * 20
    assert (len(review.came_first()), review.came_more()) == (SHOWN, 23 - SHOWN)
    assert [(each.first.month, each.move.step) for each in review.fell_first()] == [(11, "3 → 2"), (10, "3 → 2")]


def test_a_change_of_the_model_is_said():
    review = year_review([of_month(3), of_month(11, maturity_model="2.0")], 2022)
    assert review.models == (
        "Gezählt wurde im Lauf des Jahres nach den Reifegradmodellen 1.1 und 2.0; umgerechnet ist nichts."
    )
    assert year_review([of_month(3)], 2022).models == ""


def test_a_year_without_a_report_has_no_review():
    assert year_review([], 2022) is None


def stored(month, number=1, state="approved", **parts):
    text = canonical.dumps(sample() | {"month": f"{month:%Y-%m}"} | parts)
    return Edition.objects.create(
        municipality=make.municipality(),
        month=month,
        number=number,
        figures=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        known_at=datetime(2022, 12, 2, tzinfo=UTC),
        catalogue_import=make.catalogue_import(),
        state=state,
        correction_reason="" if number == 1 else "Nachgetragen",
    )


@pytest.mark.django_db
def test_the_page_shows_twelve_months_and_leads_to_their_reports(client):
    stored(date(2022, 10, 1))
    stored(date(2022, 11, 1))
    stored(date(2022, 12, 1), state="draft")
    client.force_login(make.user())
    assert 'href="/berichte/2022/"' in client.get("/berichte/").text
    page = html.fromstring(client.get("/berichte/2022/").content)
    months = page.xpath("//ol[@class='ozg-months']/li")
    assert len(months) == 12
    assert page.xpath("//ol[@class='ozg-months']//a/@href") == ["/berichte/2022/10/", "/berichte/2022/11/"]
    assert len(page.xpath("//ol[@class='ozg-months']//*[local-name()='svg'][@role='img']")) == 2
    assert [" ".join(each.text_content().split()) for each in months][11] == "Dezember kein Bericht"


@pytest.mark.django_db
def test_of_a_corrected_month_the_edition_in_force_counts(client):
    stored(date(2022, 11, 1))
    stored(date(2022, 11, 1), 2, totals=sample()["totals"] | {"ready": 33})
    client.force_login(make.user("rat", Role.COUNCIL))
    told = client.get("/berichte/2022/").text
    assert ["33 von 60" in told, "21 von 60" in told] == [True, False]


@pytest.mark.django_db
@pytest.mark.parametrize("year", [2021, 1, 99999])
def test_a_year_nobody_reported_of_is_not_there(client, year):
    stored(date(2022, 11, 1))
    client.force_login(make.user())
    assert client.get(f"/berichte/{year}/").status_code == 404


@pytest.mark.django_db
def test_it_asks_as_often_for_three_months_as_for_one(client):
    client.force_login(make.user())
    stored(date(2022, 1, 1))
    one = queries(client, "/berichte/2022/")
    for month in (2, 3):
        stored(date(2022, month, 1))
    assert queries(client, "/berichte/2022/") == one
