"""Where there is a broker a program's release is loaded by a worker; the program asks how far it is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import CatalogueImport
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models.catalogue_jobs import SILENT, CatalogueJob
from ozg_tracker.tracking.pages.releases.loading import _PURPOSE
from ozg_tracker.tracking.tasks import send_once
from ozg_tracker.tracking.uploads import kept
from tests import make
from tests.api.programs import API, as_role
from tests.tracking.api.loading import SPOILT, TWO, described, load
from tests.tracking.pages.releases.catalogue_files import kept as kept_by_page
from tests.tracking.waiting import work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("broker")]
JOB = "catalogue-imports/jobs/{id}/"


def asked(program, answer):
    return program.get(answer.headers["Location"])


def test_a_release_is_ordered_followed_and_told(program, broker):
    answer = load(program, TWO, release="2026-10")
    job = CatalogueJob.objects.get()
    waiting = {"id": job.pk, "state": "waiting", "done": 0, "total": 0, "what": "", "message": "", "outcome": None}
    assert (answer.status_code, answer.json()) == (202, waiting)
    assert answer.headers["Location"] == f"{API}/{JOB.format(id=job.pk)}" and answer.headers["Retry-After"] == "2"
    assert described("catalogue-imports/", "post", 202, answer.json())
    CatalogueJob.objects.update(state="running", done=1, total=3, what="prüfen und vergleichen", beat_at=timezone.now())
    running = asked(program, answer)
    assert (running.status_code, running.headers["Retry-After"]) == (200, "2")
    assert (running.json()["done"], running.json()["what"]) == (1, "prüfen und vergleichen")
    CatalogueJob.objects.update(state="waiting")
    work(broker)
    over = asked(program, answer)
    made = CatalogueImport.objects.get()
    assert (over.status_code, over.json()["state"], "Retry-After" in over.headers) == (200, "done", False)
    outcome = over.json()["outcome"]
    assert (outcome["import"], outcome["applied"], outcome["release"], outcome["services"]["new"]) == (
        *(made.pk, True, "2026-10", 2),
    )
    assert described("catalogue-imports/jobs/{id}/", "get", 200, over.json())


def test_it_says_of_it_what_the_answer_without_a_broker_says(program, broker, settings):
    ordered = load(program, [*TWO, SPOILT], dry_run=True)
    work(broker)
    with_broker = asked(program, ordered).json()["outcome"]
    settings.CELERY_TASK_ALWAYS_EAGER = True
    without = load(program, [*TWO, SPOILT], dry_run=True).json()
    assert with_broker.pop("pending") and without.pop("pending")
    assert with_broker == without


def test_a_dry_run_writes_nothing_and_is_applied_with_what_was_decided(program, broker):
    ordered = load(program, [*TWO, SPOILT], dry_run=True, release="2026-10")
    work(broker)
    seen = asked(program, ordered).json()["outcome"]
    assert (seen["applied"], seen["would_apply"], CatalogueImport.objects.count()) == (False, False, 0)
    applied = program.send("catalogue-imports/apply/", {"pending": seen["pending"], "skip_errors": True})
    again = program.send("catalogue-imports/apply/", {"pending": seen["pending"], "skip_errors": True})
    assert (applied.status_code, again.headers["Location"]) == (202, applied.headers["Location"])
    work(broker)
    outcome = asked(program, applied).json()["outcome"]
    assert (outcome["applied"], outcome["pending"], outcome["release"]) == (True, None, "2026-10")
    assert CatalogueImport.objects.count() == 1


def test_a_refused_file_is_told_with_every_place_and_changes_nothing(program, broker):
    ordered = load(program, [*TWO, SPOILT])
    work(broker)
    outcome = asked(program, ordered).json()["outcome"]
    assert (outcome["applied"], [(each["row"], each["code"]) for each in outcome["problems"]]) == (
        *(False, [(4, "invalid_key")]),
    )
    assert not CatalogueImport.objects.exists()


def test_work_of_a_killed_worker_is_taken_up_again_when_the_program_asks(program, broker):
    ordered = load(program, TWO)
    broker.clear()
    long_ago = timezone.now() - SILENT - timedelta(seconds=1)
    CatalogueJob.objects.update(state="running", beat_at=long_ago, attempts=1)
    assert asked(program, ordered).json()["state"] == "running"
    work(broker)
    assert asked(program, ordered).json()["outcome"]["applied"]


def test_nobody_sees_the_work_of_another_or_of_a_page(program, broker, client, coordinator):
    ordered = load(program, TWO)
    assert as_role(Role.OPERATOR).get(ordered.headers["Location"]).status_code == 404
    client.force_login(coordinator)
    path = kept(kept_by_page(client), _PURPOSE, coordinator).path
    by_page = send_once(CatalogueJob.Kind.APPLY, path, coordinator, make.municipality())
    assert program.read(JOB.format(id=by_page.pk)).status_code == 404


def test_a_wrong_request_orders_nothing(program, broker):
    assert load(program, TWO, partial="vielleicht").status_code == 400
    assert load(as_role(Role.STAFF), TWO).status_code == 403
    assert (broker, CatalogueJob.objects.count()) == ([], 0)
