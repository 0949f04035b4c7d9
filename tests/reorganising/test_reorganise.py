"""A reorganisation moves all that is in its departments as one deed, and goes back as one."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.departments.as_of import tree_as_of
from ozg_tracker.accounts.memberships import held_as_of
from ozg_tracker.accounts.models import Department, Membership, Reorganisation, Role
from ozg_tracker.reorganising.models import RuleMove
from ozg_tracker.reorganising.reorganise import reorganise
from ozg_tracker.reorganising.undo import obstacle, undo
from ozg_tracker.reorganising.wishes import Share, Wish
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.rows.as_of import state_as_of
from ozg_tracker.tracking.rows.status import change_status
from ozg_tracker.training.models import Course, Requirement
from reports.editions.verifying.verify import verify_history
from tests import make

TODAY = date(2022, 12, 2)
NOW = datetime(2022, 12, 2, 9, tzinfo=UTC)
NOVEMBER = date(2022, 11, 1)


@pytest.fixture(autouse=True)
def december():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def municipality(db):
    return make.municipality()


def placed(day=TODAY, known_at=None):
    """Row id → department on `day`."""
    ours = make.municipality().pk
    return {each.row_id: each.department_id for each in state_as_of(ours, day, known_at)}


def people_on(day=TODAY):
    return {user: held.department for user, held in held_as_of(make.municipality(), day).items()}


def rule(department, title="Antragsportal", **fields):
    course, _ = Course.objects.get_or_create(municipality=department.municipality, title=title)
    return Requirement.objects.create(course=course, department=department, starts_on=NOVEMBER, **fields)


def wish(kind, *departments, **fields):
    said = {"effective_on": NOVEMBER, "reason": "Verfügung 6/2026"} | fields
    return Wish(kind, departments=tuple(each.pk for each in departments), **said)


@pytest.fixture
def offices(municipality):
    """Two offices with two rows, a person and a rule each, below one department; and one department beside it."""
    top, other = make.department("Bauen"), make.department("Bürgerdienste")
    made = [make.department(name, top) for name in ("Gewerbeamt", "Straßenverkehr")]
    for n, each in enumerate(made):
        for m in range(2):
            make.row(make.service(f"990000000{n}{m}000"), department=each, level=1)
        make.user(f"person.{n}", Role.MANAGER, department=each)
        rule(each, f"Kurs {n}")
    return top, other, *made


def test_two_offices_become_one_from_a_day_on_with_all_they_have(municipality, offices):
    _top, other, first, second = offices
    coordinator = make.user()
    deed = reorganise(municipality, wish("merge", first, second, name="Ordnungsamt", parent=other.pk), by=coordinator)
    new = Department.objects.get(name="Ordnungsamt")
    assert (new.parent, deed.services, deed.people, deed.rules) == (other, 4, 2, 2)
    assert set(Department.objects.standing()) == {*offices[:2], new}
    assert set(placed().values()) == {new.pk} == set(MunicipalService.objects.values_list("department", flat=True))
    assert set(placed(date(2022, 10, 31)).values()) == {first.pk, second.pk}
    assert set(people_on().values()) - {None} == {new.pk}
    assert set(Requirement.objects.values_list("department", flat=True)) == {new.pk}
    events = StatusChange.objects.filter(source="reorganise")
    assert set(events.values_list("effective_on", "recorded_at", "by", "reason", "version")) == {
        (NOVEMBER, deed.recorded_at, coordinator.pk, "Verfügung 6/2026", 2)
    }
    assert set(MunicipalService.objects.values_list("version", flat=True)) == {2}
    assert verify_history()["differences"] == []


def test_what_a_later_event_says_of_the_old_department_goes_too(municipality, offices):
    _top, _other, first, second = offices
    row = MunicipalService.objects.filter(department=first).first()
    change_status(row, {"level": make.level(2)}, seen_version=1, by=None, reason="x", effective_on=date(2022, 11, 20))
    reorganise(municipality, wish("merge", first, second, name="Ordnungsamt"), by=None)
    new = Department.objects.get(name="Ordnungsamt")
    row.refresh_from_db()
    assert (row.department, row.level.number, row.version) == (new, 2, 4)
    assert [placed(day)[row.pk] for day in (date(2022, 10, 31), NOVEMBER, date(2022, 11, 20))] == [
        first.pk,
        new.pk,
        new.pk,
    ]


def test_taken_back_everything_is_as_it_was_and_what_was_known_stays_known(municipality, offices):
    _top, _other, first, second = offices
    before = placed(), people_on(), tree_as_of(municipality.pk, TODAY)
    rules = list(Requirement.objects.order_by("pk").values_list("department", flat=True))
    deed = reorganise(municipality, wish("merge", first, second, name="Ordnungsamt"), by=None)
    done = placed(known_at=deed.recorded_at)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        row = MunicipalService.objects.first()
        change_status(row, {"level": make.level(2)}, seen_version=2, by=None, reason="x", effective_on=TODAY)
        made = undo(deed, by=None, reason="Verfügung aufgehoben")
        assert (made.kind, made.undoes, made.effective_on) == ("undo", deed, NOVEMBER)
        after = {pk: node for pk, node in tree_as_of(municipality.pk, TODAY).items() if not node.ended}
        assert (placed(), people_on(), after) == before
        assert list(Requirement.objects.order_by("pk").values_list("department", flat=True)) == rules
        assert placed(known_at=deed.recorded_at) == done
        row.refresh_from_db()
        assert row.level.number == 2
        assert verify_history()["differences"] == []
        with pytest.raises(ValidationError, match="schon zurückgenommen"):
            undo(deed, by=None, reason="noch einmal")


def test_an_office_that_ends_gives_what_it_has_to_another_and_its_own_offices_too(municipality, offices):
    top, other, first, second = offices
    below = make.department("Waffenstelle", first)
    reorganise(municipality, wish("end", first, into=second.pk), by=None)
    below.refresh_from_db()
    assert below.parent == second
    assert set(placed().values()) == {second.pk}
    reorganise(municipality, wish("end", top, into=other.pk), by=None)
    second.refresh_from_db()
    assert second.parent == other


def test_what_still_holds_something_cannot_end_by_itself(municipality, offices):
    with pytest.raises(ValidationError) as refused:
        reorganise(municipality, wish("end", offices[2]), by=None)
    assert refused.value.error_dict["into"][0].code == "something_left"
    assert Reorganisation.objects.filter(kind="end").count() == 0


def test_a_split_gives_away_what_is_named_and_no_more(municipality, offices):
    first = offices[2]
    one, two = MunicipalService.objects.filter(department=first).order_by("pk")
    person = Membership.objects.get(department=first)
    parts = {"Meldestelle": Share({one.pk}, {person.user_id}), "Passstelle": Share()}
    deed = reorganise(municipality, wish("split", first, parts=parts), by=None)
    assert (deed.services, deed.people, deed.rules) == (1, 1, 0)
    assert placed()[one.pk] == Department.objects.get(name="Meldestelle", parent=first).pk
    assert placed()[two.pk] == first.pk
    assert Department.objects.get(name="Passstelle").parent == first


def test_a_rule_that_the_target_has_already_rests_where_it_was(municipality, offices):
    first, second = offices[2:]
    twin = rule(second, "Kurs 0")
    reorganise(municipality, wish("end", first, into=second.pk), by=None)
    assert RuleMove.objects.count() == 0
    assert Requirement.objects.get(course=twin.course, department=first)


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("rename", {"name": "Bauen"}, "name_taken"),
        ("rename", {"name": "Gewerbeamt"}, "nothing_changes"),
        ("rename", {"name": "Neu", "reason": " "}, "reason_needed"),
        ("rename", {"name": "Neu", "effective_on": date(2022, 12, 3)}, "in_the_future"),
        ("move", {}, "parent_needed"),
        ("move", {"parent": 999_999}, "unknown_department"),
        ("merge", {"name": "Neu"}, "two_needed"),
        ("split", {}, "parts_needed"),
        ("end", {"into": 999_999}, "unknown_department"),
        ("erase", {}, "unknown_kind"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(municipality, offices, kind, fields, code):
    before = Reorganisation.objects.count(), Department.objects.count(), StatusChange.objects.count()
    with pytest.raises(ValidationError) as refused:
        reorganise(municipality, wish(kind, offices[2], **fields), by=None)
    assert [each.code for errors in refused.value.error_dict.values() for each in errors] == [code]
    assert (Reorganisation.objects.count(), Department.objects.count(), StatusChange.objects.count()) == before


def test_later_work_keeps_a_reorganisation_and_says_what(municipality, offices):
    _top, other, first, second = offices
    deed = reorganise(municipality, wish("merge", first, second, name="Ordnungsamt"), by=None)
    new = Department.objects.get(name="Ordnungsamt")
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        renamed = reorganise(municipality, wish("rename", new, name="Amt für Ordnung"), by=None)
        assert obstacle(deed).later == renamed
        with pytest.raises(ValidationError, match="späterer Umbau"):
            undo(deed, by=None, reason="zurück")
        undo(renamed, by=None, reason="zurück")
        assert obstacle(deed) is None
        row = MunicipalService.objects.first()
        change_status(row, {"department": other}, seen_version=2, by=None, reason="x", effective_on=TODAY)
        assert "1 der Leistungen einem anderen" in obstacle(deed).sentence


def test_what_came_into_a_new_office_since_is_named(municipality, offices):
    deed = reorganise(municipality, wish("split", offices[2], parts={"Neu": Share()}), by=None)
    make.user("neu", Role.STAFF, department=Department.objects.get(name="Neu"))
    assert "Personen 1" in obstacle(deed).sentence


def queries_for(municipality, rows):
    first, second = make.department(f"A{rows}"), make.department(f"B{rows}")
    for n in range(rows):
        make.row(make.service(f"99{rows:03}{n:03}001000"), department=first)
        make.user(f"p{rows}.{n}", Role.STAFF, department=first)
        rule(first, f"K{rows}.{n}")
    with CaptureQueriesContext(connection) as made:
        deed = reorganise(municipality, wish("merge", first, second, name=f"C{rows}"), by=None)
    with CaptureQueriesContext(connection) as back:
        undo(deed, by=None, reason="zurück")
    return len(made), len(back)


def test_the_number_of_queries_is_the_same_for_one_row_and_for_three(municipality):
    assert queries_for(municipality, 1) == queries_for(municipality, 3)
