"""Several workers at the same webhooks, and workers that are killed: each message once, in order, and none is lost."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection

from ozg_tracker.accounts import journal
from ozg_tracker.webhooks import delivering
from ozg_tracker.webhooks.delivering import send_due
from ozg_tracker.webhooks.models import Webhook
from tests import make
from tests.webhooks.happening import happens, told

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds):
    """All of them in threads that begin together; what one of them raises is raised."""
    begin, raised = Barrier(len(deeds)), []

    def run(deed):
        try:
            begin.wait(30)
            deed()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert raised == []


def test_four_workers_send_each_message_once_in_order_and_never_two_at_a_time(webhook, target, monkeypatch):
    monkeypatch.setattr(delivering, "AT_ONCE", 2)
    words = [f"{number:02}" for number in range(20)]
    happens(*words)
    at_once(*[send_due] * 4)
    send_due()
    assert told(target) == words
    assert len(set(target.ids())) == len(target.got)
    assert target.most_at_once == 1


def test_while_others_write_nothing_is_left_out_and_nothing_comes_twice(webhook, target, monkeypatch):
    monkeypatch.setattr(delivering, "AT_ONCE", 3)
    municipality = make.municipality()

    def writes(who):
        for number in range(10):
            journal.write(journal.Kind.RULE, municipality=municipality, by=None, about=f"{who}{number}")

    def sends():
        for _ in range(15):
            send_due()

    at_once(lambda: writes("a"), lambda: writes("b"), sends, sends)
    send_due()
    found = told(target)
    assert sorted(found) == sorted(f"{who}{number}" for who in "ab" for number in range(10))
    assert [[each for each in found if each[0] == who] for who in "ab"] == [
        [f"{who}{number}" for number in range(10)] for who in "ab"
    ]


_SENDS = """
import os, sys
sys.path.insert(0, {root!r})
os.environ["DJANGO_SETTINGS_MODULE"] = "ozg_tracker.settings"
import django
django.setup()
from django.conf import settings
from django.db import connections
from ipaddress import ip_network
settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)
connections.databases["default"]["NAME"] = {name!r}
from ozg_tracker.webhooks.delivering import send_due
send_due()
"""


def test_a_worker_that_is_killed_after_sending_leaves_the_same_message_to_the_next(webhook, target):
    """A process of its own, killed by the receiver while it waits for the answer to what has arrived."""
    happens("eins")
    code = _SENDS.format(root=str(Path(__file__).parents[2]), name=str(connection.settings_dict["NAME"]))
    connection.close()
    worker = subprocess.Popen([sys.executable, "-c", code])
    target.before_answer = worker.kill
    assert worker.wait(60) == -9
    target.before_answer = lambda: None
    assert len(target.got) == 1
    assert send_due() == 0  # its claim still holds
    Webhook.objects.update(claimed_until=datetime.now(UTC) - timedelta(seconds=1))
    assert send_due() == 1
    assert target.ids()[0] == target.ids()[1] and target.got[0][1] == target.got[1][1]
    assert told(target) == ["eins", "eins"]
