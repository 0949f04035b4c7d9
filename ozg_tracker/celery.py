"""Celery, for installations with a broker. Without one every task runs at once, and `run_due_jobs` does what is due.

The clock runs in UTC, so that no summer time skips or doubles an hour. Which day or month has ended is asked of the
database in German time, every hour anew; a missed hour is caught up by the next.
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ozg_tracker.settings")
app = Celery("ozg_tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    "run-due-jobs": {
        "task": "ozg_tracker.tasks.run_due_jobs",
        "schedule": crontab(minute="7"),
        "options": {"expires": 3600},  # a worker that comes back finds one, not one for each hour it was away
    },
    "send-webhooks": {
        "task": "ozg_tracker.webhooks.tasks.send_due_webhooks",
        "schedule": crontab(),  # every minute
        "options": {"expires": 60},
    },
}
app.autodiscover_tasks()
