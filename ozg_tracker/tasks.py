"""The jobs for the broker: once an hour what is due, one task a municipality."""

import logging

from celery import shared_task
from django.utils import timezone

from ozg_tracker.accounts.models import Municipality
from ozg_tracker.due_jobs import Outcome, run_due_jobs_of

log = logging.getLogger(__name__)


@shared_task
def run_due_jobs() -> None:
    for municipality_id in Municipality.objects.order_by("pk").values_list("pk", flat=True):
        run_due_jobs_of_municipality.delay(municipality_id)


@shared_task
def run_due_jobs_of_municipality(municipality_id: int) -> None:
    town = Municipality.objects.filter(pk=municipality_id).first()
    if town is None:
        log.warning("Municipality %s is gone", municipality_id)
        return
    run_due_jobs_of(town, timezone.now(), Outcome())
