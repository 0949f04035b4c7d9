"""A stranger who tries passwords shuts nobody out where they signed in before, nor people behind other addresses."""

from importlib import import_module

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from ozg_tracker.accounts.signing_in.attempts import COOKIE, hidden
from tests import make

GOOD = "ein langer Satz zum Merken"
SHUT = "Zu viele Versuche in kurzer Zeit. Bitte warten Sie ein paar Minuten."


@pytest.fixture
def as_installed():
    return import_module("ozg_tracker.settings").CACHES


@pytest.fixture
def person(municipality):
    made = make.user("kim", role="council")
    made.set_password(GOOD)
    made.save()
    return made


def entered(client, password, name="kim", **headers):
    return client.post("/anmelden/", {"login": name, "password": password}, **headers)


def tries(client, times, name="kim", **headers):
    """What the page says at the last of so many wrong passwords."""
    return [SHUT in entered(client, "falsch", name, **headers).text for _each in range(times)][-1]


def test_a_name_tried_too_often_is_shut_for_strangers_and_open_on_the_persons_own_device(person):
    own, stranger = Client(), Client()
    assert entered(own, GOOD).status_code == 302
    own.post("/abmelden/")
    assert [tries(stranger, 5), tries(stranger, 1)] == [False, True]
    assert SHUT in entered(stranger, GOOD).text
    assert entered(own, GOOD).status_code == 302


def test_on_the_own_device_one_cannot_guess_without_end_either(person):
    own = Client()
    entered(own, GOOD)
    own.post("/abmelden/")
    assert tries(own, 6) is True


def test_a_device_known_to_one_person_is_none_of_anothers(person):
    other = make.user("alex", role="council")
    other.set_password(GOOD)
    other.save()
    device, stranger = Client(), Client()
    entered(device, GOOD, "alex")
    device.post("/abmelden/")
    tries(stranger, 6)
    assert SHUT in entered(device, GOOD, "kim").text


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c"])
def test_a_made_up_device_is_a_stranger(person, cookie):
    client = Client()
    client.cookies[COOKIE] = cookie
    assert tries(client, 6) is True
    assert entered(Client(), GOOD).status_code == 200


def test_the_cookie_is_closed_to_scripts_and_names_nobody(person):
    client = Client()
    cookie = entered(client, GOOD).cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], "kim" in cookie.value) == (True, "Lax", False)


def test_behind_a_trusted_proxy_a_stranger_spends_only_the_tries_of_their_own_address(person, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    stranger = {"headers": {"X-Forwarded-For": "203.0.113.9"}}
    for number in range(61):
        last = SHUT in entered(Client(), "falsch", f"nobody{number}", **stranger).text
    assert last is True
    assert entered(Client(), GOOD, headers={"X-Forwarded-For": "198.51.100.4"}).status_code == 302


def test_attempts_are_counted_in_the_database_under_names_that_tell_nobody(person, settings, as_installed):
    settings.CACHES = as_installed
    entered(Client(), "falsch", headers={"X-Forwarded-For": "203.0.113.9"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM ozg_cache")
        keys = [key for (key,) in cursor.fetchall()]
    assert len(keys) >= 2 and not [key for key in keys if "kim" in key or "127.0.0.1" in key]
    assert caches["default"].key_func is hidden
