"""The tree of departments changes by record() alone, and is what its events say, on every day and at every instant."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ozg_tracker.accounts.departments.as_of import Node, entries, top_names, tree_as_of, tree_on, way_up
from ozg_tracker.accounts.departments.changing import add_department, new_departments, record
from ozg_tracker.accounts.models import Department, DepartmentEvent, JournalEntry, Reorganisation
from tests import make

NOW = datetime(2022, 12, 2, 9, tzinfo=UTC)
DAYS = [date(2022, month, 1) for month in range(6, 13)]


@pytest.fixture(autouse=True)
def december():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def municipality(db):
    return make.municipality()


def change(municipality, department, day=date(2022, 11, 1), **fields):
    node = tree_as_of(municipality.pk, date(2022, 12, 2))[department.pk]
    return record(
        municipality, "rename", {department.pk: node._replace(**fields)}, effective_on=day, by=None, reason="Grund"
    )


def test_a_department_that_is_added_stands_there_with_its_event_and_an_entry_in_the_journal(municipality):
    person = make.user()
    made = add_department(municipality, "  Bau\n amt ", effective_on=date(2022, 5, 1), by=person, reason="Neu")
    assert (made.name, made.ended) == ("Bau amt", False)
    event = DepartmentEvent.objects.get()
    assert (event.name, event.parent, event.ended, event.effective_on) == ("Bau amt", None, False, date(2022, 5, 1))
    assert (event.recorded_at, event.by, event.reason, event.reorganisation.kind) == (NOW, person, "Neu", "add")
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.about, entry.after["name"], entry.reason) == ("department", "Bau amt", "Bau amt", "Neu")


def test_a_day_keeps_the_name_of_its_day_and_an_instant_what_was_known_then(municipality):
    department = make.department("Tiefbauamt")
    change(municipality, department, date(2022, 10, 1), name="Straßenverkehr")
    assert Department.objects.get().name == "Straßenverkehr"
    before, after, unknown = (
        tree_as_of(municipality.pk, day, known)[department.pk].name
        for day, known in (
            (date(2022, 9, 30), None),
            (date(2022, 10, 1), None),
            (date(2022, 10, 1), NOW - timedelta(seconds=1)),
        )
    )
    assert (before, after, unknown) == ("Tiefbauamt", "Straßenverkehr", "Tiefbauamt")


def test_before_its_first_day_a_department_is_what_it_was_first(municipality):
    made = add_department(municipality, "Neuamt", effective_on=date(2022, 11, 1))
    assert tree_as_of(municipality.pk, date(2022, 1, 1)) == {made.pk: Node("Neuamt", None, begun=False)}


@pytest.mark.parametrize(
    ("fields", "day", "code"),
    [
        ({"name": "Bauen"}, date(2022, 11, 1), "name_taken"),
        ({"name": " "}, date(2022, 11, 1), "name_needed"),
        ({"name": "x" * 201}, date(2022, 11, 1), "name_needed"),
        ({"name": "Neu"}, date(2022, 12, 3), "in_the_future"),
        ({"name": "Neu"}, date(1022, 12, 3), "strange_day"),
        ({"name": "Neu"}, date(2017, 8, 17), "before_later_change"),
        ({"ended": True}, date(2022, 11, 1), "something_below"),
    ],
)
def test_what_no_tree_can_be_is_refused_and_changes_nothing(municipality, fields, day, code):
    make.department("Bauen")
    top = make.department("Bürgerdienste")
    make.department("Bürgerbüro", top)
    before = tree_as_of(municipality.pk, date(2022, 12, 2))
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    with pytest.raises(ValidationError) as refused:
        change(municipality, top, day, **fields)
    assert [each.code for errors in refused.value.error_dict.values() for each in errors] == [code]
    assert tree_as_of(municipality.pk, date(2022, 12, 2)) == before


def test_no_department_stands_below_itself_or_below_one_that_is_not_there_yet(municipality):
    top = make.department("Bürgerdienste")
    under = make.department("Bürgerbüro", top)
    late = add_department(municipality, "Neuamt", effective_on=date(2022, 11, 15))
    for parent, code in ((under, "cycle"), (top, "cycle"), (late, "unknown_parent")):
        with pytest.raises(ValidationError) as refused:
            change(municipality, top, parent=parent.pk)
        assert refused.value.error_dict["parent"][0].code == code


def test_a_circle_that_only_some_days_would_have_is_refused(municipality):
    first, second = make.department("Erstes"), make.department("Zweites")
    change(municipality, second, date(2022, 11, 10), parent=first.pk)
    with pytest.raises(ValidationError) as refused:
        change(municipality, first, date(2022, 11, 1), parent=second.pk)
    assert refused.value.error_dict["parent"][0].code == "cycle"


def test_the_name_of_what_has_ended_can_be_given_again(municipality):
    old = make.department("Ordnungsamt")
    change(municipality, old, ended=True)
    new = add_department(municipality, "Ordnungsamt", effective_on=date(2022, 11, 2))
    assert list(Department.objects.standing()) == [new]
    with pytest.raises(ValidationError):
        change(municipality, old, ended=False)


def test_the_database_keeps_events_and_deeds(municipality):
    make.department()
    other = make.department("Fremd", municipality=make.municipality("Neustadt", ars="159990020020"))
    for model in (DepartmentEvent, Reorganisation):
        for spoil in (lambda model=model: model.objects.update(reason="x"), model.objects.all().delete):
            with pytest.raises(IntegrityError), transaction.atomic():
                spoil()
    event = DepartmentEvent.objects.earliest("pk")
    event.pk, event.department = None, other
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)


def test_three_thousand_departments_are_read_with_one_query_and_made_with_few(municipality):
    names = [f"Amt {n}" for n in range(3000)]
    with CaptureQueriesContext(connection) as few:
        made = new_departments(municipality, names)
        nodes = {
            pk: Node(name, made[n // 10] if n >= 10 else None)
            for n, (pk, name) in enumerate(zip(made, names, strict=True))
        }
        record(municipality, "list", nodes, effective_on=date(2022, 1, 1), by=None, reason="")
    assert len(few) < 60
    with CaptureQueriesContext(connection) as one:
        tree = tree_as_of(municipality.pk, date(2022, 12, 2))
    assert (len(one), len(tree)) == (1, 3000)
    assert len(way_up(tree, made[2999])) == 4


# What may happen to three departments, on any day, recorded in any order.
deeds = st.lists(
    st.tuples(
        st.sampled_from(DAYS),
        st.integers(0, 2),
        st.sampled_from(["name", "parent", "ended"]),
        st.sampled_from([None, 0, 1, 2]),
    ),
    max_size=12,
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=deeds)
def test_every_day_at_every_instant_is_what_a_plain_search_among_the_events_finds(drawn):
    with transaction.atomic():
        municipality = make.municipality()
        departments = [make.department(f"Amt {n}") for n in range(3)]
        told = [
            (each.pk, Node(each.name, None), make.START, 0) for each in departments
        ]  # department, state, day, order
        for order, (day, which, field, value) in enumerate(drawn, 1):
            department = departments[which]
            other = departments[value].pk if value is not None else None
            new = {"name": f"Name {order}", "parent": other, "ended": value is not None}[field]
            node = plain(told, department.pk, date(2022, 12, 2), order)._replace(**{field: new})
            at = NOW - timedelta(days=30) + timedelta(days=order)
            try:
                with transaction.atomic():
                    record(
                        municipality,
                        "rename",
                        {department.pk: node},
                        effective_on=day,
                        by=None,
                        reason="",
                        recorded_at=at,
                    )
            except ValidationError:
                continue
            told.append((department.pk, node, day, order))
        for day in (*DAYS, date(2022, 5, 1)):
            for order in (0, 4, 12):
                at = NOW - timedelta(days=30) + timedelta(days=order)
                expected = {each.pk: plain(told, each.pk, day, order) for each in departments}
                assert tree_as_of(municipality.pk, day, at) == expected
                assert set(top_names(expected)) == {None, *expected}
        today = tree_on(entries(municipality.pk), date(2022, 12, 2))
        shown = Department.objects.filter(municipality=municipality).values_list("pk", "name", "parent", "ended")
        assert {pk: Node(*rest) for pk, *rest in shown} == today
        transaction.set_rollback(True)


def plain(told, department, day, order):
    seen = [(each[2], n, each[1]) for n, each in enumerate(told) if each[0] == department and each[2] <= day]
    known = [each for each in seen if told[each[1]][3] <= order]
    return max(known, key=lambda each: each[:2])[2]
