"""How the periodic jobs of this installation last ran, over all its municipalities."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils import timezone

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.models import Job, JobRun

_SHOWN = 5


def next_due(job: str, day: date) -> date:
    """When a job that ran on `day` is due again: the next day, or for months the first day of the next one."""
    if job == Job.FROZEN:
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day + timedelta(days=1)


@dataclass(frozen=True)
class JobStanding:
    """A job over all municipalities; `waiting`: for how many it has never run; `late`: due before today."""

    label: str
    last: datetime | None = None
    done: int = 0
    failed: int = 0
    failures: tuple[JobRun, ...] = ()
    notes: tuple[JobRun, ...] = ()
    due_on: date | None = None
    late: bool = False
    waiting: int = 0
    caught_up_from: date | None = None
    caught_up_on: date | None = None


def job_standings(today: date | None = None) -> list[JobStanding]:
    """Every job there is, in the order in which they run; three queries."""
    day = today or timezone.localdate()
    municipalities = Municipality.objects.count()
    runs = JobRun.objects.order_by().values("job").annotate(
        last=Max("ran_at"),
        sum=Sum("done"),
        failed=Count("pk", filter=~Q(message="")),
        due=Min("due_on"),
        ran=Count("pk"),
    )  # fmt: skip
    found = {each["job"]: each for each in runs}
    notes = _notes()
    return [_standing(job, found.get(job), notes.get(job, []), municipalities, day) for job in Job]


def _notes() -> dict[str, list[JobRun]]:
    """The runs with something to say: that failed or left something, and the last that caught up."""
    told: dict[str, list[JobRun]] = {}
    rows = JobRun.objects.filter(~Q(message="") | ~Q(note="") | Q(caught_up_on__isnull=False)).select_related(
        "municipality"
    )
    for run in rows.order_by(F("caught_up_on").desc(nulls_last=True), "caught_up_from", "pk"):
        told.setdefault(run.job, []).append(run)
    return told


def _standing(
    job: Job, run: Mapping[str, Any] | None, notes: list[JobRun], municipalities: int, day: date
) -> JobStanding:
    if run is None:
        return JobStanding(str(job.label), waiting=municipalities)
    caught_up = next((note for note in notes if note.caught_up_on), None)
    return JobStanding(
        label=str(job.label),
        last=run["last"],
        done=run["sum"],
        failed=run["failed"],
        failures=tuple(note for note in notes if note.message)[:_SHOWN],
        notes=tuple(note for note in notes if note.note)[:_SHOWN],
        due_on=run["due"],
        late=run["due"] < day,
        waiting=municipalities - run["ran"],
        caught_up_from=caught_up.caught_up_from if caught_up else None,
        caught_up_on=caught_up.caught_up_on if caught_up else None,
    )
