"""Long work of this room, for the broker; without one it is done at once."""

from pathlib import Path
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ozg_tracker.accounts.models import Municipality, User
from ozg_tracker.tracking.models.catalogue_jobs import SILENT, CatalogueJob
from ozg_tracker.tracking.releases import catalogue_jobs


@shared_task
def run_catalogue_job(job_id: int) -> None:
    catalogue_jobs.run_catalogue_job(job_id)


def send(job: CatalogueJob) -> None:
    """Have the job done: by a worker once the transaction has committed, or at once where there is no broker.

    A broker that cannot be reached is logged; the job is taken up again later.
    """
    if settings.CELERY_TASK_ALWAYS_EAGER:
        run_catalogue_job(job.pk)
        job.refresh_from_db()
    else:
        transaction.on_commit(lambda: run_catalogue_job.delay(job.pk), robust=True)


def send_free_jobs() -> int:
    """Have done what a worker left or never got; safe to run twice. Returns how many."""
    free = catalogue_jobs.free_jobs(timezone.now())
    for job_id in free:
        run_catalogue_job.delay(job_id)
    return len(free)


def send_once(
    kind: CatalogueJob.Kind, path: Path, by: User, municipality: Municipality, **options: Any
) -> CatalogueJob:
    """The job for a kept file, sent if it is new; one that is not over is followed instead."""
    job, new = catalogue_jobs.order(kind, path, by, municipality, **options)
    if new:
        send(job)
    else:
        nudge(job)
    return job


def nudge(job: CatalogueJob) -> None:
    """Send a job again that nobody has been heard of at for a while: its worker was killed, or the broker lost it."""
    now = timezone.now()
    if (job.beat_at or job.created_at) < now - SILENT:
        CatalogueJob.objects.filter(pk=job.pk, state=CatalogueJob.State.WAITING).update(beat_at=now)
        send(job)
