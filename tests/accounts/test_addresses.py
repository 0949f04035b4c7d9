"""A mail address holds once it is confirmed where it leads; the old one is told; links go to confirmed ones alone."""

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from ozg_tracker.accounts.addresses import ask_for_address, confirm_address, is_confirmed, waiting_address
from ozg_tracker.accounts.models import JournalEntry, Role, User
from ozg_tracker.accounts.people import change_role, rename_person
from tests import make

pytestmark = pytest.mark.django_db
OLD, NEW = "kim@example.invalid", "neu@example.invalid"
PASSWORD = "ein langer Satz zum Merken"


@pytest.fixture
def person():
    made = make.user("kim", Role.STAFF, email=OLD)
    made.set_password(PASSWORD)
    made.save()
    EmailAddress.objects.create(user=made, email=OLD, verified=True, primary=True)
    return made


@pytest.fixture
def asked(person, django_capture_on_commit_callbacks):
    boss = make.user()

    def ask(email=NEW):
        with django_capture_on_commit_callbacks(execute=True):
            ask_for_address(person, email, by=boss)
        person.refresh_from_db()

    return ask


def key():
    (letter,) = [each for each in mail.outbox if each.to == [NEW]]
    return re.search(r"/konto/adresse/(\S+)/", letter.body).group(1)


def test_a_new_address_waits_and_the_old_one_is_told(person, asked):
    asked()
    assert (person.email, waiting_address(person), is_confirmed(person)) == (OLD, NEW, True)
    assert sorted(each.to[0] for each in mail.outbox) == [OLD, NEW]
    told = next(each.body for each in mail.outbox if each.to == [OLD])
    assert NEW in told and "/konto/adresse/" not in told
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.person, entry.before, entry.after) == (
        "address",
        person,
        {"email": OLD},
        {"waiting_email": NEW},
    )


def test_it_holds_once_it_is_confirmed_and_the_link_works_once(client, person, asked):
    asked()
    address = reverse("confirm_address", args=[key()])
    assert "Soll neu@example.invalid" in client.get(address).text
    person.refresh_from_db()
    assert person.email == OLD
    assert client.post(address).headers["Location"] == "/anmelden/"
    person.refresh_from_db()
    assert (person.email, waiting_address(person), is_confirmed(person)) == (NEW, "", True)
    assert EmailAddress.objects.get(user=person).email == NEW
    assert client.post(address).status_code == 400
    assert JournalEntry.objects.first().after == {"email": NEW, "confirmed": "yes"}


def test_a_link_is_over_after_three_days_and_when_another_address_is_asked_for(client, person, asked):
    with time_machine.travel("2026-01-05 10:00Z", tick=False):
        asked()
        first = key()
    with time_machine.travel("2026-01-08 10:01Z", tick=False):
        assert client.post(reverse("confirm_address", args=[first])).status_code == 400
    asked("anders@example.invalid")
    with pytest.raises(ValidationError, match="gilt nicht oder nicht mehr"):
        confirm_address(first)
    assert client.get(reverse("confirm_address", args=["unsinn"])).status_code == 400


def test_what_is_asked_for_twice_is_sent_once(person, asked):
    asked()
    asked(NEW.upper())
    assert len(mail.outbox) == 2


def test_back_to_the_address_that_holds_nothing_waits(person, asked):
    asked()
    asked(OLD)
    assert (waiting_address(person), is_confirmed(person)) == ("", True)


def test_an_address_that_is_taken_away_gets_no_links_any_more(client, person, asked):
    asked("")
    assert (person.email, EmailAddress.objects.count()) == ("", 0)
    mail.outbox.clear()
    client.post("/passwort/", {"email": OLD})
    assert mail.outbox == []


def test_a_coordinator_cannot_get_a_link_to_an_address_of_their_own(client, person, django_capture_on_commit_callbacks):
    thief = make.user()
    with django_capture_on_commit_callbacks(execute=True):
        rename_person(person.memberships.get(), first_name="", last_name="", email=NEW, by=thief)
    mail.outbox.clear()
    client.post("/passwort/", {"email": NEW})
    assert mail.outbox == []
    client.post("/passwort/", {"email": OLD})
    assert [each.to for each in mail.outbox] == [[OLD]]


@pytest.mark.parametrize("verified", [False, True])
def test_links_go_to_confirmed_addresses_alone(client, person, verified):
    EmailAddress.objects.update(verified=verified)
    client.post("/passwort/", {"email": OLD})
    assert len(mail.outbox) == verified


def test_an_address_confirmed_for_somebody_else_is_refused(client, person, asked):
    other = make.user("anders", Role.STAFF, email=NEW)
    EmailAddress.objects.create(user=other, email=NEW, verified=True)
    asked()
    assert "schon für ein anderes Konto bestätigt" in client.post(reverse("confirm_address", args=[key()])).text
    person.refresh_from_db()
    assert person.email == OLD


def test_nonsense_is_refused_and_changes_nothing(person):
    for nonsense in ("keine", "a@b", "x" * 250 + "@example.invalid"):
        with pytest.raises(ValidationError):
            ask_for_address(person, nonsense, by=None)
    assert (waiting_address(person), JournalEntry.objects.count()) == ("", 0)


def test_the_person_changes_name_and_address_with_the_password(client, person, django_capture_on_commit_callbacks):
    client.force_login(person)
    entered = {"first_name": "Kim", "last_name": "Neu", "email": NEW, "password": "falsch"}
    assert "Das Passwort stimmt nicht." in client.post(reverse("own_details"), entered).text
    assert User.objects.get(pk=person.pk).last_name == ""
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("own_details"), entered | {"password": PASSWORD})
    person.refresh_from_db()
    assert (str(person), person.email, waiting_address(person)) == ("Kim Neu", OLD, NEW)
    page = client.get(reverse("account")).text
    assert "neu@example.invalid wartet auf die Bestätigung" in page and "Bestätigungslink senden" in page


def test_the_link_is_sent_again(client, person, asked, django_capture_on_commit_callbacks):
    asked()
    mail.outbox.clear()
    client.force_login(person)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("send_confirmation"))
    confirm_address(key())
    person.refresh_from_db()
    assert person.email == NEW
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("send_confirmation"))
    assert mail.outbox == []


def test_another_role_is_told_to_the_person(person, django_capture_on_commit_callbacks):
    office = make.department("Bauamt")
    with django_capture_on_commit_callbacks(execute=True):
        change_role(person.memberships.get(), role=Role.MANAGER, department=office, by=make.user(last_name="Chefin"))
    (letter,) = mail.outbox
    assert letter.to == [OLD]
    assert "Leitung, Bauamt" in letter.body and "Musterstadt" in letter.body
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        change_role(person.memberships.get(), role=Role.MANAGER, department=office, by=make.user("k2"))
    assert mail.outbox == []
