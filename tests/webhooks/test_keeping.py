"""What the coordination does with a webhook, and what is refused with a sentence."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import JournalEntry
from ozg_tracker.feed.reading import Mark, mark_of
from ozg_tracker.webhooks import delivering, keeping
from ozg_tracker.webhooks.delivering import pause_all, send_due
from ozg_tracker.webhooks.models import PARTS, Delivery, State, Webhook, Why
from tests import make
from tests.webhooks.happening import fresh, happens, told
from tests.webhooks.receiver import receiver

pytestmark = pytest.mark.django_db


def refused(deed):
    """Code of the refusal, by the field it is about; "" for none."""
    with pytest.raises(ValidationError) as found:
        deed()
    by_field = getattr(found.value, "error_dict", None)
    return {field: each[0].code for field, each in by_field.items()} if by_field else {"": found.value.code}


def set_up(person, url, **facts):
    said = {"name": "DMS", "parts": ["status"], "since": "now"} | facts
    return keeping.set_up(make.municipality(), said["name"], url, said["parts"], person, since=said["since"])


def test_what_is_set_up_tells_what_happens_from_then_on(target, coordinator):
    happens("vorher")
    _webhook, secret = set_up(coordinator, target.url, parts=["people"])
    happens("nachher")
    send_due()
    assert told(target) == ["nachher"]
    assert target.verified(secret)
    assert secret not in str(list(Webhook.objects.values()) + list(JournalEntry.objects.values()))


def test_what_of_an_address_may_be_secret_is_nowhere_but_with_the_webhook(target, coordinator):
    webhook, _secret = set_up(coordinator, f"{target.url}&token=geheim")
    changed = keeping.change(webhook, 1, coordinator, name="DMS", url=f"{target.url}&token=anders", parts=["status"])
    told = str(list(JournalEntry.objects.values()))
    assert ("geheim" in told, "anders" in told, changed.version) == (False, False, 2)


def test_from_a_mark_on_it_tells_what_happened_since(target, coordinator):
    happens("eins")
    mark = str(mark_of("now"))
    happens("zwei")
    set_up(coordinator, target.url, parts=["people"], since=mark)
    send_due()
    assert told(target) == ["zwei"]


def test_the_journal_says_who_set_it_up_and_what_was_changed(webhook, coordinator, target):
    keeping.change(webhook, 1, coordinator, name="Neues DMS", url=target.url, parts=["reports", "status"])
    labels = [str(each) for each in PARTS.values()]
    everything = " · ".join(labels)
    entries = JournalEntry.objects.filter(about__startswith=f"Webhook {webhook.pk}: ").order_by("pk")
    assert [(each.by, each.before, each.after) for each in entries] == [
        (
            coordinator,
            {},
            {"active": "yes", "name": "DMS", "address": f"{target.url.partition('/hook')[0]}/…", "parts": everything},
        ),
        (
            coordinator,
            {"name": "DMS", "parts": everything},
            {"name": "Neues DMS", "parts": " · ".join(labels[:2])},
        ),
    ]


def test_who_does_not_coordinate_keeps_none(webhook, manager, target):
    deeds = {
        "set_up": lambda: set_up(manager, target.url),
        "change": lambda: keeping.change(webhook, 1, manager, name="x", url=target.url, parts=["status"]),
        "renew": lambda: keeping.renew(webhook, 1, manager),
        "pause": lambda: keeping.pause(webhook, 1, manager),
        "resume": lambda: keeping.resume(webhook, 1, manager),
        "end": lambda: keeping.end(webhook, 1, manager),
        "probe": lambda: keeping.probe(webhook, manager),
        "resend": lambda: keeping.resend(make.delivery(webhook), manager),
    }
    assert {name: refused(deed) for name, deed in deeds.items()} == {key: {"": "not_allowed"} for key in deeds}
    assert target.got == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"url": "https://127.0.0.2.nip.invalid/"}, {"url": "name"}),
        ({"url": "https://user@dms.example.de/"}, {"url": "address"}),
        ({"url": "https://[::1]/"}, {"url": "forbidden"}),
        ({"name": " "}, {"name": "blank"}),
        ({"name": "x" * 81}, {"name": "max_length"}),
        ({"parts": []}, {"parts": "unknown_part"}),
        ({"parts": ["read"]}, {"parts": "unknown_part"}),
        ({"parts": ["status", "alles"]}, {"parts": "unknown_part"}),
        ({"since": "gestern"}, {"since": "mark"}),
        ({"since": "9-9-aaaaaaaa"}, {"since": "place_is_gone"}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(target, coordinator, facts, expected):
    said = {"url": target.url} | facts
    assert refused(lambda: set_up(coordinator, said.pop("url"), **said)) == expected
    assert not Webhook.objects.exists()


def test_more_than_ten_are_refused_and_those_that_ended_do_not_count(target, coordinator):
    made = [set_up(coordinator, target.url)[0] for _ in range(10)]
    assert refused(lambda: set_up(coordinator, target.url)) == {"": "too_many"}
    keeping.end(made[0], 1, coordinator)
    assert set_up(coordinator, target.url)


def test_of_two_who_change_at_once_the_second_is_told(webhook, coordinator, target):
    keeping.pause(webhook, 1, coordinator)
    for deed in (
        lambda: keeping.change(webhook, 1, coordinator, name="x", url=target.url, parts=["status"]),
        lambda: keeping.resume(webhook, 1, coordinator),
        lambda: keeping.renew(webhook, 1, coordinator),
        lambda: keeping.end(webhook, 1, coordinator),
    ):
        assert refused(deed) == {"": "changed_meanwhile"}
    assert (fresh(webhook).name, fresh(webhook).state) == ("DMS", State.PAUSED)


def test_sending_is_no_change_that_anybody_has_to_see(webhook, coordinator):
    happens("eins")
    send_due()
    assert keeping.pause(webhook, 1, coordinator).version == 2
    assert fresh(webhook).told != webhook.told


def test_nothing_new_is_no_change(webhook, coordinator, target):
    parts = webhook.parts.split()
    assert keeping.change(webhook, 1, coordinator, name="DMS", url=target.url, parts=parts).version == 1


def test_what_waits_goes_to_the_new_address_under_a_new_id_and_is_lost_nowhere(webhook, coordinator, target):
    target.answers = [500]
    happens("eins")
    send_due()
    with receiver() as other:
        keeping.change(webhook, 1, coordinator, name="DMS", url=other.url, parts=["people"])
        send_due()
        assert told(other) == ["eins"]
        assert other.ids() != target.ids()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["delivered", "dropped"]


def test_what_comes_back_late_from_the_old_address_moves_nothing(webhook, coordinator, target, monkeypatch):
    """Changed while its message is under way; in the same thread, as no other sees a test's transaction."""
    happens("eins")
    real = delivering.transmit

    def slow(given, delivery):
        monkeypatch.setattr(delivering, "transmit", real)
        keeping.change(webhook, 1, coordinator, name="DMS", url=other.url, parts=["people"])
        return real(given, delivery)

    monkeypatch.setattr(delivering, "transmit", slow)
    with receiver() as other:
        send_due()
        assert (told(target)[0], told(other)) == ("eins", ["eins"])


