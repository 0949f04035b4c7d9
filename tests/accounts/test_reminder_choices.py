"""How often and when a person is reminded."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import HowOften, ReminderChoice, User
from ozg_tracker.accounts.reminder_choices import choice_of, choose, may_be_told, only_overdue, told_since
from tests import make

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 3, 4, 11, tzinfo=UTC)  # noon in Berlin


@pytest.fixture
def person(municipality):
    return make.user("kim", role="staff")


def at(hour):
    """The instant of that hour in Berlin, in winter."""
    return datetime(2026, 3, 4 if hour else 3, (hour - 1) % 24, tzinfo=UTC)


def told_hours(person):
    return [hour for hour in range(24) if User.objects.filter(may_be_told(at(hour)), pk=person.pk).exists()]


def since(person):
    return User.objects.annotate(since=told_since(WEDNESDAY)).get(pk=person.pk).since


def test_who_chose_nothing_hears_daily_and_not_at_night(person):
    choice = choice_of(person)
    assert (choice.how_often, choice.quiet_from, choice.quiet_until, choice.pk) == ("daily", 20, 6, None)
    assert told_hours(person) == list(range(6, 20))
    assert since(person) == datetime(2026, 3, 3, 23, tzinfo=UTC)


def test_quiet_hours_hold_over_midnight_within_a_day_or_never(person):
    found = []
    for quiet in ((18, 9), (9, 18), (7, 7), (0, 23)):
        choose(person, HowOften.DAILY, *quiet)
        found.append(told_hours(person))
    assert found == [list(range(9, 18)), [*range(9), *range(18, 24)], list(range(24)), [23]]


@pytest.mark.parametrize(
    ("how_often", "expected"),
    [
        (HowOften.AT_ONCE, WEDNESDAY),
        (HowOften.DAILY, datetime(2026, 3, 3, 23, tzinfo=UTC)),
        (HowOften.WEEKLY, datetime(2026, 3, 1, 23, tzinfo=UTC)),
        (HowOften.NEVER, datetime(2026, 3, 1, 23, tzinfo=UTC)),
    ],
)
def test_letters_count_from_the_day_the_week_or_not_at_all(person, how_often, expected):
    choose(person, how_often, 20, 6)
    assert since(person) == expected


def test_never_means_only_what_is_overdue(person):
    make.user("alex", role="staff")
    choose(person, HowOften.NEVER, 20, 6)
    assert list(User.objects.filter(only_overdue()).values_list("username", flat=True)) == ["kim"]


def test_choosing_again_keeps_one_choice(person):
    choose(person, HowOften.WEEKLY, 20, 6)
    choose(person, HowOften.AT_ONCE, 22, 5)
    assert [(each.how_often, each.quiet_from) for each in ReminderChoice.objects.all()] == [("at_once", 22)]


@pytest.mark.parametrize("wrong", [("hourly", 20, 6), ("daily", 24, 6), ("daily", 20, 99), ("daily", -1, 6)])
def test_what_there_is_not_cannot_be_chosen(person, wrong):
    with pytest.raises(ValidationError):
        choose(person, *wrong)
    assert not ReminderChoice.objects.exists()


def test_a_person_chooses_in_the_account(sign_in, person):
    client = sign_in(person)
    assert '<option value="daily" selected>' in client.get("/konto/").text
    sent = {"how_often": "weekly", "quiet_from": "18", "quiet_until": "8"}
    assert client.post("/konto/erinnerungen/", sent).headers["Location"] == "/konto/#erinnerungen"
    assert (choice_of(person).how_often, choice_of(person).quiet_from) == ("weekly", 18)
    wrong = client.post("/konto/erinnerungen/", sent | {"quiet_until": "25"})
    assert (wrong.status_code, choice_of(person).quiet_until) == (400, 8)


def test_a_program_chooses_for_its_person(sign_in, person):
    client = sign_in(person)
    changed = client.patch("/api/v1/me/reminders/", {"how_often": "never"}, content_type="application/json")
    assert changed.json() == {"how_often": "never", "quiet_from": 20, "quiet_until": 6}
    assert client.get("/api/v1/me/reminders/").json() == changed.json()
    assert client.patch("/api/v1/me/reminders/", {"quiet_from": 24}, content_type="application/json").status_code == 400
