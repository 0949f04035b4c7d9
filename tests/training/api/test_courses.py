"""Courses and dates as a program keeps and visits them."""

from datetime import UTC, datetime

import pytest

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.models import Course, CourseDate, TrainingTask
from tests import make
from tests.training import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]
DAY = {"starts_at": "2026-04-01T09:00:00+02:00", "ends_at": "2026-04-01T11:00:00+02:00"}


@pytest.fixture
def api(client, municipality):
    client.force_login(make.user())

    def send(path, body=None, method="post"):
        return getattr(client, method)(f"/api/v1/{path}", body or {}, "application/json")

    return send


@pytest.fixture
def staff_api(client, api):
    def send(person, path):
        client.force_login(person)
        return api(path)

    return send


def test_a_course_is_made_changed_archived_and_brought_back(api):
    wish = {"municipality": make.municipality().pk, "title": "KI-Kompetenz", "category": "change"}
    course = api("courses/", wish).json()
    assert (course["title"], course["category"], course["archived_on"]) == ("KI-Kompetenz", "change", None)
    changed = api(f"courses/{course['id']}/", {"provider": "eGov-Campus"}, "patch").json()
    assert (changed["title"], changed["provider"]) == ("KI-Kompetenz", "eGov-Campus")
    assert api(f"courses/{course['id']}/archive/").json()["archived_on"] == "2026-03-02"
    assert api(f"courses/{course['id']}/bring-back/").json()["archived_on"] is None


def test_a_title_twice_is_refused_with_its_sentence(api):
    made.course()
    answer = api("courses/", {"municipality": make.municipality().pk, "title": "Datenschutz"})
    assert answer.status_code == 400 and "gibt es schon" in answer.text


def test_a_date_has_sessions_places_and_who_leads_it(api):
    trainer = make.user("leitet", Role.STAFF)
    wish = {"course": made.course().pk, "sessions": [DAY], "places": 2, "trainer": trainer.username}
    found = api("course-dates/", wish).json()
    assert (found["places"], found["trainer"], found["seated"], found["waiting"]) == (2, "leitet", 0, 0)
    (session,) = found["sessions"]
    moved = DAY | {"id": session["id"], "starts_at": "2026-04-01T10:00:00+02:00"}
    changed = api(f"course-dates/{found['id']}/", {"sessions": [moved]}, "patch").json()
    assert (changed["sequence"], changed["sessions"][0]["id"]) == (2, session["id"])
    cancelled = api(f"course-dates/{found['id']}/cancel/", {"reason": "krank"}).json()
    assert cancelled["cancelled_because"] == "krank"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"sessions": []}, "sessions"),
        ({"sessions": [DAY], "course": 0}, "course"),
        ({"sessions": [DAY], "trainer": "niemand"}, "trainer"),
        ({"sessions": [DAY | {"starts_at": "9999-12-31T23:59:59-23:59"}]}, "sessions"),
    ],
)
def test_what_names_nothing_is_told_at_its_field(api, wish, field):
    answer = api("course-dates/", {"course": made.course().pk} | wish)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert not CourseDate.objects.exists()


def test_one_registers_waits_and_withdraws(staff_api):
    course_date = made.course_date(starts_at=datetime(2026, 4, 1, 8, tzinfo=UTC), places=1)
    Course.objects.update(self_enrolment=True)
    people = [make.user(name, Role.STAFF) for name in ("a", "b")]
    answers = [staff_api(each, f"course-dates/{course_date.pk}/register/").json() for each in people]
    assert [(each["seated"], each["place_in_line"]) for each in answers] == [(True, 0), (False, 1)]
    assert staff_api(people[0], f"course-dates/{course_date.pk}/withdraw/").status_code == 204
    assert TrainingTask.objects.get(person=people[1]).seated_at is not None


def test_presence_completes(api):
    begun = made.course_date(starts_at=datetime(2026, 3, 2, 8, tzinfo=UTC))
    task = made.task(make.user("amt", Role.STAFF), course_date=begun)
    seen = {"present": [{"session": begun.sessions.get().pk, "training_task": task.pk}]}
    assert api(f"course-dates/{begun.pk}/presence/", seen).json() == {"completed": [task.pk]}


def test_one_enrols_and_leaves(staff_api):
    person, course = make.user("amt", Role.STAFF), made.course()
    Course.objects.update(self_enrolment=True)
    answer = staff_api(person, f"courses/{course.pk}/enrol/")
    assert (answer.status_code, answer.json()) == (201, {"training_task": TrainingTask.objects.get().pk})
    assert staff_api(person, f"courses/{course.pk}/leave/").status_code == 204
    assert staff_api(person, f"courses/{course.pk}/leave/").status_code == 404
