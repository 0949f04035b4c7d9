"""What a provider may answer, right and wrong: one table, in which the right answer lets in and the wrong does not."""

import json
import time
from base64 import b64encode

import pytest
from django.test import Client

from ozg_tracker.accounts.models import User
from tests.accounts.single_sign_on.provider import CLIENT, SECRET, asked_for

pytestmark = pytest.mark.django_db
KNOWN = "/.well-known/openid-configuration"
JSON = "application/json"


def told(**claims):
    return lambda provider: provider.told.update(claims)


def has(**facts):
    return lambda provider: [setattr(provider, name, value) for name, value in facts.items()]


def answers(path, status=200, body="", kind=JSON):
    return lambda provider: provider.answers.update({path: (status, body, kind)})


def later(name, seconds):
    return lambda provider: provider.told.update({name: int(time.time()) + seconds})


def says(**facts):
    """Discovery with something else in it."""

    def change(provider):
        found = json.loads(provider.answer(KNOWN)[1])
        body = {name: value for name, value in (found | facts).items() if value is not None}
        provider.answers[KNOWN] = (200, json.dumps(body), JSON)

    return change


def without_userinfo(provider):
    says(userinfo_endpoint=None)(provider)
    provider.told |= {"ozg_role": "ozg-amt", "preferred_username": "kim"}


TABLE = {
    "the right answer": (lambda provider: None, True),
    "signed in PS256": (has(algorithm="PS256"), True),
    "a new key that discovery knows": (has(keys=["eins", "zwei"], signed_by="zwei", kid="zwei"), True),
    "several receivers, made for us": (told(aud=[CLIENT, "other"], azp=CLIENT), True),
    "no userinfo": (without_userinfo, True),
    "expired 30 s ago": (later("exp", -30), True),
    "issued 50 s ahead": (later("iat", 50), True),
    "expired 70 s ago": (later("exp", -70), False),
    "issued 600 s ahead": (later("iat", 600), False),
    "another nonce": (told(nonce="x"), False),
    "no nonce": (told(nonce=None), False),
    "another issuer": (told(iss="https://elsewhere.example"), False),
    "no issuer": (told(iss=None), False),
    "another receiver": (told(aud="other"), False),
    "no receiver": (told(aud=None), False),
    "several receivers, made for another": (told(aud=[CLIENT, "other"], azp="other"), False),
    "several receivers, made for nobody named": (told(aud=[CLIENT, "other"]), False),
    "no end": (told(exp=None), False),
    "an end that is no number": (told(exp="morgen"), False),
    "no beginning": (told(iat=None), False),
    "signed by another key of the same name": (has(signed_by="fremd"), False),
    "signed by another key of another name": (has(signed_by="fremd", kid="fremd"), False),
    "not signed": (has(algorithm="none"), False),
    "signed with the secret": (has(algorithm="HS256"), False),
    "no token": (answers("/token", body='{"access_token": "a"}'), False),
    "a token that is none": (answers("/token", body='{"access_token": "a", "id_token": "a.b.c"}'), False),
    "a token that is no text": (answers("/token", body='{"access_token": "a", "id_token": {"sub": "u-1"}}'), False),
    "no sub": (told(sub=None), False),
    "an empty sub": (told(sub=""), False),
    "a sub of 192 characters": (told(sub="x" * 192), False),
    "userinfo of another sub": (has(info={"sub": "u-2"}), False),
    "userinfo without a sub": (has(info={"sub": None}), False),
    "userinfo that is a list": (answers("/userinfo", body="[1]"), False),
    "userinfo that is empty": (answers("/userinfo", body="{}"), False),
    "userinfo refused": (answers("/userinfo", 401), False),
    "no keys": (has(keys=[]), False),
    "keys that are none": (answers("/jwks", body='{"keys": [{"kty": "XY"}, 7]}'), False),
    "keys not to be had": (answers("/jwks", 503), False),
    "the code refused": (answers("/token", 400, '{"error": "invalid_grant"}'), False),
    "a token in no JSON": (answers("/token", body="<html>"), False),
    "a token that is a list": (answers("/token", body="[]"), False),
    "a token of no kind": (answers("/token", body='{"a": 1}', kind=""), False),
    "an access token that is a number": (answers("/token", body='{"access_token": 7}'), False),
}


