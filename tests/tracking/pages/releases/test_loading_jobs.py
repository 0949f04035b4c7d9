"""A release is looked at and applied by a worker; the page follows it without a script, and the work outlives both."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import CatalogueImport
from ozg_tracker.accounts.models import Role
from ozg_tracker.jobs.due import run_due_jobs
from ozg_tracker.tracking.models.catalogue_jobs import MOST_ATTEMPTS, SILENT, CatalogueJob
from ozg_tracker.tracking.releases import catalogue_jobs
from tests import make
from tests.tracking.pages.releases.catalogue_files import apply, kept, preview
from tests.tracking.waiting import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client):
    client.force_login(make.user())
    return client


def test_the_page_follows_the_look_and_then_shows_it(coordinator, broker):
    name = kept(coordinator)
    waiting = preview(coordinator, name)
    assert waiting.status_code == 200 and "Die Datei wird geprüft" in waiting.text
    assert waiting.headers["Refresh"].startswith("2; url=/katalog/vorschau/?file=")
    assert len(broker) == 1 and preview(coordinator, name).status_code == 200
    assert len(broker) == 1  # a second look at the page asks for no second one
    CatalogueJob.objects.update(done=1, total=3, what="prüfen und vergleichen")
    assert "Schritt 2 von 3: prüfen und vergleichen" in preview(coordinator, name).text
    work(broker)
    seen = preview(coordinator, name)
    assert "Vorschau" in seen.text and "Refresh" not in seen.headers
    assert CatalogueImport.objects.count() == 0


def test_the_file_is_read_once_however_often_it_is_looked_at(coordinator, monkeypatch):
    reads = []
    real = catalogue_jobs.import_for_municipalities
    monkeypatch.setattr(
        catalogue_jobs, "import_for_municipalities", lambda *args, **options: reads.append(1) or real(*args, **options)
    )
    name = kept(coordinator)
    texts = [preview(coordinator, name).text for _ in range(3)]
    assert len(reads) == 1 and "Noch ist nichts übernommen" in texts[2]


def test_applying_is_followed_and_ends_on_the_page_of_the_import(coordinator, broker):
    name = kept(coordinator)
    preview(coordinator, name)
    work(broker)
    address = apply(coordinator, name).headers["Location"]
    assert "Der Katalogstand wird übernommen" in coordinator.get(address).text
    assert apply(coordinator, name).headers["Location"] == address  # pressed twice: the same work
    assert CatalogueImport.objects.count() == 0 and len(broker) == 1
    work(broker)
    made = CatalogueImport.objects.get()
    done = coordinator.get(address)
    assert done.headers["Location"] == f"/katalog/importe/{made.pk}/"
    assert preview(coordinator, name).headers["Location"] == "/katalog/hochladen/"


def left(job, attempts=1):
    """As a worker leaves it that is killed."""
    CatalogueJob.objects.filter(pk=job.pk).update(
        state="running", beat_at=timezone.now() - SILENT - timedelta(seconds=1), attempts=attempts
    )


def test_work_of_a_killed_worker_is_taken_up_again_by_the_page_and_done_once(coordinator, broker):
    name = kept(coordinator)
    preview(coordinator, name)
    work(broker)
    address = apply(coordinator, name).headers["Location"]
    job = CatalogueJob.objects.get(kind="apply")
    broker.clear()  # the worker took it, and was killed
    left(job)
    coordinator.get(address)
    work(broker * 2)
    assert CatalogueImport.objects.count() == 1
    assert coordinator.get(address).status_code == 302


def test_a_job_that_somebody_is_at_is_left_to_them(coordinator, broker):
    preview(coordinator, kept(coordinator))
    CatalogueJob.objects.update(state="running", beat_at=timezone.now(), attempts=1)
    work(broker)
    assert CatalogueJob.objects.get().state == "running"


def test_without_a_broker_cron_takes_up_what_was_left_and_gives_up_in_the_end(coordinator, broker, settings):
    preview(coordinator, kept(coordinator))
    job = CatalogueJob.objects.get()
    left(job)
    run_due_jobs()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    left(job, MOST_ATTEMPTS)
    run_due_jobs()
    job.refresh_from_db()
    assert (job.state, job.message.startswith("Die Arbeit wurde mehrmals abgebrochen")) == ("failed", True)


def test_what_goes_wrong_is_said_and_nothing_is_applied(coordinator, monkeypatch):
    name = kept(coordinator)

    def broken(*_args, **_options):
        raise RuntimeError("kaputt")

    monkeypatch.setattr(catalogue_jobs, "import_for_municipalities", broken)
    answer = preview(coordinator, name)
    assert "Dabei ist ein Fehler aufgetreten" in answer.text and "kaputt" not in answer.text
    assert "Refresh" not in answer.headers and CatalogueImport.objects.count() == 0


def test_another_persons_work_is_nobody_elses(coordinator, broker):
    name = kept(coordinator)
    preview(coordinator, name)
    work(broker)
    address = apply(coordinator, name).headers["Location"]
    coordinator.force_login(make.user("betrieb", role=Role.OPERATOR))
    assert coordinator.get(address).status_code == 404
