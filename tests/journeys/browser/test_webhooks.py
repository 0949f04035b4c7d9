"""A webhook as the coordination keeps it: by keyboard without a script, on a phone, and open to everybody's senses."""

from datetime import UTC, datetime

import pytest

from ozg_tracker.webhooks import keeping
from ozg_tracker.webhooks.models import Webhook
from tests import make
from tests.journeys.browser.looking import sideways, violations
from tests.webhooks.receiver import LOOPBACK, receiver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def target(settings):
    settings.WEBHOOK_NETWORKS = LOOPBACK
    with receiver() as found:
        yield found


def test_without_a_script_it_is_set_up_tried_paused_and_resumed_by_keyboard(open_page, target):
    page = open_page(make.user(), scripts=False, width=320)
    page.goto("/webhooks/")
    page.get_by_role("link", name="Neuer Webhook").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Bezeichnung").fill("DMS der Hauptverwaltung")
    page.get_by_label("Adresse").fill("https://10.0.0.1/hook")
    page.keyboard.press("Enter")
    page.get_by_text("Dorthin sendet der Tracker nicht.").wait_for()
    page.get_by_label("Adresse").fill(target.url)
    page.keyboard.press("Enter")
    secret = page.get_by_text("whsec_").inner_text()
    page.get_by_role("link", name="Eingetragen, weiter").click()
    for deed, said in [
        ("Probe senden", "Gesendet und angenommen."),
        ("Anhalten", "Verloren geht nichts"),
        ("Fortsetzen", "Es geht weiter."),
    ]:
        page.get_by_role("button", name=deed).focus()
        page.keyboard.press("Enter")
        page.get_by_text(said).wait_for()
    assert target.verified(secret)
    assert Webhook.objects.get().state == "active"


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_fit_and_exclude_nobody(open_page, target, width):
    person = make.user()
    page = open_page(person, width=width)
    found = []

    def look(address):
        page.goto(address)
        for more in page.locator("summary").all():
            more.evaluate("each => each.parentElement.open = true")
        found.append((address, sideways(page), violations(page), page.complaints))

    look("/webhooks/")
    look("/webhooks/neu/")
    webhook, _secret = keeping.set_up(make.municipality(), "Dokumentenmanagement" * 3, target.url, ["status"], person)
    make.delivery(webhook, "msg_" + "a1" * 12, tried_at=datetime.now(UTC), attempts=2, status=204)
    make.delivery(webhook, "msg_" + "b2" * 12, state="failed", attempts=1, tried_at=datetime.now(UTC), problem="silent")
    make.webhook("Steht still", url="https://" + "sehr-lang." * 20 + "example/", state="paused", why="dead")
    make.webhook("Beendet", state="ended")
    look("/webhooks/")
    look(f"/webhooks/{webhook.pk}/")
    look("/hilfe/webhooks/")
    assert [each[1:] for each in found] == [(0, [], [])] * 5
