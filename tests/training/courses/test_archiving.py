"""A course goes into the archive when nothing asks for it any more."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.training.courses.archiving import archive_course, bring_course_back
from ozg_tracker.training.models import Course, Requirement
from tests import make
from tests.training import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


def test_an_archived_course_is_closed_keeps_what_is_open_and_comes_back(coordinator):
    task = made.task(make.user("amt", Role.STAFF))
    Course.objects.update(self_enrolment=True)
    gone = archive_course(made.course(), by=coordinator)
    assert (gone.archived_on, gone.self_enrolment) == (date(2026, 3, 2), False)
    task.refresh_from_db()
    assert task.is_open
    assert not Course.objects.offered().exists()
    assert bring_course_back(gone, by=coordinator).archived_on is None
    assert JournalEntry.objects.filter(kind="rule", about="Datenschutz").count() == 2


@pytest.mark.parametrize(
    ("made_first", "code"),
    [
        (lambda: made.requirement(), "still_required"),
        (lambda: made.course_date(starts_at=datetime(2026, 4, 1, 8, tzinfo=UTC)), "dates_to_come"),
        (lambda: Course.objects.update(archived_on=date(2026, 1, 1)), "archived"),
    ],
)
def test_what_is_needed_stays(coordinator, made_first, code):
    course = made.course()
    made_first()
    with pytest.raises(ValidationError) as refused:
        archive_course(course, by=coordinator)
    assert made.code(refused) == code


def test_only_who_keeps_courses_archives(municipality):
    with pytest.raises(PermissionDenied):
        archive_course(made.course(), by=make.user("amt", Role.STAFF))


def test_nobody_asks_for_an_archived_course():
    course = made.course()
    course.archived_on = date(2026, 1, 1)
    with pytest.raises(ValidationError) as refused:
        Requirement(course=course, starts_on=date(2026, 1, 1)).clean()
    assert made.code(refused) == "archived"
