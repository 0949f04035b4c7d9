import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from ozg_tracker.accounts.models import HowOften, Membership, Role
from ozg_tracker.accounts.reminder_choices import choose
from ozg_tracker.accounts.reminding.sending import send_due_reminders
from ozg_tracker.training.models import Reminder, TrainingTask
from tests import make
from tests.training import made

DUE = date(2026, 3, 31)
pytestmark = pytest.mark.django_db


def _at(day, hour=10):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def _days_before(days):
    return _at(DUE - timedelta(days=days))


@pytest.fixture
def task():
    return made.task(make.user("amt", Role.STAFF, first_name="Alex", last_name="Beispiel"), due_on=DUE)


def test_a_mail_names_what_is_due_and_where_to_go(task, settings):
    settings.BASE_URL = "https://ozg.example.invalid/"
    assert send_due_reminders(_days_before(30)) == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["amt@example.invalid"], "Eine Schulung steht an")
    assert "Guten Tag Alex Beispiel" in sent.body
    assert "– Datenschutz, fällig am 31.03.2026\n" in sent.body
    assert "https://ozg.example.invalid/schulungen/" in sent.body


def test_each_stage_is_sent_once_on_whichever_day_the_job_runs(task):
    sent_on = [days for days in range(40, -40, -1) for _ in range(send_due_reminders(_days_before(days)))]
    assert sent_on == [30, 7, 0, -1, -8, -15, -22, -29, -36]
    stages = list(Reminder.objects.values_list("stage", flat=True))
    assert stages == ["30", "7", "0", "overdue", *(f"overdue{week}" for week in range(1, 6))]


def test_each_week_has_its_own_words(task):
    for days in (0, -1, -8, -15):
        send_due_reminders(_days_before(days))
    told = [re.search(r"– Datenschutz, (.*)", sent.body)[1] for sent in mail.outbox]
    assert told == [
        "heute fällig",
        "überfällig seit 31.03.2026",
        "seit über 1 Woche überfällig (31.03.2026). Bitte erledigen Sie sie jetzt.",
        "seit über 2 Wochen überfällig (31.03.2026). Bitte erledigen Sie sie jetzt.",
    ]


@pytest.mark.parametrize(("days", "mails"), [(0, 1), (6, 1), (7, 0)])
def test_what_is_new_is_told_when_it_was_assigned_and_not_much_later(days, mails):
    assigned = DUE - timedelta(days=90)
    made.task(make.user("amt", Role.STAFF), due_on=DUE, period_start=assigned)
    sent = [send_due_reminders(_at(assigned + timedelta(days=days), hour)) for hour in (9, 10)]
    assert sent == [mails, 0]
    assert all("– Datenschutz, neu für Sie, fällig am 31.03.2026" in each.body for each in mail.outbox)


def test_a_missed_run_is_caught_up_with_the_stage_that_now_holds(task):
    sent_on = [days for days in (31, 5, 4, -3, -4) for _ in range(send_due_reminders(_days_before(days)))]
    assert sent_on == [5, -3]


def test_an_hourly_job_sends_one_mail_a_day_with_everything(task):
    for title in ("Brandschutz", "Barrierefreie Dokumente"):
        made.task(task.person, made.course(title), due_on=DUE - timedelta(days=1))
    counts = [send_due_reminders(_at(DUE - timedelta(days=20), hour)) for hour in range(20)]
    assert counts == [0] * 5 + [1] + [0] * 14  # at six in Berlin, when the night is over
    assert mail.outbox[0].subject == "3 Schulungen stehen an"


def test_what_comes_up_after_todays_mail_waits_for_tomorrow(task):
    today = DUE - timedelta(days=20)
    send_due_reminders(_at(today))
    made.task(task.person, made.course("Brandschutz"), due_on=DUE)
    assert [send_due_reminders(_at(today, 18)), send_due_reminders(_at(today + timedelta(days=1)))] == [0, 1]


def test_a_day_ends_at_midnight_in_germany(task):
    choose(task.person, HowOften.DAILY, 0, 0)
    last = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)  # 23:59 on the due day, summer time
    send_due_reminders(last)
    assert Reminder.objects.get().stage == "0"
    send_due_reminders(last + timedelta(minutes=1))
    assert Reminder.objects.latest("id").stage == "overdue"


def test_a_changed_due_day_is_reminded_of_anew(task):
    send_due_reminders(_days_before(7))
    TrainingTask.objects.update(due_on=DUE + timedelta(days=20))
    assert send_due_reminders(_days_before(6)) == 1


@pytest.mark.parametrize("why", ["done", "suspended", "left", "moved", "no_address", "council"])
def test_who_need_not_hear_of_it_does_not(task, why):
    person = task.person
    if why == "done":
        made.done(task, DUE)
    elif why == "suspended":
        TrainingTask.objects.update(suspended_until=DUE)
    elif why == "left":
        make.leave(person)
    elif why == "moved":
        Membership.objects.all().delete()
    elif why == "council":
        Membership.objects.update(role=Role.COUNCIL)
    else:
        person.email = ""
        person.save()
    assert send_due_reminders(_days_before(3)) == 0
    assert (len(mail.outbox), Reminder.objects.count()) == (0, 0)


