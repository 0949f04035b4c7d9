import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError

from ozg_tracker.accounts.access import managed_ids, may, membership, tree_ids
from ozg_tracker.accounts.models import Deed, Department, Membership, Municipality, Role
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    top = make.department("Bürgerdienste")
    office = make.department("Bürgerbüro", parent=top)
    desk = make.department("Infothek", parent=office)
    make.department("Bauamt")
    return top, office, desk


def test_a_tree_is_the_department_with_all_below_it(tree):
    top, office, desk = tree
    assert tree_ids(top) == [top.pk, office.pk, desk.pk]
    assert tree_ids(desk) == [desk.pk]


def test_a_manager_leads_the_trees_below_in_each_municipality(tree):
    _, office, desk = tree
    manager = make.user("leitung", Role.MANAGER, department=office)
    neighbour = make.municipality("Neustadt", ars="159990020020")
    theirs = make.department("Bauhof", municipality=neighbour)
    Membership.objects.create(user=manager, municipality=neighbour, role=Role.MANAGER, department=theirs)
    assert sorted(managed_ids(manager)) == sorted([office.pk, desk.pk, theirs.pk])


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.STAFF, Role.COUNCIL, Role.OPERATOR])
def test_only_who_leads_leads(tree, role):
    assert managed_ids(make.user("person", role, department=tree[0])) == []


def test_finding_what_one_leads_takes_two_queries_however_deep(tree, django_assert_num_queries):
    manager = make.user("leitung", Role.MANAGER, department=tree[0])
    with django_assert_num_queries(2):
        managed_ids(manager)


def test_a_role_holds_in_its_municipality_alone():
    person = make.user("koordination", Role.COORDINATOR)
    neighbour = make.municipality("Neustadt", ars="159990020020")
    assert may(person, make.municipality(), Deed.DECIDE_EDITIONS) is True
    assert may(person, neighbour, Deed.DECIDE_EDITIONS) is False
    assert membership(person, neighbour) is None


def test_nobody_and_who_has_left_have_no_role():
    left = make.user("weg", Role.COORDINATOR, is_active=False)
    municipality = make.municipality()
    assert [membership(user, municipality) for user in (AnonymousUser(), left)] == [None, None]
    assert Municipality.objects.visible_to(AnonymousUser()).count() == 0


@pytest.mark.parametrize("change", ["itself", "below", "elsewhere", "moved"])
def test_the_database_keeps_the_tree_a_tree(tree, change):
    top, _, desk = tree
    other = make.department("Bauhof", municipality=make.municipality("Neustadt", ars="159990020020"))
    changes = {
        "itself": {"parent": top},
        "below": {"parent": desk},
        "elsewhere": {"parent": other},
        "moved": {"municipality": other.municipality},
    }
    with pytest.raises(DatabaseError, match="Fachbereich"):
        Department.objects.filter(pk=top.pk).update(**changes[change])


def test_the_database_refuses_a_department_of_another_municipality():
    other = make.department("Bauhof", municipality=make.municipality("Neustadt", ars="159990020020"))
    with pytest.raises(DatabaseError, match="anderen Kommune"):
        make.user("person", Role.STAFF, department=other)
