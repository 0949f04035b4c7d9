"""What passes besides services, and like them: drafts, rounds one leads or answers for, dates of trainings."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from ozg_tracker.accounts.holdings import Holding, holdings_of
from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.accounts.people import change_role, holdings, let_go
from ozg_tracker.handover import things
from ozg_tracker.handover.carrying_out import come_due
from ozg_tracker.handover.deciding import things_to_hand_over
from ozg_tracker.handover.handing_over import hand_over, take_back
from ozg_tracker.handover.holding import stranded_by_person
from ozg_tracker.handover.models import Handover, Kind, OtherItem, Why
from ozg_tracker.tracking.rounds import deeds
from ozg_tracker.tracking.rounds.standing import standing_of
from tests import make
from tests.training import made
from tests.training.made import code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY, APRIL = date(2026, 3, 10), date(2026, 4, 1)
BEGIN = datetime(2026, 4, 20, 7, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def office():
    return make.department("Bürgerbüro", parent=make.department("Bürgerdienste"))


@pytest.fixture
def people(office):
    return {
        "boss": make.user(),
        "giver": make.user("frau.alt", email="alt@example.org"),
        "taker": make.user("herr.neu", email="neu@example.org"),
        "manager": make.user("leitung", Role.MANAGER, department=office),
        "clerk": make.user("amt1", Role.STAFF, department=office),
        "elsewhere": make.user("bauhof", Role.STAFF, department=make.department("Bauhof")),
        "council": make.user("rat", Role.COUNCIL),
    }


@pytest.fixture
def all_of_it(people, office):
    """A coordinator with a draft of each kind, a round and a date of a training."""
    make.row(department=office)
    return {
        "merge": make.merge(people["giver"]),
        "own_list": make.own_list(people["giver"]),
        "round": make.asked_round(people["giver"]),
        "course_date": made.course_date(starts_at=BEGIN, trainer=people["giver"]),
    }


def held(who):
    return [thing.kind for thing in things.held(make.municipality(), [who.pk])]


def give(people, what, giver="giver", to="taker", by="boss", **said):
    said = {"why": Why.LEAVES, "starts_on": TODAY} | said
    others = {thing.key: people[to] for thing in what}
    return hand_over(make.municipality(), people[giver], {}, others, by=people[by], **said)


def theirs(people, who="giver"):
    return things.held(make.municipality(), [people[who].pk])


def test_all_of_it_passes_at_once_and_goes_back_as_one(people, all_of_it):
    made_ = give(people, theirs(people))
    assert (held(people["giver"]), held(people["taker"])) == ([], ["merge", "own_list", "round", "course_date"])
    assert [(step.kind, step.moved, step.left) for step in made_.steps.all()] == [("done", 4, 0)]
    assert JournalEntry.objects.get(kind="handover").after == {
        "rows": "0", "others": "4", "effective_on": "2026-03-10",
    }  # fmt: skip
    assert standing_of(all_of_it["round"]).leader == people["taker"]
    take_back(made_, by=people["boss"])
    assert (held(people["giver"]), held(people["taker"])) == (["merge", "own_list", "round", "course_date"], [])


def test_some_pass_and_the_rest_stays(people, all_of_it):
    give(people, [thing for thing in theirs(people) if thing.kind in (Kind.MERGE, Kind.ROUND)])
    assert (held(people["giver"]), held(people["taker"])) == (["own_list", "course_date"], ["merge", "round"])


def test_after_an_absence_it_comes_back_except_what_is_over_or_was_given_on(people, all_of_it, clock):
    made_ = give(people, theirs(people), why=Why.AWAY, until=date(2026, 3, 20))
    assert holdings_of(make.municipality(), [people["giver"].pk])[people["giver"].pk] == Holding("", "herr.neu")
    all_of_it["merge"].delete()
    deeds.pass_on(all_of_it["round"], people["boss"], by=people["taker"])
    clock.move_to(datetime(2026, 3, 21, 12, tzinfo=UTC))
    assert come_due(make.municipality(), date(2026, 3, 21)) == 1
    assert (held(people["giver"]), held(people["boss"])) == (["own_list", "course_date"], ["round"])
    assert [(step.kind, step.moved, step.left) for step in made_.steps.all()] == [("done", 4, 0), ("returned", 2, 1)]


def test_a_day_to_come_changes_nothing_before_it(people, all_of_it, clock):
    made_ = give(people, theirs(people), starts_on=APRIL)
    assert (come_due(make.municipality(), TODAY), held(people["taker"])) == (0, [])
    all_of_it["merge"].delete()  # taken over meanwhile
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    assert (come_due(make.municipality(), APRIL), held(people["taker"])) == (1, ["own_list", "round", "course_date"])
    assert [(step.moved, step.left) for step in made_.steps.all()] == [(3, 0)]


def test_what_somebody_else_holds_by_now_keeps_the_whole_from_going_back(people, all_of_it):
    made_ = give(people, theirs(people))
    deeds.pass_on(all_of_it["round"], people["boss"], by=people["taker"])
    with pytest.raises(ValidationError, match="Einen Posten hält inzwischen jemand anderes") as refused:
        take_back(made_, by=people["boss"])
    assert (code(refused), held(people["taker"])) == ("changed_since", ["merge", "own_list", "course_date"])


def test_who_cannot_hold_it_any_more_gets_nothing_back(people, all_of_it, office):
    made_ = give(people, theirs(people))
    change_role(people["giver"].memberships.get(), role=Role.STAFF, department=office, by=people["boss"])
    with pytest.raises(ValidationError, match="kann hier nicht mehr handeln") as refused:
        take_back(made_, by=people["boss"])
    assert (code(refused), held(people["giver"])) == ("cannot_act", [])


def test_what_stays_with_somebody_who_cannot_act_is_found(people, all_of_it, office, clock):
    made_ = give(people, theirs(people), starts_on=APRIL)
    change_role(people["taker"].memberships.get(), role=Role.STAFF, department=office, by=people["boss"])
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    come_due(make.municipality(), APRIL)
    assert [(step.moved, step.left) for step in made_.steps.all()] == [(2, 2)]  # the list and the round need more
    let_go(people["giver"].memberships.get(), by=people["boss"])
    told = "1 Entwurf, 1 Bestätigungsrunde"
    assert stranded_by_person(make.municipality()) == [(people["giver"], told)]
    give(people, theirs(people), to="boss", starts_on=APRIL)
    assert stranded_by_person(make.municipality()) == []


def test_who_leads_a_department_alone_lets_another_answer_for_it(people, office, clock):
    make.row(department=office)
    asked = make.asked_round(people["boss"])
    assert [thing.name for thing in theirs(people, "manager")] == ["Herbst: Bürgerbüro"]
    assert holdings(make.municipality(), people["manager"].pk) == ["antwortet in 1 Bestätigungsrunde"]
    give(people, theirs(people, "manager"), "manager", "clerk", by="manager", why=Why.AWAY, until=date(2026, 3, 20))
    assert [str(each) for each in standing_of(asked).units[0].leaders] == ["leitung", "amt1"]
    assert (held(people["manager"]), held(people["clerk"])) == ([], ["answers"])
    step = deeds.hand_in(asked, office, by=people["clerk"])
    assert (held(people["clerk"]), standing_of(asked).units[0].progress) == ([], "handed_in")
    deeds.take_back(step, by=people["clerk"])
    clock.move_to(datetime(2026, 3, 21, 12, tzinfo=UTC))
    come_due(make.municipality(), date(2026, 3, 21))
    assert (held(people["manager"]), held(people["clerk"])) == (["answers"], [])
    with pytest.raises(PermissionDenied):
        deeds.hand_in(asked, office, by=people["clerk"])


def test_a_round_that_two_lead_a_department_for_is_nobodys_alone(people, office):
    make.row(department=office)
    make.user("zweite", Role.MANAGER, department=office)
    make.asked_round(people["boss"])
    assert theirs(people, "manager") == []


@pytest.mark.parametrize(
    ("by", "sees"),
    [("boss", True), ("manager", True), ("clerk", True), ("elsewhere", False), ("council", False)],
)
def test_who_may_hand_over_what_a_clerk_holds(people, by, sees):
    make.merge(people["clerk"])
    assert bool(things_to_hand_over(make.municipality(), people["clerk"], people[by])) == sees
    if sees:
        give(people, theirs(people, "clerk"), "clerk", "manager", by)
    else:
        with pytest.raises(PermissionDenied):
            give(people, theirs(people, "clerk"), "clerk", "manager", by)
    assert bool(held(people["manager"])) == sees


def test_a_role_that_cannot_hold_it_and_what_is_not_held_are_refused(people, all_of_it):
    with pytest.raises(ValidationError, match="Dazu reicht die Rolle nicht") as refused:
        give(people, [thing for thing in theirs(people) if thing.kind == Kind.ROUND], to="clerk")
    assert code(refused) == "cannot_act"
    with pytest.raises(ValidationError, match="Einen Posten hält die Person nicht mehr") as refused:
        give(people, theirs(people)[:1], giver="manager", by="manager", to="clerk")
    assert (code(refused), Handover.objects.exists()) == ("not_held", False)
    with pytest.raises(ValidationError, match="hält die Person nicht mehr"):
        give(people, theirs(people)[:1], giver="manager", to="clerk")


def test_the_letter_says_what_passes(people, all_of_it, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        give(people, theirs(people))
    told = "2 Entwürfe, 1 Bestätigungsrunde, 1 Schulungstermin"
    assert sorted(letter.to[0] for letter in mail.outbox) == ["alt@example.org", "neu@example.org"]
    assert all(told in letter.body for letter in mail.outbox)


def test_what_was_decided_is_kept_and_belongs_here(people, all_of_it):
    made_ = give(people, theirs(people))
    for change in (OtherItem.objects.all().delete, lambda: OtherItem.objects.update(name="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    neustadt = make.municipality("Neustadt", "159990020020")
    there = make.merge(make.user("fremd", municipality=neustadt), neustadt)
    for kind, thing in (("merge", there.pk), ("round", 999), ("course_date", 999), ("own_list", 999)):
        with pytest.raises(DatabaseError), transaction.atomic():
            OtherItem.objects.create(handover=made_, kind=kind, thing=thing, name="x", receiver=people["taker"])


@pytest.mark.parametrize("count", [1, 3])
def test_many_pass_with_as_many_queries_as_one(people, count, django_assert_num_queries):
    for _each in range(count):
        made.course_date(starts_at=BEGIN, trainer=people["giver"])
        make.asked_round(people["giver"])
        make.merge(people["giver"])
    mine = theirs(people)
    assert len(mine) == 3 * count
    with django_assert_num_queries(57):
        give(people, mine)
