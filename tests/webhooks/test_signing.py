"""Signed as Standard Webhooks wants it, checked by hand and by the library of the standard's authors."""

import base64
import hashlib
import hmac
import time

import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from ozg_tracker.webhooks.signing import fingerprint_of, headers, new_message, new_salt, secret_of

BODY = '{"type":"changes","name":"Straßenbauamt"}'.encode()


def now():
    return int(time.time())


def test_a_signature_is_what_the_standard_says():
    found = headers("msg_1", 1_700_000_000, BODY, ["a"])
    key = base64.b64decode(secret_of("a").removeprefix("whsec_"))
    signed = hmac.new(key, b"msg_1.1700000000." + BODY, hashlib.sha256).digest()
    assert found == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
    assert len(key) == 32


def test_the_library_of_the_standard_agrees():
    assert Verifier(secret_of("a")).verify(BODY, headers("msg_1", now(), BODY, ["a"]))["name"] == "Straßenbauamt"


@pytest.mark.parametrize(
    "wrong", [{"webhook-id": "msg_2"}, {"webhook-timestamp": "1700000000"}, {"webhook-signature": "v1,AAAA"}]
)
def test_what_was_changed_on_the_way_is_refused(wrong):
    with pytest.raises(WebhookVerificationError):
        Verifier(secret_of("a")).verify(BODY, headers("msg_1", now(), BODY, ["a"]) | wrong)
    with pytest.raises(WebhookVerificationError):
        Verifier(secret_of("a")).verify(BODY + b" ", headers("msg_1", now(), BODY, ["a"]))


def test_two_secrets_are_both_good_and_a_third_is_not():
    found = headers("msg_1", now(), BODY, ["new", "old"])
    for salt in ("new", "old"):
        assert Verifier(secret_of(salt)).verify(BODY, found)
    with pytest.raises(WebhookVerificationError):
        Verifier(secret_of("other")).verify(BODY, found)


def test_a_secret_follows_from_the_installations_key(settings):
    was = secret_of("a"), fingerprint_of("a")
    settings.SECRET_KEY = "x" * 50
    assert (secret_of("a") == was[0], fingerprint_of("a") == was[1]) == (False, False)


def test_ids_and_salts_are_never_the_same_and_hold_no_full_stop():
    assert len({new_message() for _ in range(100)} | {new_salt() for _ in range(100)}) == 200
    assert "." not in new_message()
