"""A worker that is killed in the middle of applying a release leaves nothing, and the release is applied once."""

import os
import signal
import subprocess
import sys
import time

import pytest
import redis

from tests.backup.installation import ROOT, Installation, empty_database

BROKER = os.environ.get("TEST_BROKER_URL", "redis://127.0.0.1:6379/6")
pytestmark = pytest.mark.broker


@pytest.fixture
def installation(tmp_path):
    server = redis.Redis.from_url(BROKER)
    try:
        server.flushdb()
    except redis.ConnectionError:
        pytest.skip(f"kein Redis unter {BROKER}")
    with empty_database() as database:
        made = Installation(tmp_path / "hier", database=database)
        made.env |= {"CELERY_BROKER_URL": BROKER, "TEST_REACHED": str(tmp_path / "reached")}
        yield made
    server.flushdb()
    server.close()


@pytest.fixture
def worker(installation, tmp_path):
    """worker(): a worker of its own, which is gone after the test."""
    started = []
    words = [
        "-A",
        "ozg_tracker",
        "worker",
        "--pool",
        "solo",
        "--include",
        "tests.tracking.releases.dying",
        "--loglevel",
        "INFO",
    ]

    def start():
        log = (tmp_path / f"worker{len(started)}.log").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", *words], cwd=ROOT, env=installation.env, stdout=log, stderr=log
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(true, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False


def test_its_work_is_taken_up_again_and_done_once(installation, worker, tmp_path):
    installation.ask("order_a_release")
    first = worker()
    assert until((tmp_path / "reached").exists)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert installation.ask("state_of_work") == {"state": "running", "attempts": 1, "imports": 0, "services": 0}
    assert installation.ask("take_up_again") == 0  # somebody may still be at it
    assert installation.ask("a_minute_later") == 1
    worker()
    after = {"state": "done", "attempts": 2, "imports": 1, "services": 2}
    assert until(lambda: installation.ask("state_of_work") == after), installation.ask("state_of_work")
    installation.ask("hand_out_again")  # as the broker does what no worker acknowledged
    assert until(lambda: redis.Redis.from_url(BROKER).llen("celery") == 0)
    assert installation.ask("state_of_work") == after
