"""Due and done by name, for those who lead a department and for the coordination."""

from datetime import date

from django.utils import timezone

from ozg_tracker.accounts.models import Department, Municipality, User
from ozg_tracker.training.models import TrainingTask, TrainingTaskQuerySet


def tasks_of_others(user: User, municipality: Municipality) -> TrainingTaskQuerySet:
    """Those that `user` may see: of the departments led, for a coordinator of the municipality, else none."""
    return TrainingTask.objects.visible_to(user).filter(municipality=municipality).exclude(person=user)


def department_tasks(
    user: User, municipality: Municipality, today: date | None = None, department: Department | None = None
) -> TrainingTaskQuerySet:
    """The current rounds of other people that `user` may see, each with its `standing`, by person, then due day.

    Who leads a department sees its tree, a coordinator the municipality, anybody else nothing. No figure about a
    person is computed: no count, rate, order of merit or duration.
    """
    tasks = tasks_of_others(user, municipality)
    if department is not None:
        tasks = tasks.filter(person__memberships__department=department, person__memberships__municipality=municipality)
    day = today or timezone.localdate()
    return (
        tasks.current(day)
        .with_standing(day)
        .select_related("course", "person", "course_date", "completion")
        .order_by("person__last_name", "person__first_name", "person__username", "due_on", "pk")
    )
