"""Every periodic job there is, in the order in which they build on each other.

Each looks in the database for what is due, so that a missed run is caught up by the next and a second one does nothing.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from catalog.progress import Told, silent
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.job_runs import next_due
from ozg_tracker.models import JobRun
from ozg_tracker.training.assignment import assign_due_trainings
from ozg_tracker.training.reminders import send_due_reminders
from ozg_tracker.training.retention import delete_expired
from reports.freeze import freeze_ended_months

log = logging.getLogger(__name__)

# What a job is called in the outcome, and the deed for one municipality; it says how much it did.
JOBS: dict[str, Callable[[Municipality, datetime], int]] = {
    "assigned": lambda town, now: assign_due_trainings(town, timezone.localdate(now)),
    "reminded": lambda town, now: send_due_reminders(now, town),
    "deleted": lambda town, now: delete_expired(timezone.localdate(now), town),
    "frozen": lambda town, now: len(freeze_ended_months(town, now)),
}


@dataclass
class Outcome:
    """How much each job did, and what failed: `{"municipality", "job", "message"}`."""

    done: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(JOBS, 0)))
    failures: list[dict[str, str]] = field(default_factory=list)


def run_due_jobs(now: datetime | None = None, told: Told = silent) -> dict[str, Any]:
    """Do what is due for every municipality: `{"municipalities", "assigned", "reminded", "deleted", "frozen",
    "failures"}`. What fails is logged and named; the other jobs and municipalities go on.
    """
    moment = now or timezone.now()
    outcome = Outcome()
    towns = list(Municipality.objects.order_by("pk"))
    for number, town in enumerate(towns):
        told(number, len(towns), town.name)
        run_due_jobs_of(town, moment, outcome)
    told(len(towns), len(towns))
    return {"municipalities": len(towns), **outcome.done, "failures": outcome.failures}


def run_due_jobs_of(town: Municipality, now: datetime, outcome: Outcome) -> None:
    """The same for one municipality, added to `outcome`; how each job went is kept as its last run."""
    before = {run.job: run for run in JobRun.objects.filter(municipality=town)}
    runs = []
    for name, job in JOBS.items():
        done, message = 0, ""
        try:
            done = job(town, now)
        except Exception as error:  # one town's trouble, of whatever kind, must not stop the others
            log.exception("Job %s of municipality %s failed", name, town.ars)
            said = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            message = said or type(error).__name__
            outcome.failures.append({"municipality": town.ars, "job": name, "message": message})
        outcome.done[name] += done
        run = JobRun(municipality=town, job=name, ran_at=now, done=done, message=message)
        runs.append(_with_due_day(run, before.get(name), timezone.localdate(now)))
    _keep(runs)


def _with_due_day(run: JobRun, before: JobRun | None, today: date) -> JobRun:
    """`run` with the day on which it is due again, and with what it caught up; what failed stays due."""
    was_due = before.due_on if before else today
    run.due_on = was_due if run.message else next_due(run.job, today)
    if before:
        run.caught_up_from, run.caught_up_on = before.caught_up_from, before.caught_up_on
    if was_due < today and not run.message:
        run.caught_up_from, run.caught_up_on = was_due, today
    return run


def _keep(runs: list[JobRun]) -> None:
    kept = [field.name for field in JobRun._meta.fields if field.name not in ("id", "municipality", "job")]
    JobRun.objects.bulk_create(runs, update_conflicts=True, unique_fields=["municipality", "job"], update_fields=kept)
