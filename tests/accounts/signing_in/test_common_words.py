"""Which passwords everybody tries first."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.signing_in.common_words import CommonWordsValidator

COMMON = (
    "123456789012 passwortpasswort Passwort123! hallohallohallo Sommer2026!!! 987654321098 aaaaaaaaaaaa abcabcabcabc "
    "qwertzuiopü12 Geheim-Geheim-2026 01.01.1980-1980 Rathaus_Stadt_1 schatzi010180!! dezemberdezember1 1qay2wsx3edc"
)
FIT = [
    "ein langer Satz zum Merken",
    "Der Hund bellt im Rathaus sehr laut",
    "vqT7-hw2k-Lp9d",
    "Regenschirm Brille Kanne",
    "mein Kater heißt Ofenrohr",
]


def refused(password):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password)
    return {error.code for error in refusal.value.error_list}


@pytest.mark.parametrize("password", [each for each in COMMON.split() if len(each) >= 12])
def test_what_everybody_tries_first_is_refused(password):
    assert "password_too_common" in refused(password)


def test_the_sentence_says_what_is_better():
    with pytest.raises(ValidationError) as refusal:
        CommonWordsValidator().validate("passwortpasswort")
    assert refusal.value.messages == [
        "Dieses Passwort gehört zu denen, die als erste versucht werden. Ein kurzer Satz ist besser."
    ]


@pytest.mark.parametrize("password", FIT)
def test_a_sentence_or_something_random_is_taken(password):
    validate_password(password)