def test_only_the_people_of_the_municipality_named(task):
    neighbour = make.municipality("Neustadt", ars="159990020020")
    made.task(make.user("fremd", Role.STAFF, municipality=neighbour), made.course(municipality=neighbour), due_on=DUE)
    assert send_due_reminders(_days_before(7), neighbour) == 1
    assert [sent.to for sent in mail.outbox] == [["fremd@example.invalid"]]


def test_a_person_of_two_municipalities_gets_one_mail_for_both(task):
    neighbour = make.municipality("Neustadt", ars="159990020020")
    Membership.objects.create(user=task.person, municipality=neighbour, role=Role.STAFF)
    made.task(task.person, made.course("Brandschutz", municipality=neighbour), due_on=DUE)
    assert [send_due_reminders(_days_before(7), municipality) for municipality in (make.municipality(), neighbour)] == [
        1,
        0,
    ]
    assert mail.outbox[0].subject == "2 Schulungen stehen an"


def test_a_refused_mail_stops_nobody_stays_visible_and_is_tried_again(task, settings, caplog):
    made.task(make.user("bau", Role.STAFF), due_on=DUE)
    settings.EMAIL_BACKEND = "tests.training.made.RefusesFirst"
    assert send_due_reminders(_days_before(7)) == 1
    failed = Reminder.objects.get(sent_at=None)
    assert (failed.task, failed.failed_at, failed.stage) == (task, _days_before(7), "7")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert [send_due_reminders(_days_before(7) + timedelta(hours=hours)) for hours in (1, 2)] == [1, 0]
    failed.refresh_from_db()
    assert (failed.failed_at, failed.sent_at) == (None, _days_before(7) + timedelta(hours=1))
    assert "was not sent" in caplog.text


def test_a_claim_neither_sent_nor_refused_within_an_hour_is_taken_up_again(task):
    claimed = _days_before(7)
    Reminder.objects.create(task=task, stage="7", due_on=DUE, claimed_at=claimed)
    later = [timedelta(minutes=59), timedelta(minutes=60), timedelta(days=1)]
    assert [send_due_reminders(claimed + each) for each in later] == [0, 1, 0]


def test_a_lost_claim_of_the_last_stage_is_taken_up_however_late(task):
    Reminder.objects.create(task=task, stage="overdue", due_on=DUE, claimed_at=_days_before(-1))
    assert [send_due_reminders(_days_before(-days)) for days in (90, 91)] == [1, 0]


def test_a_person_whose_mail_failed_comes_last_and_keeps_nobody_from_theirs(task, settings):
    settings.EMAIL_BACKEND = "tests.training.made.RefusesFirst"
    assert send_due_reminders(_days_before(7)) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    made.task(make.user("bau", Role.STAFF), due_on=DUE)
    send_due_reminders(_days_before(7) + timedelta(hours=1))
    assert [sent.to for sent in mail.outbox] == [["bau@example.invalid"], ["amt@example.invalid"]]


def test_at_night_nobody_is_woken(task):
    choose(task.person, HowOften.DAILY, 18, 9)
    assert [send_due_reminders(_at(DUE - timedelta(days=20), hour)) for hour in (7, 8)] == [0, 1]


def test_who_wants_to_hear_at_once_hears_of_the_next_thing_the_same_day(task):
    choose(task.person, HowOften.AT_ONCE, 20, 6)
    today = DUE - timedelta(days=20)
    send_due_reminders(_at(today))
    made.task(task.person, made.course("Brandschutz"), due_on=DUE)
    assert [send_due_reminders(_at(today, hour)) for hour in (11, 12)] == [1, 0]
    assert "Datenschutz" not in mail.outbox[1].body


def test_who_wants_one_letter_a_week_gets_one_with_everything(task):
    choose(task.person, HowOften.WEEKLY, 20, 6)
    monday = date(2026, 3, 9)
    send_due_reminders(_at(monday))
    made.task(task.person, made.course("Brandschutz"), due_on=DUE)
    made.task(task.person, made.course("Sprache"), due_on=DUE - timedelta(days=8))
    counts = [send_due_reminders(_at(monday + timedelta(days=days))) for days in range(1, 9)]
    assert (counts, mail.outbox[1].subject) == ([0] * 6 + [1, 0], "2 Schulungen stehen an")


def test_who_wants_none_hears_of_what_is_overdue_once_a_week(task):
    choose(task.person, HowOften.NEVER, 20, 6)
    sent_on = [days for days in range(40, -17, -1) for _ in range(send_due_reminders(_days_before(days)))]
    assert sent_on == [-1, -8, -15]
