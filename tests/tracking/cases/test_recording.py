"""Numbers of cases supersede each other, are never lost, and are known as they were known then."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from ozg_tracker.tracking.cases.known import Cases, cases_known_at, cases_of
from ozg_tracker.tracking.cases.recording import Entry, Number, record_cases
from ozg_tracker.tracking.models import CaseCount
from ozg_tracker.tracking.rows.rights import rights_in
from tests import make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def row(department, clerk):
    return make.row(make.service(name="Reisepass"), department=department, owner=clerk)


def record(row, by, year=2025, seen=None, reason="", **numbers):
    said = {channel: Number(number) for channel, number in numbers.items()}
    rights = rights_in(row.municipality, by)
    return record_cases(row.municipality, [Entry(row.pk, year, said, seen)], by=by, rights=rights, reason=reason)


def numbers(online=None, counter=None, post=None, phone=None, mail=None):
    return {"online": online, "counter": counter, "post": post, "phone": phone, "mail": mail}


def test_the_last_number_of_a_channel_holds_and_the_others_stay(row, clerk):
    record(row, clerk, online=100, counter=30)
    record(row, clerk, online=120)
    assert cases_of(row.pk) == [(2025, Cases(numbers(online=120, counter=30), False))]
    assert CaseCount.objects.count() == 3


def test_what_is_known_already_is_not_kept_again(row, clerk):
    record(row, clerk, online=100, post=None)
    assert record(row, clerk, online=100, post=None) == []


def test_a_number_is_taken_back_by_saying_that_it_is_not_known(row, clerk):
    record(row, clerk, online=100)
    record(row, clerk, online=None, reason="falsche Zeile")
    assert cases_of(row.pk) == []
    assert [(each.number, each.reason) for each in CaseCount.objects.all()] == [(None, "falsche Zeile"), (100, "")]


def test_none_is_a_number_and_known(row, clerk):
    record(row, clerk, **dict.fromkeys(numbers(), 0))
    [(_year, cases)] = cases_of(row.pk)
    assert (cases.complete, cases.total) == (True, 0)


def test_what_was_known_then_is_known_for_ever(row, clerk, clock):
    record(row, clerk, online=100)
    clock.move_to(LATER)
    record(row, clerk, online=None, counter=7)
    here = row.municipality_id
    assert cases_known_at(here, [2024, 2025], NOW) == {2025: {row.pk: Cases(numbers(online=100), False)}}
    assert cases_known_at(here, [2025], LATER) == {2025: {row.pk: Cases(numbers(counter=7), False)}}
    assert cases_known_at(here, [2025], datetime(2026, 1, 1, tzinfo=UTC)) == {}


@pytest.mark.parametrize("first", ["clerk", "coordinator"])
def test_who_did_not_see_what_another_said_is_told_and_keeps_nothing(row, clerk, coordinator, first):
    second = {"clerk": coordinator, "coordinator": clerk}[first]
    record(row, {"clerk": clerk, "coordinator": coordinator}[first], seen=0, online=100)
    with pytest.raises(ValidationError, match="jetzt gilt: online 100, vor Ort unbekannt") as refused:
        record(row, second, seen=0, online=90, post=4)
    assert refused.value.code == "stale"
    assert [each.number for each in CaseCount.objects.all()] == [100]
    record(row, second, seen=CaseCount.objects.get().pk, online=90, post=4)
    assert cases_of(row.pk) == [(2025, Cases(numbers(online=90, post=4), False))]


def test_all_entries_are_kept_or_none(row, clerk):
    other = make.row(make.service("99107000000001"), department=row.department)
    said = [Entry(each.pk, 2025, {"online": Number(5)}) for each in (row, other)]
    with pytest.raises(PermissionDenied, match="wer den Stand der Leistung melden darf"):
        record_cases(row.municipality, said, by=clerk, rights=rights_in(row.municipality, clerk))
    assert CaseCount.objects.count() == 0


@pytest.mark.parametrize(
    ("year", "channel", "number", "field"),
    [
        (1999, "online", 1, "year"),
        (2027, "online", 1, "year"),
        (2025, "post", -1, "post"),
        (2025, "mail", 10**9, "mail"),
    ],
)
def test_years_and_numbers_that_cannot_be_are_refused_at_their_field(row, clerk, year, channel, number, field):
    with pytest.raises(ValidationError) as refused:
        record(row, clerk, year=year, **{channel: number})
    assert list(refused.value.error_dict) == [field]


def test_a_reason_is_short_and_a_channel_is_one_of_five(row, clerk):
    with pytest.raises(ValidationError, match="Bitte höchstens 500 Zeichen"):
        record(row, clerk, online=1, reason="x" * 501)
    with pytest.raises(ValidationError, match="Diesen Eingangskanal gibt es nicht"):
        record(row, clerk, fax=1)


def test_a_row_of_another_municipality_is_none(row, clerk):
    there = make.municipality("Nachbarstadt", "159990010020")
    strange = make.row(make.service("99107000000001"), municipality=there)
    with pytest.raises(ValidationError, match="Diese Leistung gibt es nicht"):
        record_cases(row.municipality, [Entry(strange.pk, 2025, {"online": Number(5)})], by=None)


@pytest.mark.parametrize(
    "change",
    [{"number": -1}, {"channel": "fax"}, {"year": 1999}, {"year": 2101}, {"how": "guess"}, {"low": 3}, {"high": 9}],
)
def test_the_database_itself_refuses_what_cannot_be(row, change):
    said = {"channel": "online", "year": 2025, "number": 5, "how": "hand"} | change
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseCount.objects.create(municipality=row.municipality, row=row, recorded_at=NOW, **said)


def test_the_database_keeps_what_was_said_and_no_row_of_another_municipality(row, clerk):
    record(row, clerk, online=100)
    for deed in (lambda said: said.update(number=1), lambda said: said.delete()):
        with pytest.raises(DatabaseError, match="Fallzahlen können nicht geändert"), transaction.atomic():
            deed(CaseCount.objects.all())
    there = make.municipality("Nachbarstadt", "159990010020")
    with pytest.raises(DatabaseError, match="gehört zu einer anderen Kommune"), transaction.atomic():
        CaseCount.objects.create(
            municipality=there, row=row, year=2025, channel="online", number=1, how="hand", recorded_at=NOW
        )


@pytest.mark.parametrize("many", [1, 3])
def test_many_rows_cost_the_same_statements(department, coordinator, django_assert_num_queries, many):
    rows = [make.row(make.service(f"9910700000000{at}"), department=department) for at in range(many)]
    said = [Entry(each.pk, 2025, {"online": Number(5)}) for each in rows]
    rights = rights_in(rows[0].municipality, coordinator)
    with django_assert_num_queries(6):
        record_cases(rows[0].municipality, said, by=coordinator, rights=rights)
