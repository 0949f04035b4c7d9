"""A deputy reports in the place of who is away, for these days alone, and every history says so."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ozg_tracker.accounts.access import may
from ozg_tracker.accounts.holdings import holdings_of
from ozg_tracker.accounts.models import Deed, Deputyship, JournalEntry, Membership, Role
from ozg_tracker.accounts.waiting import waiting_for
from ozg_tracker.handover.deputies import call_off_deputy, name_deputy, who_can_be_represented
from ozg_tracker.tracking.cases.recording import Entry, Number, record_cases
from ozg_tracker.tracking.findings.snoozing import put_off
from ozg_tracker.tracking.reminding import Work
from ozg_tracker.tracking.rows.confirming import confirm
from ozg_tracker.tracking.rows.rights import ALL_FIELDS, STATUS_FIELDS, rights_in
from ozg_tracker.tracking.rows.status import change_status
from tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _on_a_monday():
    with time_machine.travel("2026-03-02T09:00Z", tick=False):
        yield


@pytest.fixture
def other(department):
    return make.user("robin", Role.STAFF, department=make.department("Bauhof"), first_name="Robin", last_name="Vogt")


def named(absent, deputy, by=None, starts_on=TODAY, until=date(2026, 3, 6), reason="Urlaub"):
    said = {"starts_on": starts_on, "until": until, "reason": reason}
    return name_deputy(make.municipality(), absent, deputy, **said, by=by or absent)


def refusal(function, *args, **kwargs):
    with pytest.raises((ValidationError, PermissionDenied)) as caught:
        function(*args, **kwargs)
    return getattr(caught.value, "messages", [str(caught.value)])


def reported(row, by, state="in_progress"):
    rights_in(row.municipality, by).refuse_unless_allowed(row, {"state": state})
    said = {"seen_version": row.version, "by": by, "reason": "läuft", "effective_on": timezone.localdate()}
    return change_status(row, {"state": state}, **said)


def test_the_deputy_reports_rows_of_the_absent_person_and_the_history_says_for_whom(clerk, other):
    row = make.row(owner=clerk, state="open")
    assert rights_in(row.municipality, other).fields(row) == frozenset()
    named(clerk, other)
    assert rights_in(row.municipality, other).fields(row) == STATUS_FIELDS
    event = reported(row, other)
    assert (event.by, event.on_behalf_of, event.who) == (other, clerk, "Robin Vogt in Vertretung für Kim Probe")


def test_what_is_the_deputys_own_is_done_in_nobodys_place(clerk, other):
    named(clerk, other)
    theirs = make.row(owner=clerk, state="open")
    mine = make.row(make.service("99107000000001", "Reisepass"), owner=other, state="open")
    assert [reported(row, other).on_behalf_of for row in (theirs, mine)] == [clerk, None]


def test_of_a_manager_the_department_tree_passes_and_of_a_coordinator_every_row(
    manager, coordinator, other, department
):
    below = make.department("Meldewesen", parent=department)
    here, elsewhere = make.row(department=below), make.row(make.service("99107000000001", "Reisepass"))
    named(manager, other)
    rights = rights_in(here.municipality, other)
    assert (rights.fields(here), rights.fields(elsewhere)) == (ALL_FIELDS, frozenset())
    third = make.user("dritte", Role.STAFF)
    named(coordinator, third)
    assert rights_in(here.municipality, third).fields(elsewhere) == ALL_FIELDS
    assert not may(third, here.municipality, Deed.DECIDE_EDITIONS)
    assert not may(third, here.municipality, Deed.MANAGE_PEOPLE)
    assert rights_in(here.municipality, third).every_row is False


def test_a_manager_moves_a_row_no_further_in_anothers_place(manager, other, department):
    row = make.row(department=department)
    named(manager, other)
    rights = rights_in(row.municipality, other)
    outside = make.department("Bauhof 2")
    assert refusal(rights.refuse_unless_allowed, row, {"department": outside.pk}) == [
        f"Bei „{row}“ dürfen Sie dies nicht ändern: Fachbereich."
    ]


def test_confirming_putting_off_and_counting_cases_say_it_too(clerk, other):
    row = make.row(owner=clerk, state="open", responsibility="municipality")
    named(clerk, other)
    place, rights = row.municipality, rights_in(row.municipality, other)
    (confirmed,) = confirm(place, {row.pk: None}, by=other, rights=rights)
    until = TODAY + timedelta(days=9)
    put_off(place, "not_rated", [row.pk], until=until, reason="Bericht folgt", by=other, rights=rights)
    entry = Entry(row.pk, 2025, {"online": Number(12)})
    (counted,) = record_cases(place, [entry], how="hand", by=other, rights=rights)
    assert {each.who for each in (confirmed, row.snoozes.get(), counted)} == {"Robin Vogt in Vertretung für Kim Probe"}


def test_it_begins_and_ends_by_itself_and_can_be_called_off(clerk, other):
    row = make.row(owner=clerk)
    named(clerk, other, starts_on=date(2026, 3, 3), until=date(2026, 3, 4))
    reports = []
    for day in ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"):
        with time_machine.travel(f"{day}T22:30+01:00", tick=False):
            reports.append(bool(rights_in(row.municipality, other).fields(row)))
    assert reports == [False, True, True, False]
    made = named(clerk, other, until=TODAY)
    call_off_deputy(made, by=other)
    assert rights_in(row.municipality, other).fields(row) == frozenset()
    assert refusal(call_off_deputy, made, by=clerk) == ["Diese Vertretung ist schon vorbei."]


def test_who_leaves_is_represented_no_more(clerk, other):
    row = make.row(owner=clerk)
    named(clerk, other)
    make.leave(clerk)
    assert rights_in(row.municipality, other).fields(row) == frozenset()


def test_nobody_stands_in_for_whom_the_absent_person_stands_in(clerk, other, staff):
    row = make.row(owner=clerk)
    named(clerk, other)
    assert refusal(named, other, staff) == [
        "Robin Vogt vertritt in diesen Tagen selbst jemanden. Bitte regeln Sie das zuerst."
    ]
    assert refusal(named, staff, clerk) == [
        "Kim Probe ist in diesen Tagen selbst abwesend. Bitte wählen Sie jemand anderen."
    ]
    assert refusal(named, clerk, staff) == [
        "Kim Probe hat in diesen Tagen schon eine Vertretung. Bitte sagen Sie sie zuerst ab."
    ]
    make.deputyship(other, staff)  # had it come about all the same
    assert rights_in(row.municipality, staff).fields(row) == frozenset()


def test_each_names_for_whom_the_role_reaches(coordinator, manager, staff, other, department):
    place = make.municipality()
    led = make.user("fuehrt", Role.COORDINATOR, department=department)
    reach = {by: set(who_can_be_represented(place, by)) for by in (staff, manager, coordinator)}
    assert reach == {staff: {staff}, manager: {manager, staff}, coordinator: {coordinator, manager, staff, other, led}}
    assert refusal(named, other, staff, by=manager) == [
        "Für diese Person benennt sie selbst eine Vertretung, ihre Leitung oder die Koordination."
    ]


def test_a_deputy_works_here_and_is_no_program(clerk, council):
    stranger = make.user("fremd", Role.STAFF, municipality=make.municipality("Nachbarstadt", "159990010020"))
    program = make.service_account().user
    sentence = ["Diese Person kann hier nicht vertreten. Bitte wählen Sie eine andere."]
    assert [refusal(named, clerk, each) for each in (stranger, program, council)] == [sentence] * 3
    human = ["Das macht ein Mensch, kein Dienstkonto. Bitte melden Sie sich selbst dafür an."]
    assert refusal(named, clerk, make.user("robin", Role.STAFF), by=program) == human


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ((date(2026, 3, 1), TODAY), "Eine Vertretung beginnt frühestens heute und spätestens in zwei Jahren."),
        ((TODAY, date(2026, 3, 1)), "Der letzte Tag liegt nicht vor dem ersten, und höchstens zwei Jahre danach."),
        ((TODAY, date(2199, 1, 1)), "Der letzte Tag liegt nicht vor dem ersten, und höchstens zwei Jahre danach."),
    ],
)
def test_odd_days_are_refused(days, sentence, clerk, other):
    assert refusal(named, clerk, other, starts_on=days[0], until=days[1]) == [sentence]


def test_nobody_is_their_own_deputy_and_a_reason_is_needed(clerk, other):
    assert refusal(named, clerk, clerk) == ["Niemand vertritt sich selbst."]
    assert refusal(named, clerk, other, reason=" ") == ["Dieses Feld darf nicht leer sein."]


def test_the_database_refuses_nonsense(clerk, other):
    made = named(clerk, other)
    for facts in ({"until": date(2026, 3, 1)}, {"deputy": clerk}, {"reason": ""}, {"called_off_by": other}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Deputyship.objects.filter(pk=made.pk).update(**facts)


def test_both_are_told_and_the_journal_keeps_it(clerk, other, coordinator, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        made = named(clerk, other, by=coordinator)
    assert [each.to for each in mail.outbox] == [["kim@example.invalid"], ["robin@example.invalid"]]
    assert "vom 02.03.2026 bis 06.03.2026 vertritt Robin Vogt im OZG-Tracker Kim Probe (Urlaub)" in mail.outbox[1].body
    call_off_deputy(made, by=coordinator)
    first, second = JournalEntry.objects.filter(kind="handover").order_by("pk")
    assert (first.by, first.person, first.reason) == (coordinator, clerk, "Urlaub")
    assert first.after == {"deputy": "Robin Vogt", "effective_on": "2026-03-02", "until": "2026-03-06"}
    assert (second.before, second.after) == ({"deputy": "Robin Vogt"}, {"deputy": ""})


def test_the_tasks_of_the_absent_person_wait_for_the_deputy_marked_so(clerk, other):
    make.row(owner=clerk, state="planned", planned_on=date(2026, 3, 9))
    named(clerk, other)
    held = Membership.objects.select_related("municipality", "department", "user").get(user=other)
    assert [(each.what, each.words) for each in waiting_for(held)] == [
        ("Hundesteuer Anmeldung", "geplanter Termin, in Vertretung für Kim Probe")
    ]
    moment = timezone.now()
    due = {each.person: each.words for each in Work(moment)._due(make.municipality())}
    assert due[other.pk] == "– Hundesteuer Anmeldung, geplant bis 09.03.2026, in Vertretung für Kim Probe"
    assert due[clerk.pk] == "– Hundesteuer Anmeldung, geplant bis 09.03.2026"
    assert holdings_of(make.municipality(), [clerk.pk])[clerk.pk].deputy == "Robin Vogt"


def test_rights_cost_one_query_and_with_managers_two_however_many_stand_behind(clerk, other, manager, staff):
    place = make.municipality()
    with CaptureQueriesContext(connection) as none:
        rights_in(place, other)
    for absent in (clerk, manager, staff):
        make.deputyship(absent, other)
    with CaptureQueriesContext(connection) as three:
        rights_in(place, other)
    assert (len(none), len(three)) == (1, 2)
