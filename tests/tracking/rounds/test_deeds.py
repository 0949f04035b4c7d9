"""A round from its question to its end: asked, answered, handed in, given back, accepted, and each taken back."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.people import holdings
from ozg_tracker.tracking.models import Round, RoundRow, RoundStep, StepKind
from ozg_tracker.tracking.rounds import deeds
from ozg_tracker.tracking.rounds.opening import open_round
from ozg_tracker.tracking.rounds.standing import Progress, Said, standing_of
from ozg_tracker.tracking.rows.confirming import confirm, unconfirm
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.rows.status import change_status
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
UNTIL = date(2026, 11, 30)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def civic():
    return make.department("Bürgerdienste")


@pytest.fixture
def rows(civic):
    office = make.department("Bürgerbüro", parent=civic)
    return [
        make.row(make.service(f"9910700000000{n}", f"Leistung {n}"), department=office if n else civic, level=n)
        for n in range(3)
    ]


@pytest.fixture
def leader(civic):
    return make.user("leitung", Role.MANAGER, department=civic)


def asked(until=UNTIL, **more):
    return open_round(make.municipality(), " Herbst  2026 ", until=until, by=make.user(role=None), **more)


@pytest.fixture
def coordinator():
    return make.user()


@pytest.fixture
def opened(coordinator, leader, rows, clock):
    made = asked()
    clock.shift(timedelta(hours=1))
    return made


def still_holds(row, by):
    municipality = make.municipality()
    return confirm(municipality, {row.pk: row.version}, by=by, rights=rights_in(municipality, by))


def said(opened):
    return {each.row.pk: each.said for unit in standing_of(opened).units for each in unit.answers}


def test_each_row_that_counts_is_asked_of_the_nearest_department_that_somebody_leads(
    coordinator, leader, rows, civic, django_capture_on_commit_callbacks
):
    lone = make.department("Umwelt")
    make.row(make.service("99107000000008", "Baum"), department=make.department("Bäume", parent=lone))
    nowhere = make.row(make.service("99107000000009", "Frei"))
    make.row(make.service("99107000000007", "Kreis"), responsibility="district", department=civic)
    with django_capture_on_commit_callbacks(execute=True):
        made = asked(message="Bitte bald.")
    assert made.name == "Herbst 2026"
    units = [(unit.department, unit.total, unit.leaders) for unit in standing_of(made).units]
    assert units == [(civic, 3, [leader]), (lone, 1, []), (None, 1, [])]
    assert nowhere.pk in said(made)
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "koordination@example.invalid",
        "koordination@example.invalid",
        "leitung@example.invalid",
    ]
    assert "Bitte bald." in mail.outbox[0].body
    office = make.user("buero", Role.MANAGER, department=rows[1].department)
    nearer = asked(departments=[civic])
    assert [(unit.department.name, unit.total) for unit in standing_of(nearer).units] == [
        ("Bürgerbüro", 2),
        ("Bürgerdienste", 1),
    ]
    assert standing_of(nearer).units[0].leaders == [office]


def test_silence_is_no_yes_and_an_answer_is_a_word_of_a_person(opened, rows, leader, coordinator, civic):
    assert set(said(opened).values()) == {Said.NOTHING}
    still_holds(rows[0], leader)
    today = date(2026, 11, 16)
    change_status(rows[1], {"note": "neu"}, seen_version=1, by=leader, reason="", effective_on=today)
    change_status(rows[2], {"owner": leader}, seen_version=1, by=coordinator, reason="", effective_on=today)
    told = standing_of(opened)
    assert said(opened) == {rows[0].pk: Said.SAME, rows[1].pk: Said.CHANGED, rows[2].pk: Said.NOTHING}
    assert (told.same, told.changed, told.open, told.total) == (1, 1, 1, 3)
    assert told.units[0].answers[1].fields == ("note",)
    assert told.units[0].progress == Progress.WORKING
    unconfirm(make.municipality(), rows[0].pk, by=leader)
    assert standing_of(opened).same == 0


def test_a_change_that_was_taken_back_is_no_answer(opened, rows, leader):
    today = date(2026, 11, 16)
    for note in ("neu", ""):
        change_status(rows[1], {"note": note}, seen_version=None, by=leader, reason="", effective_on=today)
    assert said(opened)[rows[1].pk] == Said.NOTHING


def test_what_was_said_before_the_round_is_no_answer(coordinator, leader, rows, clock):
    still_holds(rows[0], leader)
    clock.shift(timedelta(minutes=1))
    assert set(said(asked()).values()) == {Said.NOTHING}


def test_answers_are_handed_in_given_back_with_a_comment_and_accepted(
    opened, rows, leader, coordinator, civic, clock, django_capture_on_commit_callbacks
):
    for row in rows[:2]:
        still_holds(row, leader)
    deeds.hand_in(opened, civic, by=leader)
    assert standing_of(opened).units[0].progress == Progress.HANDED_IN
    with pytest.raises(ValidationError, match="schon abgegeben"):
        deeds.hand_in(opened, civic, by=leader)
    clock.shift(timedelta(hours=1))
    with pytest.raises(ValidationError, match="nur mit einem Kommentar"):
        deeds.give_back(opened, civic, [rows[0].pk], comment=" ", by=coordinator)
    with pytest.raises(ValidationError, match="nicht gefragt"):
        deeds.give_back(opened, civic, [0], comment="Bitte prüfen", by=coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        deeds.give_back(opened, civic, [rows[0].pk], comment="Termin vorbei", by=coordinator)
    assert [(letter.to, "Termin vorbei" in letter.body) for letter in mail.outbox] == [
        (["leitung@example.invalid"], True)
    ]
    unit = standing_of(opened).units[0]
    assert (unit.progress, unit.returned, unit.same, unit.open) == (Progress.RETURNED, 1, 1, 2)
    clock.shift(timedelta(hours=1))
    still_holds(rows[0], leader)
    assert standing_of(opened).units[0].returned == 0
    deeds.hand_in(opened, civic, by=leader)
    deeds.accept(opened, civic, by=coordinator)
    unit = standing_of(opened).units[0]
    assert (unit.progress, unit.open) == (Progress.ACCEPTED, 1)
    with pytest.raises(ValidationError, match="nichts zu prüfen"):
        deeds.give_back(opened, civic, comment="doch nicht", by=coordinator)


def test_each_step_is_taken_back_the_last_one_first(opened, rows, leader, coordinator, civic, clock):
    still_holds(rows[0], leader)
    handed = deeds.hand_in(opened, civic, by=leader)
    clock.shift(timedelta(hours=1))
    returned = deeds.give_back(opened, civic, [rows[0].pk], comment="Bitte prüfen", by=coordinator)
    with pytest.raises(ValidationError, match=r"Danach steht „zurückgegeben“ vom 16\.11\.2026"):
        deeds.take_back(handed, by=leader)
    with pytest.raises(PermissionDenied):
        deeds.take_back(returned, by=leader)
    deeds.take_back(returned, by=coordinator)
    unit = standing_of(opened).units[0]
    assert (unit.progress, unit.same) == (Progress.HANDED_IN, 1)
    with pytest.raises(ValidationError, match="schon zurückgenommen"):
        deeds.take_back(returned, by=coordinator)
    deeds.take_back(handed, by=leader)
    assert standing_of(opened).units[0].progress == Progress.WORKING
    closed = deeds.end(opened, StepKind.CLOSED, by=coordinator)
    with pytest.raises(ValidationError, match="beendet"):
        deeds.hand_in(opened, civic, by=leader)
    deeds.take_back(closed, by=coordinator)
    assert list(Round.objects.running()) == [opened]


def test_a_closed_round_stays_as_it_stood(opened, rows, leader, coordinator, clock):
    still_holds(rows[0], leader)
    clock.shift(timedelta(hours=1))
    deeds.end(opened, StepKind.CLOSED, by=coordinator)
    clock.shift(timedelta(hours=1))
    still_holds(rows[1], leader)
    unconfirm(make.municipality(), rows[0].pk, by=leader)
    told = standing_of(opened)
    assert (told.same, told.open, told.end.kind) == (1, 2, StepKind.CLOSED)
    assert list(Round.objects.running()) == []


def test_a_round_is_called_off_only_while_nobody_has_handed_in(opened, civic, leader, coordinator):
    handed = deeds.hand_in(opened, civic, by=leader)
    with pytest.raises(ValidationError, match="schließen Sie die Runde"):
        deeds.end(opened, StepKind.CALLED_OFF, by=coordinator)
    deeds.take_back(handed, by=leader)
    deeds.end(opened, StepKind.CALLED_OFF, by=coordinator)
    assert standing_of(opened).end.kind == StepKind.CALLED_OFF


def test_the_day_moves_another_leads_and_whoever_waits_is_reminded(
    opened, leader, coordinator, django_capture_on_commit_callbacks
):
    with pytest.raises(ValidationError, match="ab heute"):
        deeds.extend(opened, date(2026, 11, 1), by=coordinator)
    deeds.extend(opened, date(2026, 12, 24), by=coordinator)
    with pytest.raises(ValidationError, match="kann hier keine Runde leiten"):
        deeds.pass_on(opened, leader, by=coordinator)
    other = make.user("zweite")
    deeds.pass_on(opened, other, by=coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        assert deeds.remind(opened, by=coordinator) == 1
    assert holdings(make.municipality(), other.pk) == ["leitet 1 Bestätigungsrunde"]
    assert holdings(make.municipality(), coordinator.pk) == []
    told = standing_of(opened)
    assert (told.until, told.leader, told.reminded_at) == (date(2026, 12, 24), other, NOW + timedelta(hours=1))
    assert [letter.to for letter in mail.outbox] == [["leitung@example.invalid"]]
    assert "noch 3 von 3 Leistungen ohne Antwort" in mail.outbox[0].body
    deeds.hand_in(opened, told.units[0].department, by=leader)
    with pytest.raises(ValidationError, match="haben abgegeben"):
        deeds.remind(opened, by=coordinator)


def test_only_the_coordination_leads_and_only_leaders_hand_in(opened, rows, civic, leader):
    clerk = make.user("kim", Role.STAFF, department=civic)
    other = make.user("andere", Role.MANAGER, department=make.department("Umwelt"))
    for person in (clerk, other):
        with pytest.raises(PermissionDenied):
            deeds.hand_in(opened, civic, by=person)
    for attempt in (
        lambda: deeds.accept(opened, civic, by=leader),
        lambda: deeds.remind(opened, by=leader),
        lambda: open_round(make.municipality(), "Neu", until=UNTIL, by=leader),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    with pytest.raises(ValidationError, match="nicht gefragt"):
        deeds.hand_in(opened, other.memberships.get().department, by=other)


def test_a_round_needs_a_name_a_day_and_something_to_ask(coordinator, rows):
    for wrong, sentence in (
        ({"name": " "}, "leer"),
        ({"until": date(2026, 11, 15)}, "ab heute"),
        ({"departments": [make.department("Leer")]}, "keine Leistung"),
    ):
        given = {"name": "Herbst", "until": UNTIL} | wrong
        with pytest.raises(ValidationError, match=sentence):
            open_round(make.municipality(), given.pop("name"), **given, by=coordinator)
    assert Round.objects.count() == 0


def test_rounds_and_their_steps_are_kept(opened, civic, leader, coordinator, rows):
    deeds.hand_in(opened, civic, by=leader)
    deeds.give_back(opened, civic, [rows[0].pk], comment="Bitte", by=coordinator)
    foreign = make.row(make.service("99107000000019", "Fern"), make.municipality("Nachbarstadt", "159990010020"))
    for attempt in (
        lambda: Round.objects.update(name="anders"),
        lambda: RoundRow.objects.all().delete(),
        lambda: RoundStep.objects.update(comment="anders"),
        lambda: RoundRow.objects.create(round=opened, row=foreign),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


@pytest.mark.parametrize("number", [1, 3])
def test_a_round_is_read_by_the_same_number_of_queries(number, coordinator, leader, civic, django_assert_num_queries):
    for n in range(number):
        make.row(make.service(f"9910700000000{n}", f"Leistung {n}"), department=civic)
    made = asked()
    with django_assert_num_queries(5):
        assert standing_of(made).total == number
