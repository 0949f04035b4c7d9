"""Courses and who needs them: kept by the coordination, with an entry in the journal for each change."""

from collections.abc import Iterable

from django.db import transaction

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.journal import Kind
from ozg_tracker.accounts.models import User
from ozg_tracker.training.assigning.periods import renewal
from ozg_tracker.training.models import Course, NamedPerson, Requirement, TrainingTask


@transaction.atomic
def save_course(course: Course, *, by: User) -> Course:
    """Keep a course that was checked, new or changed."""
    stored = Course.objects.select_for_update().filter(pk=course.pk).first()
    before = _facts(stored) if stored else {}
    course.save()
    if stored is not None and _renewing(stored) != _renewing(course):
        _renew_anew(course)
    journal.write(
        Kind.RULE, municipality=course.municipality, by=by, about=course.title, before=before, after=_facts(course)
    )
    return course


@transaction.atomic
def add_requirement(requirement: Requirement, people: Iterable[User] = (), *, by: User) -> Requirement:
    """Keep a requirement that was checked; `people`: it is for these alone, as far as it is for them."""
    listed = list(people)
    requirement.named = bool(listed)
    requirement.save()
    name_people(requirement, [each.pk for each in listed])
    course = requirement.course
    journal.write(Kind.RULE, municipality=course.municipality, by=by, about=course.title, after=_who(requirement))
    return requirement


def name_people(requirement: Requirement, people: Iterable[int]) -> None:
    """Let the requirement name these people; two statements, however many."""
    NamedPerson.objects.bulk_create(NamedPerson(requirement=requirement, person_id=pk) for pk in people)


@transaction.atomic
def remove_requirement(requirement: Requirement, *, by: User) -> None:
    """What was assigned because of it stays; nobody new gets the course."""
    course = requirement.course
    journal.write(Kind.RULE, municipality=course.municipality, by=by, about=course.title, before=_who(requirement))
    requirement.delete()


def _renewing(course: Course) -> tuple[int | None, ...]:
    return course.interval_months, course.fixed_month, course.fixed_day


def _renew_anew(course: Course) -> None:
    """What was done is due again as the course says now; rounds that are open keep their day. A statement a day."""
    done = TrainingTask.objects.filter(course=course, completed_on__isnull=False)
    for day in set(done.values_list("completed_on", flat=True)):
        if day is not None:
            done.filter(completed_on=day).update(renews_on=renewal(course, day))


def _facts(course: Course) -> dict[str, str]:
    interval = "" if course.interval_months is None else str(course.interval_months)
    return {"course": course.title, "description": course.description, "interval_months": interval}


def _who(requirement: Requirement) -> dict[str, str]:
    return {
        "role": requirement.role or "all",
        "department": requirement.department.name if requirement.department else "",
        "service": requirement.service.name if requirement.service else "",
        "due_within_days": str(requirement.due_within_days),
        "starts_on": str(requirement.starts_on),
    } | ({"people": _names(requirement)} if requirement.named else {})


def _names(requirement: Requirement) -> str:
    """Whom it names, as far as an entry of the journal has room."""
    return ", ".join(str(each) for each in requirement.people.order_by("last_name", "first_name", "pk")[:100])
