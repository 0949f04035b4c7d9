"""Coverage, readiness, topics and assigning to many, as a program asks for them."""

from datetime import date

import pytest

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.models import TrainingTask
from tests import make
from tests.training import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]
ASSIGN = "/api/v1/training-tasks/assign/"


@pytest.fixture
def office(municipality):
    return make.department("Bürgerbüro")


@pytest.fixture
def people(office):
    return [make.user(f"kim{number}", Role.STAFF, department=office) for number in range(6)]


@pytest.fixture
def coordinator(sign_in, municipality):
    return sign_in(make.user("koordination"))


def sent(client, **body):
    return client.post(ASSIGN, {"course": made.course().pk, "due_on": "2026-04-01"} | body, "application/json")


def test_those_named_get_it_and_who_cannot_is_named_with_why(coordinator, people):
    made.task(people[0], due_on=date(2026, 3, 20))
    answer = sent(coordinator, people=["kim0", "kim1", "kim2"])
    assert (answer.status_code, answer.json()) == (
        201,
        {"assigned": 2, "refused": [{"person": "kim0", "reason": "schon zugewiesen, fällig am 20.03.2026"}]},
    )


def test_all_that_a_search_finds_get_it(coordinator, people, office):
    other = make.user("alex", Role.STAFF, department=make.department("Bauamt"))
    assert sent(coordinator, search={"department": office.pk}).json()["assigned"] == 6
    assert sent(coordinator, search={"name": "alex"}).json()["assigned"] == 1
    assert TrainingTask.objects.filter(person=other).count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "people"),
        ({"people": ["niemand"]}, "people"),
        ({"people": ["kim0"], "course": 0}, "course"),
        ({"search": {"department": 0}}, "search"),
        ({"people": ["kim0"], "due_on": "2020-01-01"}, "due_on"),
    ],
)
def test_what_names_nothing_is_refused_and_nobody_gets_anything(coordinator, people, body, field):
    answer = sent(coordinator, **body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert not TrainingTask.objects.exists()


def test_who_leads_assigns_to_the_own_people_alone(sign_in, people, office):
    make.user("fremd", Role.STAFF, department=make.department("Bauamt"))
    lead = sign_in(make.user("leitung", Role.MANAGER, department=office))
    assert sent(lead, people=["fremd"]).status_code == 400
    assert sent(lead, people=["kim0"]).json()["assigned"] == 1


def test_coverage_says_by_rule_and_by_course_how_far_all_are(coordinator, people):
    rule = made.requirement()
    made.done(made.task(people[0], rule=rule), date(2026, 2, 1))
    made.task(people[1], rule=rule, due_on=date(2026, 2, 1))
    made.task(people[2], due_on=date(2026, 4, 1))
    found = coordinator.get("/api/v1/training-coverage/", {"municipality": make.municipality().pk}).json()
    line = {"course": made.course().pk, "suspended": 0}
    assert found["courses"] == [line | {"requirement": None, "asked": 3, "done": 1, "due": 1, "late": 1}]
    assert found["requirements"] == [
        line | {"requirement": rule.pk, "asked": 2, "done": 1, "due": 0, "late": 1},
        line | {"requirement": None, "asked": 1, "done": 0, "due": 1, "late": 0},
    ]


def test_readiness_says_a_number_from_five_people_on(coordinator, people, office):
    row = make.row(department=office, planned_on=date(2026, 5, 1))
    made.requirement(service=row.service, days_before=14)
    made.done(made.task(people[0]), date(2026, 2, 1))
    address = f"/api/v1/training-readiness/?municipality={make.municipality().pk}"
    (line,) = coordinator.get(address).json()["results"]
    assert line == {
        "municipal_service": row.pk,
        "goes_live_on": "2026-05-01",
        "is_live": False,
        "complete": False,
        "team": 6,
        "ready": 1,
        "missing": [{"course": made.course().pk, "people": 5}],
    }
    for person in people[2:]:
        make.leave(person)
    (line,) = coordinator.get(address).json()["results"]
    assert (line["team"], line["ready"], line["missing"]) == (None, None, None)


@pytest.mark.parametrize("name", ["coverage", "readiness"])
def test_the_whole_is_for_the_coordination_of_the_municipality(sign_in, office, name):
    address, ours = f"/api/v1/training-{name}/", {"municipality": make.municipality().pk}
    lead = sign_in(make.user("leitung", Role.MANAGER, department=office))
    assert lead.get(address, ours).status_code == 403
    assert [lead.get(address, asked).status_code for asked in ({}, {"municipality": 0})] == [400, 400]


def test_topics_say_that_they_are_ours(coordinator):
    found = coordinator.get("/api/v1/course-topics/").json()["results"]
    assert len(found) == 14
    assert [each["slug"] for each in found if each["source"]] == [
        "reifegrade-bewerten",
        "nutzerkonten",
        "verwaltungsportal",
        "barrierefreie-dokumente",
        "klare-sprache",
    ]
