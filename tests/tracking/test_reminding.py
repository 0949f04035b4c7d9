"""Letters about planned dates and rounds: one a person, each stage once, as often as the person wants."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from ozg_tracker.accounts.models import HowOften, ReminderLetter, Role
from ozg_tracker.accounts.reminder_choices import choose
from ozg_tracker.accounts.reminding.sending import send_due_reminders
from ozg_tracker.tracking.following.commenting import comment, deal_with
from ozg_tracker.tracking.following.watching import watch
from ozg_tracker.tracking.models import MunicipalService, WorkReminder
from ozg_tracker.tracking.reminding import forget_old_reminders
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NOW = datetime(2025, 3, 11, 9, tzinfo=UTC)  # a Tuesday
TODAY = date(2025, 3, 11)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office():
    return make.department("Bürgerbüro")


@pytest.fixture
def clerk(office):
    return make.user("kim", Role.STAFF, department=office, first_name="Kim", last_name="Probe")


def planned(owner, days, name="Reisepass", key="99107000000001"):
    day = TODAY + timedelta(days=days)
    department = owner.memberships.get().department
    return make.row(make.service(key, name), owner=owner, department=department, state="planned", planned_on=day)


def sent(days=0):
    """What goes out so many days from now, by address: the lines that are told."""
    mail.outbox.clear()
    now = NOW + timedelta(days=days)
    with time_machine.travel(now, tick=False):
        number = send_due_reminders(now, make.municipality())
    assert number == len(mail.outbox)
    return {letter.to[0].split("@")[0]: [x for x in letter.body.splitlines() if x[:1] == "–"] for letter in mail.outbox}


def test_a_planned_date_is_told_a_week_before_on_its_day_and_weekly_after_it(clerk):
    planned(clerk, 10)
    assert sent() == {}
    assert sent(3) == {"kim": ["– Reisepass, geplant bis 21.03.2025"]}
    assert [sent(days) for days in (3, 4, 9)] == [{}, {}, {}]
    assert sent(10) == {"kim": ["– Reisepass, geplant bis 21.03.2025"]}
    assert sent(11) == {"kim": ["– Reisepass, geplant bis 21.03.2025, seit einem Tag überfällig"]}
    assert sent(17) == {}
    assert sent(18) == {"kim": ["– Reisepass, geplant bis 21.03.2025, seit 8 Tagen überfällig"]}


def test_whoever_leads_hears_of_it_after_two_weeks(clerk, office):
    make.user("leitung", Role.MANAGER, department=office)
    planned(clerk, -14)
    assert list(sent()) == ["kim"]
    assert sent(1) == {
        "kim": ["– Reisepass, geplant bis 25.02.2025, seit 15 Tagen überfällig"],
        "leitung": ["– Reisepass, geplant bis 25.02.2025, seit 15 Tagen überfällig, zuständig: Kim Probe"],
    }


def test_a_round_is_told_to_who_leads_and_no_more_once_it_is_handed_in(clerk, office):
    leader, coordinator = make.user("leitung", Role.MANAGER, department=office), make.user()
    planned(clerk, 90)
    make.row(make.service("99107000000002", "Frei"))
    asked = make.asked_round(coordinator, until=TODAY + timedelta(days=7))
    assert sent() == {
        "leitung": ["– Runde „Herbst“, Bürgerbüro: 1 von 1 ohne Antwort, bis 18.03.2025"],
        "koordination": ["– Runde „Herbst“, ohne Fachbereich: 1 von 1 ohne Antwort, bis 18.03.2025"],
    }
    asked.steps.create(kind="handed_in", department=office, by=leader, recorded_at=NOW)
    assert list(sent(7)) == ["koordination"]


def test_all_that_is_due_comes_in_one_letter_and_a_date_that_moves_begins_anew(clerk):
    row = planned(clerk, 7)
    planned(clerk, 0, "Ausweis", "99107000000002")
    assert sent() == {"kim": ["– Ausweis, geplant bis 11.03.2025", "– Reisepass, geplant bis 18.03.2025"]}
    assert mail.outbox[0].subject == "2 Aufgaben stehen an"
    assert "/aufgaben/" in mail.outbox[0].body
    MunicipalService.objects.filter(pk=row.pk).update(planned_on=TODAY + timedelta(days=8))
    assert sent(1)["kim"][1] == "– Reisepass, geplant bis 19.03.2025"


def test_each_hears_as_often_as_chosen(clerk):
    choose(clerk, HowOften.NEVER, 20, 6)
    row = planned(clerk, 1)
    assert sent() == {}
    MunicipalService.objects.filter(pk=row.pk).update(planned_on=TODAY - timedelta(days=1))
    assert list(sent()) == ["kim"]
    choose(clerk, HowOften.DAILY, 0, 23)
    MunicipalService.objects.filter(pk=row.pk).update(planned_on=TODAY - timedelta(days=2))
    assert sent(1) == {}


def test_a_letter_that_failed_or_was_only_begun_goes_out_later(clerk, monkeypatch):
    planned(clerk, 0)
    monkeypatch.setattr("ozg_tracker.accounts.mailing.Mailing.send", lambda *_given: (_ for _ in ()).throw(OSError()))
    assert sent() == {}
    assert WorkReminder.objects.get().failed_at == NOW
    monkeypatch.undo()
    assert list(sent()) == ["kim"]
    WorkReminder.objects.update(sent_at=None)
    ReminderLetter.objects.update(sent_at=None)
    assert sent() == {}
    WorkReminder.objects.update(claimed_at=NOW - timedelta(hours=2))
    assert list(sent()) == ["kim"]


def test_what_was_sent_is_forgotten_after_a_year(clerk):
    planned(clerk, 0)
    sent()
    sent(400)
    assert forget_old_reminders(make.municipality(), NOW + timedelta(days=400)) == 1
    assert [each.stage for each in WorkReminder.objects.all()] == ["late57"]


def test_whom_a_comment_names_is_told_of_it_once(clerk):
    row = planned(clerk, 90)
    comment(row, "@kim, wann kommt es?", by=make.user())
    assert sent() == {"kim": ["– Reisepass, ein Kommentar von koordination nennt Sie"]}
    assert (sent(1), sent(30)) == ({}, {})


def test_who_wants_to_hear_of_overdue_things_alone_and_who_dealt_with_it_get_no_letter(clerk):
    row, coordinator = planned(clerk, 90), make.user()
    choose(clerk, HowOften.NEVER, 20, 6)
    comment(row, "@kim eins", by=coordinator)
    assert sent() == {}
    choose(clerk, HowOften.DAILY, 20, 6)
    deal_with(row, by=clerk)
    assert sent() == {}


def test_who_watches_a_service_is_told_once_a_day_what_others_did(clerk, clock):
    row, coordinator = planned(clerk, 90), make.user()
    watch(row, clerk)
    clock.shift(timedelta(minutes=1))
    comment(row, "eins", by=coordinator)
    comment(row, "zwei", by=coordinator)
    assert sent() == {"kim": ["– Reisepass, von Ihnen beobachtet: 2 Kommentare"]}
    assert sent(1) == {}
    clock.shift(timedelta(days=2))
    comment(row, "drei", by=coordinator)
    assert sent(2) == {"kim": ["– Reisepass, von Ihnen beobachtet: 3 Kommentare"]}


def test_who_may_not_see_the_rows_any_more_is_told_nothing(clerk, clock):
    coordinator = make.user()
    row = planned(coordinator, 90)
    watch(row, clerk)
    clock.shift(timedelta(minutes=1))
    comment(row, "@kim", by=coordinator)
    clerk.memberships.update(role=Role.COUNCIL, department=None)
    assert sent() == {}
