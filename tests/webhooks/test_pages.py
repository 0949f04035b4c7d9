"""The pages of webhooks: set up, secret once, what was sent, and every deed a form."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from ozg_tracker.webhooks.delivering import send_due
from ozg_tracker.webhooks.models import Delivery, State, Webhook
from tests import make
from tests.counting import queries
from tests.webhooks.happening import fresh, happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(sign_in, coordinator):
    return sign_in(coordinator)


def test_without_any_the_page_says_what_they_are_for(page):
    text = page.get("/webhooks/").text
    assert "Noch bekommt kein Programm Nachricht." in text
    assert "/webhooks/neu/" in text and "/hilfe/webhooks/" in text


def test_who_sets_one_up_sees_the_secret_this_one_time(page, target):
    sent = {"name": "DMS", "url": target.url, "parts": ["status"]}
    answer = page.post("/webhooks/neu/", sent)
    made = Webhook.objects.get()
    assert "whsec_" in answer.text and "no-store" in answer["Cache-Control"]
    assert "whsec_" not in page.get(f"/webhooks/{made.pk}/").text


def test_what_is_refused_stands_at_its_field_with_what_was_typed(page):
    answer = page.post("/webhooks/neu/", {"name": "DMS", "url": "https://10.0.0.1/", "parts": ["status"]})
    assert answer.status_code == 400
    assert "Dorthin sendet der Tracker nicht." in answer.text and 'value="https://10.0.0.1/"' in answer.text
    assert not Webhook.objects.exists()


def test_nothing_chosen_is_a_sentence(page, target):
    answer = page.post("/webhooks/neu/", {"name": "DMS", "url": target.url})
    assert "Bitte wählen Sie mindestens einen Bereich." in answer.text


def test_the_page_of_one_says_how_it_stands_and_what_was_sent(page, webhook, target):
    target.answers = [500]
    happens("eins")
    send_due()
    text = page.get(f"/webhooks/{webhook.pk}/").text
    assert "wird nicht angenommen" in text and "nächster Versuch" in text
    assert "2 Ereignisse" in text and "Antwort 500" in text and "Das Ziel hat abgelehnt." in text
    assert "Noch einmal senden" not in text
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2), tick=False):
        send_due()
        text = page.get(f"/webhooks/{webhook.pk}/").text
    assert "Noch einmal senden" in text and "2 Versuche" in text


def do(page, name, webhook, version=None):
    address = reverse(name, args=[webhook.pk])
    answer = page.post(address, {"version": version or fresh(webhook).version}, follow=True)
    return answer.text


def test_each_deed_is_a_button(page, webhook, target):
    assert "Gesendet und angenommen. Antwort: 204." in do(page, "probe_webhook", webhook)
    assert "Angehalten. Verloren geht nichts" in do(page, "pause_webhook", webhook)
    assert "von Hand angehalten" in page.get("/webhooks/").text
    assert "Es geht weiter." in do(page, "resume_webhook", webhook)
    assert "whsec_" in do(page, "renew_webhook", webhook)
    assert "Beendet." in do(page, "end_webhook", webhook)
    assert fresh(webhook).state == State.ENDED
    text = page.get(f"/webhooks/{webhook.pk}/").text
    assert "Probe senden" not in text and "Speichern" not in text
    assert "Neues Geheimnis" not in text and "aktiv: ja → nein" in text


def test_a_probe_that_fails_says_why(page, webhook, target):
    target.answers = [302]
    assert "Nicht angenommen: Das Ziel leitet weiter; dem folgt der Tracker nicht. Antwort: 302." in do(
        page, "probe_webhook", webhook
    )


def test_a_form_that_is_older_than_what_holds_changes_nothing(page, webhook):
    do(page, "pause_webhook", webhook)
    for name in ("resume_webhook", "renew_webhook", "end_webhook"):
        assert "Dieser Webhook wurde inzwischen geändert." in do(page, name, webhook, version=1)
    assert fresh(webhook).state == State.PAUSED


def test_a_change_is_saved_or_shown_with_what_is_wrong(page, webhook, target):
    sent = {"name": "Archiv", "url": target.url, "parts": ["reports"], "version": "1"}
    assert "Gespeichert." in page.post(f"/webhooks/{webhook.pk}/", sent, follow=True).text
    again = page.post(f"/webhooks/{webhook.pk}/", sent | {"name": "Zu spät"})
    assert (again.status_code, "inzwischen geändert" in again.text, "Zu spät" in again.text) == (400, True, True)
    assert fresh(webhook).name == "Archiv"


def test_of_another_municipality_there_is_nothing(page):
    other = make.webhook(municipality=make.municipality("Nachbarstadt", "159990010020"))
    sent = make.delivery(other)
    assert page.get(f"/webhooks/{other.pk}/").status_code == 404
    assert page.post(reverse("resend_delivery", args=[sent.pk])).status_code == 404


def test_three_cost_no_more_queries_than_one(page, webhook):
    make.delivery(webhook)
    few = queries(page, "/webhooks/"), queries(page, f"/webhooks/{webhook.pk}/")
    for number in range(3):
        make.webhook(f"W{number}")
        make.delivery(webhook, f"msg{number}")
    assert (queries(page, "/webhooks/"), queries(page, f"/webhooks/{webhook.pk}/")) == few


def test_many_messages_come_in_pages(page, webhook):
    Delivery.objects.bulk_create(
        Delivery(
            webhook=webhook,
            message=f"m{n}",
            kind="changes",
            state="delivered",
            body="{}",
            position=0,
            event=0,
            created_at=datetime.now(UTC),
        )
        for n in range(45)
    )
    text = page.get(f"/webhooks/{webhook.pk}/?page=3").text
    assert "m4" in text and "m44" not in text and "41–45" in text
