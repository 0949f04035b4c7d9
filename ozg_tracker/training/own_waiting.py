"""What of this room waits for a person: the own trainings, and proofs to be checked."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ozg_tracker.accounts.models import Membership
from ozg_tracker.accounts.waiting import Waiting
from ozg_tracker.training.models import TrainingTask


def trainings(held: Membership) -> Iterator[Waiting]:
    """Those that are open and not suspended; one query."""
    today = timezone.localdate()
    open_ = TrainingTask.objects.open().filter(person=held.user, municipality=held.municipality).current(today)
    for task in open_.select_related("course", "course_date").order_by("due_on", "pk"):
        if task.suspended_until and task.suspended_until >= today:
            continue
        words = _("Ihre Schulung")
        if task.registered and task.seated_at:
            begin = timezone.localtime(task.registered.starts_at)
            words = _("Ihre Schulung, Termin %(day)s") % {"day": date_format(begin, "d.m.Y, H:i")}
        here = f"/schulungen/?report={task.pk}"
        yield Waiting(task.course.title, _("Schulungen"), _("Als erledigt melden"), here, task.due_on, words)
