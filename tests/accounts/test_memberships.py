from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from ozg_tracker.accounts.memberships import NOTHING, Held, bring_up_to_date, come_due, held_as_of, record
from ozg_tracker.accounts.models import JournalEntry, Membership, MembershipEvent, Role, User
from ozg_tracker.accounts.people import add_user, call_off, change_role, let_go, take_back
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 3, 10)


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def _shown(user):
    return [(each.role, each.department_id) for each in user.memberships.all()]


def test_a_move_from_a_day_to_come_changes_nothing_before_it(clock):
    office = make.department("Bürgerbüro")
    user, by = make.user("amt", Role.STAFF), make.user()
    change_role(
        user.memberships.get(),
        role=Role.MANAGER,
        department=office,
        effective_on=date(2026, 4, 1),
        reason="Wahl",
        by=by,
    )
    assert _shown(user) == [("staff", None)]
    assert come_due(make.municipality()) == 0
    clock.move_to(datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # 1 April in Germany
    assert (come_due(make.municipality()), come_due(make.municipality())) == (1, 0)
    assert _shown(user) == [("manager", office.pk)]
    event = user.membership_events.first()
    assert (event.by, event.reason, event.recorded_at) == (by, "Wahl", datetime(2026, 3, 10, 12, tzinfo=UTC))


def test_who_is_let_go_for_a_day_to_come_can_work_until_then_and_no_longer(clock):
    user, by = make.user("amt", Role.STAFF), make.user()
    assert let_go(user.memberships.get(), effective_on=date(2026, 4, 1), by=by) is False
    user.refresh_from_db()
    assert user.is_active
    clock.move_to(datetime(2026, 4, 3, 12, tzinfo=UTC))  # nothing ran for two days
    come_due(make.municipality())
    user.refresh_from_db()
    assert (user.is_active, user.left_on) == (False, date(2026, 4, 1))


def test_what_is_planned_can_be_called_off_and_then_never_happens(clock):
    user, by = make.user("amt", Role.STAFF), make.user()
    let_go(user.memberships.get(), effective_on=date(2026, 4, 1), by=by)
    call_off(user.membership_events.first(), by=by)
    clock.move_to(datetime(2026, 4, 3, 12, tzinfo=UTC))
    come_due(make.municipality())
    assert held_as_of(make.municipality(), date(2026, 4, 3))[user.pk] == Held(Role.STAFF)
    with pytest.raises(ValidationError) as refused:
        call_off(user.membership_events.first(), by=by)
    assert refused.value.code == "not_planned"


def test_a_late_entry_for_an_earlier_day_leaves_today_as_it_is():
    office, other = make.department("Bürgerbüro"), make.department("Bauamt")
    user = make.user("amt", Role.STAFF)
    member = user.memberships.get()
    change_role(member, role=Role.STAFF, department=office)
    change_role(member, role=Role.STAFF, department=other, effective_on=date(2026, 1, 1))
    assert _shown(user) == [("staff", office.pk)]
    assert held_as_of(make.municipality(), date(2026, 2, 1))[user.pk] == Held(Role.STAFF, other.pk)
    assert held_as_of(make.municipality(), date(2025, 12, 31))[user.pk] == Held(Role.STAFF)


def test_who_comes_back_was_away_in_between(clock):
    user, by = make.user("amt", Role.STAFF), make.user()
    let_go(user.memberships.get(), by=by)
    clock.move_to(datetime(2026, 5, 1, 12, tzinfo=UTC))
    take_back(user.memberships.get(), by=by)
    days = (date(2026, 3, 9), TODAY, date(2026, 4, 30), date(2026, 5, 1))
    assert [user.pk in held_as_of(make.municipality(), day) for day in days] == [True, False, False, True]
    user.refresh_from_db()
    assert (user.is_active, user.left_on) == (True, None)


def test_who_has_a_role_elsewhere_keeps_the_access_and_loses_only_the_role_here():
    neighbour = make.municipality("Neustadt", ars="159990020020")
    user = make.user("amt", Role.STAFF)
    make.user("amt", Role.COUNCIL, municipality=neighbour)
    assert let_go(user.memberships.get(municipality=make.municipality()), by=make.user()) is False
    user.refresh_from_db()
    assert (user.is_active, [each.municipality for each in user.memberships.all()]) == (True, [neighbour])


def test_a_person_of_a_day_to_come_has_no_role_before_and_cannot_be_taken_in_twice(clock):
    user = add_user("neu", municipality=make.municipality(), role=Role.STAFF, effective_on=date(2026, 4, 1))
    assert _shown(user) == []
    with pytest.raises(ValidationError) as refused:
        add_user("neu", municipality=make.municipality(), role=Role.STAFF)
    assert refused.value.code == "has_role"
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    come_due(make.municipality())
    assert _shown(user) == [("staff", None)]


@pytest.mark.parametrize("day", [date(1066, 10, 14), date(2206, 3, 10)])
def test_a_strange_day_is_refused_and_nothing_is_written(day):
    user = make.user("amt", Role.STAFF)
    with pytest.raises(ValidationError, match="zu weit weg"):
        let_go(user.memberships.get(), effective_on=day, by=make.user())
    assert user.membership_events.count() == 1


def test_saying_the_same_again_is_no_event():
    user = make.user("amt", Role.STAFF)
    for _again in range(2):
        change_role(user.memberships.get(), role=Role.COUNCIL, department=None)
    assert user.membership_events.count() == 2


def test_the_journal_says_who_changed_what_of_whom():
    office, by = make.department("Bürgerbüro"), make.user()
    user = make.user("amt", Role.STAFF)
    change_role(user.memberships.get(), role=Role.MANAGER, department=office, reason="Wahl", by=by)
    entry = JournalEntry.objects.get(kind="role")
    assert (entry.kind, entry.by, entry.person, entry.reason) == ("role", by, user, "Wahl")
    assert entry.before == {"role": "staff", "department": ""}
    assert entry.after == {"role": "manager", "department": "Bürgerbüro", "effective_on": "2026-03-10"}


@pytest.mark.parametrize("change", [lambda events: events.update(reason="anders"), lambda events: events.delete()])
def test_an_event_can_neither_be_changed_nor_deleted(change):
    make.user("amt", Role.STAFF)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(MembershipEvent.objects.all())


@pytest.mark.parametrize(
    "nonsense",
    [{"role": Role.MANAGER}, {"role": "", "department": "here"}, {"role": Role.STAFF, "department": "there"}],
)
def test_the_database_refuses_an_event_that_cannot_be(nonsense):
    places = {
        "here": make.department(),
        "there": make.department(municipality=make.municipality("Neustadt", "159990020020")),
    }
    fields = nonsense | {"department": places.get(nonsense.get("department"))}
    user = make.user("amt", Role.STAFF)
    with pytest.raises(DatabaseError), transaction.atomic():
        MembershipEvent.objects.create(
            municipality=make.municipality(), user=user, effective_on=TODAY, recorded_at=timezone.now(), **fields
        )


DAYS = st.integers(-30, 30).map(lambda offset: TODAY + timedelta(days=offset))
STORIES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), DAYS), max_size=25)


