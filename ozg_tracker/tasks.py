"""The jobs for the broker: once an hour what is due, one task a municipality, the mails after everything else."""

import logging
from collections.abc import Sequence

from celery import shared_task
from django.utils import timezone

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.accounts.signing_in.sessions import forget_ended
from ozg_tracker.api.once import forget_answers
from ozg_tracker.jobs.due import JOBS, ROUNDS, Outcome, run_due_jobs_of
from ozg_tracker.tracking.tasks import send_free_jobs

log = logging.getLogger(__name__)


_EXPIRES = 3600  # seconds; the next hour asks for the same again


@shared_task
def run_due_jobs() -> None:
    send_free_jobs()
    forget_ended(timezone.now())
    forget_answers(timezone.now())
    municipalities = list(Municipality.objects.order_by("pk").values_list("pk", flat=True))
    for jobs in ROUNDS:
        for municipality in municipalities:
            run_due_jobs_of_municipality.apply_async((municipality, jobs), expires=_EXPIRES)


@shared_task
def run_due_jobs_of_municipality(municipality_id: int, jobs: Sequence[str] = tuple(JOBS)) -> None:
    municipality = Municipality.objects.filter(pk=municipality_id).first()
    if municipality is None:
        log.warning("Municipality %s is gone", municipality_id)
        return
    run_due_jobs_of(municipality, timezone.now(), Outcome(), jobs)
