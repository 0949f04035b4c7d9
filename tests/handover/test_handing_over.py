from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.accounts.people import let_go
from ozg_tracker.handover.carrying_out import come_due
from ozg_tracker.handover.deciding import receivers
from ozg_tracker.handover.handing_over import hand_over, take_back
from ozg_tracker.handover.holding import stranded, stranded_by_person
from ozg_tracker.handover.models import Handover, HandoverItem, HandoverStep, Why
from tests import make
from tests.training.made import code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY, APRIL = date(2026, 3, 10), date(2026, 4, 1)


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
        "coordinator": make.user(),
        "manager": make.user("leitung", Role.MANAGER, department=office.parent),
        "giver": make.user("amt1", Role.STAFF, department=office),
        "taker": make.user("amt2", Role.STAFF, department=office),
        "elsewhere": make.user("bauhof", Role.STAFF, department=make.department("Bauhof")),
        "council": make.user("rat", Role.COUNCIL),
    }


@pytest.fixture
def rows(people, office):
    keys = [f"9910201310400{number}" for number in range(3)]
    return [make.row(make.service(key, f"Leistung {key}"), owner=people["giver"], department=office) for key in keys]


def _give(people, rows, to="taker", by="coordinator", **said):
    said = {"why": Why.LEAVES, "starts_on": TODAY} | said
    return hand_over(make.municipality(), people["giver"], {row.pk: people[to] for row in rows}, by=people[by], **said)


def _owners(rows):
    for row in rows:
        row.refresh_from_db()
    return [row.owner.username for row in rows]


def test_some_or_all_pass_at_once_with_an_event_each_and_the_reason(people, rows):
    made = _give(people, rows[:2])
    assert _owners(rows) == ["amt2", "amt2", "amt1"]
    event = rows[0].events.first()
    assert (event.by, event.reason, event.effective_on) == (
        people["coordinator"], "Übergabe: amt1 verlässt uns.", TODAY,
    )  # fmt: skip
    assert [(step.kind, step.moved, step.left) for step in made.steps.all()] == [("done", 2, 0)]
    assert JournalEntry.objects.filter(kind="handover", person=people["giver"]).count() == 1


def test_a_day_to_come_changes_nothing_before_it_and_can_be_called_off(people, rows, clock):
    made, other = _give(people, rows[:1], starts_on=APRIL), _give(people, rows[1:], starts_on=APRIL)
    take_back(other, by=people["coordinator"])
    assert (come_due(make.municipality(), TODAY), _owners(rows)) == (0, ["amt1"] * 3)
    clock.move_to(datetime(2026, 4, 2, 12, tzinfo=UTC))
    assert (come_due(make.municipality(), date(2026, 4, 2)), come_due(make.municipality(), date(2026, 4, 2))) == (1, 0)
    assert _owners(rows) == ["amt2", "amt1", "amt1"]
    assert [step.kind for step in (made.steps.get(), other.steps.get())] == ["done", "called_off"]


def test_after_an_absence_all_comes_back_by_itself_except_what_was_given_on(people, rows, clock):
    made = _give(people, rows, why=Why.AWAY, until=date(2026, 3, 20))
    assert _owners(rows) == ["amt2"] * 3
    hand_over(
        make.municipality(), people["taker"], {rows[0].pk: people["manager"]},
        why=Why.MOVES, starts_on=TODAY, by=people["coordinator"],
    )  # fmt: skip
    clock.move_to(datetime(2026, 3, 20, 12, tzinfo=UTC))
    assert come_due(make.municipality(), date(2026, 3, 20)) == 0  # the last day is included
    clock.move_to(datetime(2026, 3, 21, 12, tzinfo=UTC))
    assert come_due(make.municipality(), date(2026, 3, 21)) == 1
    assert _owners(rows) == ["leitung", "amt1", "amt1"]
    assert [(step.kind, step.moved, step.left) for step in made.steps.all()] == [("done", 3, 0), ("returned", 2, 1)]


def test_a_handover_goes_back_as_one_or_not_at_all(people, rows):
    first, second = _give(people, rows[:2]), _give(people, rows[2:])
    take_back(first, by=people["coordinator"])
    assert _owners(rows) == ["amt1", "amt1", "amt2"]
    hand_over(
        make.municipality(), people["taker"], {rows[2].pk: people["manager"]},
        why=Why.MOVES, starts_on=TODAY, by=people["coordinator"],
    )  # fmt: skip
    with pytest.raises(ValidationError, match="inzwischen jemand anderes") as refused:
        take_back(second, by=people["coordinator"])
    assert (code(refused), _owners(rows)) == ("changed_since", ["amt1", "amt1", "leitung"])
    with pytest.raises(ValidationError) as refused:
        take_back(first, by=people["coordinator"])
    assert code(refused) == "over"


