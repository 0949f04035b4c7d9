"""Signing in at a real provider (npm's oidc-provider, run by Deno from its lock file) and being signed out by it."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ozg_tracker.accounts.models import User
from ozg_tracker.settings.oidc import Oidc
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
HERE = Path(__file__).parent / "single_sign_on"


@pytest.fixture
def provider(live_server, settings, tmp_path):
    """The address of a provider that sends back to the live server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = shutil.copytree(HERE, tmp_path / "provider")
    words = ("deno", "run", "--allow-all", "--frozen", "provider.js", str(port), live_server.url)
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        said = []
        for line in running.stdout:
            said.append(line)
            if line.strip() == "ready":
                break
        else:
            pytest.skip(f"braucht die Pakete von npm: {''.join(said)[-300:]}")
        yield f"http://localhost:{port}"
        running.kill()


@pytest.fixture
def at_provider(provider, settings):
    settings.OIDC = Oidc(
        issuer=provider,
        client_id="ozg-tracker",
        client_secret="ein-geheimnis",
        name="Stadtkonto",
        scopes=("openid", "profile", "ozg"),
        roles={"ozg-leitung": "manager"},
        department_claim="ozg_department",
    )
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    directives = policy | {"form-action": ["'self'", *settings.OIDC.form_action()]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    make.department("Bürgerdienste")
    return provider


def sign_on(page, name):
    page.goto("/anmelden/")
    page.click("text=Mit Stadtkonto anmelden")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "gleich")
    page.press("[name=password]", "Enter")


def test_one_signs_in_at_the_provider_and_is_signed_out_by_it(open_page, at_provider):
    page = open_page(width=320)
    page.goto("/anmelden/")
    assert (violations(page), sideways(page)) == ([], 0)
    sign_on(page, "kim")
    expect(page.get_by_role("heading", name="Bürgerdienste: heute")).to_be_visible()
    kim = User.objects.get(username="kim")
    assert list(kim.memberships.values_list("role", "department__name")) == [("manager", "Bürgerdienste")]
    page.goto(f"{at_provider}/session/end")
    page.click("[value=yes]")
    expect(page.get_by_text("Sign-out Success")).to_be_visible()
    page.goto("/konto/")
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()


def test_without_a_role_one_is_told_so(open_page, at_provider):
    page = open_page()
    sign_on(page, "alex")
    expect(page.get_by_text("nennt für Sie keine Rolle im OZG-Tracker")).to_be_visible()
    assert violations(page) == []
    assert not User.objects.filter(username="alex").exists()
