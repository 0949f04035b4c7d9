"""The municipality's own goal: who sets it, what is refused, and that everything said is kept."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from ozg_tracker.accounts.models import JournalEntry, Role
from reports.goals.set_goal import set_goal, withdraw_goal
from reports.models import Goal
from tests import make

pytestmark = pytest.mark.django_db
SAID = {"year": 2022, "target": 30, "decided": "Ratsbeschluss vom 12.03.2022", "reason": "Haushalt"}


def refused(deed, *args, **said):
    with pytest.raises(ValidationError) as caught:
        deed(*args, **said)
    error = caught.value
    return (
        {name: each[0].code for name, each in error.error_dict.items()} if hasattr(error, "error_dict") else error.code
    )


def test_a_goal_is_set_changed_and_withdrawn_and_everything_said_is_kept(coordinator):
    municipality = make.municipality()
    set_goal(municipality, coordinator, **SAID)
    set_goal(municipality, coordinator, **SAID | {"target": 40, "decided": "  Ratsbeschluss\nvom 1.9.2022 "})
    withdraw_goal(municipality, coordinator, year=2022, reason="aufgehoben")
    assert list(Goal.objects.values_list("year", "target", "decided", "reason")) == [
        (2022, None, "", "aufgehoben"),
        (2022, 40, "Ratsbeschluss vom 1.9.2022", "Haushalt"),
        (2022, 30, "Ratsbeschluss vom 12.03.2022", "Haushalt"),
    ]
    told = JournalEntry.objects.filter(about="Jahresziel 2022").order_by("id")
    assert [(each.before.get("target"), each.after.get("target"), each.reason) for each in told] == [
        ("", "30", "Haushalt"),
        ("30", "40", "Haushalt"),
        ("40", "", "aufgehoben"),
    ]


def test_what_changes_nothing_is_not_written(coordinator):
    municipality = make.municipality()
    again = SAID | {"reason": "noch einmal"}
    assert set_goal(municipality, coordinator, **SAID) == set_goal(municipality, coordinator, **again)
    assert Goal.objects.count() == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.COUNCIL, Role.OPERATOR])
def test_only_the_coordination_decides(role, department):
    person = make.user("jemand", role, department=department if role in (Role.MANAGER, Role.STAFF) else None)
    assert refused(set_goal, make.municipality(), person, **SAID) == "not_allowed"
    assert refused(withdraw_goal, make.municipality(), person, year=2022, reason="x") == "not_allowed"
    assert Goal.objects.count() == 0


def test_what_does_not_fit_is_told_by_field_and_nothing_is_written(coordinator):
    municipality = make.municipality()
    wrong = {"year": 2016, "target": 0, "decided": " "}
    assert refused(set_goal, municipality, coordinator, **SAID | wrong) == {
        "year": "invalid",
        "target": "invalid",
        "decided": "required",
    }
    wrong = {"year": 2101, "target": 100_001, "decided": "x" * 201}
    assert refused(set_goal, municipality, coordinator, **SAID | wrong)["decided"] == "too_long"
    assert refused(set_goal, municipality, coordinator, **SAID | {"reason": " "}) == {"reason": "reason_required"}
    assert refused(withdraw_goal, municipality, coordinator, year=2022, reason="x") == {"year": "no_goal"}
    assert Goal.objects.count() == 0


def test_of_two_who_decide_at_once_the_second_is_told(coordinator):
    municipality = make.municipality()
    first = set_goal(municipality, coordinator, **SAID, seen=0)
    assert refused(set_goal, municipality, coordinator, **SAID | {"target": 31}, seen=0) == "changed_meanwhile"
    withdraw_goal(municipality, coordinator, year=2022, reason="x", seen=first.pk)
    late = SAID | {"target": 31}
    assert refused(set_goal, municipality, coordinator, **late, seen=first.pk) == "changed_meanwhile"
    assert [each.target for each in Goal.objects.all()] == [None, 30]


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_what_was_said_stays(coordinator, deed):
    made = set_goal(make.municipality(), coordinator, **SAID)
    rows = Goal.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError, match="Ein Jahresziel bleibt, wie es gesagt wurde"), transaction.atomic():
        rows.update(target=1) if deed == "update" else rows._raw_delete(rows.db)
    assert Goal.objects.get().target == 30


@pytest.mark.parametrize("wrong", [{"target": 0}, {"year": 2016}, {"year": 2101}, {"decided": ""}, {"reason": ""}])
def test_the_database_takes_no_nonsense(coordinator, wrong):
    said = SAID | wrong | {"municipality": make.municipality(), "by": coordinator, "recorded_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Goal.objects.create(**said)
    with pytest.raises(ValidationError):
        Goal(**said).validate_constraints()
