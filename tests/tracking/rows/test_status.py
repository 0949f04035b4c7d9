"""change_status and change_many: one row, one event, one transaction."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import MunicipalService, Responsibility, Source, State, StatusChange
from ozg_tracker.tracking.rows.rules import FIELDS
from ozg_tracker.tracking.rows.status import Change, ChangesRefused, Conflict, change_many, change_status
from tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2022, 11, 24)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2022, 11, 24, 9, tzinfo=UTC), tick=False):
        yield


def change(row, day=TODAY, reason="Weil es so ist", seen_version=None, by=None, **changes):
    seen = row.version if seen_version is None else seen_version
    return change_status(row, changes, seen_version=seen, by=by, reason=reason, effective_on=day, source=Source.PAGE)


def test_a_change_adds_an_event_with_the_whole_state_and_brings_the_row_to_it():
    row = make.row(state=State.OPEN, cases_per_year=20)
    by = make.user()
    event = change(row, by=by, level=make.level(3), state="done", online_url="https://stadt.example/hund")
    assert (event.version, event.effective_on, event.by, event.source) == (2, TODAY, by, "page")
    assert event.recorded_at == datetime(2022, 11, 24, 9, tzinfo=UTC)
    assert event.reason == "Weil es so ist"
    stored = MunicipalService.objects.get()
    assert stored.version == row.version == 2
    assert {name: getattr(event, name) for name in FIELDS.values()} == {
        name: getattr(stored, name) for name in FIELDS.values()
    }
    assert (stored.state, stored.level.number, stored.cases_per_year) == ("done", 3, 20)


def test_a_change_that_changes_nothing_makes_no_event():
    row = make.row(level=2)
    assert change(row, level=make.level(2)) is None
    assert (row.events.count(), MunicipalService.objects.get().version) == (1, 1)


def test_a_stale_version_is_a_conflict_that_shows_what_stands():
    row = make.row()
    by = make.user()
    change(MunicipalService.objects.get(), by=by, note="Erste", reason="eilig")
    with pytest.raises(Conflict) as conflict:
        change(row, note="Zweite")
    assert (conflict.value.stored.note, conflict.value.stored.version) == ("Erste", 2)
    assert (conflict.value.event.by, conflict.value.event.reason) == (by, "eilig")
    assert StatusChange.objects.count() == 2


def test_a_late_entry_for_an_earlier_day_stands_in_the_history_and_leaves_the_newer_state():
    row = make.row()
    change(row, day=date(2022, 10, 1), level=make.level(2), cases_per_year=7)
    event = change(row, day=date(2022, 3, 1), level=make.level(1))
    assert (event.level.number, event.cases_per_year, event.version) == (1, None, 3)
    stored = MunicipalService.objects.get()
    assert (stored.level.number, stored.cases_per_year, stored.version) == (2, 7, 3)


def test_a_change_builds_on_the_state_as_of_its_day_and_not_on_a_later_one():
    row = make.row()
    change(row, day=date(2022, 2, 1), note="Februar")
    change(row, day=date(2022, 8, 1), note="August")
    assert change(row, day=date(2022, 5, 1), cases_per_year=3).note == "Februar"


def test_of_two_changes_for_one_day_the_later_entry_holds():
    row = make.row()
    change(row, day=date(2022, 2, 1), note="erst", cases_per_year=1)
    change(row, day=date(2022, 2, 1), note="dann")
    assert (row.note, row.cases_per_year) == ("dann", 1)


def test_before_its_first_event_a_row_is_unclear_and_open():
    row = make.row(level=1, effective_on=date(2020, 1, 1))
    event = change(row, day=date(2019, 1, 1), cases_per_year=5)
    assert (event.responsibility, event.state, event.level, event.cases_per_year) == ("unclear", "open", None, 5)
    assert MunicipalService.objects.get().level.number == 1


def test_today_is_a_day_in_berlin():
    row = make.row()
    with time_machine.travel(datetime(2022, 11, 24, 23, 30, tzinfo=UTC), tick=False):
        assert change(row, day=date(2022, 11, 25), note="schon morgen").effective_on == date(2022, 11, 25)


@pytest.mark.parametrize(
    ("changes", "extra", "field", "code"),
    [
        ({"farbe": "rot"}, {}, "farbe", "unknown_field"),
        ({"version": 9}, {}, "version", "unknown_field"),
        ({"state": "erledigt"}, {}, "state", "invalid_choice"),
        ({"responsibility": "Gemeinde"}, {}, "responsibility", "invalid_choice"),
        ({"state": "done"}, {}, "state", "done_needs_level"),
        ({"state": "done", "level": 2}, {}, "state", "done_needs_level"),
        ({"level": "fremd"}, {}, "level", "unknown_level"),
        ({"level": 999_999}, {}, "level", "unknown_level"),
        ({"department": "fremd"}, {}, "department", "unknown_department"),
        ({"owner": "fremd"}, {}, "owner", "unknown_person"),
        ({"cases_per_year": -1}, {}, "cases_per_year", "invalid_number"),
        ({"cases_per_year": 2**31}, {}, "cases_per_year", "invalid_number"),
        ({"cases_per_year": "viele"}, {}, "cases_per_year", "invalid_number"),
        ({"online_url": "javascript:alert(1)"}, {}, "online_url", "invalid_url"),
        ({"online_url": "https://a.example/" + "x" * 500}, {}, "online_url", "invalid_url"),
        ({"planned_on": "bald"}, {}, "planned_on", "invalid"),
        ({"planned_on": date(9999, 1, 1)}, {}, "planned_on", "invalid"),
        ({"note": "x" * 4001}, {}, "note", "too_long"),
        ({"note": "x"}, {"day": date(2022, 11, 25)}, "effective_on", "in_future"),
        ({"note": "x"}, {"day": date(1999, 12, 31)}, "effective_on", "too_early"),
        ({"note": "x"}, {"reason": "x" * 4001}, "reason", "too_long"),
        ({"state": "blocked"}, {"reason": " "}, "reason", "reason_required"),
    ],
)
def test_what_cannot_be_is_refused_by_field_with_a_sentence_and_nothing_is_written(changes, extra, field, code):
    row = make.row()
    make.maturity_model("2.0", levels=8, conform_level=4)
    elsewhere = make.municipality("Anderstadt", "159990020020")
    strange = {
        "level": make.level(5, "2.0"),
        "department": make.department("Amt dort", municipality=elsewhere),
        "owner": make.user("fremde", municipality=elsewhere),
    }
    given = {name: strange[name] if value == "fremd" else value for name, value in changes.items()}
    if given.get("level") == 2:
        given["level"] = make.level(2)
    with pytest.raises(ValidationError) as refused:
        change(row, **extra, **given)
    assert {name: [each.code for each in errors] for name, errors in refused.value.error_dict.items()} == {
        field: [code]
    }
    assert all(message.endswith(".") for message in refused.value.messages)
    assert (StatusChange.objects.count(), MunicipalService.objects.get().version) == (1, 1)


@pytest.mark.parametrize(
    ("before", "changes", "needed"),
    [
        ({"level": 3}, {"level": 2}, True),
        ({"level": 0}, {"level": None}, True),
        ({"level": 2}, {"level": 3}, False),
        ({}, {"level": 0}, False),
        ({"level": 3, "state": "done"}, {"state": "in_progress"}, True),
        ({}, {"state": "blocked"}, True),
        ({"state": "blocked"}, {"state": "open"}, False),
        ({}, {"responsibility": "district"}, True),
        ({"responsibility": "unclear"}, {"responsibility": "municipality"}, False),
        ({}, {"note": "neu", "cases_per_year": 9}, False),
    ],
)
def test_a_step_back_and_a_service_given_away_need_a_reason(before, changes, needed):
    row = make.row(**before)
    given = dict(changes)
    if given.get("level") is not None:
        given["level"] = make.level(given["level"])
    if needed:
        with pytest.raises(ValidationError, match="Begründung fehlt"):
            change(row, reason="", **given)
    else:
        assert change(row, reason="", **given).reason == ""


def test_departments_owners_and_levels_may_be_given_as_ids_and_cleared_with_none():
    department = make.department()
    owner = make.user("sachbearbeitung", Role.STAFF, department=department)
    row = make.row()
    change(row, department=department.pk, owner=owner.pk, level=make.level(1).pk)
    assert (row.department, row.owner, row.level.number) == (department, owner, 1)
    change(row, department=None, owner=None, planned_on=None)
    assert (row.department, row.owner) == (None, None)


def test_text_is_kept_without_control_characters():
    row = make.row()
    change(row, note="eins\r\nzwei\x00\x0b ")
    assert row.note == "eins\nzwei"


def test_many_changes_are_made_in_the_order_given():
    first, second = make.row(), make.row(make.service(key="99102013105000", name="Zweite"))
    made = change_many(
        first.municipality,
        [
            Change(first.pk, {"note": "a"}, date(2022, 1, 1)),
            Change(second.pk, {"responsibility": Responsibility.DISTRICT}, TODAY, reason="Kreis"),
            Change(first.pk, {"cases_per_year": 1}, date(2022, 1, 1)),
            Change(first.pk, {"note": "a"}, TODAY),
        ],
        by=None,
        source=Source.FILE,
    )
    assert [(each.row, each.version, each.note, each.cases_per_year) for each in made] == [
        (first, 2, "a", None),
        (second, 2, "", None),
        (first, 3, "a", 1),
    ]


def test_one_wrong_change_keeps_all_of_them_out_and_every_wrong_one_is_named():
    first, second = make.row(), make.row(make.service(key="99102013105000", name="Zweite"))
    with pytest.raises(ChangesRefused) as refused:
        change_many(
            first.municipality,
            [
                Change(first.pk, {"note": "a"}, TODAY),
                Change(second.pk, {"state": "done"}, TODAY),
                Change(999_999, {"note": "a"}, TODAY),
            ],
            by=None,
            source=Source.API,
        )
    assert {at: list(errors) for at, errors in refused.value.by_change.items()} == {1: ["state"], 2: ["row"]}
    assert refused.value.messages[0].startswith("Zweite: „fertig“ braucht")
    assert StatusChange.objects.count() == 2


def test_a_stale_version_among_many_names_its_place():
    first, second = make.row(), make.row(make.service(key="99102013105000", name="Zweite"))
    with pytest.raises(Conflict) as conflict:
        change_many(
            first.municipality,
            [Change(first.pk, {"note": "a"}, TODAY, "", 1), Change(second.pk, {"note": "b"}, TODAY, "", 7)],
            by=None,
            source=Source.API,
        )
    assert (conflict.value.index, conflict.value.stored) == (1, second)
    assert StatusChange.objects.count() == 2


def test_a_row_of_another_municipality_is_not_there():
    elsewhere = make.municipality("Anderstadt", "159990020020")
    row = make.row(municipality=elsewhere)
    with pytest.raises(ChangesRefused, match="führt Musterstadt nicht"):
        change_many(make.municipality(), [Change(row.pk, {"note": "x"}, TODAY)], by=None, source=Source.API)


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_statements_does_not_grow_with_the_changes(count, django_assert_max_num_queries):
    rows = [make.row(make.service(key=f"9910201310{n}000", name=f"Leistung {n}")) for n in range(count)]
    municipality = rows[0].municipality
    with django_assert_max_num_queries(11):
        change_many(municipality, [Change(row.pk, {"note": "x"}, TODAY) for row in rows], by=None, source=Source.API)
