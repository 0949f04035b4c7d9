"""When a course is due again, what counts for it and what comes before it: looked at first, then kept."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.training.courses.keeping import Links, links_of, preview_course, save_course
from ozg_tracker.training.models import Course, TrainingEvent
from tests import make
from tests.training import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]
NONE = Links(frozenset(), frozenset())


@pytest.fixture
def people(municipality):
    return [make.user(name, Role.STAFF) for name in ("a", "b", "c")]


def accepting(*courses):
    return Links(frozenset(courses), frozenset())


def after(*courses):
    return Links(frozenset(), frozenset(courses))


def test_a_course_that_changes_nothing_for_people_has_an_empty_preview(people):
    course = made.course(interval_months=12)
    made.done(made.task(people[0], course), date(2026, 1, 10))
    course.title = "Datenschutz heute"
    assert preview_course(course, NONE).figures() == dict.fromkeys(("sooner", "later", "never", "open", "accepted"), 0)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (6, {"sooner": {"a", "b"}, "open": {"a"}}),
        (24, {"later": {"a", "b"}}),
        (None, {"never": {"a", "b"}}),
    ],
)
def test_another_interval_says_for_whom_it_is_sooner_later_or_never(people, months, expected):
    course = made.course(interval_months=12)
    made.done(made.task(people[0], course), date(2025, 9, 1))
    made.done(made.task(people[1], course), date(2026, 2, 1))
    made.done(made.task(people[2], course), date(2025, 2, 1))
    made.task(people[2], course)  # an open round keeps its day
    course.interval_months = months
    found = preview_course(course, NONE)
    names = {each.pk: each.username for each in people}
    assert {name: {names[pk] for pk in those} for name, those in found._asdict().items() if those} == expected


def test_a_fixed_day_moves_the_next_round_to_it(people, coordinator):
    course = made.course(interval_months=12)
    task = made.done(made.task(people[0], course), date(2025, 11, 20)).task
    course.fixed_month, course.fixed_day = 12, 31
    assert preview_course(course, NONE).figures()["later"] == 1
    save_course(course, NONE, by=coordinator)
    task.refresh_from_db()
    assert task.renews_on == date(2026, 12, 31)
    assert JournalEntry.objects.get(about="Datenschutz").after["fixed_day"] == "31.12."


def test_what_an_accepted_course_did_is_done_with_an_event(people, coordinator):
    course, campus = made.course(), made.course("eGov-Campus: Datenschutz")
    made.done(made.task(people[0], campus), date(2026, 1, 15))
    task, still_open = made.task(people[0], course), made.task(people[1], course)
    assert preview_course(course, accepting(campus)).accepted == {people[0].pk}
    save_course(course, accepting(campus), by=coordinator)
    task.refresh_from_db()
    still_open.refresh_from_db()
    assert (task.completed_on, still_open.completed_on) == (date(2026, 1, 15), None)
    event = TrainingEvent.objects.filter(task=task).last()
    assert (event.kind, event.by, event.reason) == ("completed", coordinator, "anerkannt: eGov-Campus: Datenschutz")


def test_an_accepted_course_of_the_round_before_does_not_count(people, coordinator):
    course, campus = made.course(interval_months=12), made.course("eGov-Campus: Datenschutz")
    made.done(made.task(people[0], campus), date(2024, 1, 15))
    made.done(made.task(people[0], course), date(2025, 2, 1))
    task = made.task(people[0], course, period_start=date(2026, 2, 1))
    save_course(course, accepting(campus), by=coordinator)
    task.refresh_from_db()
    assert task.is_open


def test_saved_without_a_word_on_other_courses_they_stay(coordinator):
    course, first = made.course(), made.course("Grundlagen")
    save_course(course, after(first), by=coordinator)
    course.provider = "Studieninstitut"
    assert links_of(save_course(course, by=coordinator)) == after(first)


@pytest.mark.parametrize("far", [1, 2, 3])
def test_no_course_comes_before_itself(coordinator, far):
    chain = [made.course(f"Kurs {number}") for number in range(far + 1)]
    for later, earlier in zip(chain[1:], chain, strict=False):
        save_course(later, after(earlier), by=coordinator)
    with pytest.raises(ValidationError) as refused:
        save_course(chain[0], after(chain[-1]), by=coordinator)
    assert made.code(refused) == "circle"


@pytest.mark.parametrize("links", [accepting, after])
def test_a_course_counts_neither_for_itself_nor_before_itself(coordinator, links):
    course = made.course()
    with pytest.raises(ValidationError) as refused:
        save_course(course, links(course), by=coordinator)
    assert made.code(refused) == "itself"


def test_courses_elsewhere_do_not_count(coordinator):
    other = made.course(municipality=make.municipality("Neustadt", ars="159990020020"))
    with pytest.raises(ValidationError) as refused:
        save_course(made.course(), accepting(other), by=coordinator)
    assert made.code(refused) == "other_municipality"


@pytest.mark.parametrize("number", [1, 3])
def test_a_preview_asks_four_times_at_most(people, django_assert_max_num_queries, number):
    course, campus = made.course(interval_months=12), made.course("eGov-Campus")
    for each in people[:number]:
        made.done(made.task(each, campus), date(2026, 1, 15))
        made.task(each, course)
    with django_assert_max_num_queries(3):
        assert len(preview_course(course, accepting(campus)).accepted) == number


def test_the_page_shows_what_changes_before_it_is_kept(sign_in, coordinator, people):
    course, campus = made.course(interval_months=12), made.course("eGov-Campus")
    made.done(made.task(people[0], course), date(2025, 9, 1))
    client, page = sign_in(coordinator), f"/schulungen/kurse/{course.pk}/aendern/"
    sent = {"title": "Datenschutz", "interval_months": "6", "equivalents": [campus.pk], "fixed_day": ""}
    seen = client.post(page, sent)
    course.refresh_from_db()
    assert (course.interval_months, "sind früher wieder dran" in seen.text) == (12, True)
    kept = client.post(page, sent | {"mark": seen.context["preview"].mark})
    course.refresh_from_db()
    assert (kept.status_code, course.interval_months, links_of(course)) == (302, 6, accepting(campus))


def test_the_page_refuses_half_a_day_and_a_circle(sign_in, coordinator):
    course, later = made.course(interval_months=12), made.course("Aufbau")
    save_course(later, after(course), by=coordinator)
    client, page = sign_in(coordinator), f"/schulungen/kurse/{course.pk}/aendern/"
    half = client.post(page, {"title": "Datenschutz", "interval_months": "12", "fixed_day": "31"})
    circle = client.post(page, {"title": "Datenschutz", "interval_months": "12", "prerequisites": [later.pk]})
    assert (half.status_code, circle.status_code) == (400, 400)
    assert "Ein fester Tag hat Tag und Monat" in half.text
    assert "So käme der Kurs vor sich selbst" in circle.text


@pytest.mark.parametrize(
    ("day", "month", "status"), [(30, 2, 400), (31, 2, 400), (31, 4, 400), (31, 11, 400), (29, 2, 302), (31, 12, 302)]
)
def test_a_fixed_day_is_one_that_there_is(sign_in, coordinator, day, month, status):
    client = sign_in(coordinator)
    sent = {"title": "Neu", "interval_months": "12", "fixed_day": day, "fixed_month": month}
    answer = client.post("/schulungen/kurse/neu/", sent)
    assert (answer.status_code, "Diesen Tag gibt es in dem Monat nicht." in answer.text) == (status, status == 400)
    assert status == 302 or list(answer.context["form"].errors) == ["fixed_day"]
    course = made.course("Alt", interval_months=12)
    stored = Course.objects.filter(pk=course.pk)
    if status == 400:
        with pytest.raises(IntegrityError), transaction.atomic():
            stored.update(fixed_day=day, fixed_month=month)
    else:
        assert stored.update(fixed_day=day, fixed_month=month) == 1


def test_a_program_looks_and_keeps(sign_in, coordinator, people):
    course, campus = made.course(interval_months=12), made.course("eGov-Campus")
    made.done(made.task(people[0], course), date(2025, 9, 1))
    client, address = sign_in(coordinator), f"/api/v1/courses/{course.pk}/"
    wish = {"fixed_day": 31, "fixed_month": 12, "equivalents": [campus.pk], "prerequisites": []}
    looked = client.post(f"{address}preview/", wish, "application/json")
    assert looked.json() == {"sooner": 1, "later": 0, "never": 0, "open": 1, "accepted": 0}
    kept = client.patch(address, wish, "application/json").json()
    assert (kept["fixed_day"], kept["fixed_month"], kept["equivalents"]) == (31, 12, [campus.pk])
    wrong = client.patch(address, {"prerequisites": [0, course.pk + 9999]}, "application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "prerequisites")
