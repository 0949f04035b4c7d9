from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from ozg_tracker.accounts.models import Department, Membership, Role, User
from ozg_tracker.accounts.people import add_user, change_role, let_go, take_back
from ozg_tracker.accounts.signing_in.tokens import create_token
from tests import make

pytestmark = pytest.mark.django_db


def _codes(refusal):
    errors = getattr(refusal, "error_dict", {"": getattr(refusal, "error_list", [])})
    return [error.code for field in errors.values() for error in field]


def test_a_new_person_gets_one_role_and_cannot_sign_in_before_setting_a_password():
    office = make.department("Bürgerbüro")
    user = add_user(
        "a.beispiel", municipality=make.municipality(), role=Role.STAFF, department=office, email="a@example.invalid"
    )
    assert user.has_usable_password() is False
    assert list(user.memberships.values_list("role", "department__name")) == [("staff", "Bürgerbüro")]


def test_a_person_may_have_a_role_in_a_further_municipality_and_keeps_the_password():
    first = make.municipality()
    second = make.municipality("Neustadt", ars="159990020020")
    user = add_user("a.beispiel", municipality=first, role=Role.COORDINATOR, password="ein-langes-passwort")
    again = add_user("A.Beispiel", municipality=second, role=Role.COUNCIL)
    assert again == user
    assert again.check_password("ein-langes-passwort")
    assert list(user.memberships.order_by("pk").values_list("municipality", "role")) == [
        (first.pk, "coordinator"),
        (second.pk, "council"),
    ]


def test_a_second_role_in_the_same_municipality_is_refused():
    add_user("a.beispiel", municipality=make.municipality(), role=Role.COORDINATOR)
    with pytest.raises(ValidationError) as refused:
        add_user("a.beispiel", municipality=make.municipality(), role=Role.COUNCIL)
    assert refused.value.messages == [
        "„a.beispiel“ hat in Musterstadt schon die Rolle „OZG-Koordination“. Je Kommune gibt es eine Rolle."
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": "queen"}, "unknown_role"),
        ({"role": Role.MANAGER}, None),
        ({"username": "mit leerzeichen"}, "invalid"),
        ({"email": "keine-adresse"}, "invalid"),
        ({"password": "kurz"}, "password_too_short"),
    ],
)
def test_nonsense_is_refused_and_nobody_is_taken_in(changes, code):
    facts = {"username": "a.beispiel", "municipality": make.municipality(), "role": Role.STAFF} | changes
    with pytest.raises(ValidationError) as refused:
        add_user(facts.pop("username"), **facts)
    assert _codes(refused.value) == [code]
    assert (User.objects.count(), Membership.objects.count()) == (0, 0)


def test_a_department_of_another_municipality_is_refused():
    other = make.department("Bauhof", municipality=make.municipality("Neustadt", ars="159990020020"))
    with pytest.raises(ValidationError) as refused:
        add_user("a.beispiel", municipality=make.municipality(), role=Role.MANAGER, department=other)
    assert _codes(refused.value) == ["other_municipality"]


def test_a_role_can_be_changed_within_the_rules():
    office = make.department("Bürgerbüro")
    user = make.user("a.beispiel", Role.STAFF)
    changed = change_role(user.memberships.get(), role=Role.MANAGER, department=office)
    assert (changed.role, changed.department) == (Role.MANAGER, office)
    with pytest.raises(ValidationError, match="Eine Leitung braucht einen Fachbereich"):
        change_role(changed, role=Role.MANAGER, department=None)


@time_machine.travel("2026-03-31T23:30:00+00:00", tick=False)  # 1 April in Germany
def test_who_leaves_opens_nothing_any_more_and_stays_in_the_history():
    coordinator, user = make.user(), make.user("a.beispiel", Role.STAFF)
    key = create_token(user)
    assert let_go(user.memberships.get(), by=coordinator) is True
    user.refresh_from_db()
    assert (user.is_active, user.left_on, make.person_behind(key)) == (False, date(2026, 4, 1), None)
    with pytest.raises(ValidationError) as refused:
        add_user("a.beispiel", municipality=make.municipality(), role=Role.STAFF)
    assert refused.value.code == "left"
    take_back(user.memberships.get(), by=coordinator)
    user.refresh_from_db()
    assert (user.is_active, user.left_on, make.person_behind(key)) == (True, None, None)


@pytest.mark.parametrize("delete", [lambda user: user.delete(), lambda user: User.objects.all().delete()])
def test_nobody_is_deleted(delete):
    user = make.user("a.beispiel", Role.STAFF)
    with pytest.raises(ValidationError, match="stilllegen"), transaction.atomic():
        delete(user)
    assert User.objects.count() == 1


def test_the_database_knows_the_day_of_everybody_who_left():
    make.user("a.beispiel", Role.STAFF)
    with pytest.raises(DatabaseError):
        User.objects.update(is_active=False)


def test_a_department_below_itself_is_refused_in_words():
    top = make.department("Bürgerdienste")
    top.parent = make.department("Bürgerbüro", parent=top)
    with pytest.raises(ValidationError, match="nicht unter sich selbst") as refused:
        top.full_clean()
    assert _codes(refused.value) == ["cycle"]
    other = Department(name="Neu", parent=top, municipality=make.municipality("Neustadt", ars="159990020020"))
    with pytest.raises(ValidationError, match="anderen Kommune"):
        other.full_clean()
