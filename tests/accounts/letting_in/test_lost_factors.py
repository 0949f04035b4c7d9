"""A lost second factor is taken away by who manages the person, with a reason, and never by the person alone."""

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from ozg_tracker.accounts.letting_in.lost_factors import end_second_factor, take_second_factor
from ozg_tracker.accounts.models import JournalEntry, Role
from tests import make

pytestmark = pytest.mark.django_db
GOOD = "ein langer Satz zum Merken"
REASON = "Telefon verloren, persönlich vorgesprochen"


def secured(name="kim", role=Role.STAFF, **more):
    made = make.user(name, role, **more)
    made.email = f"{name}@example.invalid"
    made.set_password(GOOD)
    made.save()
    TOTP.activate(made, "A" * 32)
    RecoveryCodes.activate(made)
    return made


def member(person):
    return person.memberships.first()


def refusal(deed):
    with pytest.raises((ValidationError, PermissionDenied)) as refused:
        deed()
    error = refused.value
    errors = getattr(error, "error_dict", {"": getattr(error, "error_list", [])})
    return [each.code for field in errors.values() for each in field] or type(error).__name__


def test_it_ends_what_the_person_has_and_where_they_are_signed_in(client, django_capture_on_commit_callbacks):
    kim, by = secured(), make.user("koordination", Role.COORDINATOR)
    client.post("/anmelden/", {"login": "kim", "password": GOOD})
    client.post("/anmelden/zweiter-faktor/", {"code": RecoveryCodes.activate(kim).generate_codes()[0]})
    assert client.get("/konto/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        take_second_factor(member(kim), reason=f" {REASON} ", by=by)
    assert not Authenticator.objects.exists()
    assert client.get("/konto/").status_code == 302
    entry = JournalEntry.objects.get(kind="address")
    assert (entry.person, entry.by, entry.reason, entry.municipality) == (kim, by, REASON, make.municipality())
    assert (entry.before, entry.after) == ({"second_factor": "totp recovery_codes"}, {"second_factor": ""})
    (letter,) = mail.outbox
    assert (letter.to, f"Grund: {REASON}" in letter.body) == (["kim@example.invalid"], True)
    assert letter.body.split("\n\n")[1].startswith("koordination hat den zweiten Faktor Ihres Kontos")


@pytest.mark.parametrize(("role", "expected"), [("manager", "PermissionDenied"), ("staff", "PermissionDenied")])
def test_who_does_not_manage_people_may_not(role, expected):
    by = make.user("by", role, department=make.department())
    assert refusal(lambda: take_second_factor(member(secured()), reason=REASON, by=by)) == expected
    assert Authenticator.objects.count() == 2


def test_the_operators_is_for_operators():
    kim = secured(role=Role.OPERATOR)
    coordinator, operator = make.user("koordination", Role.COORDINATOR), make.user("betrieb", Role.OPERATOR)
    assert refusal(lambda: take_second_factor(member(kim), reason=REASON, by=coordinator)) == "PermissionDenied"
    take_second_factor(member(kim), reason=REASON, by=operator)
    assert not Authenticator.objects.exists()


def test_nobody_takes_ones_own():
    kim = secured(role=Role.COORDINATOR)
    assert refusal(lambda: take_second_factor(member(kim), reason=REASON, by=kim)) == ["yourself"]


def test_a_person_of_several_municipalities_is_out_of_reach_of_each_coordination():
    kim, second = secured(), make.municipality("Nachbarstadt", "159990010020")
    make.Membership.objects.create(user=kim, municipality=second, role=Role.COUNCIL)
    here = kim.memberships.get(municipality=make.municipality())
    by = make.user("koordination", Role.COORDINATOR)
    assert refusal(lambda: take_second_factor(here, reason=REASON, by=by)) == ["elsewhere"]
    take_second_factor(here, reason=REASON, by=make.user("betrieb", Role.OPERATOR))
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(("reason", "code"), [("", "required"), (" \n", "required"), ("x" * 501, "reason_too_long")])
def test_without_a_reason_it_stays(reason, code):
    assert refusal(lambda: end_second_factor(secured(), reason=reason)) == [code]
    assert Authenticator.objects.count() == 2


def test_where_there_is_none_nothing_happens():
    assert refusal(lambda: end_second_factor(make.user("kim", Role.COUNCIL), reason=REASON)) == ["no_factor"]
    assert not JournalEntry.objects.filter(kind="address").exists()


def test_the_command_helps_where_nobody_else_may():
    secured(role=Role.OPERATOR)
    out = StringIO()
    call_command("end_second_factor", "KIM", "--reason", REASON, "--json", stdout=out)
    assert (json.loads(out.getvalue()), Authenticator.objects.exists()) == ({"username": "kim"}, False)
    assert JournalEntry.objects.get(kind="address").by is None
    for words in (("nobody", "--reason", REASON), ("kim", "--reason", REASON)):
        with pytest.raises(CommandError):
            call_command("end_second_factor", *words, stdout=StringIO())


def test_page_and_api_do_the_same(client):
    client.force_login(make.user("koordination", Role.COORDINATOR))
    kim = secured()
    page = client.get(f"/personen/{member(kim).pk}/").text
    assert "Zweiten Faktor entfernen" in page and "App mit Codes" in page
    assert client.post(f"/personen/{member(kim).pk}/zweiter-faktor/", {"reason": ""}).status_code == 302
    assert Authenticator.objects.count() == 2
    done = client.post(f"/personen/{member(kim).pk}/zweiter-faktor/", {"reason": REASON}, follow=True)
    assert "Der zweite Faktor von „kim“ ist entfernt" in done.text
    assert "Zweiten Faktor entfernen" not in done.text
    address, said = f"/api/v1/people/{member(kim).pk}/end-second-factor/", {"reason": REASON}
    refused = client.post(address, said, content_type="application/json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "no_factor")
    TOTP.activate(kim, "A" * 32)
    assert client.post(address, said, content_type="application/json").status_code == 200
    assert not Authenticator.objects.exists()
    told = client.get("/journal/").text
    assert "zweiter Faktor" in told and "App mit Codes · Notfallcodes" in told
