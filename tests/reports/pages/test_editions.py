"""The council's month: archive, edition, downloads, and the coordinator's freeze, approval and correction."""

import hashlib
import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from lxml import html

from ozg_tracker.accounts.models import Role
from reports import canonical
from reports.models import Edition
from tests import make
from tests.counting import queries
from tests.reports.sample import sample

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2022, 12, 5, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def coordinator(client):
    client.force_login(make.user())
    return client


@pytest.fixture
def council(client):
    client.force_login(make.user("rat", role=Role.COUNCIL))
    return client


def edition(month=date(2022, 11, 1), number=1, state=Edition.State.APPROVED, municipality=None, **fields):
    figures = canonical.dumps(sample() | {"month": f"{month:%Y-%m}"})
    return Edition.objects.create(
        municipality=municipality or make.municipality(),
        month=month,
        number=number,
        figures=figures,
        sha256=hashlib.sha256(figures.encode()).hexdigest(),
        known_at=datetime(2022, 12, 2, tzinfo=UTC),
        catalogue_import=make.catalogue_import(),
        state=state,
        correction_reason="" if number == 1 else "Reifegrad nachgetragen",
        **fields,
    )


def test_the_archive_lists_months_with_their_frozen_figures(council):
    edition()
    text = council.get("/berichte/").text
    assert "November 2022" in text and "21 von 60" in text and "35,0" in text and "genehmigt" in text
    assert "+2" in text  # 21 ready after 19 in October, by the edition's own trend


def test_the_archive_answers_the_four_questions_of_the_newest_month(council):
    edition()
    text = council.get("/berichte/").text
    for question in ("Was ist online?", "Was hat sich bewegt?", "Zugesagt und nicht gehalten", "Als Nächstes"):
        assert question in text


def test_the_council_sees_no_draft_and_the_edition_in_force_before(council):
    edition()
    edition(number=2, state=Edition.State.DRAFT)
    assert "Entwurf" not in council.get("/berichte/").text
    assert "Ausgabe 1" in council.get("/berichte/2022/11/").text
    assert council.get("/berichte/2022/11/2/").status_code == 404
    assert council.get("/berichte/2022/11/2/pdf").status_code == 404
    assert council.get("/berichte/2022/11/?number=2").status_code == 404


def test_the_month_shows_its_last_edition_and_older_ones_on_request(council):
    edition()
    edition(number=2)
    assert "Ausgabe 2" in council.get("/berichte/2022/11/").text
    for address in ("/berichte/2022/11/1/", "/berichte/2022/11/?number=1"):
        assert "Diese Ausgabe ist ersetzt" in council.get(address).text
    assert "2 (berichtigt)" in council.get("/berichte/").text


def test_an_empty_archive_says_what_comes(council):
    assert "Sobald die OZG-Koordination" in council.get("/berichte/").text


@pytest.mark.parametrize(
    "address", ["/berichte/2022/13/", "/berichte/2022/10/", "/berichte/0/1/", "/berichte/2022/11/9/"]
)
def test_a_month_without_an_edition_does_not_exist(council, address):
    edition()
    assert council.get(address).status_code == 404


def test_years_before_are_one_click_away(council):
    edition(date(2021, 12, 1))
    edition()
    text = council.get("/berichte/").text
    assert "<h2>2022</h2>" in text and "2021 (1 Bericht)" in text and "Dezember 2021" not in text
    assert "Dezember 2021" in council.get("/berichte/?year=2021").text
    assert council.get("/berichte/?year=x").status_code == 200