def test_for_a_day_both_secrets_are_good_then_the_new_one_alone(made, target, coordinator):
    webhook, old = made
    _held, new = keeping.renew(webhook, 1, coordinator)
    keeping.probe(webhook, coordinator)
    assert target.verified(old) and target.verified(new)
    assert fresh(webhook).old_until - datetime.now(UTC) > timedelta(hours=23)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, seconds=1), tick=False):
        keeping.probe(webhook, coordinator)
        [(headers, _body)] = target.got[1:]
        assert len(headers["webhook-signature"].split()) == 1
    assert JournalEntry.objects.latest("pk").after == {"signature": "set"}


def test_with_another_key_of_the_installation_a_new_secret_mends_it(webhook, coordinator, settings, target):
    settings.SECRET_KEY = "x" * 60
    happens("eins")
    send_due()
    for deed in (keeping.probe, lambda held, by: keeping.resend(make.delivery(held), by)):
        assert refused(lambda deed=deed: deed(webhook, coordinator)) == {"": "another_key"}
    held, secret = keeping.renew(webhook, 2, coordinator)
    keeping.resume(held, 3, coordinator)
    send_due()
    assert "eins" in told(target)
    assert target.verified(secret)
    assert len(target.got[0][0]["webhook-signature"].split()) == 1


