from contextlib import nullcontext

import pytest

from catalog.told import silent
from ozg_tracker.tracking import tasks
from ozg_tracker.tracking.releases import catalogue_jobs


@pytest.fixture
def broker(settings, monkeypatch):
    """A broker that takes what is sent and does nothing until a test lets a worker come; gives the ids sent."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    sent = []
    monkeypatch.setattr(tasks.run_catalogue_job, "delay", sent.append)
    monkeypatch.setattr(catalogue_jobs, "_heard_of", lambda _job: nullcontext(silent))
    monkeypatch.setattr(tasks.transaction, "on_commit", lambda send, robust=False: send())
    return sent
