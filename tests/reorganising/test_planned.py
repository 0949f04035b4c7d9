"""A reorganisation of a day to come is planned, shown, called off, and done on its day as one deed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from ozg_tracker.accounts.departments.as_of import tree_as_of
from ozg_tracker.accounts.models import Department, JournalEntry, Membership, Reorganisation, Role
from ozg_tracker.accounts.people import change_role, holdings, let_go, take_back
from ozg_tracker.jobs.due import JOBS
from ozg_tracker.overview.todos import todos
from ozg_tracker.reorganising.models import PlannedReorganisation
from ozg_tracker.reorganising.pages.forms import entered
from ozg_tracker.reorganising.planning import call_off, come_due, keep_draft, plan_ahead, waiting
from ozg_tracker.reorganising.reorganise import planned, reorganise
from ozg_tracker.reorganising.telling import access_changes, editions_that_differ
from ozg_tracker.reorganising.undo import undo
from ozg_tracker.reorganising.wishes import Share, Wish, as_json, wish_in
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.models import Course, Requirement, TrainingTask
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


def _rules(offices):
    """Courses of Gewerbe and Verkehr, one person each."""
    rules = []
    for office, title in zip(offices[1:], ("Gewerberecht", "Verkehrsrecht"), strict=True):
        course = Course.objects.create(municipality=make.municipality(), title=title)
        rules.append(Requirement.objects.create(course=course, department=office, starts_on=NOVEMBER))
    return rules


def test_a_rule_goes_along_for_those_alone_who_had_it_and_comes_back_for_all(client, offices):
    client.force_login(make.user())
    citizens, trade, traffic = offices
    rules = _rules(offices)
    sent = SENT | {"kind": "merge", "effective_on": "2022-11-01", "parent": citizens.pk, "name": "Ordnungsamt"}
    sent |= {"department": [trade.pk, traffic.pk]}
    page = client.get(reverse("reorganise"), sent).text
    assert page.count("nur die bisherige Person") == 2 and page.count('value="named" selected') == 2  # advised
    assert "für Ordnungsamt im Ganzen bekäme 1 Person die Schulung neu" in page
    client.post(reverse("reorganise"), sent | {f"rule_{rules[0].pk}": "named", f"rule_{rules[1].pk}": ""})
    told = Requirement.objects.order_by("pk").values_list("department__name", "named", "people__username")
    assert list(told) == [("Ordnungsamt", True, "amt1"), ("Ordnungsamt", False, None)]
    assign_due_trainings(make.municipality(), date(2022, 12, 2))
    owed = TrainingTask.objects.values_list("course__title", "person__username").order_by("course__title", "person")
    assert list(owed) == [("Gewerberecht", "amt1"), ("Verkehrsrecht", "amt1"), ("Verkehrsrecht", "amt2")]
    undo(Reorganisation.objects.latest("pk"), by=None, reason="doch nicht")
    assert list(told.all()) == [("Gewerbe", False, None), ("Verkehr", False, None)]


def test_the_same_rule_of_two_offices_goes_along_once_or_for_each_apart(offices):
    course = Course.objects.create(municipality=make.municipality(), title="Recht")
    first, second = (Requirement.objects.create(course=course, department=o, starts_on=NOVEMBER) for o in offices[1:])
    _plan, moving = planned(make.municipality(), merge(offices))
    assert (moving.rules, moving.resting) == ([first.pk], [second.pk])
    _plan, moving = planned(make.municipality(), replace(merge(offices), named=(first.pk, second.pk)))
    assert (moving.rules, moving.resting) == ([first.pk, second.pk], [])


def test_a_draft_is_kept_looked_at_again_and_decided(client, offices):
    client.force_login(make.user())
    citizens, trade, traffic = offices
    rule, _other = _rules(offices)
    sent = SENT | {"kind": "merge", "effective_on": "2023-01-01", "parent": citizens.pk, "name": "Ordnungsamt"}
    sent |= {"department": [trade.pk, traffic.pk], "reason": "Verfügung 6"}
    kept = client.post(reverse("reorganise"), sent | {"keep": "draft", f"rule_{rule.pk}": "stays"}, follow=True)
    assert "Der Umbau ist als Entwurf gesichert." in kept.text and "Entwürfe" in kept.text
    draft = PlannedReorganisation.objects.get()
    assert (draft.draft, list(waiting(make.municipality()))) == (True, [])
    assert holdings(make.municipality(), draft.by_id) == ["1 Entwurf eines Umbaus"]
    with time_machine.travel("2023-01-02 01:00Z"):
        assert come_due(make.municipality(), date(2023, 1, 2)) == 0
        assert [each.title for each in todos(draft.by, draft.by.memberships.get()) if "Entwurf" in each.title] == [
            "Entwurf eines Umbaus, dessen Tag da ist"
        ]
        client.force_login(draft.by)
        assert "Der Tag ist da: Bitte entscheiden Sie." in client.get(reverse("departments")).text
    client.force_login(draft.by)
    page = client.get(reverse("reorganisation_draft", args=[draft.pk]), follow=True).text
    assert 'value="stays" selected' in page and page.count(f'name="draft" value="{draft.pk}"') == 2
    again = sent | {"draft": draft.pk, "name": "Ordnung"}
    client.post(reverse("reorganise"), again | {"keep": "draft"})
    draft.refresh_from_db()
    assert draft.about == "Gewerbe, Verkehr → Ordnung"
    client.post(reverse("reorganise"), again)
    assert not PlannedReorganisation.objects.filter(draft=True).exists()
    assert [each.about for each in waiting(make.municipality())] == ["Gewerbe, Verkehr → Ordnung"]


def test_a_draft_is_dropped(client, offices):
    client.force_login(make.user())
    draft = keep_draft(make.municipality(), merge(offices), by=None)
    with pytest.raises(ValidationError, match="ausgeführt oder abgesagt"):
        call_off(draft, by=None)
    page = client.post(reverse("drop_reorganisation_draft", args=[draft.pk]), follow=True).text
    assert "Der Entwurf ist verworfen." in page and not PlannedReorganisation.objects.exists()


def test_what_a_draft_says_of_a_split_is_entered_again(offices):
    parts = {"Markt": Share({7}, {3}, {5}), "Recht": Share({8})}
    wish = Wish("split", JANUARY, "x", (offices[1].pk,), parent=None, parts=parts, named=(9,))
    assert entered(wish, {7: "Bauen", 8: "Arbeit"}) == [
        ("kind", "split"), ("department", str(offices[1].pk)), ("name", ""), ("effective_on", "2023-01-01"),
        ("reason", "x"), ("parent", "top"), ("parts", "Markt\nRecht"), ("topic-Bauen", "1"), ("person-3", "1"),
        ("rule-5", "1"), ("topic-Arbeit", "2"), ("rule_9", "named"),
    ]  # fmt: skip


def test_a_program_keeps_a_draft_and_drops_it(client, offices):
    program = Program(make.user())
    body = {"municipality": make.municipality().pk, "kind": "rename", "departments": [offices[1].pk], "draft": True}
    made = program.send("departments/reorganise/", body | {"name": "Handel", "reason": "x"})
    assert (made.status_code, made.json()["draft"]) == (202, True)
    assert [each["draft"] for each in program.read("reorganisations/planned/").json()["results"]] == [True]
    assert program.send("reorganisations/call-off/", {"planned": made.json()["id"]}).status_code == 204
    assert not PlannedReorganisation.objects.exists()
