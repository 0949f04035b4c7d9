"""Successions through the API: read as of a municipality, confirmed and rejected."""

from datetime import UTC, datetime

import pytest

from catalog.models import Succession
from ozg_tracker.tracking.models import MunicipalitySuccession, MunicipalService, StatusChange
from tests import make
from tests.api.programs import Program, as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def succession():
    """Hundesteuer takes the place of Hundesteuer (alt): the old one is planned, the new is unclear."""
    old, new = make.service("99102013104000", "Hundesteuer (alt)"), make.service("99102013104001", "Hundesteuer")
    make.row(old, state="planned", level=1)
    fresh = MunicipalService.objects.create(municipality=make.municipality(), service=new, responsibility="unclear")
    StatusChange.objects.create(
        municipality=fresh.municipality,
        row=fresh,
        version=1,
        responsibility="unclear",
        effective_on="2026-03-02",
        recorded_at=datetime(2026, 3, 2, tzinfo=UTC),
        source="catalogue",
    )
    brought = make.catalogue_import(label="2026-03", applied_at=datetime(2026, 3, 2, tzinfo=UTC))
    return Succession.objects.create(old=old, new=new, catalogue_import=brought, origin="suggested", similarity=80)


@pytest.fixture
def address(succession):
    return f"catalogue-imports/{succession.catalogue_import_id}/successions/"


def body(succession, **other):
    return {
        "municipality": make.municipality().pk,
        "successions": [succession.pk],
        "accept": True,
        "reason": "umbenannt",
        **other,
    }


def test_a_succession_is_read_with_the_row_it_is_about(succession, address):
    [found] = as_role("manager", make.department()).read(address, municipality=make.municipality().pk).json()["results"]
    assert found == {
        "id": succession.pk,
        "old": succession.old_id,
        "new": succession.new_id,
        "origin": "suggested",
        "similarity": 80,
        "municipal_service": MunicipalService.objects.get(service=succession.old).pk,
        "accepted": None,
        "reason": "",
    }


def test_confirmed_the_new_row_takes_over(succession, address):
    answer = as_role("coordinator").send(address, body(succession))
    assert (answer.status_code, answer.json()["changed"]) == (200, 1)
    assert [(each["accepted"], each["reason"]) for each in answer.json()["results"]] == [(True, "umbenannt")]
    assert MunicipalService.objects.get(service=succession.new).state == "planned"


def test_among_several_municipalities_the_coordination_decides_for_its_own(succession, address):
    make.municipality("Nachbarstadt", "159990010020")
    answer = as_role("coordinator").send(address, body(succession, accept=False, reason="etwas anderes"))
    assert (answer.status_code, answer.json()["changed"]) == (200, 0)
    assert Succession.objects.get().accepted is None
    assert [(each.accepted, each.reason) for each in MunicipalitySuccession.objects.all()] == [(False, "etwas anderes")]


def test_what_is_confirmed_is_not_rejected(succession, address):
    program = as_role("coordinator")
    program.send(address, body(succession))
    again = program.send(address, body(succession, accept=False))
    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "taken_over")


@pytest.mark.parametrize(("role", "expected"), [("manager", 403), ("staff", 403), ("council", 403)])
def test_others_do_not_decide(role, expected, succession, address):
    department = make.department() if role == "manager" else None
    assert as_role(role, department).send(address, body(succession)).status_code == expected
    assert Succession.objects.get().accepted is None


def test_a_neighbours_municipality_and_an_import_that_is_none_are_refused(succession, address):
    neighbour = make.municipality("Nachbarstadt", "159990010020")
    program = Program(make.user())
    for answer in (
        program.read(address, municipality=neighbour.pk),
        program.send(address, body(succession, municipality=neighbour.pk)),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "municipality")
    assert program.read("catalogue-imports/999999/successions/", municipality=make.municipality().pk).status_code == 404
