"""A slip of paper leads people without mail to a password, and nobody to a colleague's account."""

import re

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from ozg_tracker.accounts import addresses
from ozg_tracker.accounts.letting_in.slips import give_slip
from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.accounts.signing_in.tokens import create_token
from tests import make

pytestmark = pytest.mark.django_db
GOOD, NEW = "ein langer Satz zum Merken", "ein anderer langer Satz"
REASON = "Passwort vergessen, persönlich vorgesprochen"


def person(role=Role.STAFF, email="", password=GOOD, name="kim"):
    made = make.user(name, role)
    made.email = email
    made.set_password(password)
    made.save()
    return made


@pytest.fixture
def coordinator():
    return make.user("koordination", Role.COORDINATOR)


def give(user, by, reason=REASON):
    return give_slip(user.memberships.first(), reason=reason, by=by)


def refusal(user, by, reason=REASON):
    with pytest.raises((ValidationError, PermissionDenied)) as refused:
        give(user, by, reason)
    error = refused.value
    errors = getattr(error, "error_dict", {"": getattr(error, "error_list", [])})
    return [each.code for field in errors.values() for each in field] or type(error).__name__


def set_by(slip, password=NEW):
    """What the page says to who opens the address and sets a password there."""
    client = Client()
    path = slip.address.removeprefix("http://127.0.0.1:8000")
    page = client.get(path, follow=True)
    if "id_password1" not in page.text:
        return "over"
    return client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password}).status_code


def test_who_has_forgotten_the_password_and_has_no_mail_sets_another_one_once(coordinator):
    kim = person()
    key = create_token(kim, scopes=["read"])
    slip = give(kim, coordinator)
    assert set_by(slip) == 302
    kim.refresh_from_db()
    assert (kim.check_password(NEW), set_by(slip, "noch ein langer Satz")) == (True, "over")
    assert Client().get("/api/v1/topics/", HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 401
    entry = JournalEntry.objects.filter(kind="address").earliest("pk")
    assert (entry.person, entry.by, entry.after, entry.reason) == (kim, coordinator, {"access": "slip"}, REASON)


def test_it_ends_after_three_days_or_when_the_person_signs_in(coordinator):
    kim = person()
    with time_machine.travel("2026-12-01 12:00+00:00", tick=False) as clock:
        slip = give(kim, coordinator)
        assert slip.until.isoformat() == "2026-12-04T12:00:00+00:00"
        clock.move_to("2026-12-04 12:01+00:00")
        assert set_by(slip) == "over"
        again = give(kim, coordinator)
        Client().post("/anmelden/", {"login": "kim", "password": GOOD})
        assert set_by(again) == "over"


def test_a_first_password_needs_no_reason_and_may_go_beside_a_mail(coordinator):
    kim = make.user("kim", Role.STAFF)
    kim.set_unusable_password()
    kim.save()
    assert set_by(give(kim, coordinator, reason="")) == 302


def test_who_has_a_mail_address_gets_none(coordinator):
    assert refusal(person(email="kim@example.invalid"), coordinator) == ["has_mail"]
    assert not JournalEntry.objects.filter(kind="address").exists()


def test_taking_the_mail_address_away_first_does_not_help(coordinator):
    kim = person(email="kim@example.invalid")
    with time_machine.travel("2026-12-01 12:00+00:00", tick=False) as clock:
        addresses.ask_for_address(kim, "", by=coordinator)
        assert refusal(kim, coordinator) == ["mail_gone"]
        clock.move_to("2026-12-08 11:59+00:00")
        assert refusal(kim, coordinator) == ["mail_gone"]
        clock.move_to("2026-12-08 12:01+00:00")
        assert give(kim, coordinator).user == kim


def test_who_took_the_own_address_away_gets_one_at_once(coordinator):
    kim = person(email="kim@example.invalid")
    addresses.ask_for_address(kim, "", by=kim)
    assert give(kim, coordinator).user == kim


def test_for_who_coordinates_the_operator_gives_it(coordinator):
    kim = person(Role.COORDINATOR)
    assert refusal(kim, coordinator) == "PermissionDenied"
    assert give(kim, make.user("betrieb", Role.OPERATOR)).user == kim


def test_others_and_oneself_get_none(coordinator):
    kim = person()
    assert refusal(kim, make.user("leitung", Role.MANAGER, department=make.department())) == "PermissionDenied"
    assert refusal(person(Role.OPERATOR, name="betrieb"), coordinator) == "PermissionDenied"
    assert refusal(coordinator, coordinator) == ["yourself"]
    make.Membership.objects.create(
        user=kim, municipality=make.municipality("Nachbarstadt", "159990010020"), role=Role.COUNCIL
    )
    here = kim.memberships.get(municipality=make.municipality())
    with pytest.raises(ValidationError):
        give_slip(here, reason=REASON, by=coordinator)


@pytest.mark.parametrize(("reason", "code"), [("", "required"), (" \n", "required"), ("x" * 501, "reason_too_long")])
def test_without_a_reason_there_is_none(coordinator, reason, code):
    assert refusal(person(), coordinator, reason) == [code]


def test_who_left_gets_none(coordinator):
    kim = person()
    kim.is_active = False
    kim.save()
    assert refusal(kim, coordinator) == ["left"]


def test_the_page_shows_it_once_to_print(client, coordinator):
    client.force_login(coordinator)
    member = person().memberships.get()
    assert "Zettel ausstellen" in client.get(f"/personen/{member.pk}/").text
    refused = client.post(f"/personen/{member.pk}/zettel/", {"reason": ""}, follow=True)
    assert "Bitte nennen Sie den Grund" in refused.text
    page = client.post(f"/personen/{member.pk}/zettel/", {"reason": REASON})
    assert (page.status_code, "no-store" in page.headers["Cache-Control"]) == (200, True)
    assert re.search(r'class="ozg-hash">http://127\.0\.0\.1:8000/passwort/neu/\w+-\S+/<', page.text)
    assert "data:image/svg+xml;base64," in page.text
    assert "Zettel mit dem Weg zum Passwort" in client.get("/journal/").text
    with_mail = person(email="alex@example.invalid", name="alex").memberships.get()
    assert "Zettel ausstellen" not in client.get(f"/personen/{with_mail.pk}/").text
