"""What planning reads from the database, and what it leaves there."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from catalog.models import MaturityLevel
from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import MunicipalService, Source, StatusChange
from ozg_tracker.tracking.rows.planning import Change, History, Plan, Planned, load_facts, load_histories, write
from ozg_tracker.tracking.rows.rules import Facts, Level, Tracked
from tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2022, 11, 24)
NOW = datetime(2022, 11, 24, 9, tzinfo=UTC)
OURS = Tracked(responsibility="municipality")


def row(number, **fields):
    return make.row(make.service(f"991020131{number:02}000", f"Leistung {number}"), **fields)


def test_the_history_of_each_row_asked_for_is_read_day_by_day_and_no_other():
    first, second, _not_asked = row(1), row(2, note="zwei"), row(3)
    make.event(first, date(2022, 5, 1), version=2, note="Mai")
    make.event(first, date(2022, 3, 1), version=3, note="März, später erfasst")
    first.version = 3
    first.save()
    neighbour = row(4, municipality=make.municipality("Neustadt", ars="159990020020"))
    asked = [second.pk, first.pk, neighbour.pk, second.pk, 999_999]
    assert load_histories(first.municipality_id, asked) == {
        first.pk: History(
            3,
            [make.START, date(2022, 3, 1), date(2022, 5, 1)],
            [OURS, OURS._replace(note="März, später erfasst"), OURS._replace(note="Mai")],
        ),
        second.pk: History(1, [make.START], [OURS._replace(note="zwei")]),
    }


def test_the_rules_know_the_levels_and_of_departments_and_people_those_that_are_named_and_there():
    municipality = make.municipality()
    office, other = make.department("Bürgerbüro"), make.department("Bauamt")
    elsewhere = make.department("Amt dort", municipality=make.municipality("Neustadt", ars="159990020020"))
    person, council = make.user("amt", Role.STAFF), make.user("rat", Role.COUNCIL)
    make.user("leitung", Role.MANAGER, department=office)
    levels = {
        each.pk: Level(each.model_id, each.number, each.model.conform_level)
        for each in MaturityLevel.objects.select_related("model")
    }
    changes = [
        Change(1, {"department": office, "owner": person.pk}, TODAY),
        Change(2, {"department": elsewhere.pk, "owner": council}, TODAY),
        Change(3, {"department": "Bauamt", "owner": None, "note": other.pk}, TODAY),
    ]
    known = Facts("Musterstadt", municipality.maturity_model_id, levels, frozenset(), frozenset(), TODAY)
    assert load_facts(municipality, changes, TODAY) == replace(
        known, departments=frozenset({office.pk}), people=frozenset({person.pk})
    )
    assert load_facts(municipality, changes[2:], TODAY) == known


def test_where_nobody_is_named_nobody_is_looked_up(django_assert_num_queries):
    municipality = make.municipality()
    with django_assert_num_queries(1):  # the levels
        load_facts(municipality, [Change(1, {"note": "x"}, TODAY)], TODAY)


def planned(*rows):
    """A change of each row's note, planned upon the version it has."""
    state = OURS._replace(note="neu", planned_on=date(2023, 1, 31))
    histories = {each.pk: History(each.version + 1, [make.START, TODAY], [OURS, state]) for each in rows}
    events = [Planned(at, each.pk, each.version + 1, TODAY, f"Grund {at}", state, OURS) for at, each in enumerate(rows)]
    return Plan(histories, events)


@pytest.mark.parametrize("count", [1, 25])  # few are inserted one by one, many are copied where the database can
def test_events_and_rows_are_written_as_planned(count):
    rows, by = [row(number) for number in range(count)], make.user()
    assert write(rows[0].municipality_id, planned(*rows), by.pk, Source.API, NOW) is True
    said = {"note": "neu", "planned_on": date(2023, 1, 31), "version": 2}
    stored = MunicipalService.objects.order_by("pk").values("pk", *said)
    assert list(stored) == [{"pk": each.pk, **said} for each in rows]
    stamp = {"municipality": rows[0].municipality_id, "by": by.pk, "source": "api", "recorded_at": NOW}
    events = StatusChange.objects.filter(version=2).order_by("pk")
    assert list(events.values("row", "effective_on", "reason", "responsibility", *said, *stamp)) == [
        {"row": each.pk, "effective_on": TODAY, "reason": f"Grund {at}", "responsibility": "municipality"}
        | said
        | stamp
        for at, each in enumerate(rows)
    ]


def test_nothing_is_added_where_another_writer_was_faster():
    first, second = row(1), row(2)
    made = planned(first, second)
    MunicipalService.objects.filter(pk=second.pk).update(version=2)
    assert write(first.municipality_id, made, None, Source.API, NOW) is False
    assert StatusChange.objects.count() == 2
