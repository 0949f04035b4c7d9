"""The pages of service accounts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Role, ServiceAccount
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/personen/dienstkonten/"


def test_the_coordination_makes_one_and_gives_it_a_key_shown_once(sign_in, coordinator):
    client = sign_in(coordinator)
    entered = {"name": "Gewerbe", "role": "staff", "purpose": "Fallzahlen", "responsible": coordinator.pk}
    assert "Noch keines." in client.get(LIST).text
    page = client.post(f"{LIST}neu/", entered, follow=True)
    assert "„Dienstkonto Gewerbe“ ist angelegt. Jetzt braucht es einen Schlüssel." in page.text
    account = ServiceAccount.objects.get()
    until = timezone.localdate() + timedelta(days=90)
    key = {"name": "Verfahren", "scopes": ["status"], "expires_on": f"{until}"}
    shown = client.post(f"{LIST}{account.pk}/schluessel/", key)
    plain = shown.context["plain"]
    assert plain in shown.text and "Er wird nur dieses eine Mal gezeigt." in shown.text
    assert plain not in client.get(f"{LIST}{account.pk}/").text
    assert make.person_behind(plain) == account.user
    assert f"Schlüssel bis {until:%d.%m.%Y}" in client.get(LIST).text


def test_what_is_wrong_stands_at_its_field(sign_in, coordinator):
    client, account = sign_in(coordinator), make.service_account()
    page = client.post(f"{LIST}neu/", {"name": "Gewerbe", "role": "staff"})
    told = page.context["form"].errors["responsible"]
    assert (page.status_code, "ist eine Person oder ein Fachbereich verantwortlich" in told[0]) == (400, True)
    endless = client.post(f"{LIST}{account.pk}/schluessel/", {"name": "x", "scopes": ["read"], "expires_on": ""})
    assert (endless.status_code, bool(endless.context["key_form"].errors["expires_on"])) == (400, True)
    late = {"name": "x", "scopes": ["read"], "expires_on": "2199-01-01"}
    told = client.post(f"{LIST}{account.pk}/schluessel/", late).context["key_form"].errors["expires_on"]
    assert told == ["Der Schlüssel eines Dienstkontos gilt höchstens zwei Jahre."]


def test_another_is_named_who_answers_for_it(sign_in, coordinator, staff):
    account = make.service_account(responsible=staff)
    make.leave(staff)
    client = sign_in(coordinator)
    assert "nicht mehr da" in client.get(LIST).text
    assert "amt ist nicht mehr da." in client.get(f"{LIST}{account.pk}/").text
    entered = {"purpose": "Fallzahlen", "responsible": coordinator.pk, "reason": "Wechsel"}
    client.post(f"{LIST}{account.pk}/", entered)
    account.refresh_from_db()
    assert (account.responsible, account.purpose) == (coordinator, "Fallzahlen")
    assert "nicht mehr da" not in client.get(LIST).text


def test_ended_it_stays_to_be_read_and_its_keys_open_nothing(sign_in, coordinator):
    client, account = sign_in(coordinator), make.service_account()
    keys = [make.service_key(account), make.service_key(account)]
    client.post(f"{LIST}{account.pk}/schluessel/{account.user.tokens.last().pk}/widerrufen/")
    assert [make.person_behind(key) for key in keys] == [None, account.user]
    client.post(f"{LIST}{account.pk}/beenden/", {"reason": "abgelöst"})
    assert [make.person_behind(key) for key in keys] == [None, None]
    assert "beendet am" in client.get(LIST).text
    assert "Dieses Dienstkonto ist beendet." in client.get(f"{LIST}{account.pk}/").text
    told = client.post(f"{LIST}{account.pk}/beenden/", follow=True).text
    assert "Dieses Dienstkonto ist beendet. Bitte legen Sie ein neues an." in told


def test_one_of_operators_is_for_operators(sign_in, coordinator):
    account = make.service_account(role=Role.OPERATOR)
    client = sign_in(coordinator)
    assert "nur der Betrieb vergibt sie" in client.get(f"{LIST}{account.pk}/").text
    assert client.post(f"{LIST}{account.pk}/beenden/").status_code == 403