@pytest.mark.parametrize(
    ("format", "kind"),
    [
        ("pdf", "application/pdf"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
        ("html", "text/html; charset=utf-8"),
    ],
)
def test_downloads_have_their_kind_and_a_name_that_says_what_they_are(council, format, kind):
    municipality = make.municipality()
    municipality.name = "Stadt Großmühlen"
    municipality.save()
    edition(municipality=municipality)
    edition(municipality=municipality, number=2)
    answer = council.get(f"/berichte/2022/11/1/{format}")
    assert answer.headers["Content-Type"] == kind
    name = f'attachment; filename="sachstandsbericht-stadt-grossmuehlen-2022-11.{format}"'
    assert answer.headers["Content-Disposition"] == name
    assert "-2022-11-ausgabe-2." in council.get(f"/berichte/2022/11/2/{format}").headers["Content-Disposition"]


def test_the_json_is_the_frozen_text_byte_for_byte(council):
    frozen = edition()
    answer = council.get("/berichte/2022/11/1/json")
    assert hashlib.sha256(answer.content).hexdigest() == frozen.sha256


def test_an_unknown_format_does_not_exist(council):
    edition()
    assert council.get("/berichte/2022/11/1/exe").status_code == 404


def test_another_municipality_does_not_exist(council):
    edition(municipality=make.municipality("Anderswo", ars="159990020020"))
    assert council.get("/berichte/2022/11/").status_code == 404
    assert "Noch kein Bericht" in council.get("/berichte/").text


@pytest.fixture
def month():
    """A municipality with a service, so that a month can be frozen."""
    make.row(level=3)
    return make.municipality()


def test_the_coordinator_freezes_checks_approves(coordinator, month):
    archive = coordinator.get("/berichte/").text
    assert "November 2022 festschreiben" in archive and 'value="2022-11"' in archive
    answer = coordinator.post("/berichte/festschreiben/", {"month": "2022-11"})
    assert answer.headers["Location"] == "/berichte/2022/11/1/"
    draft = coordinator.get("/berichte/2022/11/1/").text
    assert "Bericht genehmigen" in draft and "Entwurf" in draft
    assert "November 2022 liegt als Entwurf vor" in coordinator.get("/berichte/").text
    coordinator.post("/berichte/2022/11/1/genehmigen/")
    assert Edition.objects.get().state == Edition.State.APPROVED
    assert "Dezember 2022 läuft noch" in coordinator.get("/berichte/").text


def test_the_month_that_runs_is_previewed_and_nothing_is_stored(coordinator, month):
    coordinator.post("/berichte/festschreiben/", {"month": "2022-11"})
    make.row(make.service("99000000000001"), level=3, recorded_at=datetime(2022, 12, 3, tzinfo=UTC))
    text = coordinator.get("/berichte/2022/12/vorschau/").text
    assert "Vorschau, nicht festgeschrieben." in text and "zum Stichtag 31.12.2022" in text
    assert "Was anders ist als im November 2022" in text
    [ready] = re.findall(r"<th scope=.row.>Fertig</th>(.*?)</tr>", text)
    assert re.findall(r">([^<>]+)</td>", ready) == ["1 von 1 (100\u202f%)", "2 von 2 (100\u202f%)", "+1"]
    assert Edition.objects.count() == 1


def test_a_preview_shows_what_freezing_stores(coordinator, month):
    make.row(make.service("99000000000001"), planned_on=date(2022, 11, 20), state="planned")
    previewed = coordinator.get("/berichte/2022/11/vorschau/").context["preview"]
    coordinator.post("/berichte/festschreiben/", {"month": "2022-11"})
    assert canonical.dumps(previewed.figures) == Edition.objects.get().figures
    assert previewed.last is None and {each.change for each in previewed.compared} == {"–"}


def test_a_preview_ends_where_a_month_is_frozen_or_has_not_begun(coordinator, month):
    coordinator.post("/berichte/festschreiben/", {"month": "2022-11"})
    assert coordinator.get("/berichte/2022/11/vorschau/").headers["Location"] == "/berichte/2022/11/"
    assert [coordinator.get(f"/berichte/{each}/vorschau/").status_code for each in ("2023/1", "2022/13", "0/1")] == [
        404,
        404,
        404,
    ]


def test_without_a_catalogue_a_preview_says_so(coordinator):
    assert "noch kein Katalog" in coordinator.get("/berichte/2022/12/vorschau/", follow=True).text


def test_the_archive_names_what_should_be_reported_before_the_month_is_frozen(coordinator, month):
    make.row(make.service("99000000000001"), planned_on=date(2022, 12, 1))
    text = " ".join(coordinator.get("/berichte/").text.split())
    assert "ein verstrichener Termin</a>" in text and "eine nicht bewertete Leistung</a>" in text
    assert 'href="/berichte/2022/11/vorschau/"' in text and 'href="/berichte/2022/12/vorschau/"' in text


@pytest.mark.parametrize("wrong", ["2022-12", "2022-13", "November", ""])
def test_a_month_that_cannot_be_frozen_gets_a_sentence(coordinator, month, wrong):
    answer = coordinator.post("/berichte/festschreiben/", {"month": wrong}, follow=True)
    assert "ozg-note--bad" in answer.text and Edition.objects.count() == 0


FOUR_FIGURES = [
    ["Was ist online?", "100 % (1 von 1)", "0 % (0 von 1)"],
    ["Was hat sich bewegt?", "±0", "−1"],
    ["Zugesagt und nicht gehalten", "0", "unverändert"],
    ["Als Nächstes", "0 zugesagt", "unverändert"],
]


def four_figures(page):
    """The lines of the table that sets the four figures before a correction beside those after it."""
    table = html.fromstring(page).xpath("//table[caption[contains(., 'Die vier Zahlen')]]")[0]
    return [[" ".join(cell.text_content().split()) for cell in line.xpath("th|td")] for line in table.xpath("tbody/tr")]


def test_a_correction_shows_first_what_differs_and_needs_a_reason(coordinator, month):
    coordinator.post("/berichte/festschreiben/", {"month": "2022-11"})
    coordinator.post("/berichte/2022/11/1/genehmigen/")
    assert "nichts zu berichtigen" in coordinator.get("/berichte/2022/11/berichtigen/").text
    row = month.services.get()
    make.event(row, effective_on=date(2022, 11, 20), recorded_at=datetime(2022, 12, 5, 8, tzinfo=UTC), level=2)
    page = coordinator.get("/berichte/2022/11/berichtigen/").text
    assert "Das würde sich ändern" in page and Edition.objects.count() == 1
    assert four_figures(page) == FOUR_FIGURES
    refused = coordinator.post("/berichte/2022/11/berichtigen/", {"reason": " "})
    assert refused.status_code == 400 and "Bitte nennen Sie den Grund" in refused.text
    answer = coordinator.post("/berichte/2022/11/berichtigen/", {"reason": "Nachweise fehlen"})
    assert answer.headers["Location"] == "/berichte/2022/11/2/"
    assert [(each.number, each.state) for each in Edition.objects.all()] == [(2, "draft"), (1, "approved")]
    assert four_figures(coordinator.get("/berichte/2022/11/2/").text) == FOUR_FIGURES


DEEDS = ("/berichte/festschreiben/", "/berichte/2022/11/1/genehmigen/", "/berichte/2022/11/berichtigen/")


@pytest.mark.parametrize(
    ("role", "reads"), [("manager", 200), ("staff", 200), ("council", 200), ("operator", 403), (None, 302)]
)
def test_only_the_coordination_acts_and_the_operator_reads_nothing(client, role, reads):
    edition()
    if role:
        client.force_login(make.user("person", role=role, department=make.department()))
    assert {
        client.get(each).status_code for each in ("/berichte/", "/berichte/2022/11/", "/berichte/2022/11/1/pdf")
    } == {reads}
    assert {client.post(each, {"month": "2022-11", "reason": "x"}).status_code for each in DEEDS} == {403}
    assert "festschreiben" not in client.get("/berichte/").text
    assert Edition.objects.count() == 1


def test_acts_do_not_answer_to_a_look(coordinator):
    edition(state=Edition.State.DRAFT)
    assert {coordinator.get(each).status_code for each in DEEDS[:2]} == {405}
    assert coordinator.post("/berichte/").status_code == 405


def test_the_archive_asks_the_database_as_often_for_three_as_for_one(coordinator):
    edition(date(2022, 11, 1))
    one = queries(coordinator, "/berichte/")
    edition(date(2022, 10, 1))
    edition(date(2022, 9, 1))
    assert queries(coordinator, "/berichte/") == one


def test_a_preview_asks_the_database_as_often_for_three_rows_as_for_one(coordinator, month):
    one = queries(coordinator, "/berichte/2022/12/vorschau/")
    for number in (1, 2):
        make.row(make.service(f"9900000000000{number}"), level=3)
    assert queries(coordinator, "/berichte/2022/12/vorschau/") == one
