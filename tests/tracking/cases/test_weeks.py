"""A counting week is begun, counted, ended and taken over, each by whom it belongs to."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.cases.pressing import press, press_back
from ozg_tracker.tracking.cases.tallying import Phase, tally
from ozg_tracker.tracking.cases.weeks import counted_today, end_week, start_week, take_over
from ozg_tracker.tracking.models import CaseCount, CountingPress, CountingStep, CountingWeek
from tests import make
from tests.training.at_once import at_once

pytestmark = pytest.mark.django_db
MONDAY, FRIDAY = date(2025, 12, 1), date(2025, 12, 5)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2025-12-01T09:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def row(department, clerk):
    return make.row(make.service("99107000000001", "Reisepass"), department=department, owner=clerk)


def start(department, rows, by, first=MONDAY, last=FRIDAY, **more):
    return start_week(department, rows, first_day=first, last_day=last, by=by, **more)


@pytest.fixture
def week(department, row, manager):
    return start(department, [row], manager)


def counted(week):
    [line] = tally(week).lines
    return {channel: number for channel, number in line.counts.items() if number}


def test_cases_are_counted_and_the_last_of_a_person_is_taken_back(week, row, clerk, manager, clock):
    for channel, by in (("counter", clerk), ("counter", clerk), ("phone", manager)):
        press(week, row.pk, channel, uuid4(), by=by)
    press_back(week, uuid4(), by=clerk)
    assert counted(week) == {"counter": 1, "phone": 1}
    clock.shift(24 * 60 * 60)
    press(week, row.pk, "counter", uuid4(), by=clerk)
    [line] = tally(week).lines
    assert (line.counts["counter"], line.today["counter"], line.today["phone"]) == (2, 1, 0)


def test_what_is_sent_again_counts_once_and_takes_back_once(week, row, clerk):
    first, again, back = uuid4(), uuid4(), uuid4()
    for each in (first, first, again, first):
        press(week, row.pk, "post", each, by=clerk)
    assert counted(week) == {"post": 2}
    assert press_back(week, back, by=clerk) == press_back(week, back, by=clerk)
    assert counted(week) == {"post": 1}


def test_an_id_of_somebody_else_counts_nothing(week, row, clerk, manager):
    mine = uuid4()
    press(week, row.pk, "post", mine, by=clerk)
    with pytest.raises(ValidationError, match="gehört zu einem anderen Fall"):
        press(week, row.pk, "post", mine, by=manager)


def test_who_has_counted_nothing_takes_nothing_back(week, row, clerk, manager):
    press(week, row.pk, "post", uuid4(), by=clerk)
    with pytest.raises(ValidationError, match="keinen Fall gezählt"):
        press_back(week, uuid4(), by=manager)
    assert counted(week) == {"post": 1}


@pytest.mark.parametrize(
    ("now", "sentence"),
    [("2025-12-07T22:59Z", "beginnt erst am 08.12.2025"), ("2025-12-12T23:00Z", "ist zu Ende; dieser Fall ist nicht")],
)
def test_before_and_after_the_week_nothing_is_counted(department, row, manager, clock, now, sentence):
    week = start(department, [row], manager, date(2025, 12, 8), date(2025, 12, 12))
    clock.move_to(datetime.fromisoformat(now))
    for deed in (
        lambda: press(week, row.pk, "post", uuid4(), by=manager),
        lambda: press_back(week, uuid4(), by=manager),
    ):
        with pytest.raises(ValidationError, match=sentence):
            deed()
    assert CountingPress.objects.count() == 0


def test_a_row_that_is_not_counted_or_a_channel_that_there_is_not_is_refused(week, row, department, manager):
    other = make.row(make.service(), department=department)
    with pytest.raises(ValidationError, match="wird in dieser Zählwoche nicht gezählt"):
        press(week, other.pk, "post", uuid4(), by=manager)
    with pytest.raises(ValidationError, match="Diesen Eingangskanal gibt es nicht"):
        press(week, row.pk, "fax", uuid4(), by=manager)


def test_everybody_at_the_counter_counts_whoever_answers_for_the_service(week, row, department):
    below = make.department("Meldewesen", parent=department)
    for name, where in (("amt", department), ("meldewesen", below)):
        press(week, row.pk, "counter", uuid4(), by=make.user(name, Role.STAFF, department=where))
    assert tally(week).lines[0].counts["counter"] == 2


def test_who_neither_works_there_nor_may_report_a_row_does_not_count_it(week, row):
    stranger = make.user("amt", Role.STAFF, department=make.department("Bauamt"))
    with pytest.raises(PermissionDenied, match="„Reisepass“ zählt, wer im Fachbereich arbeitet"):
        press(week, row.pk, "post", uuid4(), by=stranger)


def test_while_it_runs_it_waits_for_everybody_at_the_counter(week, department, manager, clock):
    colleague = make.user("amt", Role.STAFF, department=make.department("Meldewesen", parent=department))
    other = make.user("bau", Role.STAFF, department=make.department("Bauamt"))
    held = [each.memberships.get() for each in (colleague, other)]
    assert [counted_today(each) for each in held] == [[week], []]
    clock.move_to("2025-12-06T09:00Z")
    assert counted_today(held[0]) == []
    clock.move_to("2025-12-02T09:00Z")
    end_week(week, "called_off", by=manager)
    assert counted_today(held[0]) == []


@pytest.mark.parametrize(
    ("days", "field", "sentence"),
    [
        ((date(2025, 11, 30), FRIDAY), "first_day", "in der Vergangenheit"),
        ((date(2027, 1, 4), date(2027, 1, 8)), "first_day", "mehr als ein Jahr voraus"),
        ((FRIDAY, MONDAY), "last_day", "vor dem ersten"),
        ((MONDAY, date(2025, 12, 15)), "last_day", "höchstens 14 Tage"),
        ((date(2025, 12, 6), date(2025, 12, 7)), "last_day", "Montag bis Freitag"),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field(department, row, manager, days, field, sentence):
    with pytest.raises(ValidationError, match=sentence) as refused:
        start(department, [row], manager, *days)
    assert (list(refused.value.error_dict), CountingWeek.objects.count()) == ([field], 0)


def test_fourteen_days_and_thirty_services_are_the_most(department, manager):
    rows = [make.row(make.service(f"991070000000{at:02}"), department=department) for at in range(31)]
    with pytest.raises(ValidationError, match="1 bis 30 Leistungen"):
        start(department, rows, manager)
    with pytest.raises(ValidationError, match="1 bis 30 Leistungen"):
        start(department, [], manager)
    week = start(department, rows[:30], manager, MONDAY, date(2025, 12, 14))
    assert (week.days, week.counted.count(), week.weeks_open) == (14, 30, 50)


@pytest.mark.parametrize("weeks", [0, 54])
def test_a_year_has_one_to_fifty_three_weeks_open(department, row, manager, weeks):
    with pytest.raises(ValidationError, match="1 bis 53 Wochen"):
        start(department, [row], manager, weeks_open=weeks)


def test_of_a_row_one_week_is_counted_at_a_time(week, department, row, manager, coordinator):
    with pytest.raises(ValidationError, match="„Reisepass“ wird schon gezählt: "):
        start(department, [row], coordinator, FRIDAY, date(2025, 12, 9))
    start(department, [row], coordinator, date(2025, 12, 8), date(2025, 12, 12))
    end_week(week, "called_off", by=manager)
    start(department, [row], manager)


def test_only_who_leads_the_department_begins_and_only_its_rows_are_counted(week, department, row, clerk, manager):
    elsewhere = make.department("Bauamt")
    for by, where in ((clerk, department), (manager, elsewhere)):
        with pytest.raises(PermissionDenied, match="wer den Fachbereich leitet"):
            start(where, [row], by, date(2025, 12, 8), date(2025, 12, 12))
    with pytest.raises(PermissionDenied, match="wer den Fachbereich leitet"):
        end_week(week, "ended", by=clerk)
    strange = make.row(make.service(), department=elsewhere)
    with pytest.raises(ValidationError, match="nur Leistungen dieses Fachbereichs"):
        start(department, [strange], manager)


def test_ended_early_it_stands_for_the_days_until_then(week, row, clerk, manager, clock):
    press(week, row.pk, "counter", uuid4(), by=clerk)
    end_week(week, "ended", by=manager)
    told = tally(week)
    assert (told.phase, told.last_day, told.estimate(1).number) == (Phase.OVER, MONDAY, 250)
    with pytest.raises(ValidationError, match="schon zu Ende"):
        end_week(week, "called_off", by=manager)
    with pytest.raises(ValidationError, match="ist zu Ende; dieser Fall"):
        press(week, row.pk, "counter", uuid4(), by=clerk)


def test_before_its_first_day_and_on_a_week_end_a_week_is_only_called_off(department, row, manager, clock):
    week = start(department, [row], manager, date(2025, 12, 6), date(2025, 12, 12))
    with pytest.raises(ValidationError, match="noch nicht begonnen"):
        end_week(week, "ended", by=manager)
    clock.move_to(datetime(2025, 12, 6, 9, tzinfo=UTC))
    with pytest.raises(ValidationError, match="kein Tag von Montag bis Freitag"):
        end_week(week, "ended", by=manager)
    end_week(week, "called_off", by=manager)
    assert tally(week).phase == Phase.CALLED_OFF


def entered():
    return [
        *CaseCount.objects.order_by("pk").values_list("row__service__name", "channel", "number", "low", "high", "how")
    ]


def test_taken_over_the_numbers_stand_in_the_year_once_and_name_the_week(week, row, clerk, manager, clock):
    for _ in range(24):
        press(week, row.pk, "counter", uuid4(), by=clerk)
    with pytest.raises(ValidationError, match="erst, wenn sie zu Ende ist"):
        take_over(week, by=clerk)
    clock.move_to(datetime(2025, 12, 6, 9, tzinfo=UTC))
    made, left_out = take_over(week, by=clerk)
    assert (len(made), left_out, {each.year for each in made}) == (5, [], {2025})
    assert {each.reason for each in made} == {"Zählwoche 01.12.2025 bis 05.12.2025"}
    assert ("Reisepass", "counter", 1200, 760, 1800, "week") in entered()
    assert ("Reisepass", "online", 0, 0, 190, "week") in entered()
    with pytest.raises(ValidationError, match="schon ins Jahr übernommen"):
        take_over(week, by=manager)
    assert CaseCount.objects.count() == 5


def test_what_a_person_may_not_report_is_left_out_and_taken_over_by_another(department, row, clerk, manager, clock):
    other = make.row(make.service(name="Personalausweis"), department=department)
    week = start(department, [row, other], manager)
    clock.move_to(datetime(2025, 12, 6, 9, tzinfo=UTC))
    stranger = make.user("amt", Role.STAFF, department=department)
    with pytest.raises(PermissionDenied, match="wer den Stand der Leistungen melden darf"):
        take_over(week, by=stranger)
    assert take_over(week, by=clerk)[1] == [other]
    made, left_out = take_over(week, by=manager)
    assert ({each.row for each in made}, left_out, tally(week).waits) == ({other}, [], False)


def test_a_week_that_was_called_off_is_not_taken_over(week, manager, clock):
    end_week(week, "called_off", by=manager)
    clock.move_to(datetime(2025, 12, 6, 9, tzinfo=UTC))
    with pytest.raises(ValidationError, match="erst, wenn sie zu Ende ist"):
        take_over(week, by=manager)


@pytest.mark.parametrize("change", [{"days": 0}, {"days": 15}, {"weeks_open": 0}, {"weeks_open": 54}])
def test_the_database_itself_refuses_a_week_that_cannot_be(week, manager, change):
    said = {"first_day": MONDAY, "days": 5, "recorded_at": datetime.now(UTC)} | change
    with pytest.raises(DatabaseError), transaction.atomic():
        CountingWeek.objects.create(municipality=week.municipality, department=week.department, by=manager, **said)


def test_the_database_keeps_what_was_counted_and_nothing_of_another_week_or_municipality(week, row, clerk, manager):
    first = press(week, row.pk, "post", uuid4(), by=clerk)
    end_week(week, "ended", by=manager)
    for model in (CountingWeek, CountingPress, CountingStep, type(week.counted.get())):
        for deed in (lambda all_: all_.update(id=99), lambda all_: all_._raw_delete("default")):
            with pytest.raises(DatabaseError, match="können nicht geändert oder gelöscht werden"), transaction.atomic():
                deed(model.objects.all())
    there = make.municipality("Nachbarstadt", "159990010020")
    other = make.row(make.service(), municipality=there)
    said = {"week": week, "by": clerk, "recorded_at": datetime.now(UTC)}
    with pytest.raises(DatabaseError, match="nicht gezählt"), transaction.atomic():
        CountingPress.objects.create(**said, row=other, channel="post", client_id=uuid4())
    with pytest.raises(DatabaseError, match="gehört zu einer anderen Kommune"), transaction.atomic():
        week.counted.create(row=other)
    with pytest.raises(DatabaseError, match="Zurückgenommen wird ein Fall derselben"), transaction.atomic():
        CountingPress.objects.create(**said, row=row, channel="mail", client_id=uuid4(), withdraws=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        CountingPress.objects.create(**said, row=row, channel="post", client_id=first.client_id)
    with pytest.raises(DatabaseError, match="nicht gezählt"), transaction.atomic():
        CountingStep.objects.create(**said, kind="taken_over", row=other)


@pytest.mark.parametrize("many", [1, 3])
def test_a_week_is_told_with_the_same_statements(department, manager, django_assert_num_queries, many):
    rows = [make.row(make.service(f"9910700000000{at}"), department=department) for at in range(many)]
    week = start(department, rows, manager)
    for each in rows:
        press(week, each.pk, "post", uuid4(), by=manager)
    with django_assert_num_queries(3):
        assert [line.counts["post"] for line in tally(week).lines] == [1] * many


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_people_at_once_lose_no_case_and_one_that_is_sent_twice_at_once_counts_once(
    department, manager, coordinator
):
    row = make.row(make.service(), department=department)
    week = start(department, [row], manager)
    twice = UUID(int=7)
    deeds = [lambda: press(week, row.pk, "post", uuid4(), by=coordinator) for _ in range(6)]
    deeds += [lambda: press(week, row.pk, "post", twice, by=manager) for _ in range(2)]
    at_once(*deeds)
    assert counted(week) == {"post": 7}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_take_over_at_once_enter_it_once(department, manager, coordinator, clock):
    row = make.row(make.service(), department=department)
    week = start(department, [row], manager)
    clock.move_to(datetime(2025, 12, 6, 9, tzinfo=UTC))
    outcomes = at_once(lambda: take_over(week, by=manager), lambda: take_over(week, by=coordinator))
    assert ("taken_over" in outcomes, CaseCount.objects.count()) == (True, 5)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_begin_one(department, manager, coordinator):
    row = make.row(make.service(), department=department)
    at_once(lambda: start(department, [row], manager), lambda: start(department, [row], coordinator))
    assert CountingWeek.objects.count() == 1
