"""What waits for a person, from every room, by when it is due."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from ozg_tracker.accounts.calendar.entries import entries_of
from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.waiting import waiting_for
from ozg_tracker.handover.models import Handover
from ozg_tracker.training.models import Course, TrainingTask
from reports.models import Edition
from tests import make
from tests.api.programs import Program, edition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def planned(owner, days, name="Reisepass", key="99107000000001"):
    day = TODAY + timedelta(days=days)
    return make.row(make.service(key, name), owner=owner, state="planned", planned_on=day, department=department(owner))


def department(person):
    return person.memberships.get().department


def task(person, days):
    course = Course.objects.create(municipality=make.municipality(), title="Datenschutz")
    return TrainingTask.objects.create(
        municipality=course.municipality,
        course=course,
        person=person,
        period_start="2026-01-01",
        assigned_on="2026-11-01",
        due_on=TODAY + timedelta(days=days),
        reason="Pflicht",
    )


def waits(held):
    """What waits, without what is missing in the rows made here."""
    return [each for each in waiting_for(held) if each.room != "Datenqualität"]


def told(person):
    return [(each.what, each.room, each.deed, each.day) for each in waits(person.memberships.get())]


@pytest.fixture
def leader():
    return make.user("leitung", Role.MANAGER, department=make.department("Bürgerbüro"))


def test_planned_dates_trainings_and_rounds_stand_together_by_day(leader):
    planned(leader, -23)
    planned(leader, 60, "Fern", "99107000000002")
    task(leader, 3)
    make.asked_round(make.user(), until=TODAY)
    assert told(leader) == [
        ("Reisepass", "Leistungen", "Melden, wie es steht", date(2026, 11, 1)),
        ("Herbst: Bürgerbüro", "Runden", "Runde fortsetzen", TODAY),
        ("Datenschutz", "Schulungen", "Als erledigt melden", date(2026, 11, 27)),
    ]


def test_who_leads_no_department_is_told_of_the_own_services_in_a_round(leader):
    clerk = make.user("kim", Role.STAFF, department=department(leader))
    planned(clerk, 90)
    make.asked_round(make.user(), until=TODAY)
    found = waits(clerk.memberships.get())
    assert [(each.room, each.words) for each in found] == [("Runden", "Eine Ihrer Leistungen ohne Antwort")]


def test_what_was_handed_in_waits_for_whoever_leads_the_round(leader):
    planned(leader, 90)
    coordinator = make.user()
    asked = make.asked_round(coordinator, until=TODAY)
    asked.steps.create(kind="handed_in", department=department(leader), by=leader, recorded_at=asked.recorded_at)
    assert told(leader) == []
    assert told(coordinator) == [("Herbst: Bürgerbüro", "Runden", "Antworten prüfen", None)]


def test_merges_and_lists_left_half_done_wait_for_who_brought_them():
    coordinator = make.user()
    make.merge(coordinator)
    make.merge(make.user("andere"))
    make.own_list(coordinator)
    assert [(each.room, each.words) for each in waiting_for(coordinator.memberships.get())] == [
        ("Abgleiche", "Eine Zeile wartet"),
        ("Eigene Listen", "2 Zeilen sind offen"),
    ]


def test_reports_wait_for_approval_and_for_objections(leader):
    coordinator = make.user()
    made = edition(1, state=Edition.State.DRAFT)
    Edition.objects.filter(pk=made.pk).update(state=Edition.State.SUBMITTED, approver=coordinator)
    assert [(each[0], each[2]) for each in told(coordinator)] == [
        (f"Sachstandsbericht November {made.month.year}", "Genehmigen")
    ]
    assert told(leader) == []


def test_the_page_groups_them_narrows_by_room_and_has_one_button(sign_in, leader):
    planned(leader, -1)
    task(leader, 0)
    client = sign_in(leader)
    page = client.get("/aufgaben/").text
    assert "seit einem Tag überfällig" in page
    assert page.count("kern-btn--primary") == 1
    assert [page.index(word) for word in ("Überfällig <small>", "Heute <small>")] == sorted(
        page.index(word) for word in ("Überfällig <small>", "Heute <small>")
    )
    only = client.get("/aufgaben/?room=Schulungen").text
    assert ("Datenschutz" in only, "Reisepass" in only) == (True, False)
    assert "Nichts wartet auf Sie." in client.get("/aufgaben/?room=Nirgends").text
    assert "/aufgaben/" in client.get("/").text


def test_a_program_asks_for_them_in_every_municipality(leader):
    planned(leader, -23)
    found = Program(leader).read("me/tasks/").json()["results"]
    assert [each for each in found if each["room"] != "Datenqualität"] == [
        {
            "municipality": make.municipality().pk,
            "day": "2026-11-01",
            "what": "Reisepass",
            "words": "geplanter Termin",
            "room": "Leistungen",
            "deed": "Melden, wie es steht",
            "address": f"/leistungen/{make.municipality().services.get().pk}/",
        }
    ]


def test_the_calendar_has_planned_dates_and_the_day_of_a_round(leader):
    row = planned(leader, 14)
    asked = make.asked_round(make.user(), until=TODAY + timedelta(days=6))
    found = {each.uid: (each.starts, each.path) for each in entries_of(leader)}
    assert found == {
        f"leistung-{row.pk}-geplant": (date(2026, 12, 8), f"/leistungen/{row.pk}/"),
        f"runde-{asked.pk}-{department(leader).pk}": (
            date(2026, 11, 30),
            f"/runden/{asked.pk}/{department(leader).pk}/",
        ),
    }


@pytest.mark.parametrize("number", [1, 3])
def test_three_things_are_found_by_as_many_queries_as_one(number, leader, django_assert_num_queries):
    for n in range(number):
        planned(leader, -n, f"Leistung {n}", f"9910700000000{n}")
        make.merge(leader)
    held = leader.memberships.select_related("municipality", "department", "user").get()
    with django_assert_num_queries(17):
        assert len(waits(held)) == 2 * number


@pytest.mark.parametrize("number", [1, 3])
def test_three_rounds_are_found_by_as_many_queries_as_one(number, leader, django_assert_num_queries):
    planned(leader, 60)
    for n in range(number):
        make.asked_round(make.user(f"koordination{n}"), until=TODAY + timedelta(days=n))
    held = leader.memberships.select_related("municipality", "department", "user").get()
    with django_assert_num_queries(23):
        assert [each.room for each in waits(held)] == ["Runden"] * number
    with django_assert_num_queries(10):
        assert len(entries_of(leader)) == number + 1


def test_findings_of_what_one_holds_or_leads_wait_errors_with_the_place_where_they_are_mended(leader, sign_in):
    place = department(leader)
    clerk = make.user("kim", Role.STAFF, department=place)
    make.row(make.service("99107000000001"), department=place, owner=clerk, level=3, state="done")
    make.row(make.service("99107000000002"), department=place, level=3, state="done")
    make.row(make.service("99107000000003"), level=3, state="done")
    expected = {
        clerk: ("Eine Ihrer Leistungen", "&owner=kim"),
        leader: ("2 Ihrer Leistungen", f"&department={place.pk}"),
    }
    for person, (words, narrowed) in expected.items():
        found = [each for each in waiting_for(person.memberships.get()) if each.room == "Datenqualität"]
        rest, error = found[0], found[-1]
        assert (error.what, error.deed, error.words) == ("Fertig ohne Online-Adresse", "Adressen eintragen", words)
        assert error.address.endswith(narrowed)
        assert (len(found) > 1, rest.what == "Angaben zu Ihren Leistungen") == (person == leader, person == leader)
        assert [sign_in(person).get(each.address).status_code for each in found] == [200] * len(found)


def test_objections_wait_for_the_coordination_until_they_are_answered(leader):
    coordinator = make.user()
    made = edition(1, state=Edition.State.IN_REVIEW)
    steps = [made.steps.create(kind="objected", by=leader, recorded_at=made.known_at, text="Falsch") for _n in range(2)]
    found = waiting_for(coordinator.memberships.get())
    assert [(each.deed, each.words) for each in found] == [("Einwände beantworten", "2 Einwände ohne Antwort")]
    for objected in steps:
        made.steps.create(kind="answered", by=coordinator, recorded_at=made.known_at, text="Nein", answers=objected)
    assert waiting_for(coordinator.memberships.get()) == []


def test_a_handover_to_come_waits_for_who_receives_it(leader):
    coordinator = make.user()
    row = planned(coordinator, 60)
    made = Handover.objects.create(
        municipality=make.municipality(),
        giver=coordinator,
        by=coordinator,
        why="leaves",
        starts_on=TODAY + timedelta(days=3),
        recorded_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    made.items.create(row=row, receiver=leader)
    found = [each for each in waiting_for(leader.memberships.get()) if each.room == "Übergaben"]
    assert [(each.what, each.words, each.day) for each in found] == [
        ("Übergabe von koordination", "eine Leistung, verlässt uns", date(2026, 11, 27))
    ]
    assert [each.room for each in waiting_for(coordinator.memberships.get()) if each.room == "Übergaben"] == []
