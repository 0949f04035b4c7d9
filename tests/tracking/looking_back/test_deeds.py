"""The journal of rows: what was recorded in one go is one deed."""

from datetime import date

import pytest
from django.utils import timezone

from ozg_tracker.tracking.looking_back.deeds import grouped, told
from ozg_tracker.tracking.models import StatusChange
from ozg_tracker.tracking.rows.status import Change, change_many
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(department):
    return [
        make.row(make.service(f"9910000{n}000000", f"Leistung {n}"), department=department, level=2) for n in range(5)
    ]


def change(rows, by, reason="Dienstbesprechung", day=None, **changes):
    day = day or timezone.localdate()
    return change_many(
        make.municipality(), [Change(row.pk, changes, day, reason) for row in rows], by=by, source="page"
    )


def journal():
    events = StatusChange.objects.filter(municipality=make.municipality())
    return told(make.municipality(), events, list(grouped(events)))


def test_a_change_of_many_rows_is_one_deed_with_its_first_rows(rows, manager):
    change(rows, manager, state="planned")
    change(rows[:1], manager, reason="", level=make.level(3))
    first, second, *begun = journal()
    assert (first.number, [step.after for step in first.alike], first.reasons) == (1, ["3"], [])
    assert (second.number, second.whole, len(second.entries)) == (5, 5, 3)
    assert [(step.label, step.before, step.after) for step in second.alike] == [("Stand", "offen", "geplant")]
    assert (second.by, second.way, second.reasons) == (manager, "Seite", ["Dienstbesprechung"])
    assert (second.can_be_undone, begun[-1].can_be_undone) == (True, False)


def test_what_differs_from_row_to_row_is_told_row_by_row(rows, manager):
    change(rows[:1], manager, state="in_progress")
    change(rows[:2], manager, state="planned")
    latest = journal()[0]
    assert latest.alike == []
    assert [entry.steps[0].before for entry in latest.entries] == ["in Umsetzung", "offen"]


def test_a_late_entry_is_told_against_its_own_day(rows, manager):
    change(rows[:1], manager, state="planned")
    change(rows[:1], manager, day=date(2023, 1, 1), state="blocked")
    assert [(step.before, step.after) for step in journal()[0].alike] == [("offen", "blockiert")]


def test_as_many_queries_for_one_deed_as_for_three(rows, manager, django_assert_max_num_queries):
    counts = []
    for deeds in range(2):
        for number in range(1 + 2 * deeds):
            change(rows[: number + 1], manager, reason=f"{number}", note=f"{deeds} {number}")
        with django_assert_max_num_queries(10) as asked:
            journal()
        counts.append(len(asked))
    assert counts[0] == counts[1]
