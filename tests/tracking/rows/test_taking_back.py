"""Taking back: a counter-event that says what it takes back, refused where later work builds on it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from ozg_tracker.tracking.own_services import NewBundle, add_own_service, end_own_service
from ozg_tracker.tracking.rows.merging import values_on
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.rows.status import Change, change_many, change_status
from ozg_tracker.tracking.rows.taking_back import made_at, take_back
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(department):
    return make.row(department=department, state="open", level=1)


def change(row, by, effective_on=None, **changes):
    day = effective_on or timezone.localdate()
    event = change_status(row, changes, seen_version=None, by=by, reason="Grund", effective_on=day)
    return (row.pk, event.version)


def back(made, by):
    return take_back(make.municipality(), made, by=by, rights=rights_in(make.municipality(), by))


def test_what_was_changed_is_as_it_was_and_the_history_says_so(row, manager):
    made = change(row, manager, state="planned", level=make.level(3))
    [event] = back([made], manager)
    row.refresh_from_db()
    assert (row.state, row.level.number, row.version) == ("open", 1, 3)
    assert event.reason.startswith("Zurückgenommen: Stand „geplant“ statt „offen“; Reifegrad „3“ statt „1“ (")


def test_what_was_taken_back_is_made_again_the_same_way(row, manager):
    [event] = back([change(row, manager, state="planned")], manager)
    back([(row.pk, event.version)], manager)
    row.refresh_from_db()
    assert (row.state, row.version) == ("planned", 4)


def test_later_work_on_the_same_field_is_not_overwritten(row, manager, coordinator):
    made = change(row, manager, state="planned")
    change(row, coordinator, state="in_progress")
    with pytest.raises(ValidationError, match="baut auf Stand „geplant“ eine Änderung von koordination auf"):
        back([made], manager)
    row.refresh_from_db()
    assert row.state == "in_progress"


def test_later_work_on_another_field_stays(row, manager, coordinator):
    made = change(row, manager, state="planned")
    change(row, coordinator, note="Rückruf")
    back([made], manager)
    row.refresh_from_db()
    assert (row.state, row.note) == ("open", "Rückruf")


def test_an_entry_for_an_earlier_day_is_taken_back_for_that_day(row, manager):
    made = change(row, manager, effective_on=date(2022, 1, 1), state="planned")
    [event] = back([made], manager)
    assert event.effective_on == date(2022, 1, 1)


def test_of_several_all_or_none_are_taken_back(row, manager, coordinator, department):
    other = make.row(make.service("99115005012000", "Wohnsitz Anmeldung"), department=department)
    made = [change(row, manager, state="planned"), change(other, manager, state="planned")]
    change(other, coordinator, state="blocked")
    with pytest.raises(ValidationError):
        back(made, manager)
    row.refresh_from_db()
    assert row.state == "planned"


def test_who_may_not_change_a_row_takes_nothing_back_in_it(row, coordinator, manager):
    made = change(row, coordinator, state="planned")
    row_of_others = make.row(make.service("99115005012000", "Wohnsitz Anmeldung"))
    made_there = change(row_of_others, coordinator, state="planned")
    with pytest.raises(PermissionDenied):
        back([made, made_there], manager)


def test_nothing_known_is_nothing_to_take_back(row, manager):
    with pytest.raises(ValidationError, match="nichts zurückzunehmen"):
        back([(row.pk, 9), (10**9, 1)], manager)


@pytest.mark.parametrize(
    ("source", "where"),
    [("catalogue", "unter „Katalog“"), ("setup", "auf ihrer Seite"), ("reorganise", "unter „Kommune“")],
)
def test_what_came_with_more_goes_back_with_it_and_the_sentence_says_where(row, coordinator, source, where):
    change = Change(row.pk, {"note": "neu"}, timezone.localdate())
    [event] = change_many(make.municipality(), [change], by=coordinator, source=source)
    with pytest.raises(ValidationError, match=where):
        back([(row.pk, event.version)], coordinator)
    row.refresh_from_db()
    assert row.note == "neu"


def test_that_an_own_service_began_or_ended_is_not_taken_back_what_was_said_of_it_is(coordinator):
    make.catalogue_import()
    within = NewBundle("Eigenes", make.bundle().situation)
    own = add_own_service(make.municipality(), "Bürgerbus", within, by=coordinator, reason="Satzung")
    row = own.service.municipal_services.get()
    middle = change(row, coordinator, state="planned")
    end_own_service(own, by=coordinator, reason="Eingestellt")
    for version in (1, 3):
        with pytest.raises(ValidationError, match="eine eigene Leistung aufgenommen oder beendet"):
            back([(row.pk, version)], coordinator)
    back([middle], coordinator)
    row.refresh_from_db()
    assert (row.state, row.responsibility) == ("open", "not_offered")


def test_many_are_taken_back_with_the_statements_of_one(row, manager, department, django_assert_max_num_queries):
    made = [change(row, manager, state="planned")]
    with django_assert_max_num_queries(40) as one:
        back(made, manager)
    services = [make.service(f"9911500501200{n}", f"Leistung {n}") for n in range(3)]
    rows = [make.row(each, department=department, state="open", level=1) for each in services]
    made = [change(each, manager, state="planned") for each in rows]
    with django_assert_max_num_queries(60) as three:
        back(made, manager)
    assert len([q for q in three if q["sql"].startswith("SELECT")]) == len(
        [q for q in one if q["sql"].startswith("SELECT")]
    )


def test_all_that_was_recorded_in_one_go_is_taken_back_also_several_days_of_one_row(row, manager):
    days = {date(2023, 1, 1): {"state": "planned"}, date(2024, 1, 1): {"state": "in_progress", "note": "Läuft"}}
    changes = [Change(row.pk, values, day, "Aus Datei") for day, values in days.items()]
    [first, _second] = change_many(make.municipality(), changes, by=manager, source="file")
    back(made_at(make.municipality(), first.recorded_at), manager)
    assert [(values_on(row, day)["state"], values_on(row, day)["note"]) for day in days] == [("open", ""), ("open", "")]
    row.refresh_from_db()
    assert (row.state, row.note, row.version) == ("open", "", 5)
