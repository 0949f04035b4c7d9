"""A reorganisation of a day to come is planned, shown, called off, and done on its day as one deed."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from ozg_tracker.accounts.departments.as_of import tree_as_of
from ozg_tracker.accounts.models import Department, JournalEntry, Membership, Reorganisation, Role
from ozg_tracker.accounts.people import change_role, let_go, take_back
from ozg_tracker.jobs.due import JOBS
from ozg_tracker.overview.todos import todos
from ozg_tracker.reorganising.planning import call_off, come_due, plan_ahead, waiting
from ozg_tracker.reorganising.reorganise import planned, reorganise
from ozg_tracker.reorganising.telling import access_changes, editions_that_differ
from ozg_tracker.reorganising.wishes import Share, Wish, as_json, wish_in
from ozg_tracker.training.models import Course, Requirement
from tests import make
from tests.api.programs import Program, edition

pytestmark = pytest.mark.django_db
JANUARY = date(2023, 1, 1)
NOVEMBER = date(2022, 11, 1)


@pytest.fixture(autouse=True)
def _december():
    with time_machine.travel(datetime(2022, 12, 2, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def offices():
    """Gewerbe and Verkehr below Bauen, beside Bürgerdienste, each with a service and a person; two of them lead."""
    above, citizens = make.department("Bauen"), make.department("Bürgerdienste")
    trade, traffic = make.department("Gewerbe", parent=above), make.department("Verkehr", parent=above)
    for number, each in enumerate((trade, traffic), 1):
        make.row(make.service(f"9900000000000{number}"), department=each)
        make.user(f"amt{number}", Role.STAFF, department=each, email=f"amt{number}@example.org")
    make.user("bauleitung", Role.MANAGER, department=above)
    make.user("buergerleitung", Role.MANAGER, department=citizens)
    return citizens, trade, traffic


def merge(offices, day=JANUARY):
    citizens, trade, traffic = offices
    return Wish("merge", day, "Verfügung 6", (trade.pk, traffic.pk), "Ordnungsamt", citizens.pk)


def test_what_waits_changes_nothing_before_its_day_and_is_done_on_it(offices):
    by = make.user()
    waits = plan_ahead(make.municipality(), merge(offices), by=by)
    assert str(waits) == "zusammengelegt ab 01.01.2023: Gewerbe, Verkehr → Ordnungsamt"
    assert not Department.objects.filter(name="Ordnungsamt").exists()
    assert JournalEntry.objects.filter(kind="department", after__effective_on="2023-01-01").count() == 1
    assert come_due(make.municipality(), date(2022, 12, 31)) == 0
    with time_machine.travel("2023-01-01 01:00Z"):
        assert JOBS["effective"](make.municipality(), timezone.now()) == 1
        waits.refresh_from_db()
        assert (waits.done.by, waits.done.effective_on, waits.done.services, waits.done.people) == (by, JANUARY, 2, 2)
        assert {each.department.name for each in Membership.objects.filter(role="staff")} == {"Ordnungsamt"}
        assert list(waiting(make.municipality())) == [] and come_due(make.municipality(), JANUARY) == 0


def test_what_is_called_off_never_happens(offices):
    waits = plan_ahead(make.municipality(), merge(offices), by=None)
    call_off(waits, by=None, reason="doch nicht")
    with pytest.raises(ValidationError, match="ausgeführt oder abgesagt"):
        call_off(waits, by=None)
    assert come_due(make.municipality(), JANUARY) == 0


def test_what_cannot_be_done_on_its_day_says_why_and_stays(offices):
    plan_ahead(make.municipality(), merge(offices), by=None)
    reorganise(make.municipality(), Wish("end", NOVEMBER, "weg", (offices[1].pk,), into=offices[0].pk), by=None)
    with time_machine.travel("2023-01-01 01:00Z"):
        assert come_due(make.municipality(), JANUARY) == 0
    assert "gibt es nicht oder nicht mehr" in waiting(make.municipality()).get().trouble


def test_a_day_too_far_ahead_and_one_for_the_deed_itself_are_refused(offices):
    with pytest.raises(ValidationError, match="höchstens drei Jahre"):
        planned(make.municipality(), merge(offices, date(2030, 1, 1)))
    with pytest.raises(ValidationError, match="ab heute oder ab einem Tag davor"):
        reorganise(make.municipality(), merge(offices), by=None)
    assert tree_as_of(make.municipality().pk, JANUARY).keys() == set(Department.objects.values_list("pk", flat=True))


def test_a_wish_is_kept_whole():
    wish = Wish("split", JANUARY, "x", (1,), parts={"Neu": Share([3, 2], {5}, ())}, into=None, parent=None)
    kept = wish_in(as_json(wish))
    assert (kept.parts, kept.effective_on, kept.departments) == ({"Neu": Share([2, 3], [5], [])}, JANUARY, (1,))
    assert wish_in(as_json(kept)) == kept


def test_those_who_lead_see_what_they_gain_and_lose(offices):
    plan, moving = planned(make.municipality(), merge(offices, NOVEMBER))
    told = access_changes(make.municipality(), plan, set(moving.services), set(moving.people))
    assert [
        (each.user.username, each.gained_services, each.lost_services, each.gained_people, each.lost_people)
        for each in told
    ] == [("bauleitung", 0, 2, 0, 2), ("buergerleitung", 2, 0, 2, 0)]


def test_frozen_months_that_would_be_counted_otherwise_are_counted(offices):
    for month in (9, 10, 11):
        edition(month=date(2022, month, 1))
    edition(2, month=date(2022, 11, 1))
    differ = {
        day: editions_that_differ(make.municipality(), planned(make.municipality(), merge(offices, day))[0])
        for day in (date(2022, 10, 15), NOVEMBER, JANUARY)
    }
    assert differ == {date(2022, 10, 15): 2, NOVEMBER: 1, JANUARY: 0}
    new = planned(make.municipality(), Wish("add", date(2022, 9, 1), "x", name="Neu"))[0]
    assert editions_that_differ(make.municipality(), new) == 0


def test_those_who_move_hear_of_it(offices, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        reorganise(make.municipality(), merge(offices, NOVEMBER), by=None)
    assert sorted(letter.to[0] for letter in mail.outbox) == ["amt1@example.org", "amt2@example.org"]
    assert "ab 01.11.2022 gehören Sie zu: Ordnungsamt." in mail.outbox[0].body


SENT = {"kind": "rename", "name": "Bauamt", "effective_on": "2023-01-01", "reason": "x", "parent": "", "parts": ""}


def test_the_pages_plan_show_and_call_off(client, offices):
    client.force_login(make.user())
    sent = SENT | {"department": offices[1].pk}
    preview = client.get(reverse("reorganise"), sent).text
    assert "Umbau vorsehen" in preview and "kein festgeschriebener Monat" in preview
    done = client.post(reverse("reorganise"), sent, follow=True).text
    assert "für den 01.01.2023 vorgesehen" in done and "Gewerbe → Bauamt" in done
    waits = waiting(make.municipality()).get()
    done = client.post(reverse("call_off_reorganisation", args=[waits.pk]), follow=True).text
    assert "ist abgesagt" in done and "Gewerbe → Bauamt" not in done
    again = client.post(reverse("call_off_reorganisation", args=[waits.pk]), follow=True).text
    assert "schon ausgeführt oder abgesagt" in again


def test_the_preview_says_who_leads_what_and_what_is_counted_otherwise(client, offices):
    edition(month=NOVEMBER)
    client.force_login(make.user())
    citizens, trade, traffic = offices
    sent = SENT | {"kind": "merge", "effective_on": "2022-11-01", "parent": citizens.pk, "name": "Ordnungsamt"}
    page = client.get(reverse("reorganise"), sent | {"department": [trade.pk, traffic.pk]}).text
    assert "wer darf was?" in page and "bauleitung" in page and "per E-Mail" in page
    assert "festgeschriebene Monate würden heute anders gezählt" in page


def test_the_api_plans_lists_and_calls_off(offices):
    program, ours = Program(make.user()), make.municipality().pk
    sent = {"municipality": ours, "kind": "rename", "departments": [offices[1].pk], "name": "Bauamt", "reason": "x"}
    made = program.send("departments/reorganise/", sent | {"effective_on": "2023-01-01"})
    assert (made.status_code, made.json()["about"]) == (202, "Gewerbe → Bauamt")
    assert (
        program.change(
            f"departments/{offices[2].pk}/", {"name": "Straßen", "reason": "x", "effective_on": "2023-01-01"}
        ).status_code
        == 202
    )
    listed = program.read("reorganisations/planned/").json()["results"]
    assert [each["about"] for each in listed] == ["Gewerbe → Bauamt", "Verkehr → Straßen"]
    for code in (204, 400):
        assert program.send("reorganisations/call-off/", {"planned": made.json()["id"]}).status_code == code
    assert program.send("reorganisations/call-off/", {"planned": 999}).status_code == 400


def test_the_preview_lets_a_rule_end_or_go_along(client, offices):
    client.force_login(make.user())
    citizens, trade, traffic = offices
    rules = []
    for office, title in ((trade, "Gewerberecht"), (traffic, "Verkehrsrecht")):
        course = Course.objects.create(municipality=make.municipality(), title=title)
        rules.append(Requirement.objects.create(course=course, department=office, starts_on=NOVEMBER))
    sent = SENT | {"kind": "merge", "effective_on": "2022-11-01", "parent": citizens.pk, "name": "Ordnungsamt"}
    sent |= {"department": [trade.pk, traffic.pk]}
    page = client.get(reverse("reorganise"), sent).text
    assert f'name="rule_{rules[0].pk}" form="umbau"' in page
    client.post(reverse("reorganise"), sent | {f"rule_{rules[0].pk}": "stays", f"rule_{rules[1].pk}": ""})
    for rule in rules:
        rule.refresh_from_db()
    assert [rule.department.name for rule in rules] == ["Gewerbe", "Ordnungsamt"]
    assert Reorganisation.objects.latest("pk").rules == 1


def test_nobody_comes_back_into_a_department_that_has_ended(offices):
    by, member = make.user(), Membership.objects.get(user__username="amt1")
    with time_machine.travel("2022-12-02 08:00Z", tick=False):
        let_go(member, by=by)
    reorganise(make.municipality(), merge(offices, date(2022, 12, 2)), by=by)
    member.refresh_from_db()
    with pytest.raises(ValidationError, match="„Gewerbe“ gibt es nicht mehr"):
        take_back(member, by=by)
    change_role(member, role=Role.STAFF, department=offices[0], by=by)
    member.refresh_from_db()
    assert (member.user.is_active, member.department.name) == (True, "Bürgerdienste")


def test_who_is_in_a_department_that_has_ended_is_named(client, offices):
    coordinator = make.user()
    held = coordinator.memberships.get()
    assert [each for each in todos(coordinator, held) if "den es nicht mehr gibt" in each.title] == []
    Department.objects.filter(pk=offices[1].pk).update(ended=True)
    found = next(each for each in todos(coordinator, held) if "den es nicht mehr gibt" in each.title)
    client.force_login(coordinator)
    page = client.get(found.address).text
    assert "amt1" in page and "amt2" not in page


def test_everybody_who_works_on_services_finds_the_municipality_in_the_menu(client, offices):
    client.force_login(make.User.objects.get(username="amt1"))
    page = client.get(reverse("departments")).text
    assert 'href="/fachbereiche/" aria-current="page"' in page
    assert reverse("handovers") in page and reverse("journal") in page and reverse("people") not in page
    assert Reorganisation.objects.count() > 0
