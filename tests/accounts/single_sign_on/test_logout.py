"""The provider ends the sessions of somebody here too, by a token that is looked at as strictly as one to sign in."""

import pytest
import time_machine
from django.test import Client

from tests.accounts.single_sign_on.provider import LOGOUT

pytestmark = pytest.mark.django_db
ADDRESS = "/anmelden/zentral/abmelden/"


def is_in(client):
    return client.get("/konto/").status_code == 200


@pytest.fixture
def inside(sign_on):
    client = Client()
    sign_on(client)
    assert is_in(client)
    return client


def sent(token):
    return Client(enforce_csrf_checks=True).post(ADDRESS, {"logout_token": token})


def test_it_ends_the_sessions_of_its_sub_and_of_nobody_else(provider, inside, sign_on):
    provider.told["sub"] = provider.info["sub"] = "u-2"
    other = Client()
    sign_on(other, preferred_username="alex")
    assert sent(provider.logout_token()).status_code == 200
    assert [is_in(inside), is_in(other)] == [False, True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"sub": None},
        {"sub": 7},
        {"jti": None},
        {"iat": None},
        {"exp": None},
        {"exp": 1_000_000_000},
        {"events": None},
        {"events": {}},
        {"events": [LOGOUT]},
        {"events": {LOGOUT: None}},
        {"nonce": "x"},
    ],
    ids=str,
)
def test_a_wrong_token_ends_nothing(provider, inside, wrong):
    answer = sent(provider.logout_token(**wrong))
    assert (answer.status_code, answer.json()["error"], is_in(inside)) == (400, "invalid_request", True)
    assert "no-store" in answer.headers["Cache-Control"]


def test_one_signed_by_somebody_else_or_none_at_all_ends_nothing(provider, inside):
    answers = [sent("").status_code, Client().post(ADDRESS).status_code, Client().get(ADDRESS).status_code]
    assert answers == [400, 400, 405]
    for algorithm, signed_by in (("RS256", "fremd"), ("none", "eins"), ("HS256", "eins")):
        provider.algorithm, provider.signed_by = algorithm, signed_by
        assert sent(provider.logout_token()).status_code == 400
    assert is_in(inside)


def test_an_id_token_is_no_logout_token(provider, inside):
    assert sent(provider.token()).status_code == 400
    assert is_in(inside)


def test_a_token_counts_once(provider, sign_on, inside):
    token = provider.logout_token()
    assert sent(token).status_code == 200
    again = Client()
    sign_on(again)
    assert (sent(token).status_code, is_in(again)) == (400, True)


def test_a_session_that_the_provider_let_in_ends_after_hours_whatever_is_done_in_it(provider, sign_on, oidc):
    oidc(session_hours=2)
    with time_machine.travel("2026-12-01 09:00+00:00", tick=True) as clock:
        client = Client()
        sign_on(client)
        for minute in (30, 60, 90, 119):
            clock.move_to(f"2026-12-01 {9 + minute // 60:02}:{minute % 60:02}+00:00")
            assert is_in(client)
        clock.move_to("2026-12-01 11:01+00:00")
        assert not is_in(client)
