"""What a rule would change before it is kept: the steps of a run, without the last."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from ozg_tracker.training.assigning.asked import asked, people_asked
from ozg_tracker.training.assigning.rules import Rule, draft_rule, stored_rules
from ozg_tracker.training.models import Exemption, Requirement, TrainingTask


class Preview(NamedTuple):
    """People by what becomes of them. `hit` are those whom the rule asks, and all of the next five together;
    `gone`: whose open training is withdrawn.
    """

    hit: frozenset[int]
    have: frozenset[int]
    stay: frozenset[int]
    moved: frozenset[int]
    new: frozenset[int]
    exempt: frozenset[int]
    gone: frozenset[int]

    @property
    def mark(self) -> str:
        """The same for the same people in the same places."""
        return hashlib.sha256(repr([sorted(each) for each in self]).encode()).hexdigest()[:16]

    def figures(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in self._fields}


def preview_requirement(
    requirement: Requirement, people: Iterable[int] = (), services: Iterable[int] = (), today: date | None = None
) -> Preview:
    """If the requirement were kept as it stands here, new or instead of the stored one."""
    return _preview(requirement, draft_rule(requirement, people, list(services)), today)


def preview_end(requirement: Requirement, today: date | None = None) -> Preview:
    """If the requirement held no more."""
    return _preview(requirement, None, today)


def _preview(requirement: Requirement, draft: Rule | None, today: date | None) -> Preview:
    course = requirement.course
    day = max(today or timezone.localdate(), requirement.starts_on if draft else date.min)
    others = Requirement.objects.holding(day).filter(course=course).exclude(pk=requirement.pk)
    rules = stored_rules(others.with_reasons()) + ([draft] if draft else [])
    hit: set[int] = set()
    if draft is not None:
        with asked(course.municipality, [draft], day, course):
            hit = people_asked()
    with asked(course.municipality, rules, day, course):
        new = _missing() & hit
        changed = _changed()
    gone = {person for person, why in changed if why == "gone"}
    moved = {person for person, why in changed if why != "gone"} & hit
    standing = TrainingTask.objects.open().filter(course=course)
    still_open = set(standing.values_list("person", flat=True)) & hit
    exempt = _exempt(requirement, day) & hit - still_open
    stay = still_open - moved - gone
    have = hit - new - still_open - exempt
    return Preview(*(frozenset(each) for each in (hit, have, stay, moved, new, exempt, gone)))


def _missing() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id FROM asked_missing")
        return {pk for (pk,) in cursor.fetchall()}


def _changed() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.person_id, c.why FROM asked_changed c JOIN training_trainingtask t ON t.id = c.id ORDER BY c.n"
        )
        return list(cursor.fetchall())


def _exempt(requirement: Requirement, day: date) -> set[int]:
    held = Exemption.objects.holding(day).filter(municipality=requirement.course.municipality_id)
    of_it = held.filter(course=None) | held.filter(course=requirement.course_id)
    return set(of_it.values_list("person", flat=True))