@settings(max_examples=25, deadline=None)
@given(STORIES, DAYS, st.integers(0, 25))
def test_a_day_as_known_then_is_what_a_plain_walk_over_the_events_says(story, day, known):
    with transaction.atomic():
        _compare(story, day, known)
        transaction.set_rollback(True)


def _plain(told, day):
    newest = {}
    for user, held, since in sorted(told, key=lambda event: event[2]):  # stable: of one day the last told
        if since <= day:
            newest[user] = held
    return {user: held for user, held in newest.items() if held != NOTHING}


def _compare(story, day, known):
    municipality = make.municipality()
    offices = [make.department(name) for name in ("A", "B")]
    kinds = [NOTHING, Held(Role.STAFF), Held(Role.STAFF, offices[0].pk), Held(Role.MANAGER, offices[1].pk)]
    people = [User.objects.create(username=f"p{number}") for number in range(4)]
    told, recorded = [], []
    for number, (person, kind, since) in enumerate(story):
        user, held = people[person].pk, kinds[kind]
        moment = datetime(2026, 3, 10, 12, tzinfo=UTC) + timedelta(minutes=number)
        with time_machine.travel(moment, tick=False):
            record(municipality, {user: held}, effective_on=since)
        if _plain(told, since).get(user, NOTHING) != held:  # who is that already gets no event
            told.append((user, held, since))
            recorded.append(number)

    moment = datetime(2026, 3, 10, 12, tzinfo=UTC) + timedelta(minutes=known - 1)
    assert held_as_of(municipality, day, moment) == _plain(told[: sum(number < known for number in recorded)], day)
    active = Membership.objects.filter(municipality=municipality, user__is_active=True)
    shown = {each.user_id: Held(each.role, each.department_id) for each in active}
    assert shown == _plain(told, TODAY)
    assert bring_up_to_date(municipality, [person.pk for person in people]) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_many_move_with_as_many_queries_as_one(count, django_assert_num_queries):
    municipality, office = make.municipality(), make.department("Bürgerbüro")
    people = [make.user(f"p{number}", Role.STAFF) for number in range(count)]
    with django_assert_num_queries(12):
        record(municipality, {person.pk: Held(Role.STAFF, office.pk) for person in people})


def test_whoever_is_there_when_the_history_begins_has_been_there_since_the_ozg_and_who_left_until_then():
    office = make.department("Bürgerbüro")
    for name in ("bleibt", "ging"):
        user = User.objects.create(username=name)
        Membership.objects.create(user=user, municipality=make.municipality(), role=Role.STAFF, department=office)
    User.objects.filter(username="ging").update(is_active=False, left_on=date(2025, 6, 1))
    import_module("ozg_tracker.accounts.migrations.0009_first_membership_events").write(apps, None)
    found = MembershipEvent.objects.order_by("pk").values_list("user__username", "role", "department", "effective_on")
    assert list(found) == [
        ("bleibt", "staff", office.pk, date(2017, 8, 18)),
        ("ging", "staff", office.pk, date(2017, 8, 18)),
        ("ging", "", None, date(2025, 6, 1)),
    ]
