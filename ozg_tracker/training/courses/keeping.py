"""A course is kept by the coordination: what is due again when, which courses count for it, which come first.

The preview is the same steps without the last. What was done is due again as the course says now; rounds that are open
keep their day, and are done where an accepted course was.
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.journal import Kind
from ozg_tracker.accounts.models import User
from ozg_tracker.training.assigning.changing import change_task
from ozg_tracker.training.assigning.periods import opened_before, renewal
from ozg_tracker.training.completing.completion import done_on, refuse_day
from ozg_tracker.training.models import Course, TaskDeed, TrainingTask


class Links(NamedTuple):
    """Courses of the same municipality: those that count for a course, and those to be done before it."""

    equivalents: frozenset[Course]
    prerequisites: frozenset[Course]


class CoursePreview(NamedTuple):
    """People by what becomes of them: for whom the repetition comes earlier, later or never again; of them, `open` at
    once; `accepted`: whose open training is done by an accepted course.
    """

    sooner: frozenset[int]
    later: frozenset[int]
    never: frozenset[int]
    open: frozenset[int]
    accepted: frozenset[int]

    @property
    def mark(self) -> str:
        """The same for the same people in the same places."""
        return hashlib.sha256(repr([sorted(each) for each in self]).encode()).hexdigest()[:16]

    def figures(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in self._fields}


class _Accepted(NamedTuple):
    task: TrainingTask
    completed_on: date
    course: str


def links_of(course: Course) -> Links:
    """Those stored; none of a new course."""
    if course._state.adding:
        return Links(frozenset(), frozenset())
    return Links(frozenset(course.equivalents.all()), frozenset(course.prerequisites.all()))


def preview_course(course: Course, links: Links, today: date | None = None) -> CoursePreview:
    """If the course, which is stored, were kept as it stands here."""
    day = today or timezone.localdate()
    ahead = day + opened_before(course)
    sooner, later, never, opens = set[int](), set[int](), set[int](), set[int]()
    for person, completed_on, stored in _last_done(course):
        fresh = renewal(course, completed_on)
        if fresh == stored:
            continue
        if fresh is None:
            never.add(person)
            continue
        (sooner if stored is None or fresh < stored else later).add(person)
        if fresh <= ahead and (stored is None or stored > ahead):
            opens.add(person)
    accepted = {each.task.person_id for each in _acceptable(course, links.equivalents)}
    return CoursePreview(*(frozenset(each) for each in (sooner, later, never, opens, accepted)))


@transaction.atomic
def save_course(course: Course, links: Links | None = None, *, by: User) -> Course:
    """Keep a course that was checked, new or changed; `links` None: those it has. ValidationError `itself`,
    `other_municipality` or `circle` for courses that cannot count for it or come before it.
    """
    stored = Course.objects.select_for_update().filter(pk=course.pk).first()
    before = _facts(stored, links_of(stored)) if stored else {}
    wanted = links or links_of(course)
    refuse_links(course, wanted)
    course.save()
    course.equivalents.set(wanted.equivalents)
    course.prerequisites.set(wanted.prerequisites)
    if stored is not None and _renewing(stored) != _renewing(course):
        _renew_anew(course)
    for task, completed_on, title in _acceptable(course, wanted.equivalents):
        reason = f"anerkannt: {title}"  # kept, so German
        change_task(task, TaskDeed.COMPLETED, done_on(task, completed_on), by=by, reason=reason)
    after = _facts(course, wanted)
    journal.write(Kind.RULE, municipality=course.municipality, by=by, about=course.title, before=before, after=after)
    return course


def refuse_links(course: Course, links: Links) -> None:
    """ValidationError where a course would count for itself, or would have to be done before itself."""
    for name, those in links._asdict().items():
        if any(each.pk == course.pk for each in those):
            raise ValidationError({name: ValidationError(_("Das ist der Kurs selbst."), "itself")})
        if any(each.municipality_id != course.municipality_id for each in those):
            sentence = _("Dieser Kurs gehört zu einer anderen Kommune.")
            raise ValidationError({name: ValidationError(sentence, "other_municipality")})
    if course.pk is not None and course.pk in _all_before(each.pk for each in links.prerequisites):
        sentence = _("So käme der Kurs vor sich selbst: Ein Kurs, der vorher dran ist, setzt ihn schon voraus.")
        raise ValidationError({"prerequisites": ValidationError(sentence, "circle")})


def _all_before(courses: Iterable[int]) -> set[int]:
    """What has to be done before any of these, however far before; a query a step."""
    found, new = set[int](), set(courses)
    while new:
        found |= new
        further = Course.prerequisites.through.objects.filter(from_course__in=new)
        new = set(further.values_list("to_course", flat=True)) - found
    return found


def _last_done(course: Course) -> Iterable[tuple[int, date, date | None]]:
    """Of each person the last round that is done and after which none is open: person, day, due again on."""
    rounds = TrainingTask.objects.filter(course=course, withdrawn_on=None).order_by("person", "round")
    last = {row[0]: row for row in rounds.values_list("person", "completed_on", "renews_on")}
    return [(person, done, again) for person, done, again in last.values() if done is not None]


def _acceptable(course: Course, equivalents: Iterable[Course]) -> list[_Accepted]:
    """Open rounds that one of these courses counts for, with the last day on which it was done. Two queries."""
    titles = {each.pk: each.title for each in equivalents}
    if course.pk is None or not titles:
        return []
    done = TrainingTask.objects.filter(course__in=titles, completed_on__isnull=False)
    days = {
        person: (completed_on, titles[accepted])
        for person, completed_on, accepted in done.order_by("completed_on", "pk").values_list(
            "person", "completed_on", "course"
        )
        if completed_on is not None
    }
    still_open = TrainingTask.objects.open().filter(course=course, person__in=done.values("person"))
    found = [_Accepted(task, *days[task.person_id]) for task in still_open.order_by("pk")]
    for each in found:
        each.task.course = course  # with what is to hold from now on
    return [each for each in found if _counts(each)]


def _counts(each: _Accepted) -> bool:
    try:
        refuse_day(each.task, each.completed_on)
    except ValidationError:
        return False
    return True


def _renewing(course: Course) -> tuple[int | None, ...]:
    return course.interval_months, course.fixed_month, course.fixed_day


def _renew_anew(course: Course) -> None:
    """A statement a day."""
    done = TrainingTask.objects.filter(course=course, completed_on__isnull=False)
    for day in set(done.values_list("completed_on", flat=True)):
        if day is not None:
            done.filter(completed_on=day).update(renews_on=renewal(course, day))


def _facts(course: Course, links: Links) -> dict[str, str]:
    interval = "" if course.interval_months is None else str(course.interval_months)
    fixed = f"{course.fixed_day}.{course.fixed_month}." if course.fixed_day else ""
    told = {"course": course.title, "description": course.description, "interval_months": interval}
    more = {
        "fixed_day": fixed,
        "equivalents": ", ".join(sorted(each.title for each in links.equivalents)),
        "prerequisites": ", ".join(sorted(each.title for each in links.prerequisites)),
    }
    return told | {name: text for name, text in more.items() if text}
