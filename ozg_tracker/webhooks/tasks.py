"""The jobs for the broker: every minute a task for each webhook that has something to send."""

from celery import shared_task
from django.utils import timezone

from ozg_tracker.webhooks.delivering import due, send

_EXPIRES = 60  # seconds; the next minute asks for the same again


@shared_task
def send_due_webhooks() -> None:
    for pk in due(timezone.now()):
        send_webhook.apply_async((pk,), expires=_EXPIRES)


@shared_task
def send_webhook(pk: int) -> None:
    send(pk)
