"""The journal of rows: what was recorded in one go is one deed."""

from datetime import date

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.following.commenting import comment, withdraw
from ozg_tracker.tracking.looking_back.deeds import Kind, grouped, told
from ozg_tracker.tracking.models import Comment, Confirmation, StatusChange
from ozg_tracker.tracking.rows.confirming import confirm, unconfirm_these
from ozg_tracker.tracking.rows.rights import Rights, rights_in
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


def journal(reader=None):
    """As somebody reads it who may change every row, or `reader`."""
    here = {"municipality": make.municipality()}
    events = StatusChange.objects.filter(**here)
    said = Comment.objects.remarks().filter(**here), Confirmation.objects.filter(**here, withdraws=None)
    rights = rights_in(make.municipality(), reader) if reader else Rights(None, Role.COORDINATOR, frozenset())
    return told(make.municipality(), events, list(grouped(events, *said)), rights)


def test_a_change_of_many_rows_is_one_deed_with_its_first_rows(rows, manager):
    change(rows, manager, state="planned")
    change(rows[:1], manager, reason="", level=make.level(3))
    first, second, *begun = journal()
    assert (first.number, [step.after for step in first.alike], first.reasons) == (1, ["3"], [])
    assert (second.number, second.whole, len(second.entries)) == (5, 5, 3)
    assert [(step.label, step.before, step.after) for step in second.alike] == [("Stand", "offen", "geplant")]
    assert (second.who, second.way, second.reasons) == (str(manager), "Seite", ["Dienstbesprechung"])
    assert (first.stays, begun[-1].stays[:30]) == ("", "Das kam mit der Einrichtung. D")


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


def test_a_comment_stands_in_the_journal_until_it_is_withdrawn(rows, manager, coordinator):
    said = comment(rows[0], "Hängt am Kreis @koordination", by=manager)
    change(rows[:1], manager, state="planned")
    withdraw(comment(rows[1], "Falsche Zeile", by=manager), by=manager)
    gone, changed, here, *_begun = journal()
    assert [each.kind for each in (gone, changed, here)] == [Kind.COMMENTED, Kind.CHANGED, Kind.COMMENTED]
    assert (here.remark.text, here.remark.named, here.who) == (
        "Hängt am Kreis @koordination",
        [str(coordinator)],
        str(manager),
    )
    assert (here.entries[0].row, here.remark.comment) == (rows[0], said)
    assert (gone.remark.text, gone.remark.withdrawal.by) == ("", manager)


def test_what_was_confirmed_in_one_go_is_a_deed_too_what_was_confirmed_alone_is_none(rows, manager, coordinator):
    by = {"by": manager, "rights": rights_in(make.municipality(), manager)}
    said = confirm(make.municipality(), {row.pk: 1 for row in rows}, **by)
    confirm(make.municipality(), {rows[0].pk: 1}, **by)
    first, *begun = journal(manager)
    assert (first.kind, first.rows, len(first.entries), first.who, first.stays) == (
        Kind.CONFIRMED,
        5,
        3,
        str(manager),
        "",
    )
    assert Kind.CONFIRMED not in {each.kind for each in begun}
    assert journal(make.user("anders", "staff"))[0].stays.startswith("Eine Bestätigung nimmt zurück, wer sie gegeben")
    unconfirm_these(make.municipality(), [each.pk for each in said], **by)
    assert journal(manager)[0].stays == "Zurückgenommen durch leitung."


def test_what_would_be_refused_says_so_before(rows, manager, coordinator):
    change(rows[:1], manager, state="planned")
    change(rows[:1], coordinator, state="in_progress")
    change_many(
        make.municipality(), [Change(rows[1].pk, {"note": "x"}, timezone.localdate())], by=manager, source="reorganise"
    )
    moved, latest, built_upon, *_begun = journal(manager)
    assert moved.stays.startswith("Das gehört zu einem Umbau der Fachbereiche. Er geht als Ganzes zurück")
    assert latest.stays == ""
    assert "baut auf Stand „geplant“ eine Änderung von koordination auf" in built_upon.stays
    assert journal(make.user("anders", "staff"))[1].stays.startswith("Bei „Leistung 0“ dürfen Sie dies nicht ändern")


def test_as_many_queries_for_one_deed_as_for_three(rows, manager, django_assert_max_num_queries):
    counts = []
    for deeds in range(2):
        for number in range(1 + 2 * deeds):
            change(rows[: number + 1], manager, reason=f"{number}", note=f"{deeds} {number}")
            comment(rows[number], f"{number}", by=manager)
            seen = {row.pk: None for row in rows[: number + 2]}
            confirm(make.municipality(), seen, by=manager, rights=rights_in(make.municipality(), manager))
        with django_assert_max_num_queries(20) as asked:
            journal()
        counts.append(len(asked))
    assert counts[0] == counts[1]
