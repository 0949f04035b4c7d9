"""A provider that answers, and the settings that name it."""

from dataclasses import replace

import pytest

from ozg_tracker.settings.oidc import Oidc
from tests import make
from tests.accounts.single_sign_on.provider import CLIENT, SECRET, asked_for, running

ROLES = {"ozg-betrieb": "operator", "ozg-koordination": "coordinator", "ozg-leitung": "manager", "ozg-amt": "staff"}


@pytest.fixture
def provider(settings, monkeypatch, db):
    monkeypatch.setenv("NO_PROXY", "*")
    make.municipality()
    with running() as answering:
        settings.OIDC = Oidc(
            issuer=answering.issuer,
            client_id=CLIENT,
            client_secret=SECRET,
            name="Stadtkonto",
            roles=ROLES,
            department_claim="ozg_department",
        )
        yield answering


@pytest.fixture
def oidc(settings, provider):
    """oidc(**facts): the same with other settings."""

    def set_(**facts):
        settings.OIDC = replace(settings.OIDC, **facts)

    return set_


@pytest.fixture
def sign_on(provider):
    """sign_on(client, **info): goes to the provider and comes back, as a browser; the answer of the way back."""

    def go(client, next="", **info):
        asked = asked_for(client.post("/anmelden/zentral/", {"next": next} if next else {}))
        provider.nonce = asked["nonce"]
        provider.info |= info
        return client.get("/anmelden/zentral/zurueck/", {"code": "c", "state": asked["state"]})

    return go
