"""Celery, for installations with a broker. Without one every task runs at once, and `run_due_jobs` does what is due."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ozg_tracker.settings")
app = Celery("ozg_tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
