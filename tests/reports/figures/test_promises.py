"""What was promised when the month began, and what became of it; what is blocked, and why; what proves it."""

from datetime import UTC, date, datetime

import pytest

from ozg_tracker.accounts.models import Department
from ozg_tracker.tracking.models import Deadline, Evidence
from reports.figures.compute import compute
from tests import make

NOVEMBER = date(2022, 11, 1)
LATE = datetime(2030, 1, 1, tzinfo=UTC)
EARLIER, WITHIN = date(2022, 10, 1), date(2022, 11, 10)


@pytest.fixture
def municipality(db):
    Deadline.objects.all().delete()
    make.department("Bürgerbüro", make.department("Bürgerdienste"))
    return make.municipality()


def planned(number, day, **state):
    office = Department.objects.get(name="Bürgerbüro")
    service = make.service(f"{99000000000000 + number}", f"Leistung {number}")
    return make.row(service, effective_on=EARLIER, level=2, planned_on=day, department=office, **state)


def test_a_promise_is_kept_moved_or_open(municipality):
    day = date(2022, 11, 20)
    rows = [planned(number, day) for number in range(4)]
    make.event(rows[0], effective_on=WITHIN, level=3, state="done")
    make.event(rows[1], effective_on=WITHIN, level=2, planned_on=date(2023, 1, 31), reason="Vertrag fehlt")
    make.event(rows[2], effective_on=WITHIN, level=2, planned_on=None, reason="aufgegeben")
    found = compute(municipality, NOVEMBER, LATE)["promises"]
    assert [found[name] for name in ("due", "kept", "moved", "open")] == [4, 1, 2, 1]
    assert [(each["outcome"], each["planned_on"], each["now_on"], each["reason"]) for each in found["rows"]] == [
        ("kept", "2022-11-20", "2022-11-20", ""),
        ("moved", "2022-11-20", "2023-01-31", "Vertrag fehlt"),
        ("moved", "2022-11-20", None, "aufgegeben"),
        ("open", "2022-11-20", "2022-11-20", ""),
    ]


def test_what_was_planned_within_the_month_or_was_ready_already_was_no_promise(municipality):
    row = planned(1, None)
    make.event(row, effective_on=WITHIN, level=2, planned_on=date(2022, 11, 20))
    ready = planned(2, date(2022, 11, 20))
    make.event(ready, effective_on=date(2022, 10, 15), level=3, state="done", planned_on=date(2022, 11, 20))
    planned(3, date(2022, 12, 1))
    assert compute(municipality, NOVEMBER, LATE)["promises"]["due"] == 0


def test_what_left_us_in_the_month_is_no_promise_broken(municipality):
    row = planned(1, date(2022, 11, 20))
    make.event(row, effective_on=WITHIN, level=2, planned_on=date(2022, 11, 20), responsibility="district")
    assert compute(municipality, NOVEMBER, LATE)["promises"]["due"] == 0


def test_next_are_the_three_months_to_come(municipality):
    for number, day in enumerate([(2022, 11, 30), (2022, 12, 1), (2023, 2, 28), (2023, 3, 1)]):
        planned(number, date(*day))
    found = compute(municipality, NOVEMBER, LATE)["promises"]["next"]
    assert [(each["planned_on"], each["office"], each["department"]) for each in found] == [
        ("2022-12-01", "Bürgerbüro", "Bürgerdienste"),
        ("2023-02-28", "Bürgerbüro", "Bürgerdienste"),
    ]


def test_what_is_blocked_keeps_the_reason_it_was_blocked_for(municipality):
    row = planned(1, None)
    make.event(row, effective_on=WITHIN, level=2, state="blocked", reason="Land liefert nicht")
    make.event(row, effective_on=date(2022, 11, 12), level=2, state="blocked", reason="")
    assert [each["reason"] for each in compute(municipality, NOVEMBER, LATE)["late"]["blocked"]] == [
        "Land liefert nicht"
    ]


def entry(row, online, found_on=date(2022, 11, 20), kind=Evidence.Kind.DIRECTORY, recorded_at=LATE, url=""):
    fields = {"origin": "x", "url": url, "recorded_at": recorded_at}
    Evidence.objects.create(row=row, kind=kind, found_on=found_on, online=online, **fields)


def proofs(municipality, known_at=LATE):
    return [each["proof"] for each in compute(municipality, NOVEMBER, known_at)["services"]]


def test_a_proof_is_the_newest_entry_by_the_months_end_as_known_then(municipality):
    row = planned(1, None)
    make.event(row, effective_on=WITHIN, level=3, state="done")
    assert proofs(municipality) == ["none"]
    entry(row, False, date(2022, 11, 1), recorded_at=datetime(2022, 11, 2, tzinfo=UTC))
    assert proofs(municipality) == ["claimed_not_public"]
    entry(row, True, date(2022, 11, 2), recorded_at=datetime(2022, 12, 5, tzinfo=UTC))
    entry(row, False, date(2022, 12, 1))
    assert proofs(municipality) == ["agree"]
    assert proofs(municipality, datetime(2022, 12, 1, tzinfo=UTC)) == ["claimed_not_public"]


def test_a_broken_address_and_what_is_public_but_not_ready(municipality):
    ready, not_ready, silent = planned(1, None), planned(2, None), planned(3, None)
    make.event(ready, effective_on=WITHIN, level=3, state="done")
    entry(ready, False, kind=Evidence.Kind.LINK_CHECK)
    entry(not_ready, True)
    assert proofs(municipality) == ["broken", "public_not_claimed", "none"]
    entry(silent, False)
    assert proofs(municipality)[2] == "agree"
    assert compute(municipality, NOVEMBER, LATE)["proven"] == {"numerator": 0, "denominator": 1}
