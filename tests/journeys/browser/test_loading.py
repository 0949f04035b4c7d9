"""Loading a release in a browser: a dropped file leads to its preview, and to the page of the release."""

import base64

import pytest
from playwright.sync_api import expect

from catalog.models import CatalogueImport
from tests import make
from tests.catalog.files import csv_text, row, save
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND = row(name="Hundesteuer Anmeldung"), row("99102013104001", "Hundesteuer anmelden")
DROP = """(zone, content) => {
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], "katalog.csv"));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""


def drop(page, rows):
    page.goto("/katalog/")
    page.locator(".ozg-drop").evaluate(DROP, base64.b64encode(csv_text(rows)).decode())
    page.wait_for_url("**/katalog/vorschau/**")


@pytest.mark.parametrize("width", [320, 1280])
def test_a_dropped_file_is_previewed_applied_and_its_successions_decided(open_page, width):
    make.municipality()
    page = open_page(make.user(), width=width)
    for rows in ([FIRST], [SECOND]):
        drop(page, rows)
        assert violations(page) == [] and not sideways(page)
        if page.get_by_label("das ist so gewollt").count():
            page.get_by_label("das ist so gewollt").check()
        page.get_by_role("button", name="Katalogstand übernehmen").click()
        page.wait_for_url("**/katalog/importe/**")
    page.get_by_label("Hundesteuer Anmeldung").check()
    page.get_by_label("Begründung").fill("umbenannt")
    assert violations(page) == [] and not sideways(page)
    page.get_by_role("button", name="Ausgewählte bestätigen").click()
    expect(page.get_by_text("Bestätigt.")).to_be_visible()
    assert page.complaints == []


def test_without_a_script_the_form_does_the_same(open_page, tmp_path):
    page = open_page(make.user(), scripts=False)
    page.goto("/katalog/")
    page.set_input_files("input[type=file]", save(tmp_path, csv_text([FIRST]), "katalog.csv"))
    page.get_by_role("button", name="Vorschau zeigen").click()
    page.get_by_role("button", name="Katalogstand übernehmen").click()
    assert CatalogueImport.objects.get().file_name == "katalog.csv"


def test_a_file_that_is_refused_is_told_beside_the_form(open_page, settings):
    settings.UPLOAD_MAX_MB = 0
    page = open_page(make.user())
    page.goto("/katalog/")
    page.locator(".ozg-drop").evaluate(DROP, base64.b64encode(csv_text([FIRST])).decode())
    expect(page.get_by_role("status")).to_contain_text("größer als 0 MB")
