"""A second factor in the browser: a passkey by a virtual authenticator, the app's codes without scripts.

Passkeys want a name: the pages of the live server lie at http://localhost, never at 127.0.0.1.
"""

import base64
import hmac
import re
import struct
import time
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from ozg_tracker.accounts.models import Role
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = "ein langer Satz zum Merken"


@pytest.fixture
def person():
    made = make.user("kim", Role.COORDINATOR)
    made.set_password(GOOD)
    made.save()
    return made


def code_now(secret):
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    place = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def sign_in(page, address):
    page.goto(address)
    page.fill("#id_login", "kim")
    page.fill("#id_password", GOOD)
    with page.expect_navigation():
        page.press("#id_password", "Enter")


def confirm(page):
    page.fill("#id_password", GOOD)
    with page.expect_navigation():
        page.press("#id_password", "Enter")


def sign_out(page):
    page.context.clear_cookies()


@pytest.fixture
def key(open_page):
    """A page and its virtual authenticator: (page, told), where told(name, **facts) speaks to it."""
    page = open_page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page, lambda name, **facts: session.send(f"WebAuthn.{name}", made | facts)


def set_up(page):
    sign_in(page, "/anmelden/")
    page.goto("/konto/zweiter-faktor/passkey/")
    confirm(page)
    page.fill("#id_name", "Dienstlaptop")
    with page.expect_navigation(url=re.compile("codes")):
        page.click("#passkey_add")


def test_a_passkey_is_set_up_and_signs_in_alone(key, person):
    page, _told = key
    set_up(page)
    expect(page.locator(".ozg-codes li")).to_have_count(10)
    assert (violations(page), sideways(page)) == ([], 0)
    page.goto("/konto/zweiter-faktor/")
    expect(page.locator("b", has_text="Dienstlaptop")).to_be_visible()
    assert violations(page) == []
    sign_out(page)
    page.goto("/anmelden/?next=/personen/")
    with page.expect_navigation(url=re.compile("/personen/")):
        page.click("#passkey_login")
    expect(page.get_by_role("heading", name="Personen")).to_be_visible()
    assert page.complaints == []


def test_where_the_browser_refuses_the_page_says_so_and_the_password_asks_for_the_passkey(key, person):
    page, told = key
    set_up(page)
    sign_out(page)
    page.goto("/anmelden/")
    told("setUserVerified", isUserVerified=False)
    page.click("#passkey_login")
    expect(page.get_by_text("Es wurde kein Passkey benutzt")).to_be_visible()
    expect(page.locator("[data-passkey-refused]")).to_be_focused()
    told("setUserVerified", isUserVerified=True)
    sign_in(page, "/anmelden/")
    assert urlsplit(page.url).path == "/anmelden/zweiter-faktor/"
    assert violations(page) == []
    with page.expect_navigation():
        page.click("#passkey_use")
    expect(page.locator(".ozg-user summary")).to_contain_text("kim")


def test_an_app_is_set_up_and_used_without_scripts_at_320_pixels(open_page, person):
    page = open_page(scripts=False, width=320)
    sign_in(page, "/anmelden/")
    page.goto("/konto/zweiter-faktor/")
    with page.expect_navigation():
        page.click("text=App einrichten")
    confirm(page)
    secret = page.locator("form .ozg-hash").inner_text()
    page.fill("#id_code", code_now(secret))
    with page.expect_navigation():
        page.press("#id_code", "Enter")
    codes = page.locator(".ozg-codes li").all_inner_texts()
    assert (len(codes), sideways(page)) == (10, 0)
    sign_out(page)
    sign_in(page, "/anmelden/")
    page.fill("#id_code", codes[0])
    with page.expect_navigation():
        page.press("#id_code", "Enter")
    page.goto("/konto/zweiter-faktor/")
    expect(page.get_by_text("9 Codes sind noch übrig.")).to_be_visible()
    assert (sideways(page), Authenticator.objects.count()) == (0, 2)
