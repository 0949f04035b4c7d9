"""What an address asks a list for: a key that nobody knows is refused by every door that hands out rows."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from ozg_tracker.api.query import UnknownKeys, read_query
from tests import make
from tests.doors.access_table import TABLE
from tests.doors.addresses import keys
from tests.doors.people_access_table import PEOPLE_TABLE

ASKING = (
    *(
        "services",
        "find_rows",
        "look_back",
        "row_journal",
        "service",
        "clearing",
        "people",
        "journal",
        "profile",
        "evidence",
        "quality",
        "finding",
        "own_service",
        "reorganisations",
        "rounds",
        "own_tasks",
        "watched",
        "round_answers",
    ),
    *("catalogue", "catalogue_import", "catalogue_search", "compare_imports"),
    *(
        "my_trainings",
        "department_trainings",
        "completions_to_check",
        "archive",
        "comparison",
        "public_municipality",
        "public_month",
        "public_edition",
        "public_card",
        "public_card_drawing",
        "public_feed",
        "robots",
        "oparl_system",
        "oparl_list",
        "oparl_object",
        "month",
        "report_year",
        "edition",
        "edition_services",
    ),
)
FILES = (
    "download_status",
    "look_back_file",
    "import_problems",
    "import_problems_ods",
    "training_calendar",
    "edition_file",
    "journal_file",
    "quality_file",
    "case_template",
    "committee_calendar",
    "department_trainings_file",
    "own_data_file",
    "public_file",
    "public_view",
)


def test_what_is_empty_asks_for_nothing():
    asked = read_query(QueryDict("q=&state=&state=open&level=+&ordering=name"), ("q", "state", "level", "ordering"))
    assert dict(asked.lists()) == {"state": ["open"], "ordering": ["name"]}


def test_a_key_nobody_knows_is_told_even_if_it_is_empty():
    with pytest.raises(UnknownKeys, match="Die Filter „bla“, „foo“ gibt es hier nicht"):
        read_query(QueryDict("bla=&foo=1&q=x"), ("q",))


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*ASKING, *FILES])
def test_an_unknown_filter_is_refused_with_a_sentence(world, name):
    people, pieces = world
    client = Client()
    client.force_login(people["coordinator"])
    address = reverse(name, kwargs=keys(name, pieces))
    answer = client.get(address, {"bla": "1"})
    assert (answer.status_code, "Content-Disposition" in answer) == (400, False)
    assert "Den Filter „bla“ gibt es hier nicht." in answer.text
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_every_file_is_among_them(world):
    people, pieces = world
    client, found = Client(), set()
    client.force_login(people["coordinator"])
    for method, name, *expected in (line.split() for line in (TABLE + PEOPLE_TABLE).splitlines() if line):
        address = reverse(name, kwargs=keys(name, pieces))
        page = method == "GET" and expected[2] == "200" and not address.startswith("/api/")
        if page and client.get(address).headers.get("Content-Disposition"):
            found.add(name)
    assert found == {*FILES, "training_proof"}


@pytest.mark.django_db
def test_a_file_is_refused_for_a_value_that_does_not_exist(world):
    people, _pieces = world
    client = Client()
    client.force_login(people["coordinator"])
    answer = client.get("/leistungen/datei/herunterladen/", {"state": "quatsch"})
    assert (answer.status_code, "Den Wert im Filter „Stand“ gibt es nicht." in answer.text) == (400, True)


@pytest.mark.django_db
def test_the_api_too_takes_an_empty_filter_for_none(world):
    people, _pieces = world
    client = Client()
    client.force_login(people["coordinator"])
    every = client.get("/api/v1/municipal-services/").json()
    assert client.get("/api/v1/municipal-services/?state=&level=&responsibility=&q=").json() == every


@pytest.mark.django_db
def test_a_wrong_verdict_shows_no_row(world):
    people, _pieces = world
    make.row(make.service("99000000000001"), level=3)
    client = Client()
    client.force_login(people["coordinator"])
    assert "Mit diesem Ergebnis gibt es keine Leistung." in client.get("/nachweise/?verdict=quatsch").text
