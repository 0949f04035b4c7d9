"""The state as of a day, as known at an instant, against a plain-Python oracle."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ozg_tracker.tracking.models import StatusChange
from ozg_tracker.tracking.rows.as_of import as_of_params, as_of_sql, reasons, state_as_of, states_then
from ozg_tracker.tracking.rows.status import Change, ChangesRefused, change_many, change_status
from tests import make

pytestmark = pytest.mark.django_db
FIRST = date(2022, 1, 1)
LEARNT = datetime(2022, 1, 1, 12, tzinfo=UTC)
KEYS = ("99102013104000", "99102013105000", "99102013106000")
a_few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
number = st.integers(0, 40)


def rows(municipality=None):
    return [make.row(make.service(key=key, name=key), municipality=municipality, effective_on=FIRST) for key in KEYS]


def oracle(events, day, known_at):
    """By the words of the rule: the greatest (effective_on, id) not after either."""
    known = [event for event in events if event.effective_on <= day and event.recorded_at <= known_at]
    last = {}
    for event in sorted(known, key=lambda each: (each.effective_on, each.id)):
        last[event.row_id] = event
    return {
        (row_id, event.id, event.state, event.level_id, event.cases_per_year, event.planned_on, event.effective_on)
        for row_id, event in last.items()
    }


@a_few
@given(
    history=st.lists(st.tuples(st.integers(0, 2), number, number, st.integers(0, 9)), max_size=15),
    day=number,
    known=number,
)
def test_the_state_is_the_event_of_the_greatest_day_and_id_not_after_either(history, day, known, db):
    with rolled_back():
        tracked = rows()
        strange = make.municipality("Anderstadt", "159990020020")
        make.row(make.service(key="99102013107000", name="fremd"), municipality=strange)
        for at, effective, learnt, cases in history:
            make.event(
                tracked[at],
                effective_on=FIRST + timedelta(days=effective),
                recorded_at=LEARNT + timedelta(days=learnt),
                cases_per_year=cases,
                planned_on=FIRST + timedelta(days=cases) if cases else None,
                level=make.level(cases % 5),
            )
        as_of, known_at = FIRST + timedelta(days=day), LEARNT + timedelta(days=known)
        municipality = tracked[0].municipality
        found = state_as_of(municipality.pk, as_of, known_at)
        assert {
            (e.row_id, e.event_id, e.state, e.level_id, e.cases_per_year, e.planned_on, e.effective_on) for e in found
        } == oracle(list(StatusChange.objects.filter(municipality=municipality)), as_of, known_at)
        listed = states_then(StatusChange.objects.filter(municipality=municipality), as_of, known_at)
        told = {(each.row_id, each.event_id) for each in state_as_of(municipality.pk, as_of, known_at)}
        assert set(listed.values_list("row", "pk")) == told
        assert len({each.row_id for each in found}) == len(found)


@contextmanager
def rolled_back():
    """Each example starts from nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 2),
        number,
        st.fixed_dictionaries(
            {},
            optional={
                "state": st.sampled_from(["open", "planned", "in_progress", "done", "blocked"]),
                "level": st.sampled_from([None, 0, 2, 3, 4]),
                "responsibility": st.sampled_from(["municipality", "district", "unclear"]),
                "cases_per_year": st.sampled_from([None, 0, 7]),
                "note": st.sampled_from(["", "a", "b"]),
            },
        ),
        st.sampled_from(["", "Grund"]),
    ),
    max_size=12,
)


@a_few
@given(wanted=CHANGES)
@time_machine.travel(datetime(2022, 3, 1, 12, tzinfo=UTC), tick=False)
def test_many_changes_give_the_same_events_and_rows_as_one_after_the_other(wanted, db):
    told = []
    for many in (False, True):
        with rolled_back():
            tracked = rows()
            levels = {number: make.level(number) for number in range(5)} | {None: None}
            changes = [
                Change(
                    tracked[at].pk,
                    {name: levels[value] if name == "level" else value for name, value in given_.items()},
                    FIRST + timedelta(days=day),
                    reason,
                )
                for at, day, given_, reason in wanted
            ]
            told.append(made(tracked, changes, many))
    assert told[0] == told[1]


def made(tracked, changes, many):
    """Which changes are refused, then events and rows of the others, without the ids that differ from run to run."""
    municipality, refused = tracked[0].municipality, {}
    if many:
        try:
            change_many(municipality, changes, by=None, source="file")
        except ChangesRefused as error:
            refused = {at: sorted(errors) for at, errors in error.by_change.items()}
            change_many(
                municipality, [each for at, each in enumerate(changes) if at not in refused], by=None, source="file"
            )
    else:
        by_id = {row.pk: row for row in tracked}
        for at, each in enumerate(changes):
            try:
                change_status(
                    by_id[each.row_id],
                    each.changes,
                    seen_version=None,
                    by=None,
                    reason=each.reason,
                    effective_on=each.effective_on,
                    source="file",
                )
            except ValidationError as error:
                refused[at] = sorted(error.error_dict)
    places = {row.pk: at for at, row in enumerate(tracked)}
    names = ("version", "responsibility", "state", "level__number", "cases_per_year", "note")
    events = StatusChange.objects.order_by("id").values_list("row_id", "effective_on", "reason", "source", *names)
    stored = type(tracked[0]).objects.order_by("id").values_list(*names)
    for row in tracked:  # the row shows the state as of today
        last = row.events.order_by("-effective_on", "-id").values_list(*names[1:]).first()
        row.refresh_from_db()
        level = row.level.number if row.level else None
        assert last == (row.responsibility, row.state, level, row.cases_per_year, row.note)
    return refused, [(places[row_id], *rest) for row_id, *rest in events], list(stored)


def test_without_known_at_everything_known_by_now_counts():
    row = make.row(effective_on=FIRST)
    assert [each.event_id for each in state_as_of(row.municipality_id, date(2022, 5, 1))] == [row.events.get().id]
    assert state_as_of(row.municipality_id, date(2021, 12, 31)) == []


def test_reasons_are_asked_for_by_event():
    row = make.row()
    event = make.event(row, reason="Portal eingeführt")
    assert reasons([event.pk]) == {event.pk: "Portal eingeführt"}


def test_it_is_served_from_the_index_alone():
    row = make.row()
    params = as_of_params(row.municipality_id, date(2022, 5, 1))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("EXPLAIN " + as_of_sql("postgresql"), params)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Index Only Scan using event_as_of on tracking_statuschange" in plan
        else:
            cursor.execute("EXPLAIN QUERY PLAN " + as_of_sql("sqlite"), params)
            plan = "\n".join(line[-1] for line in cursor.fetchall())
            assert "SEARCH tracking_statuschange USING COVERING INDEX event_as_of" in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan
