"""What becomes of deadlines and of who leads, when departments are merged or end; and back."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core import mail

from ozg_tracker.accounts.memberships import Held, held_as_of
from ozg_tracker.accounts.models import Department, JournalEntry, Membership, Role
from ozg_tracker.reorganising.planning import come_due, plan_ahead
from ozg_tracker.reorganising.reorganise import planned, reorganise
from ozg_tracker.reorganising.undo import obstacle, undo
from ozg_tracker.reorganising.wishes import Share, Wish
from ozg_tracker.tracking.deadlines.changing import Facts, end_deadline, facts_on, keep_deadline
from ozg_tracker.tracking.models import Deadline
from tests import make

TODAY, DAY = date(2026, 11, 10), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 11, 10, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def offices(db):
    """Two offices below one department, with a service, who leads it and a clerk each."""
    top = make.department("Bauen")
    made = [make.department(name, top) for name in ("Gewerbeamt", "Straßenverkehr")]
    for n, each in enumerate(made):
        make.row(make.service(f"9900000000{n}000"), department=each, level=1)
        make.user(f"leitung.{n}", Role.MANAGER, department=each, email=f"leitung.{n}@example.org")
        make.user(f"amt.{n}", Role.STAFF, department=each)
    return made


def deadline(office, name="Online", **when):
    facts = Facts(name, date(2027, 6, 30), "Beschluss", Deadline.Scope.DEPARTMENT, office)
    return keep_deadline(facts, municipality=make.municipality(), effective_on=date(2026, 1, 1), by=None, **when)


def merged(offices, **fields):
    said = {"effective_on": DAY, "reason": "Verfügung 6/2026", "name": "Ordnungsamt"} | fields
    return Wish("merge", departments=tuple(each.pk for each in offices), **said)


def said(found, day=TODAY):
    facts = facts_on(found, day)
    return facts and (str(facts.department or facts.list_name), facts.scope, len(facts.rows))


def role(name):
    held = held_as_of(make.municipality(), TODAY)[make.User.objects.get(username=name).pk]
    shown = Membership.objects.get(user__username=name)
    assert held == Held(shown.role, shown.department_id)
    return held.role, Department.objects.get(pk=held.department).name


def test_deadlines_go_along_become_a_list_or_end_and_come_back(offices):
    along, listed, ended = (deadline(offices[0], name) for name in ("mit", "Liste", "Ende"))
    wish = merged(offices, listed=(listed.pk,), ending=(ended.pk,))
    assert planned(make.municipality(), wish)[1].counts["deadlines"] == 3
    deed = reorganise(make.municipality(), wish, by=None)
    assert [said(each) for each in (along, listed, ended)] == [
        ("Ordnungsamt", "department", 0), ("Gewerbeamt", "list", 1), None,
    ]  # fmt: skip
    assert [said(each, date(2026, 10, 31)) for each in (along, listed, ended)] == [("Gewerbeamt", "department", 0)] * 3
    for each in (along, listed, ended):
        each.refresh_from_db()
    assert (along.department.name, listed.scope, ended.ended) == ("Ordnungsamt", "list", True)
    undo(deed, by=None, reason="Irrtum")
    assert [said(each) for each in (along, listed, ended)] == [("Gewerbeamt", "department", 0)] * 3


def test_what_is_planned_for_a_later_day_goes_along_too(offices):
    found = deadline(offices[0])
    facts = Facts("Online", date(2027, 12, 31), "Beschluss", Deadline.Scope.DEPARTMENT, offices[1])
    keep_deadline(facts, municipality=make.municipality(), deadline=found, effective_on=date(2027, 1, 1), by=None)
    deed = reorganise(make.municipality(), merged(offices), by=None)
    assert (said(found), said(found, date(2027, 2, 1))) == (("Ordnungsamt", "department", 0),) * 2
    undo(deed, by=None, reason="Irrtum")
    assert (said(found)[0], said(found, date(2027, 2, 1))[0]) == ("Gewerbeamt", "Straßenverkehr")


def test_where_nothing_takes_over_the_deadline_ends(offices):
    empty = make.department("Leer", offices[0].parent)
    found = deadline(empty)
    reorganise(make.municipality(), Wish("end", DAY, "leer", departments=(empty.pk,)), by=None)
    assert (said(found, date(2026, 10, 31))[0], said(found)) == ("Leer", None)


def test_a_deadline_changed_since_or_given_to_what_came_to_be_keeps_the_deed(offices, clock):
    found = deadline(offices[0])
    deed = reorganise(make.municipality(), merged(offices), by=None)
    clock.shift(60)
    end_deadline(found, by=None)
    assert "Seither ist eine der Fristen geändert" in obstacle(deed).sentence
    other = reorganise(
        make.municipality(), Wish("split", TODAY, "x", (offices[0].parent_id,), parts={"Neu": Share()}), by=None
    )
    deadline(Department.objects.get(name="Neu"), "Neue Frist")
    assert "„Neue Frist“ gilt für einen der neuen Fachbereiche" in obstacle(other).sentence


def test_who_led_works_and_who_worked_leads_what_comes_to_be_and_back(offices, django_capture_on_commit_callbacks):
    people = {each.username: each.pk for each in make.User.objects.all()}
    wish = merged(offices, works=(people["leitung.1"],), leads=(people["amt.0"],))
    with django_capture_on_commit_callbacks(execute=True):
        deed = reorganise(make.municipality(), wish, by=None)
    told = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "Ihre Rolle: Sachbearbeitung." in told["leitung.1@example.org"]
    assert "Ihre Rolle: Leitung." in told["leitung.0@example.org"]
    assert [role(name) for name in ("leitung.0", "leitung.1", "amt.0", "amt.1")] == [
        (each, "Ordnungsamt") for each in ("manager", "staff", "manager", "staff")
    ]
    entries = JournalEntry.objects.filter(kind="role").order_by("person__username")
    assert [(each.person.username, each.before["role"], each.after["role"]) for each in entries] == [
        ("amt.0", "staff", "manager"), ("leitung.1", "manager", "staff"),
    ]  # fmt: skip
    undo(deed, by=None, reason="Irrtum")
    assert [role(name) for name in ("leitung.1", "amt.0")] == [("manager", "Straßenverkehr"), ("staff", "Gewerbeamt")]
    assert JournalEntry.objects.filter(kind="role").count() == 4


def test_whoever_does_not_move_or_coordinates_keeps_the_role(offices):
    boss = make.user("boss", department=offices[0])
    beside = make.user("nebenan", Role.MANAGER, department=make.department("Bauhof"))
    reorganise(make.municipality(), merged(offices, works=(boss.pk, beside.pk)), by=None)
    assert (role("boss"), role("nebenan")) == (("coordinator", "Ordnungsamt"), ("manager", "Bauhof"))


def test_a_day_to_come_keeps_what_was_chosen(offices, clock):
    found, led = deadline(offices[0]), make.User.objects.get(username="leitung.1")
    wish = merged(offices, effective_on=date(2026, 12, 1), ending=(found.pk,), works=(led.pk,))
    plan_ahead(make.municipality(), wish, by=None)
    assert (said(found, date(2026, 12, 1))[0], role("leitung.1")) == ("Gewerbeamt", ("manager", "Straßenverkehr"))
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert come_due(make.municipality(), date(2026, 12, 1)) == 1
    assert said(found, date(2026, 12, 1)) is None
    assert Membership.objects.get(user=led).role == "staff"
