"""What was reported as done and was not looked at yet."""

from django.db.models import QuerySet

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.training.models import Completion, TrainingTask


def completions_to_check(user: User, municipality: Municipality) -> QuerySet[Completion]:
    """Those that `user` may confirm or reject, the oldest first; who does not coordinate the municipality, none."""
    tasks = TrainingTask.objects.kept_by(user).filter(municipality=municipality)
    waiting = Completion.objects.filter(task__in=tasks, confirmed_on=None)
    return waiting.select_related("task__course", "task__person").order_by("recorded_at", "pk")
