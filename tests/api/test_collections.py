"""Every collection of the contract lists, pages, narrows and shows its items, with a constant number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import MaturityModel
from ozg_tracker.api_urls import router
from ozg_tracker.tracking.models import Deadline
from tests import make
from tests.api.programs import Program, edition, fill

pytestmark = pytest.mark.django_db

COLLECTIONS = [
    *("topics", "situations", "bundles", "services", "catalogue-imports", "municipalities", "departments"),
    *("reorganisations", "people", "handovers", "deputies", "memberships", "coordinator-requests"),
    *("service-accounts", "journal"),
    *(
        "municipal-services",
        "status-changes",
        "evidence",
        "case-counts",
        "counting-weeks",
        "deadlines",
        "rounds",
        "comments",
        "merges",
    ),
    "own-services",
    "own-lists",
    "maturity-models",
    "maturity-model-changes",
    *(
        "courses",
        "requirements",
        "training-tasks",
        "training-completions",
        "training-exemptions",
        "course-dates",
        "editions",
        "committees",
        "meetings",
        "goals",
    ),
    *("webhooks", "webhook-deliveries"),
]


def test_the_collections_are_those_of_the_contract():
    told_elsewhere = ("findings", "scope-profiles")  # one answer; and what comes with the program
    assert [prefix for prefix, *_ in router.registry if prefix not in told_elsewhere] == COLLECTIONS


@pytest.fixture(autouse=True)
def _no_deadlines_of_the_law():
    Deadline.objects.all().delete()


@pytest.fixture(autouse=True)
def _one_maturity_model():
    MaturityModel.objects.filter(version="2.0").delete()


def listed(program, path):
    """The rows of a list, and how many queries they took."""
    with CaptureQueriesContext(connection) as captured:
        response = program.read(path)
    assert response.status_code == 200, response.content
    assert not any(each["sql"].startswith("SELECT COUNT(") for each in captured)
    return response.json()["results"], len(captured)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_three_rows_cost_as_many_queries_as_one_and_are_never_counted(name, program):
    fill(range(1))
    program.read(f"{name}/")  # the first use of a key is written down
    one, for_one = listed(program, f"{name}/")
    fill(range(1, 3))
    three, for_three = listed(program, f"{name}/")
    assert (len(one), len(three)) == (1, 3)
    assert for_three == for_one <= 4


@pytest.mark.parametrize("name", COLLECTIONS)
def test_an_item_says_what_the_list_says_of_it(name, program):
    fill(range(2))
    for row in program.read(f"{name}/").json()["results"]:
        item = program.read(f"{name}/{row['id']}/").json()
        for of_the_item_alone in ("figures", "signature"):
            item.pop(of_the_item_alone, None)
        assert item == row


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_order_that_is_offered_reads_all_rows_once_page_by_page_and_back(name, program):
    fill(range(3))
    orderings = next(viewset for prefix, viewset, _ in router.registry if prefix == name).orderings
    for ordering in [*orderings, *(f"-{each}" for each in orderings)]:
        whole = [row["id"] for row in program.read(f"{name}/", ordering=ordering).json()["results"]]
        pages = [program.read(f"{name}/", ordering=ordering, page_size=1).json()]
        while pages[-1]["next"]:
            pages.append(program.get(pages[-1]["next"]).json())
        assert [row["id"] for page in pages for row in page["results"]] == whole
        back = program.get(pages[-1]["previous"]).json()
        assert back["results"] == pages[-2]["results"]
        assert program.get(back["previous"]).json()["previous"] is None


@pytest.mark.parametrize("name", COLLECTIONS)
def test_an_item_that_is_not_there_is_404(name, program):
    assert program.read(f"{name}/99999999999999999999/").status_code == 404
    assert program.read(f"{name}/eins/").status_code == 404


def test_a_municipal_service_is_flat_and_names_what_it_belongs_to(program, coordinator):
    dog = make.row(
        make.service(), level=2, state="planned", owner=coordinator, planned_on="2022-12-31", note="Formular"
    )
    assert program.read("municipal-services/").json() == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": dog.pk,
                "municipality": dog.municipality_id,
                "service": dog.service_id,
                "service_key": "99102013104000",
                "service_name": "Hundesteuer Anmeldung",
                "responsibility": "municipality",
                "department": None,
                "owner": "koordination",
                "state": "planned",
                "level": 2,
                "planned_on": "2022-12-31",
                "online_url": "",
                "cases_per_year": None,
                "note": "Formular",
                "version": 1,
            }
        ],
    }


def test_not_rated_is_null_and_never_zero(program):
    make.row(make.service("99000000000001"), level=0)
    make.row(make.service("99000000000002"))
    assert [row["level"] for row in program.read("municipal-services/").json()["results"]] == [0, None]


def test_instants_carry_berlins_offset_and_days_none(program):
    make.row(recorded_at=make.datetime(2022, 7, 1, 22, 30, tzinfo=make.UTC), effective_on=make.date(2022, 7, 1))
    [event] = program.read("status-changes/").json()["results"]
    assert (event["recorded_at"], event["effective_on"]) == ("2022-07-02T00:30:00+02:00", "2022-07-01")


def test_a_service_names_its_types_and_current_bundles_in_order(program):
    two = make.service(bundles=[make.bundle("10200"), make.bundle("10100")], types="2/3;5")
    gone = make.service("99000000000001", types="", bundles=[])
    make.ServiceBundle.objects.create(
        service=gone, bundle=make.bundle("10100"), since=two.since, until=make.catalogue_import("2")
    )
    rows = program.read("services/", ordering="-key").json()["results"]
    assert [(row["types"], row["bundles"]) for row in rows] == [(["2/3", "5"], ["10100", "10200"]), ([], [])]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "hunde"}, ["Hundesteuer"]),
        ({"key": "99000000000002"}, ["Fischereischein"]),
        ({"bundle": "10100"}, ["Fischereischein"]),
        ({"type": "2"}, ["Hundesteuer"]),
        ({"sdg": "true"}, ["Fischereischein"]),
        ({"countable": "false"}, ["Fischereischein"]),
        ({"retired": "true"}, ["Fischereischein"]),
        ({"retired": "false", "countable": "true"}, ["Hundesteuer"]),
    ],
)
def test_services_are_narrowed(query, names, program):
    make.service("99000000000001", "Hundesteuer", types="4a;2")
    facts = {"sdg": "Angeln", "countable": False, "retired_on": "2022-01-01"}
    make.service("99000000000002", "Fischereischein", types="12", bundles=[make.bundle("10100", topic="See")], **facts)
    assert [row["name"] for row in program.read("services/", **query).json()["results"]] == names


def test_history_is_read_from_where_one_stopped(program):
    row = make.row(recorded_at=make.datetime(2022, 7, 1, 10, tzinfo=make.UTC))
    make.event(row, recorded_at=make.datetime(2022, 7, 1, 11, tzinfo=make.UTC), state="planned")
    events = program.read("status-changes/", recorded_after="2022-07-01T12:00:00+02:00").json()["results"]
    assert [(event["version"], event["state"]) for event in events] == [(2, "planned")]


def test_an_edition_shows_its_figures_only_as_an_item(program):
    frozen = edition()
    assert "figures" not in program.read("editions/").json()["results"][0]
    assert program.read(f"editions/{frozen.pk}/").json()["figures"] == {"schema": 1}


def test_rows_that_come_in_between_neither_repeat_nor_skip(program):
    for number in (1, 3, 5):
        make.service(f"9900000000000{number}", bundles=[])
    first = program.read("services/", ordering="key", page_size=2).json()
    make.service("99000000000002", bundles=[])
    make.service("99000000000004", bundles=[])
    second = program.get(first["next"]).json()
    assert [row["key"][-1] for page in (first, second) for row in page["results"]] == ["1", "3", "4", "5"]


def test_rows_without_a_value_come_last_in_both_directions(program):
    for number, day in enumerate(["2022-12-31", None, "2022-01-31", None]):
        make.row(make.service(f"9900000000000{number}"), planned_on=day)
    for ordering, days in {
        "planned_on": ["2022-01-31", "2022-12-31", None, None],
        "-planned_on": ["2022-12-31", "2022-01-31", None, None],
    }.items():
        page = program.read("municipal-services/", ordering=ordering, page_size=1).json()
        found = page["results"]
        while page["next"]:
            page = program.get(page["next"]).json()
            found += page["results"]
        assert [row["planned_on"] for row in found] == days
        back = []
        while page["previous"]:
            page = program.get(page["previous"]).json()
            back = page["results"] + back
        assert back == found[:3]


def test_a_session_reads_as_well(client, coordinator):
    client.force_login(coordinator)
    assert client.get("/api/v1/topics/").status_code == 200


def test_a_revoked_key_opens_nothing(coordinator):
    program = Program(coordinator)
    coordinator.tokens.update(revoked_at="2022-01-01T00:00:00Z")
    refused = program.read("topics/")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
