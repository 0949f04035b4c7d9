"""A page follows work that a worker does elsewhere, with a script and without, and ends where the work does."""

import pytest
from playwright.sync_api import expect

from catalog.models import CatalogueImport
from ozg_tracker.tracking import tasks
from ozg_tracker.tracking.models.catalogue_jobs import CatalogueJob
from ozg_tracker.tracking.releases import catalogue_jobs
from tests import make
from tests.catalog.files import csv_text, row, save
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def work(settings, monkeypatch):
    """work(): a worker does what was sent to the broker until then."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    sent = []
    monkeypatch.setattr(tasks.run_catalogue_job, "delay", sent.append)

    def work():
        while sent:
            catalogue_jobs.run_catalogue_job(sent.pop())

    return work


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 320)])
def test_a_release_is_looked_at_and_applied_while_the_page_waits(open_page, work, tmp_path, scripts, width):
    make.municipality()
    page = open_page(make.user(), scripts=scripts, width=width)
    page.goto("/katalog/")
    page.set_input_files("input[type=file]", save(tmp_path, csv_text([row()]), "katalog.csv"))
    page.get_by_role("button", name="Vorschau zeigen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Die Datei wird geprüft")
    expect(page.get_by_role("status")).to_contain_text("Die Arbeit beginnt gleich.")
    CatalogueJob.objects.update(done=1, total=3, what="prüfen und vergleichen")
    expect(page.get_by_role("status")).to_contain_text("Schritt 2 von 3: prüfen und vergleichen", timeout=10_000)
    assert not sideways(page)
    if scripts:
        assert violations(page) == []
    work()
    expect(page.get_by_text("Noch ist nichts übernommen.")).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="Katalogstand übernehmen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Der Katalogstand wird übernommen")
    assert CatalogueImport.objects.count() == 0
    work()
    page.wait_for_url("**/katalog/importe/**", timeout=10_000)
    expect(page.get_by_text("Katalogstand katalog ist übernommen.")).to_be_visible()
    assert page.complaints == []
