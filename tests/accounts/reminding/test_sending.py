"""One letter a person with what is due in all rooms, however many runs there are and whichever of them dies."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.models import HowOften, Membership, ReminderLetter, Role
from ozg_tracker.accounts.reminder_choices import choose
from ozg_tracker.accounts.reminding.rooms import ROOMS
from ozg_tracker.accounts.reminding.sending import send_due_reminders
from tests import make
from tests.training import made
from tests.training.at_once import at_once

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
TODAY = date(2026, 3, 11)
pytestmark = pytest.mark.django_db


def planned(owner, day=TODAY, key="99107000000001", municipality=None):
    return make.row(make.service(key, "Reisepass"), municipality, owner=owner, state="planned", planned_on=day)


@pytest.fixture
def manager():
    """Who has a planned date, a training and a person whose training is open long after its day."""
    office = make.department("Bürgerbüro")
    leading = make.user("leitung", Role.MANAGER, department=office, first_name="Lea", last_name="Leitung")
    planned(leading)
    made.task(leading, due_on=TODAY)
    late = make.user("kim", Role.STAFF, department=office, first_name="Kim", last_name="Probe", email="")
    made.task(late, made.course("Brandschutz"), due_on=TODAY - timedelta(days=20))
    return leading


def sent(**later):
    mail.outbox.clear()
    send_due_reminders(NOW + timedelta(**later))
    return [letter.to[0].split("@")[0] for letter in mail.outbox]


def test_one_letter_tells_of_every_room(manager, settings):
    settings.BASE_URL = "https://ozg.example.invalid"
    assert [sent(hours=hours) for hours in (0, 1, 5)] == [["leitung"], [], []]
    send_due_reminders(NOW + timedelta(days=7))
    (letter,) = mail.outbox
    assert letter.subject == "Das steht bei Ihnen an"
    assert letter.body == (
        "Guten Tag Lea Leitung,\n\n"
        "bitte denken Sie an diese Aufgaben:\n\n"
        "– Reisepass, geplant bis 11.03.2026, seit 7 Tagen überfällig\n\n"
        "Alles, was auf Sie wartet, steht unter https://ozg.example.invalid/aufgaben/.\n\n"
        "bitte denken Sie an diese Schulungen:\n\n"
        "– Datenschutz, überfällig seit 11.03.2026\n\n"
        "Termine und Nachweise finden Sie unter https://ozg.example.invalid/schulungen/. Wenn Sie eine Schulung schon"
        " besucht haben, melden Sie sie dort als erledigt.\n\n"
        "Wie oft und wann Sie solche Nachrichten bekommen, wählen Sie unter https://ozg.example.invalid/konto/.\n"
    )


def test_what_comes_up_in_another_room_after_todays_letter_waits_for_tomorrow(manager):
    other = make.user("amt", Role.STAFF)
    made.task(other, due_on=TODAY)
    assert sent() == ["leitung", "amt"]
    planned(other, key="99107000000002")
    assert [sent(hours=5), sent(days=1)] == [[], ["leitung", "amt"]]


def test_who_wants_to_hear_at_once_does_from_each_room(manager):
    choose(manager, HowOften.AT_ONCE, 20, 6)
    sent()
    planned(manager, key="99107000000002")
    assert [sent(hours=1), sent(hours=2)] == [["leitung"], []]
    choose(manager, HowOften.AT_ONCE, 9, 20)
    planned(manager, key="99107000000003")
    assert [sent(hours=3), sent(hours=11)] == [[], ["leitung"]]


def test_a_person_of_two_municipalities_hears_of_both_in_one_letter(manager):
    neighbour = make.municipality("Neustadt", ars="159990020020")
    Membership.objects.create(user=manager, municipality=neighbour, role=Role.STAFF)
    planned(manager, key="99107000000002", municipality=neighbour)
    assert [send_due_reminders(NOW, each) for each in (make.municipality(), neighbour)] == [1, 0]
    assert mail.outbox[0].body.count("– Reisepass") == 2


def test_a_refused_letter_is_tried_again_in_all_its_parts(manager, settings, monkeypatch):
    monkeypatch.setattr("ozg_tracker.accounts.mailing.Mailing.send", lambda *_given: (_ for _ in ()).throw(OSError()))
    assert sent() == []
    assert [each.failed_at for room in ROOMS for each in room.claims.objects.all()] == [NOW] * 3
    monkeypatch.undo()
    assert [sent(hours=1), sent(hours=2)] == [["leitung"], []]
    assert mail.outbox == []
    assert [each.sent_at for room in ROOMS for each in room.claims.objects.all()] == [NOW + timedelta(hours=1)] * 3


def test_a_letter_that_was_only_begun_is_free_after_an_hour_with_all_its_parts(manager, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("ozg_tracker.accounts.reminding.sending._send_batch", lambda *_given: 0)  # the worker dies here
        sent()
    assert ReminderLetter.objects.get().claimed_at == NOW
    assert [sent(minutes=minutes) for minutes in (59, 60, 61)] == [[], ["leitung"], []]


@pytest.mark.parametrize("choice", [HowOften.WEEKLY, HowOften.NEVER])
def test_a_week_has_one_letter_whichever_room_it_is_from(manager, choice):
    choose(manager, choice, 20, 6)
    sent(days=1)  # a Thursday
    late = TODAY - timedelta(days=1)
    planned(manager, late, key="99107000000002")
    made.task(manager, made.course("Sprache"), due_on=late)
    assert [sent(days=days) for days in range(2, 7)] == [[], [], [], ["leitung"], []]


def test_a_long_list_is_cut_where_its_page_has_the_rest(manager):
    for number in range(60):
        made.task(manager, made.course(f"Kurs {number:02d}"), due_on=TODAY)
    sent()
    lines = [line for line in mail.outbox[0].body.splitlines() if line.startswith("– ")]
    assert (len(lines), lines.count("– und weitere, siehe unten")) == (1 + 51 + 1, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_it_asks_the_same_however_many_people_there_are(number):
    for each in range(number):
        person = make.user(f"person{each}", Role.STAFF)
        planned(person, key=f"9910700000000{each}")
        made.task(person, due_on=TODAY)
    municipality = make.municipality()
    with CaptureQueriesContext(connection) as asked:
        assert send_due_reminders(NOW, municipality) == number
    assert len(asked) == 26
    with CaptureQueriesContext(connection) as asked:
        assert send_due_reminders(NOW, municipality) == 0
    assert len(asked) == 12


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_one_writes():
    people = [make.user(f"p{number}", Role.STAFF) for number in range(20)]
    for person in people:
        made.task(person, due_on=TODAY)
    planned(people[0])
    results = at_once(*[lambda: send_due_reminders(NOW, make.municipality())] * 2)
    assert (sum(results), len(mail.outbox)) == (20, 20)
