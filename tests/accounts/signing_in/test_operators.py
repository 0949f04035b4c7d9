"""What the role Betrieb opens, and that it closes again."""

import pytest
from django.contrib import admin
from django.urls import reverse

from ozg_tracker.accounts.models import Membership, Municipality, Role
from ozg_tracker.accounts.people import change_role
from ozg_tracker.accounts.signing_in.operators import MODELS, PERMISSIONS
from ozg_tracker.tracking.models import Deadline
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return make.user("betrieb", Role.OPERATOR)


@pytest.fixture
def house(client, operator):
    client.force_login(operator)
    return client


def test_an_operator_may_do_exactly_what_all_municipalities_share(operator):
    assert operator.get_all_permissions() == PERMISSIONS
    assert operator.has_perms(["catalog.change_maturitymodel", "tracking.add_deadline", "accounts.add_municipality"])
    assert not operator.has_perm("accounts.change_user") and not operator.has_perm("tracking.change_municipalservice")
    assert [operator.has_module_perms(app) for app in ("catalog", "auth")] == [True, False]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OPERATOR])
def test_no_other_role_gives_any_of_it(role):
    person = make.user("person", role, department=make.department())
    assert (person.get_all_permissions(), person.has_module_perms("catalog")) == (set(), False)


@pytest.mark.parametrize(
    "ended",
    [
        lambda person: change_role(person.memberships.get(), role=Role.COUNCIL, department=None),
        lambda person: Membership.objects.filter(user=person).delete(),
        make.leave,
    ],
)
def test_with_the_role_the_door_closes(house, operator, ended):
    assert house.get(reverse("admin:index")).status_code == 200
    ended(operator)
    answer = house.get(reverse("admin:index"), follow=True)
    assert "Was alle Kommunen teilen" not in answer.text
    assert type(operator).objects.get(pk=operator.pk).get_all_permissions() == set()


def test_being_staff_or_superuser_for_django_opens_nothing(client):
    client.force_login(make.user("alt", Role.STAFF, is_staff=True, is_superuser=True))
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_a_stranger_signs_in_where_everybody_does(client):
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0] == "/anmelden/?next=/betrieb/"


def test_every_model_named_has_its_page(house):
    registered = {(model._meta.app_label, model._meta.model_name) for model in admin.site._registry}
    named = {(app, model) for app, models in MODELS.items() for model in models}
    assert named - registered == {("catalog", "maturitylevel")}  # stands in its model's page
    for app, model in named & registered:
        assert house.get(reverse(f"admin:{app}_{model}_changelist")).status_code == 200
    assert "Gruppen" not in house.get(reverse("admin:index")).text


def test_a_municipality_is_taken_in_with_its_services(house):
    make.maturity_model()
    make.service(bundles=[make.bundle("10041")])
    page = reverse("admin:accounts_municipality_add")
    assert house.get(page).status_code == 200
    entered = {"name": "Neustadt", "ars": "159990020020", "kind": "kreisangehoerig", "since": "2020-01-01"}
    assert house.post(page, entered).status_code == 302
    municipality = Municipality.objects.get(ars="159990020020")
    assert municipality.services.count() == 1
    again = house.post(page, entered)
    assert again.status_code == 200 and "hat schon „Neustadt“" in again.text
    assert Municipality.objects.filter(name="Neustadt").count() == 1


def test_a_municipality_is_renamed_and_changes_its_model_only_while_nothing_is_rated(house):
    row = make.row()
    newer = make.maturity_model("2.0", levels=8)
    page = reverse("admin:accounts_municipality_change", args=[row.municipality_id])
    house.post(page, {"name": "Umbenannt", "maturity_model": newer.pk})
    municipality = Municipality.objects.get(pk=row.municipality_id)
    assert (municipality.name, municipality.maturity_model) == ("Umbenannt", newer)
    make.event(row, level=2)
    house.post(page, {"name": "Noch einmal", "maturity_model": make.maturity_model().pk})
    municipality.refresh_from_db()
    assert (municipality.name, municipality.maturity_model) == ("Noch einmal", newer)


def test_no_municipality_is_deleted(house):
    municipality = make.municipality()
    assert (
        house.post(reverse("admin:accounts_municipality_delete", args=[municipality.pk]), {"post": "yes"}).status_code
        == 403
    )


def test_deadlines_of_the_law_are_kept_here_and_those_of_municipalities_are_not_seen(house):
    own = make.municipality().deadlines.create(name="Eigene", date="2026-01-01", source="Stadtrat")
    entered = {"name": "Neues Gesetz", "date": "2027-01-01", "source": "BGBl.", "scope": "all"}
    assert house.post(reverse("admin:tracking_deadline_add"), entered).status_code == 302
    assert Deadline.objects.get(name="Neues Gesetz").municipality is None
    assert "Eigene" not in house.get(reverse("admin:tracking_deadline_changelist")).text
    assert house.get(reverse("admin:tracking_deadline_change", args=[own.pk])).status_code == 302


def test_a_deadline_we_ship_keeps_its_name_and_stays(house):
    shipped = Deadline.objects.filter(municipality=None).first()
    page = reverse("admin:tracking_deadline_change", args=[shipped.pk])
    house.post(page, {"name": "Anders", "date": "2027-05-05", "source": "BGBl.", "scope": "all"})
    changed = Deadline.objects.get(pk=shipped.pk)
    assert (changed.name, str(changed.date)) == (shipped.name, "2027-05-05")
    assert house.post(reverse("admin:tracking_deadline_delete", args=[shipped.pk]), {"post": "yes"}).status_code == 403


def test_the_index_asks_for_the_role_a_fixed_number_of_times(house, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        house.get(reverse("admin:index"))
