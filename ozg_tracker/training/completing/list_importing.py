"""import_completions(): what people have done, from a list: read, planned, and done as one or not at all."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.problems import Problem, Refused, Severity
from ozg_tracker.accounts import access, journal
from ozg_tracker.accounts.models import Deed, Municipality, StaffNumber, User
from ozg_tracker.training.assigning.changing import change_task, record
from ozg_tracker.training.completing.completion import complete_equivalents, done_on, refuse_day
from ozg_tracker.training.completing.list_reading import Line, List, completion_day, read_completions
from ozg_tracker.training.models import Completion, Course, TaskDeed, TrainingTask, learners


@dataclass
class Wish:
    """A completion to be taken over; `task` None: one that nobody had assigned."""

    line: Line
    person: User
    course: Course
    day: date
    task: TrainingTask | None


@dataclass
class CompletionImport:
    """What came of a list. `refused`: an error in a line that was not left out; nothing was written then."""

    rows: int = 0
    not_done: int = 0
    new: list[Wish] = field(default_factory=list)
    unchanged: int = 0
    left_out: int = 0
    problems: list[Problem] = field(default_factory=list)
    applied: bool = False

    @property
    def refused(self) -> bool:
        return any(problem.severity == Severity.ERROR for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        numbers = {"rows": self.rows, "not_done": self.not_done, "new": len(self.new), "unchanged": self.unchanged}
        problems = [problem.as_json() for problem in self.problems]
        return {**numbers, "left_out": self.left_out, "applied": self.applied, "problems": problems}


def import_completions(
    path: Path,
    municipality: Municipality,
    *,
    by: User,
    course: Course | None = None,
    leave_out: Collection[int] = (),
    dry_run: bool = False,
) -> CompletionImport:
    """Note as done what the list says; people by staff number, mail address or user name, courses by title.

    `course`: all lines are of this one. `leave_out`: numbers of rows that are not taken over, problem or not. Any error
    in another row refuses the list as a whole; a dry run does the same without the last step; the same list again
    changes nothing. PermissionDenied for whom may not keep courses.
    """
    if not access.may(by, municipality, Deed.KEEP_COURSES):
        raise PermissionDenied(_("Abschlüsse aus einer Liste übernimmt die OZG-Koordination."))
    try:
        listed = read_completions(path, with_course=course is None)
    except Refused as refused:
        return CompletionImport(problems=[refused.problem])
    with transaction.atomic():
        Municipality.objects.select_for_update().get(pk=municipality.pk)  # one list at a time
        outcome = _Planner(municipality, listed, course, leave_out).run()
        if not (outcome.refused or dry_run):
            reason = f"Liste „{path.name[:100]}“"  # kept, so German
            for wish in outcome.new:
                _take_over(wish, municipality, by, reason)
            journal.write(
                journal.Kind.PERSON,
                municipality=municipality,
                by=by,
                about=path.name[:100],
                after={"rows": str(len(outcome.new))},
            )
            outcome.applied = True
    return outcome


def _take_over(wish: Wish, municipality: Municipality, by: User, reason: str) -> None:
    today = timezone.localdate()
    task = wish.task
    if task is None:
        last = TrainingTask.objects.filter(person=wish.person, course=wish.course).order_by("-round").first()
        task = TrainingTask.objects.create(
            municipality=municipality,
            course=wish.course,
            person=wish.person,
            round=last.round + 1 if last else 1,
            period_start=today,
            assigned_on=today,
            due_on=today,
            reason=reason,
        )
        record([task], TaskDeed.ASSIGNED, by=by, reason=reason)
    change_task(task, TaskDeed.COMPLETED, done_on(task, wish.day), by=by, reason=reason)
    own = wish.person.pk == by.pk  # nobody confirms for oneself
    Completion.objects.create(task=task, recorded_at=timezone.now(), confirmed_on=None if own else today)
    complete_equivalents(task, by)


class _Wrong(Exception):
    def __init__(self, code: str, message: str, column: str) -> None:
        super().__init__(message)
        self.code, self.column = code, column


class _Planner:
    def __init__(
        self, municipality: Municipality, listed: List, course: Course | None, leave_out: Collection[int]
    ) -> None:
        self.listed, self.course, self.leave_out = listed, course, leave_out
        self.people = _people(municipality)
        courses = Course.objects.filter(municipality=municipality)
        self.courses = {" ".join(each.title.split()).casefold(): each for each in courses}
        tasks = TrainingTask.objects.standing().filter(municipality=municipality).select_related("course")
        self.tasks: dict[tuple[int, int], list[TrainingTask]] = {}
        for task in tasks.filter(person__in={each.pk for each in self._named()}).order_by("round"):
            self.tasks.setdefault((task.person_id, task.course_id), []).append(task)
        self.seen: dict[tuple[int, int], int] = {}
        self.outcome = CompletionImport(
            rows=len(listed.lines) + listed.not_done, not_done=listed.not_done, problems=list(listed.problems)
        )

    def run(self) -> CompletionImport:
        for line in self.listed.lines:
            if line.row in self.leave_out:
                self.outcome.left_out += 1
                continue
            try:
                self._take(line)
            except _Wrong as wrong:
                word = self.listed.columns.get(wrong.column)
                self.outcome.problems.append(
                    Problem(wrong.code, str(wrong), Severity.ERROR, self.listed.sheet, line.row, word)
                )
        return self.outcome

    def _take(self, line: Line) -> None:
        person, course, day = self._person(line), self._course(line), _day(line)
        before = self.seen.setdefault((person.pk, course.pk), line.row)
        if before != line.row:
            message = _("Diese Person und Schulung stehen schon in Zeile %(row)d.") % {"row": before}
            raise _Wrong("duplicate_row", message, "course")
        rounds = self.tasks.get((person.pk, course.pk), [])
        if any(each.completed_on is not None and each.completed_on >= day for each in rounds):
            self.outcome.unchanged += 1
            return
        task = next((each for each in rounds if each.is_open), None)
        try:
            if task is not None:
                refuse_day(task, day)
            elif day > timezone.localdate():
                raise _Wrong("in_the_future", _("Der Tag liegt in der Zukunft."), "completed_on")
        except ValidationError as error:
            raise _Wrong(_code(error), " ".join(error.messages), "completed_on") from error
        self.outcome.new.append(Wish(line, person, course, day, task))

    def _named(self) -> list[User]:
        found = (self.people.get(word) for line in self.listed.lines for _name, word in _words(line))
        return [each for each in found if each is not None]

    def _person(self, line: Line) -> User:
        for _name, word in _words(line):
            if word in self.people:
                return self.people[word]
        column, said = next(iter(_words(line)), ("", ""))
        if not said:
            raise _Wrong("not_named", _("Die Zeile nennt keine Person."), "")
        message = _("„%(word)s“ gibt es unter den Beschäftigten nicht.") % {"word": said[:60]}
        raise _Wrong("unknown_person", message, column)

    def _course(self, line: Line) -> Course:
        if self.course is not None:
            return self.course
        said = line.values.get("course", "")
        found = self.courses.get(" ".join(said.split()).casefold())
        if found is None:
            message = _(
                "Eine Schulung „%(word)s“ gibt es hier nicht. Bitte legen Sie sie an oder ändern Sie die Zeile."
            )
            raise _Wrong("unknown_course", message % {"word": said[:60]}, "course")
        return found


def _words(line: Line) -> list[tuple[str, str]]:
    """What names the person, each with its field."""
    named = ((name, line.values.get(name, "").casefold()) for name in ("staff_number", "email", "username"))
    return [(name, word) for name, word in named if word]


def _people(municipality: Municipality) -> dict[str, User]:
    """Who learns here by staff number, mail address and user name, in lower case; what two share names nobody."""
    users = {each.user_id: each.user for each in learners().filter(municipality=municipality).select_related("user")}
    found: dict[str, User | None] = {}
    numbers = StaffNumber.objects.filter(municipality=municipality, user__in=users).values_list("number", "user")
    named = [(number, users[pk]) for number, pk in numbers]
    for word, person in [*named, *((word, user) for user in users.values() for word in (user.email, user.username))]:
        if word:
            known = found.setdefault(word.casefold(), person)
            found[word.casefold()] = person if known == person else None
    return {word: user for word, user in found.items() if user is not None}


def _day(line: Line) -> date:
    try:
        return completion_day(line.values.get("completed_on", ""))
    except ValueError as error:
        raise _Wrong("no_day", str(error), "completed_on") from error


def _code(error: ValidationError) -> str:
    errors = (
        [each for found in error.error_dict.values() for each in found] if hasattr(error, "error_dict") else [error]
    )
    return str(errors[0].code)
