"""Every periodic job there is, in the order in which they build on each other.

Each looks in the database for what is due, so that a missed run is caught up by the next and a second one does nothing.
What waits for a mail server comes last, after the rest of every municipality.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from catalog.told import Told, silent
from ozg_tracker.accounts.journal.retention import delete_old_entries
from ozg_tracker.accounts.mailing import one_connection
from ozg_tracker.accounts.maturity import come_due as models_come_due
from ozg_tracker.accounts.memberships import come_due
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.accounts.reminding.letters import forget_letters
from ozg_tracker.accounts.reminding.sending import send_due_reminders
from ozg_tracker.accounts.signing_in.sessions import forget_ended
from ozg_tracker.api.once import forget_answers
from ozg_tracker.handover.carrying_out import come_due as handovers_come_due
from ozg_tracker.jobs.standing import next_due
from ozg_tracker.log import municipality_id
from ozg_tracker.models import JobRun
from ozg_tracker.reorganising.planning import come_due as reorganisations_come_due
from ozg_tracker.tracking.deadlines.changing import come_due as deadlines_come_due
from ozg_tracker.tracking.following.watching import forget
from ozg_tracker.tracking.releases.catalogue_jobs import free_jobs, run_catalogue_job
from ozg_tracker.tracking.reminding import forget_old_reminders
from ozg_tracker.tracking.rows.clock import refuse_wrong
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.completing.retention import delete_expired
from ozg_tracker.training.dates.places import fill_all_places
from ozg_tracker.webhooks.delivering import forget_old as forget_old_deliveries
from ozg_tracker.webhooks.delivering import send_due
from reports.comparing.compute_months import compute_due_months
from reports.editions.freeze import freeze_ended_months, months_without_events
from reports.editions.letters import tell_council
from reports.models import ReportLetter
from reports.publishing.files import draw_public_files

log = logging.getLogger(__name__)

# What comes true on its day, first the tree, then who is where in it, then what they hold; last, places that came free.
COME_DUE = (
    *(reorganisations_come_due, come_due, handovers_come_due, deadlines_come_due, models_come_due),
    fill_all_places,
)

# What a job is called in the outcome, and the deed for one municipality; it says how much it did.
JOBS: dict[str, Callable[[Municipality, datetime], int]] = {
    "effective": lambda municipality, now: sum(begun(municipality, timezone.localdate(now)) for begun in COME_DUE),
    "assigned": lambda municipality, now: assign_due_trainings(municipality, timezone.localdate(now)),
    "deleted": lambda municipality, now: (
        delete_expired(timezone.localdate(now), municipality)
        + delete_old_entries(now, municipality)
        + forget_old_reminders(municipality, now)
        + forget_letters(ReportLetter, municipality, now)
        + forget(municipality)
        + forget_old_deliveries(municipality, now)
    ),
    "frozen": lambda municipality, now: len(freeze_ended_months(municipality, now)),
    "drawn": lambda municipality, now: draw_public_files(municipality),
    # of the whole installation: the first that asks does it
    "compared": lambda municipality, now: compute_due_months(now),
    "reminded": lambda municipality, now: send_due_reminders(now, municipality) + tell_council(municipality, now),
}
ROUNDS = (
    ("effective", "assigned", "deleted", "frozen", "drawn", "compared"),
    ("reminded",),
)  # one round goes through all municipalities, then the next
# What a job leaves undone on purpose, in a sentence; "" where that is nothing.
NOTES: dict[str, Callable[[Municipality, datetime], str]] = {"frozen": months_without_events}


@dataclass
class Outcome:
    """How much each job did, what failed and what it left undone on purpose: `{"municipality", "job", "message"}`."""

    done: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(JOBS, 0)))
    failures: list[dict[str, str]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)


def run_due_jobs(now: datetime | None = None, told: Told = silent) -> dict[str, Any]:
    """Do what is due for every municipality: `{"municipalities", "effective", "assigned", "reminded", "deleted",
    "frozen", "drawn", "compared", "delivered", "failures", "notes"}`. What fails is logged and named; the other jobs
    and municipalities go on. Releases that a worker left half looked at or applied are taken up first, sessions whose
    time is over deleted; last, webhooks are told of it.
    """
    forget_ended(timezone.now())
    forget_answers(timezone.now())
    for job_id in free_jobs(timezone.now()):
        run_catalogue_job(job_id)
    outcome = Outcome()
    municipalities = list(Municipality.objects.order_by("pk"))
    steps = [(jobs, municipality) for jobs in ROUNDS for municipality in municipalities]
    with one_connection():
        for number, (jobs, municipality) in enumerate(steps):
            told(number, len(steps), municipality.name)
            run_due_jobs_of(municipality, now or timezone.now(), outcome, jobs)
    told(len(steps), len(steps))
    done = {**outcome.done, "delivered": send_due(now)}
    return {"municipalities": len(municipalities), **done, "failures": outcome.failures, "notes": outcome.notes}


def run_due_jobs_of(
    municipality: Municipality, now: datetime, outcome: Outcome, jobs: Iterable[str] = tuple(JOBS)
) -> None:
    """The named ones for one municipality, added to `outcome`; how each job went is kept as its last run."""
    municipality_id.set(municipality.pk)
    before = {run.job: run for run in JobRun.objects.filter(municipality=municipality)}
    runs = []
    for name in jobs:
        done, message, note = 0, "", ""
        try:
            refuse_wrong(now)
            done = JOBS[name](municipality, now)
            note = NOTES[name](municipality, now) if name in NOTES else ""
        except Exception as error:  # one municipality's trouble, of whatever kind, must not stop the others
            log.exception("Job %s of municipality %s failed", name, municipality.ars)
            done = getattr(error, "done", 0)
            said = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            message = said or type(error).__name__
            outcome.failures.append({"municipality": municipality.ars, "job": name, "message": message})
        outcome.done[name] += done
        if note:
            outcome.notes.append({"municipality": municipality.ars, "job": name, "message": note})
        run = JobRun(municipality=municipality, job=name, ran_at=now, done=done, message=message, note=note)
        runs.append(_with_due_day(run, before.get(name), timezone.localdate(now)))
    _keep(runs)
    municipality_id.set(None)


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
