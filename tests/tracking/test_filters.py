"""One FilterSet serves the grid and the API."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
import time_machine

from ozg_tracker.tracking.filters import MunicipalServiceFilter
from ozg_tracker.tracking.models import Deadline, MunicipalService, Responsibility, State
from ozg_tracker.tracking.rows.status import change_status
from tests import make

pytestmark = pytest.mark.django_db


def found(**query):
    """Names of the services of the rows that a coordinator finds with `query`."""
    request = SimpleNamespace(user=make.User.objects.filter(username="koordination").first() or make.user())
    narrowed = MunicipalServiceFilter(query, queryset=MunicipalService.objects.order_by("pk"), request=request)
    assert narrowed.form.errors == {}
    return [row.service.name for row in narrowed.qs.select_related("service")]


def wrong(**query):
    request = SimpleNamespace(user=make.user())
    narrowed = MunicipalServiceFilter(query, queryset=MunicipalService.objects.all(), request=request)
    return set(narrowed.form.errors)


@pytest.fixture
def dog():
    return make.row(make.service("99102013104000", "Hundesteuer Anmeldung", bundles=[make.bundle("10041")]))


@pytest.fixture
def change():
    other = make.bundle("10100", topic="Steuern", situation="Haustiere")
    return make.row(make.service("99102013011000", "Änderung der Hausnummer", bundles=[other]), level=3)


@pytest.fixture
def _both(dog, change):
    pass


@pytest.mark.parametrize("text", ["hunde", "HUNDE anm", "3104", "99102013104000", "99 102 013 104 000", "10041"])
@pytest.mark.usefixtures("_both")
def test_search_finds_words_any_part_of_the_key_and_the_ozg_id(text):
    assert found(q=text) == ["Hundesteuer Anmeldung"]


@pytest.mark.parametrize("text", ["änderung", "ÄNDERUNG", "Änderung haus"])
@pytest.mark.usefixtures("_both")
def test_search_does_not_mind_the_case_of_umlauts(text):
    assert found(q=text) == ["Änderung der Hausnummer"]


def test_a_department_brings_those_below_it():
    top = make.department("Ordnung")
    below = make.department("Gewerbe", parent=top)
    make.row(make.service("99000000000001", "oben"), department=top)
    make.row(make.service("99000000000002", "unten"), department=below)
    make.row(make.service("99000000000003", "ohne"))
    assert found(department=str(top.pk)) == ["oben", "unten"]
    assert found(department=str(below.pk)) == ["unten"]
    assert found(department="none") == ["ohne"]


@pytest.mark.usefixtures("_both")
def test_not_rated_is_a_level_of_its_own(dog, change):
    assert found(level=["none"]) == ["Hundesteuer Anmeldung"]
    assert found(level=["3"]) == ["Änderung der Hausnummer"]
    assert found(level=["3", "none"]) == ["Hundesteuer Anmeldung", "Änderung der Hausnummer"]
    assert found(level=["0"]) == []


@pytest.mark.usefixtures("_both")
def test_topic_situation_and_bundle_narrow_by_the_current_links(dog, change):
    link = change.service.links.get()
    assert found(topic=str(link.bundle.situation.topic_id)) == ["Änderung der Hausnummer"]
    assert found(situation=str(link.bundle.situation_id)) == ["Änderung der Hausnummer"]
    assert found(bundle="10100") == ["Änderung der Hausnummer"]
    link.until = make.catalogue_import("danach")
    link.save()
    assert found(bundle="10100") == []


@time_machine.travel(datetime(2026, 11, 24, 12, 30, 15, 123456, tzinfo=UTC), tick=False)
def test_rows_changed_in_one_go_are_found_by_the_instant(dog, change):
    change_status(dog, {"state": "planned"}, seen_version=None, by=None, reason="", effective_on=date(2026, 11, 1))
    assert found(changed_at="2026-11-24T12:30:15.123456Z") == ["Hundesteuer Anmeldung"]
    assert found(changed_at="2026-11-24T13:30:15.123456+01:00") == ["Hundesteuer Anmeldung"]
    assert found(changed_at="2026-11-24T12:30:15Z") == []


def test_several_states_are_any_of_them():
    for number, state in enumerate([State.OPEN, State.PLANNED, State.BLOCKED]):
        make.row(make.service(f"9900000000000{number}", state), state=state)
    assert found(state=["open", "blocked"]) == ["open", "blocked"]


@time_machine.travel("2023-01-02")
def test_overdue_counts_what_is_ours_not_ready_and_past_a_deadline():
    Deadline.objects.all().delete()
    Deadline.objects.create(name="OZG", date=date(2022, 12, 31), source="OZG")
    make.row(make.service("99000000000001", "spät"), level=2)
    make.row(make.service("99000000000002", "nicht bewertet"))
    make.row(make.service("99000000000003", "fertig"), level=3)
    make.row(make.service("99000000000004", "nicht unsere"), responsibility=Responsibility.STATE)
    assert found(overdue="true") == ["spät", "nicht bewertet"]
    assert found(overdue="false") == ["fertig", "nicht unsere"]


@time_machine.travel("2023-01-02")
def test_a_deadline_holds_for_its_scope_and_its_municipality_alone():
    Deadline.objects.all().delete()
    make.row(make.service("99000000000001", "sdg", sdg="Umzug"))
    make.row(make.service("99000000000002", "anderes", bundles=[make.bundle("10100")]))
    sdg = Deadline.objects.create(name="SDG", date=date(2023, 12, 12), source="SDG-VO", scope=Deadline.Scope.SDG)
    own = Deadline.objects.create(
        name="Rat", date=date(2023, 6, 30), source="Beschluss", scope="bundles", municipality=make.municipality()
    )
    own.bundles.add(make.bundle("10100"))
    make.row(
        make.service("99000000000003", "fremd", bundles=[make.bundle("10100")]),
        municipality=make.municipality("B", "1" * 12),
    )
    assert found(deadline=str(sdg.pk)) == ["sdg"]
    assert found(deadline=str(own.pk)) == ["anderes"]
    assert found(overdue="true") == []


def test_wrong_values_are_named():
    assert wrong(state="fast", level="hoch", department="999", overdue="vielleicht", planned_until="bald") == {
        "state",
        "level",
        "department",
        "overdue",
        "planned_until",
    }


def test_departments_and_people_of_another_municipality_cannot_be_asked_for():
    municipality = make.municipality("Nachbarstadt", "159990010020")
    person = make.user("fremd", municipality=municipality)
    assert wrong(department=str(make.department(municipality=municipality).pk), owner=person.username) == {
        "department",
        "owner",
    }