def test_what_its_receiver_can_no_longer_act_for_stays_and_is_found(people, rows, clock):
    made = _give(people, rows, starts_on=APRIL)
    let_go(people["taker"].memberships.get(), by=people["coordinator"])
    let_go(people["giver"].memberships.get(), effective_on=APRIL, by=people["coordinator"])
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    come_due(make.municipality(), APRIL)
    assert [(step.moved, step.left) for step in made.steps.all()] == [(0, 3)]
    let_go(people["giver"].memberships.get(), by=people["coordinator"])
    assert stranded_by_person(make.municipality()) == [(people["giver"], "3 Leistungen")]
    assert stranded(make.municipality()).count() == 3


@pytest.mark.parametrize(
    ("by", "to", "allowed"),
    [
        ("coordinator", "elsewhere", True),
        ("manager", "taker", True),
        ("manager", "elsewhere", False),
        ("giver", "taker", True),
        ("giver", "manager", True),
        ("giver", "elsewhere", False),
        ("coordinator", "council", False),
        ("taker", "taker", False),
        ("elsewhere", "taker", False),
        ("council", "taker", False),
    ],
)
def test_who_may_hand_over_what_to_whom(people, rows, by, to, allowed):
    if allowed:
        _give(people, rows, to=to, by=by)
    else:
        with pytest.raises((PermissionDenied, ValidationError)):
            _give(people, rows, to=to, by=by)
    assert Handover.objects.exists() == allowed
    assert (set(_owners(rows)) == {"amt1"}) != allowed


def test_only_who_will_be_there_on_the_day_can_be_chosen(people, rows):
    let_go(people["taker"].memberships.get(), effective_on=date(2026, 3, 25), by=people["coordinator"])
    choice = (make.municipality(), people["giver"], people["coordinator"])
    assert people["taker"] in receivers(*choice, TODAY) and people["taker"] not in receivers(*choice, APRIL)
    with pytest.raises(ValidationError, match="kann nicht übernehmen: amt2") as refused:
        _give(people, rows, starts_on=APRIL)
    assert code(refused) == "cannot_act"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"why": Why.AWAY}, "days"),
        ({"until": APRIL}, "days"),
        ({"why": Why.AWAY, "until": date(2026, 3, 9)}, "days"),
        ({"starts_on": date(2026, 3, 9)}, "days"),
        ({"starts_on": date(2206, 3, 9)}, "days"),
        ({"message": "x" * 501}, "message_too_long"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(people, rows, said, expected):
    with pytest.raises(ValidationError) as refused:
        _give(people, rows, **said)
    assert code(refused) == expected
    assert (Handover.objects.count(), _owners(rows)) == (0, ["amt1"] * 3)


def test_nothing_chosen_and_what_somebody_else_holds_are_refused(people, rows):
    with pytest.raises(ValidationError) as refused:
        _give(people, [])
    assert code(refused) == "nothing"
    strange = make.row(make.service("99102013104009", "Fremde"), owner=people["manager"])
    with pytest.raises(ValidationError) as refused:
        _give(people, [*rows, strange])
    assert (code(refused), _owners(rows)) == ("not_held", ["amt1"] * 3)


@pytest.mark.parametrize("model", [Handover, HandoverItem, HandoverStep])
def test_what_was_decided_is_kept(people, rows, model):
    _give(people, rows)
    for change in (lambda: model.objects.all().delete(), lambda: model.objects.update(id=99)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_service_of_another_municipality_is_no_part_of_it(people, rows):
    made = _give(people, rows)
    there = make.row(make.service("99102013104009", "Fremde"), make.municipality("Neustadt", "159990020020"))
    with pytest.raises(DatabaseError), transaction.atomic():
        HandoverItem.objects.create(handover=made, row=there, receiver=people["taker"])


@pytest.mark.parametrize("count", [1, 3])
def test_many_pass_with_as_many_queries_as_one(people, rows, count, django_assert_num_queries):
    with django_assert_num_queries(37):
        _give(people, rows[:count])
