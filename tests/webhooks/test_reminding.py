"""The coordination is told of a webhook that stopped, once by mail and until it is mended in the list of what waits."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.reminding.sending import send_due_reminders
from ozg_tracker.accounts.waiting import waiting_for
from ozg_tracker.overview.todos import todos
from ozg_tracker.webhooks.delivering import forget_old
from ozg_tracker.webhooks.models import WebhookLetter
from tests import make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def stopped(coordinator):
    coordinator.email = "ozg@example.de"
    coordinator.save()
    return make.webhook(state="paused", why="dead")


def letters():
    return [(each.to, each.subject) for each in mail.outbox]


def test_each_coordinator_gets_one_letter(stopped, coordinator):
    make.user("zwei", email="zwei@example.de")
    make.user("amt", Role.STAFF, email="amt@example.de")
    make.user("fremd", municipality=make.municipality("Nachbarstadt", "159990010020"), email="fremd@example.de")
    make.webhook("Von Hand", state="paused", why="person")
    make.webhook("Läuft")
    for _ in range(2):
        send_due_reminders()
    assert sorted(letters()) == [
        (["ozg@example.de"], "Ein Webhook steht still"),
        (["zwei@example.de"], "Ein Webhook steht still"),
    ]
    assert "– DMS: Drei Tage lang nahm das Ziel nichts an." in mail.outbox[0].body
    assert "unter http://127.0.0.1:8000/webhooks/." in mail.outbox[0].body
    assert "Von Hand" not in mail.outbox[0].body


def test_when_it_stops_again_there_is_another_letter(stopped):
    send_due_reminders()
    stopped.version += 2
    stopped.save()
    with time_machine.travel(NOON + timedelta(days=2), tick=False):
        send_due_reminders()
    assert len(letters()) == 2


def test_which_letters_went_out_is_forgotten_after_a_year(stopped):
    send_due_reminders()
    with time_machine.travel(NOON + timedelta(days=367), tick=False):
        assert forget_old(make.municipality(), datetime.now(UTC)) == 1
    assert not WebhookLetter.objects.exists()


def test_it_waits_for_who_coordinates_and_for_nobody_else(stopped, coordinator, manager):
    [found] = [each for each in waiting_for(coordinator.memberships.get()) if each.room == "Webhooks"]
    assert (found.what, found.words, found.address) == (
        "Webhook „DMS“ steht still",
        "Drei Tage lang nahm das Ziel nichts an.",
        f"/webhooks/{stopped.pk}/",
    )
    assert [each for each in waiting_for(manager.memberships.get()) if each.room == "Webhooks"] == []
    titles = [each.title for each in todos(coordinator, coordinator.memberships.get())]
    assert "Webhook steht still" in titles
