"""Who sees which rows, and who changes which of their fields."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import MunicipalService, StatusChange
from ozg_tracker.tracking.rows.rights import ALL_FIELDS, STATUS_FIELDS, rights_in
from tests import make

pytestmark = pytest.mark.django_db
ROLES = ["operator", "coordinator", "manager", "staff", "council"]


@pytest.fixture
def municipality():
    """A department with one below it and one beside it, a row in each and one without, and a row elsewhere."""
    own = make.department("Bürgerdienste")
    below, beside = make.department("Bürgerbüro", parent=own), make.department("Bauamt")
    people = {
        role: make.user(role, role, department=own if role in (Role.MANAGER, Role.STAFF) else None) for role in ROLES
    }
    places = {"own": own, "below": below, "beside": beside, "none": None}
    rows = {
        name: make.row(make.service(key=f"9910201310{at}000", name=name), department=place)
        for at, (name, place) in enumerate(places.items())
    }
    rows["mine"] = make.row(make.service(key="99102013109000", name="mine"), department=beside, owner=people["staff"])
    elsewhere = make.municipality("Anderstadt", "159990020020")
    make.row(make.service(key="99102013108000", name="elsewhere"), municipality=elsewhere)
    return people, rows, places


def changeable(person, row):
    return rights_in(row.municipality, person).fields(row)


def names(rows):
    return sorted(rows.values_list("service__name", flat=True))


@pytest.mark.parametrize(
    ("role", "visible", "editable"),
    [
        ("operator", [], []),
        ("coordinator", ["below", "beside", "mine", "none", "own"], ["below", "beside", "mine", "none", "own"]),
        ("manager", ["below", "beside", "mine", "none", "own"], ["below", "own"]),
        ("staff", ["below", "beside", "mine", "none", "own"], ["mine"]),
        ("council", [], []),
    ],
)
def test_rows_are_seen_and_edited_by_role(municipality, role, visible, editable):
    people, rows, _ = municipality
    person = people[role]
    assert names(MunicipalService.objects.visible_to(person)) == visible
    assert sorted(name for name, row in rows.items() if changeable(person, row)) == editable
    assert StatusChange.objects.visible_to(person).count() == len(visible)


def test_without_sign_in_or_after_leaving_there_are_no_rows(municipality):
    people, rows, _ = municipality
    gone = people["coordinator"]
    gone.is_active = False
    gone.save()
    for person in (AnonymousUser(), gone):
        assert names(MunicipalService.objects.visible_to(person)) == []
        assert changeable(person, rows["own"]) == frozenset()


def test_a_role_in_one_municipality_opens_nothing_in_another(municipality):
    people, _, _ = municipality
    elsewhere = make.municipality("Anderstadt", "159990020020")
    row = MunicipalService.objects.get(municipality=elsewhere)
    assert changeable(people["coordinator"], row) == frozenset()


def test_fields_by_role(municipality):
    people, rows, _ = municipality
    assert changeable(people["coordinator"], rows["none"]) == ALL_FIELDS
    assert changeable(people["manager"], rows["below"]) == ALL_FIELDS
    assert changeable(people["staff"], rows["mine"]) == STATUS_FIELDS


@pytest.mark.parametrize(
    ("role", "row", "changes", "allowed"),
    [
        ("manager", "own", {"responsibility": "district"}, True),
        ("manager", "own", {"department": "below"}, True),
        ("manager", "own", {"department": "beside"}, False),
        ("manager", "own", {"department": "none"}, False),
        ("manager", "beside", {"note": "x"}, False),
        ("staff", "mine", {"state": "planned", "note": "x"}, True),
        ("staff", "mine", {"responsibility": "district"}, False),
        ("staff", "own", {"note": "x"}, False),
        ("coordinator", "beside", {"department": "none"}, True),
        ("council", "own", {"note": "x"}, False),
        ("coordinator", "own", {"farbe": "rot"}, False),
    ],
)
def test_what_a_person_may_not_change_is_refused_with_a_sentence(municipality, role, row, changes, allowed):
    people, rows, places = municipality
    given = {name: places[value] if name == "department" else value for name, value in changes.items()}
    rights = rights_in(make.municipality(), people[role])
    if allowed:
        rights.refuse_unless_allowed(rows[row], given)
    else:
        with pytest.raises(PermissionDenied, match=r"„.+“"):
            rights.refuse_unless_allowed(rows[row], given)
