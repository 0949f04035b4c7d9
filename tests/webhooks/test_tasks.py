"""By the broker or by cron: what waits is sent by a task for each webhook, or by the command."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from ozg_tracker.jobs.due import run_due_jobs
from ozg_tracker.webhooks.tasks import send_due_webhooks
from tests.webhooks.happening import happens, told

pytestmark = pytest.mark.django_db


def test_the_task_sends_what_waits_and_twice_is_once(webhook, target):
    happens("eins")
    for _ in range(2):
        send_due_webhooks.delay()
    assert told(target) == ["eins"]


def test_the_command_does_too_and_says_how_many_were_accepted(webhook, target):
    happens("eins")
    said = [StringIO(), StringIO()]
    call_command("send_webhooks", json=True, stdout=said[0])
    call_command("send_webhooks", stdout=said[1])
    assert json.loads(said[0].getvalue()) == {"delivered": 1}
    assert said[1].getvalue().strip() == "Angenommene Nachrichten an Webhooks: 0"
    assert told(target) == ["eins"]


def test_the_hourly_jobs_send_what_is_left(webhook, target):
    happens("eins")
    assert run_due_jobs()["delivered"] == 1
    assert told(target) == ["eins"]
