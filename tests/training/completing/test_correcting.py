from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.completing.completion import complete_task
from ozg_tracker.training.completing.correcting import (
    confirm_completion,
    correct_completion,
    reject_completion,
    take_back_completion,
)
from ozg_tracker.training.completing.waiting import completions_to_check
from ozg_tracker.training.models import Completion, TaskDeed, TrainingEvent, TrainingTask
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def person():
    return make.user("amt", Role.STAFF)


def _told():
    return list(TrainingEvent.objects.values_list("kind", "completed_on", "by__username", "reason"))


def test_a_day_typed_wrong_is_corrected_and_the_next_round_moves_with_it(person):
    yearly = made.course(interval_months=12)
    made.requirement(yearly)
    made.done(made.task(person, yearly, period_start=date(2025, 3, 1)), date(2025, 3, 16))
    assign_due_trainings(make.municipality(), TODAY)
    first, second = TrainingTask.objects.order_by("round")
    correct_completion(first, date(2025, 3, 26), by=person)
    second.refresh_from_db()
    assert (first.completed_on, first.renews_on) == (date(2025, 3, 26), date(2026, 3, 26))
    assert (second.period_start, second.due_on) == (date(2026, 3, 26), date(2026, 3, 26))
    assert [kind for kind, *_ in _told()][-2:] == [TaskDeed.CORRECTED, TaskDeed.MOVED]


def test_what_was_not_done_is_open_again_without_its_proof(person, settings, django_capture_on_commit_callbacks):
    task = made.task(person)
    complete_task(task, by=person, completed_on=TODAY, proof=BytesIO(b"%PDF-1.7"))
    with django_capture_on_commit_callbacks(execute=True):
        take_back_completion(task, by=person)
    assert (task.is_open, Completion.objects.count()) == (True, 0)
    assert list(Path(settings.MEDIA_ROOT).rglob("*.pdf")) == []
    assert _told() == [
        ("assigned", None, None, "alle Beschäftigten"),
        ("completed", TODAY, "amt", ""),
        ("taken_back", None, "amt", ""),
    ]


def test_taking_back_leaves_one_open_round(person):
    yearly = made.course(interval_months=12)
    made.requirement(yearly)
    made.done(made.task(person, yearly), date(2025, 3, 16))
    assign_due_trainings(make.municipality(), TODAY)
    take_back_completion(TrainingTask.objects.get(round=1), by=person)
    assert list(TrainingTask.objects.open().values_list("round", flat=True)) == [1]


@pytest.mark.parametrize(
    "deed",
    [
        lambda task, person: correct_completion(task, date(2024, 3, 20), by=person),
        lambda task, person: take_back_completion(task, by=person),
        lambda task, person: reject_completion(task, "Nicht lesbar.", by=make.user()),
    ],
)
def test_an_old_round_stays_while_a_later_one_is_done_even_with_an_open_one_after_it(person, deed):
    yearly = made.course(interval_months=12)
    for year in (2024, 2025):
        made.done(made.task(person, yearly, period_start=date(year, 3, 1)), date(year, 3, 16))
    made.task(person, yearly, due_on=date(2026, 3, 16), period_start=date(2026, 3, 16))
    before = list(TrainingTask.objects.order_by("round").values())
    with pytest.raises(ValidationError) as refused:
        deed(TrainingTask.objects.get(round=1), person)
    assert made.code(refused) == "newer_round"
    assert list(TrainingTask.objects.order_by("round").values()) == before


def test_the_coordination_confirms_once_and_nobody_confirms_the_own(person):
    coordinator = make.user()
    task = made.task(person)
    complete_task(task, by=person, completed_on=TODAY)
    assert [each.task for each in completions_to_check(coordinator, make.municipality())] == [task]
    confirm_completion(task, by=coordinator)
    assert list(completions_to_check(coordinator, make.municipality())) == []
    with pytest.raises(ValidationError) as refused:
        confirm_completion(task, by=coordinator)
    assert made.code(refused) == "confirmed"
    own = made.task(coordinator)
    complete_task(own, by=coordinator, completed_on=TODAY)
    for stranger in (coordinator, person):
        with pytest.raises(PermissionDenied):
            confirm_completion(own, by=stranger)


def test_a_rejection_is_a_sentence_for_the_person_and_opens_the_round(person):
    coordinator = make.user()
    task = made.task(person)
    complete_task(task, by=person, completed_on=TODAY)
    with pytest.raises(ValidationError) as refused:
        reject_completion(task, "  ", by=coordinator)
    assert made.code(refused) == "reason_missing"
    reject_completion(task, "Der Tag ist nicht lesbar.", by=coordinator)
    assert (task.is_open, task.rejection) == (True, "Der Tag ist nicht lesbar.")
    complete_task(task, by=person, completed_on=TODAY)
    assert task.rejection == ""


def test_last_years_proof_does_not_count_for_this_round(person):
    yearly = made.course(interval_months=12)
    made.requirement(yearly)
    made.done(made.task(person, yearly), date(2025, 3, 16))
    assign_due_trainings(make.municipality(), TODAY)
    second = TrainingTask.objects.get(round=2)
    for day in (date(2025, 3, 16), date(2026, 1, 14)):
        with pytest.raises(ValidationError) as refused:
            complete_task(second, by=person, completed_on=day)
        assert made.code(refused) == "before_round"
    complete_task(second, by=person, completed_on=date(2026, 1, 15))
    assert (second.completed_on, second.renews_on) == (date(2026, 1, 15), date(2027, 1, 15))


def test_what_has_expired_does_not_begin_a_first_round_and_what_has_not_does(person):
    task = made.task(person, made.course(interval_months=12))
    with pytest.raises(ValidationError) as refused:
        complete_task(task, by=person, completed_on=date(2016, 3, 1))
    assert made.code(refused) == "expired"
    complete_task(task, by=person, completed_on=date(2025, 10, 1))
    assert task.renews_on == date(2026, 10, 1)


def test_what_is_recognised_is_done_with_it_and_what_comes_first_comes_first(person):
    online, room, advanced = made.course("Online"), made.course("Vor Ort"), made.course("Aufbau")
    room.equivalents.add(online)
    advanced.prerequisites.add(room)
    tasks = {each.title: made.task(person, each) for each in (online, room, advanced)}
    with pytest.raises(ValidationError) as refused:
        complete_task(tasks["Aufbau"], by=person, completed_on=TODAY)
    assert made.code(refused) == "prerequisite"
    complete_task(tasks["Online"], by=person, completed_on=TODAY)
    assert _told()[-1] == ("completed", TODAY, "amt", "anerkannt: Online")
    complete_task(tasks["Aufbau"], by=person, completed_on=TODAY)
    assert TrainingTask.objects.open().count() == 0


def test_who_did_an_equivalent_is_not_asked(person):
    online, room = made.course("Online"), made.course("Vor Ort")
    room.equivalents.add(online)
    made.done(made.task(person, online), TODAY - timedelta(days=9))
    made.requirement(room)
    assert assign_due_trainings(make.municipality(), TODAY) == 0
