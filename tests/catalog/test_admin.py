import pytest
from django.urls import reverse

from ozg_tracker.accounts.models import Role
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    client.force_login(make.user("betrieb", role=Role.OPERATOR))
    return client


@pytest.mark.parametrize("model", ["service", "bundle", "cataloguerelease", "catalogueimport"])
def test_the_catalogue_can_be_looked_at_and_not_changed(operator, model):
    made = make.service()
    pks = {"service": made.pk, "bundle": make.bundle().pk, "cataloguerelease": made.since.release_id}
    pk = pks.get(model, made.since_id)
    assert operator.get(reverse(f"admin:catalog_{model}_changelist")).status_code == 200
    page = operator.get(reverse(f"admin:catalog_{model}_change", args=[pk]))
    assert (page.status_code, b'name="_save"' in page.content) == (200, False)
    assert operator.get(reverse(f"admin:catalog_{model}_add")).status_code == 403
    assert operator.post(reverse(f"admin:catalog_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["maturitymodel", "servicetype"])
def test_what_is_our_own_assumption_can_be_edited(operator, model):
    assert operator.get(reverse(f"admin:catalog_{model}_changelist")).status_code == 200
    assert operator.get(reverse(f"admin:catalog_{model}_add")).status_code == 200


def test_what_a_municipality_added_of_its_own_is_not_shown(operator):
    make.own_service("Bürgerbus")
    assert "Bürgerbus" not in operator.get(reverse("admin:catalog_service_changelist")).text
