"""The council's figures of trainings: groups only, no person."""

from datetime import date

from ozg_tracker.accounts.models import Department, Membership, Municipality
from ozg_tracker.training.models import LEARNERS, TrainingTask
from ozg_tracker.training.suppression import Group, published


def training_groups(municipality: Municipality, day: date) -> list[dict[str, str | int | None]]:
    """How the trainings stand at the end of `day` per Fachbereich (a department without one above it, with all below).

    Counts the latest round of each training of each person who works here now: `assigned`, of these `completed` and
    `overdue` (not completed, not suspended, due before `day` ended). People without a department are the group None.
    Suppressed cells are None (`ozg_tracker.training.suppression`). Sorted by name, None last; three queries.
    """
    top = _top_departments(municipality)
    groups: dict[str | None, Group] = {}
    members = Membership.objects.filter(municipality=municipality, role__in=LEARNERS, user__is_active=True)
    department_of = dict(members.values_list("user", "department"))
    for person, due_on, suspended_until, completed_on in _latest_rounds(municipality, day):
        if person not in department_of:
            continue
        name = top.get(department_of[person])
        group = groups.setdefault(name, Group(name))
        if completed_on is not None and completed_on <= day:
            group.completed.append(person)
        elif due_on < day and not (suspended_until and suspended_until >= day):
            group.overdue.append(person)
        else:
            group.pending.append(person)
    return published(sorted(groups.values(), key=lambda each: (each.name is None, each.name or "")))


def _top_departments(municipality: Municipality) -> dict[int | None, str]:
    departments = {each.pk: each for each in Department.objects.filter(municipality=municipality)}

    def top(department: Department) -> Department:
        return top(departments[department.parent_id]) if department.parent_id else department

    return {pk: top(department).name for pk, department in departments.items()}


def _latest_rounds(municipality: Municipality, day: date) -> list[tuple[int, date, date | None, date | None]]:
    tasks = TrainingTask.objects.filter(municipality=municipality, assigned_on__lte=day).order_by("period_start", "pk")
    rows = tasks.values_list("person", "course", "due_on", "suspended_until", "completion__completed_on")
    latest = {(person, course): (person, *rest) for person, course, *rest in rows}
    return list(latest.values())  # type: ignore[arg-type]  # the shape of the star is lost on mypy