def test_a_probe_tells_what_came_of_it_and_moves_nothing(made, target, coordinator):
    webhook, secret = made
    happens("eins")
    delivery = keeping.probe(webhook, coordinator)
    [message] = target.verified(secret)
    assert (message["type"], message["results"], message["since"], message["next"]) == (
        "probe",
        [],
        webhook.told,
        webhook.told,
    )
    assert (delivery.state, delivery.status, delivery.attempts) == (Delivery.State.DELIVERED, 204, 1)
    assert fresh(webhook).mark == webhook.mark


def test_a_probe_that_is_refused_is_no_failure_of_the_webhook(webhook, target, coordinator):
    target.answers = [410]
    delivery = keeping.probe(webhook, coordinator)
    assert (delivery.state, delivery.status, delivery.problem) == (Delivery.State.FAILED, 410, "refused")
    assert (fresh(webhook).state, fresh(webhook).failures) == (State.ACTIVE, 0)


def test_probes_come_ten_seconds_apart(webhook, target, coordinator):
    keeping.probe(webhook, coordinator)
    assert refused(lambda: keeping.probe(webhook, coordinator)) == {"": "too_soon"}
    assert len(target.got) == 1


def test_what_was_accepted_is_sent_again_as_it_was(webhook, target, coordinator):
    happens("eins")
    send_due()
    sent = Delivery.objects.get()
    assert refused(lambda: keeping.resend(sent, coordinator)) == {"": "too_soon"}
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=11), tick=False):
        again = keeping.resend(sent, coordinator)
    assert target.ids() == [sent.message] * 2 and target.got[0][1] == target.got[1][1]
    assert (again.attempts, again.state) == (2, Delivery.State.DELIVERED)
    assert (fresh(webhook).told, send_due()) == (str(sent.mark), 0)


def test_what_waits_is_not_sent_again_by_hand(webhook, target, coordinator):
    target.answers = [500]
    happens("eins")
    send_due()
    assert refused(lambda: keeping.resend(Delivery.objects.get(), coordinator)) == {"": "not_now"}


def test_while_it_is_paused_nothing_is_sent_and_then_all_of_it(webhook, target, coordinator):
    held = keeping.pause(webhook, 1, coordinator)
    happens("eins")
    assert (send_due(), refused(lambda: keeping.pause(held, 2, coordinator))) == (0, {"": "not_now"})
    held = keeping.resume(held, 2, coordinator)
    happens("zwei")
    send_due()
    assert (told(target), held.why) == (["eins", "zwei"], "")
    assert refused(lambda: keeping.resume(held, 3, coordinator)) == {"": "not_now"}


def test_what_is_ended_stays_ended(webhook, target, coordinator):
    target.answers = [500]
    happens("eins")
    send_due()
    ended = keeping.end(webhook, 1, coordinator)
    for deed in (
        lambda: keeping.resume(ended, 2, coordinator),
        lambda: keeping.renew(ended, 2, coordinator),
        lambda: keeping.probe(ended, coordinator),
        lambda: keeping.change(ended, 2, coordinator, name="x", url=target.url, parts=["status"]),
        lambda: keeping.resend(make.delivery(ended), coordinator),
    ):
        assert refused(deed) == {"": "ended"}
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=False):
        assert send_due() == 0
    assert len(target.got) == 1


def test_after_a_backup_was_put_in_all_stand_still_until_somebody_resumes_them(webhook, target, coordinator):
    pause_all()
    happens("eins")
    assert (send_due(), fresh(webhook).why) == (0, Why.RESTORED)
    keeping.resume(webhook, 2, coordinator)
    send_due()
    assert "eins" in told(target)


def test_a_mark_of_the_beginning_is_one_too(webhook):
    assert mark_of(str(Mark())) == Mark()