@pytest.mark.parametrize(("change", "lets_in"), TABLE.values(), ids=TABLE)
def test_only_the_right_answer_lets_in(change, lets_in, provider, sign_on, client, caplog):
    change(provider)
    answer = sign_on(client)
    inside = client.get("/konto/").status_code == 200
    assert (inside, User.objects.filter(username="kim").exists()) == (lets_in, lets_in)
    if not lets_in:
        assert answer.status_code in (401, 403, 503) and "<h1>Anmeldung nicht möglich</h1>" in answer.text
        assert "Single sign-on refused: " in caplog.text and "Internal Server Error" not in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        says(issuer="https://elsewhere.example"),
        says(issuer=None),
        says(jwks_uri=None),
        says(token_endpoint="gopher://x"),
        answers(KNOWN, 503),
        answers(KNOWN, body="<html>"),
        answers(KNOWN, body="[]"),
    ],
    ids=["another issuer", "no issuer", "no keys", "no TLS", "down", "no JSON", "a list"],
)
def test_a_provider_that_does_not_say_who_it_is_is_not_gone_to(change, provider, client, caplog):
    change(provider)
    answer = client.post("/anmelden/zentral/")
    assert (answer.status_code, "ist gerade nicht zu erreichen" in answer.text) == (503, True)
    assert "Single sign-on refused: " in caplog.text


def test_the_way_there_asks_for_what_the_settings_say_and_for_nothing_of_a_link(provider, client):
    strange = "auth_params=prompt%3Dnone%26login_hint%3Dx&scope=admin&process=connect&action=reauthenticate"
    answer = client.post(f"/anmelden/zentral/?{strange}")
    asked = asked_for(answer)
    assert answer.headers["Location"].startswith(f"{provider.issuer}/auth?")
    assert set(asked) == {
        *("client_id", "redirect_uri", "scope", "response_type", "state", "nonce"),
        *("code_challenge", "code_challenge_method"),
    }
    assert (set(asked["scope"].split()), asked["code_challenge_method"]) == ({"openid", "profile", "email"}, "S256")
    assert asked["redirect_uri"] == "http://testserver/anmelden/zentral/zurueck/"
    assert client.get("/anmelden/zentral/").status_code == 405


def test_the_secret_goes_in_the_header_and_the_code_with_its_proof(provider, sign_on, client):
    sign_on(client)
    _path, body, headers = next(each for each in provider.asked if each[0] == "/token")
    assert headers["Authorization"] == "Basic " + b64encode(f"{CLIENT}:{SECRET}".encode("latin1")).decode()
    assert "code_verifier=" in body and "client_secret" not in body


def test_a_state_is_used_once_by_the_browser_it_was_made_for(provider, client):
    provider_asked = asked_for(client.post("/anmelden/zentral/"))
    provider.nonce = provider_asked["nonce"]
    back = {"code": "c", "state": provider_asked["state"]}
    stranger = Client()
    for who, sent in ((client, {"code": "c"}), (client, back | {"state": "x"}), (stranger, back)):
        assert who.get("/anmelden/zentral/zurueck/", sent).status_code == 401
    assert client.get("/anmelden/zentral/zurueck/", back).status_code == 302
    client.post("/abmelden/")
    assert client.get("/anmelden/zentral/zurueck/", back).status_code == 401
    assert "_auth_user_id" not in stranger.session


def test_who_breaks_off_is_back_at_the_sign_in(provider, client):
    state = asked_for(client.post("/anmelden/zentral/"))["state"]
    answer = client.get("/anmelden/zentral/zurueck/", {"error": "access_denied", "state": state}, follow=True)
    assert (answer.redirect_chain, "Die Anmeldung wurde abgebrochen." in answer.text) == ([("/anmelden/", 302)], True)


def test_what_the_provider_says_of_itself_is_asked_for_once(provider, sign_on):
    for _ in range(3):
        sign_on(Client())
    asked = [path for path, _body, _headers in provider.asked]
    assert (asked.count(KNOWN), asked.count("/jwks"), asked.count("/token")) == (1, 1, 3)


def test_a_new_key_is_looked_for_once_a_minute_whoever_asks_for_it(provider, sign_on):
    sign_on(Client())
    provider.kid = "fremd"
    for _ in range(3):
        sign_on(Client())
    assert [path for path, _body, _headers in provider.asked].count("/jwks") == 2
    assert "fremd" not in provider.keys


def test_without_a_provider_there_is_no_way_there(client, settings):
    assert not settings.OIDC
    for answer in (
        client.post("/anmelden/zentral/"),
        client.get("/anmelden/zentral/zurueck/"),
        client.post("/anmelden/zentral/abmelden/"),
    ):
        assert answer.status_code == 404
    assert "zentral" not in client.get("/anmelden/").text


def test_it_leads_on_to_where_one_wanted_to_and_to_no_other_host(provider, sign_on):
    assert sign_on(Client(), next="/konto/").headers["Location"] == "/konto/"
    assert sign_on(Client(), next="https://elsewhere.example/").headers["Location"] == "/"
