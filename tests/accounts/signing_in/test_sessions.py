"""A person sees where they are signed in, and ends it; what is quiet for hours ends by itself."""

from datetime import UTC, datetime

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.signing_in.sessions import device, forget_ended
from tests import make

pytestmark = pytest.mark.django_db
GOOD = "ein langer Satz zum Merken"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"


@pytest.fixture
def person():
    made = make.user("kim", role="staff", department=make.department())
    made.set_password(GOOD)
    made.save()
    return made


def signed_in(user_agent=FIREFOX, address="192.0.2.17"):
    client = Client(HTTP_USER_AGENT=user_agent, REMOTE_ADDR=address)
    assert client.post("/anmelden/", {"login": "kim", "password": GOOD}).status_code == 302
    return client


def is_in(client):
    return client.get("/konto/").status_code == 200


def listed(client):
    return client.get("/api/v1/me/sessions/").json()["results"]


@time_machine.travel("2026-12-01 09:00+01:00", tick=False)
def test_one_sees_on_which_devices_one_is_signed_in(person):
    here = signed_in()
    signed_in(CHROME, "2001:db8::7")
    found = [(each["device"], each["address"], each["signed_in_at"], each["here"]) for each in listed(here)]
    assert found == [
        ("Firefox, Windows", "192.0.2.17", "2026-12-01T09:00:00+01:00", True),
        ("Chrome, Linux", "2001:db8::7", "2026-12-01T09:00:00+01:00", False),
    ]
    page = here.get("/konto/").text
    assert "<b>Chrome, Linux</b>" in page and "dieses Gerät" in page and "von 2001:db8::7" in page


def test_one_signs_out_elsewhere(person):
    here, there, third = signed_in(), signed_in(CHROME), signed_in(CHROME)
    other = next(each["id"] for each in listed(there) if each["here"])
    here.post(f"/konto/anmeldungen/{other}/beenden/")
    assert [is_in(each) for each in (here, there, third)] == [True, False, True]
    assert "Auf einem Gerät abgemeldet." in here.post("/konto/anmeldungen/andere-beenden/", follow=True).text
    assert [is_in(each) for each in (here, third)] == [True, False]
    assert "Sie sind nirgends sonst angemeldet." in here.post("/konto/anmeldungen/andere-beenden/", follow=True).text


def test_the_session_of_somebody_else_is_not_there(client, person):
    mine = signed_in()
    client.force_login(make.user("alex", role="council"))
    assert client.post(f"/konto/anmeldungen/{UserSession.objects.get().pk}/beenden/").status_code == 404
    assert client.post(f"/api/v1/me/sessions/{UserSession.objects.get().pk}/end/").status_code == 404
    assert is_in(mine)


def test_a_new_password_ends_the_other_sessions(person):
    here, there = signed_in(), signed_in(CHROME)
    new = {"oldpassword": GOOD, "password1": "ein anderer langer Satz", "password2": "ein anderer langer Satz"}
    assert here.post("/konto/passwort/", new).status_code == 302
    assert [is_in(each) for each in (here, there)] == [True, False]
    assert [each["here"] for each in listed(here)] == [True]


def test_after_hours_without_a_word_one_is_signed_out(person, settings):
    settings.SESSION_IDLE_HOURS = 2
    with time_machine.travel("2026-12-01 09:00+00:00", tick=False) as clock:
        client, quiet = signed_in(), signed_in(CHROME)
        clock.move_to("2026-12-01 10:59+00:00")
        assert is_in(client)
        clock.move_to("2026-12-01 12:58+00:00")
        assert [is_in(client), is_in(quiet)] == [True, False]
        assert client.get("/api/v1/me/sessions/").json()["results"][0]["seen_at"] == "2026-12-01T13:58:00+01:00"


def test_most_requests_write_nothing(person):
    with time_machine.travel("2026-12-01 09:00+00:00", tick=False) as clock:
        client = signed_in()
        clock.move_to("2026-12-01 09:04+00:00")
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get("/hilfe/")
    assert [each["sql"] for each in caught if each["sql"].startswith(("UPDATE", "INSERT", "SAVEPOINT"))] == []


def test_sessions_whose_time_is_over_are_deleted_with_their_devices(person):
    with time_machine.travel("2026-11-01 09:00+00:00", tick=False):
        signed_in()
    with time_machine.travel("2026-12-01 09:00+00:00", tick=False):
        signed_in(CHROME)
        assert forget_ended(datetime(2026, 12, 1, 9, tzinfo=UTC)) == 1
    assert (Session.objects.count(), [each.user_agent for each in UserSession.objects.all()]) == (1, [CHROME])


@pytest.mark.parametrize(
    ("says", "called"),
    [
        (CHROME.replace("X11; Linux x86_64", "Linux; Android 16") + " Edg/156.0", "Edge, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("curl/8.0", "Unbekanntes Programm"),
        ("", "Unbekanntes Programm"),
    ],
)
def test_a_device_has_a_name_that_people_know(says, called):
    assert device(says) == called
