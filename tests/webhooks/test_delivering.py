"""What happened is sent on: in order, each event at least once, none left out, whatever dies or fails between."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.feed.reading import read
from ozg_tracker.webhooks import delivering, keeping
from ozg_tracker.webhooks.delivering import due, forget_old, send, send_due
from ozg_tracker.webhooks.models import Delivery, State, Webhook, Why
from tests import make
from tests.webhooks.happening import fresh, happens, later, told
from tests.webhooks.receiver import says_nothing

pytestmark = pytest.mark.django_db


def test_what_happens_is_sent_as_the_page_of_the_feed(made, target, coordinator):
    webhook, secret = made
    send_due()
    target.got.clear()
    row = make.row()
    assert send_due() == 1
    [message] = target.verified(secret)
    page = read(coordinator, webhook.mark, 100)
    event = next(each for each in page.events if each.kind == "status-change")
    assert [each["id"] for each in message["results"]][-1:] == [f"status-change-{event.id}"]
    assert message["results"][-1] | {"at": ""} == {
        "id": f"status-change-{event.id}",
        "at": "",
        "kind": "status-change",
        "municipality": row.municipality_id,
        "object": {
            "type": "municipal-services",
            "id": row.pk,
            "url": f"http://127.0.0.1:8000/api/v1/municipal-services/{row.pk}/",
        },
        "cursor": str(event.mark),
    }
    assert (message["type"], message["webhook"], message["more"]) == ("changes", webhook.pk, False)
    assert message["next"] == fresh(webhook).told == str(fresh(webhook).mark)


def test_what_was_accepted_is_not_sent_again_and_nothing_is_nothing(webhook, target):
    happens("eins")
    send_due()
    assert (send_due(), due(datetime.now(UTC))) == (0, [])
    assert told(target) == ["eins"]


def test_each_message_begins_where_the_one_before_ended(webhook, target, monkeypatch):
    monkeypatch.setattr(delivering, "AT_ONCE", 2)
    happens(*"abcde")
    send_due()
    messages = target.messages()
    assert told(target) == list("abcde")
    assert [each["since"] for each in messages] == [webhook.told, *[each["next"] for each in messages[:-1]]]
    assert len(set(target.ids())) == len(messages) == 3


@pytest.mark.parametrize("answer", [500, 404, 302, says_nothing])
def test_what_is_not_accepted_is_sent_again_with_the_same_id_and_content(webhook, target, answer, monkeypatch):
    monkeypatch.setattr("ozg_tracker.webhooks.sending.ANSWERS_WITHIN", 0.3)
    target.answers = [answer]
    happens("eins")
    assert send_due() == 0
    happens("zwei")
    assert send_due() == 0  # not before its time
    with later(minutes=1, seconds=1):
        assert send_due() == 2
    assert target.ids()[0] == target.ids()[1] != target.ids()[2]
    assert target.got[0][1] == target.got[1][1]
    assert told(target) == ["eins", "eins", "zwei"]
    assert (fresh(webhook).failures, fresh(webhook).failing_since) == (0, None)


def test_the_pauses_grow_and_after_three_days_it_is_paused_and_loses_nothing(webhook, target):
    target.answers = [500] * 100
    happens("eins")
    waits, now = [], datetime.now(UTC)
    while fresh(webhook).state == State.ACTIVE:
        with time_machine.travel(now, tick=False):
            send_due()
        waits.append(round((fresh(webhook).next_at - now).total_seconds() / 60))
        now = fresh(webhook).next_at
    assert waits[:8] == [1, 5, 15, 30, 60, 120, 240, 360]
    assert set(waits[8:]) == {360}
    assert timedelta(days=3) <= now - timedelta(hours=6) - fresh(webhook).failing_since < timedelta(days=3, hours=6)
    assert fresh(webhook).why == Why.DEAD
    target.answers = []
    with time_machine.travel(now, tick=False):
        assert send_due() == 0
        keeping.resume(fresh(webhook), fresh(webhook).version, make.User.objects.get(username="koordination"))
        assert send_due() >= 1
    assert set(told(target)) == {"eins"} and len(set(target.ids()[:-1])) == 1


def test_an_address_that_says_it_is_gone_pauses_at_once_and_the_journal_knows(webhook, target):
    target.answers = [410]
    happens("eins")
    send_due()
    assert (fresh(webhook).state, fresh(webhook).why) == (State.PAUSED, Why.GONE)
    last = JournalEntry.objects.latest("pk")
    assert (last.about, last.before, last.after, last.by) == (
        f"Webhook {webhook.pk}: DMS",
        {"active": "yes"},
        {"active": "no"},
        None,
    )
    assert last.reason == "Das Ziel antwortet, dass es diese Adresse nicht mehr gibt (410)."


def test_an_address_that_no_longer_leads_out_pauses_at_once(webhook, target, settings):
    settings.WEBHOOK_NETWORKS = ()
    happens("eins")
    send_due()
    assert (fresh(webhook).why, target.got) == (Why.FORBIDDEN, [])


def test_with_another_key_of_the_installation_nothing_is_signed_wrongly(webhook, target, settings):
    settings.SECRET_KEY = "x" * 60
    happens("eins")
    send_due()
    assert (fresh(webhook).why, target.got) == (Why.KEY, [])


def test_only_what_belongs_to_its_parts_is_told_and_the_rest_passed_over(target, coordinator):
    webhook, _secret = keeping.set_up(make.municipality(), "Berichte", target.url, ["catalogue"], coordinator)
    happens("eins")
    assert send_due() == 0
    assert (fresh(webhook).mark != webhook.mark, fresh(webhook).told, due(datetime.now(UTC))) == (
        True,
        webhook.told,
        [],
    )
    make.catalogue_import("2026-12", applied_at=datetime.now(UTC))
    send_due()
    [message] = target.messages()
    assert ([each["kind"] for each in message["results"]], message["since"]) == (["catalogue-import"], webhook.told)


def test_of_other_municipalities_nothing_is_told(webhook, target, coordinator):
    other = make.municipality("Nachbarstadt", "159990010020")
    make.User.objects.get(pk=coordinator.pk).memberships.create(municipality=other, role=Role.COORDINATOR)
    journal.write(journal.Kind.RULE, municipality=other, by=coordinator, about="fremd")
    journal.write(journal.Kind.EXPORT, municipality=None, by=coordinator, about="eigene Auskunft")
    happens("eins")
    send_due()
    assert told(target) == ["eins"]
    assert {each["municipality"] for message in target.messages() for each in message["results"]} <= {
        make.municipality().pk,
        None,
    }


def test_without_anybody_who_coordinates_it_waits_and_loses_nothing(webhook, target, coordinator):
    held = coordinator.memberships.get()
    coordinator.memberships.update(role=Role.STAFF)
    happens("eins")
    assert send_due() == 0
    coordinator.memberships.filter(pk=held.pk).update(role=Role.COORDINATOR)
    send_due()
    assert told(target) == ["eins"]


def test_one_that_breaks_stops_no_other(webhook, target, coordinator, monkeypatch):
    keeping.set_up(make.municipality(), "Zwei", target.url, ["people"], coordinator)
    happens("eins")
    calls = []

    def breaks_once(*given):
        calls.append(given)
        if len(calls) == 1:
            raise RuntimeError
        return real(*given)

    real = delivering.transmit
    monkeypatch.setattr(delivering, "transmit", breaks_once)
    assert send_due() == 1


def test_a_worker_that_dies_between_sending_and_storing_leaves_it_to_the_next_with_the_same_id(
    webhook, target, monkeypatch
):
    happens("eins")

    def dies(*given):
        real(*given)
        raise SystemExit

    real = delivering.transmit
    monkeypatch.setattr(delivering, "transmit", dies)
    with pytest.raises(SystemExit):
        send(webhook.pk)
    monkeypatch.undo()
    assert send_due() == 1
    assert target.ids()[0] == target.ids()[1]
    assert told(target) == ["eins", "eins"]


def test_a_claim_of_a_worker_that_is_gone_ends_by_itself(webhook, target):
    happens("eins")
    now = datetime.now(UTC)
    Webhook.objects.update(claim="weg", claimed_until=now + delivering.CLAIM_HOLDS)
    assert send_due() == 0
    with later(seconds=61):
        assert send_due() == 1


def test_a_worker_that_was_slow_moves_nothing_that_another_has_moved(webhook, target, monkeypatch):
    """It comes back with a refusal after another worker has sent the same and more."""
    happens("eins")
    real = delivering.transmit

    def slow(given, delivery):
        monkeypatch.setattr(delivering, "transmit", real)
        Webhook.objects.update(claimed_until=datetime.now(UTC) - timedelta(seconds=1))
        send_due()
        target.answers = [500]
        return real(given, delivery)

    monkeypatch.setattr(delivering, "transmit", slow)
    send(webhook.pk)
    assert (fresh(webhook).failures, told(target)) == (0, ["eins", "eins"])
    happens("zwei")
    send_due()
    assert told(target) == ["eins", "eins", "zwei"]


def test_what_waits_is_kept_and_what_was_accepted_goes_after_two_weeks(webhook, target):
    happens("eins")
    send_due()
    target.answers = [500]
    happens("zwei")
    send_due()
    with later(days=15):
        assert forget_old(make.municipality(), datetime.now(UTC)) == 1
    assert [each.state for each in Delivery.objects.all()] == [Delivery.State.WAITING]


def test_looking_for_what_is_due_asks_no_more_for_three_than_for_one(
    webhook, coordinator, target, django_assert_num_queries
):
    happens("eins")
    due(datetime.now(UTC))
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 3):
        assert len(due(datetime.now(UTC))) == 1
    for name in "bc":
        keeping.set_up(make.municipality(), name, target.url, ["people"], coordinator)
    happens("zwei")
    due(datetime.now(UTC))
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 3):
        assert len(due(datetime.now(UTC))) == 3


def test_a_message_of_many_costs_as_many_queries_as_one_of_one(webhook, target):
    happens("null")
    send_due()
    counted = []
    for many in (1, 3):
        happens(*map(str, range(many)))
        with CaptureQueriesContext(connection) as asked:
            send_due()
        counted.append(len(asked))
    assert counted[0] == counted[1]
    assert len(told(target)) == 5
