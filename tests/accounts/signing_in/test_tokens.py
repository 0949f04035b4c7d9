from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from ozg_tracker.accounts.models import Role, Scope, Token
from ozg_tracker.accounts.signing_in.tokens import create_token, revoke_token, token_of
from tests import make

pytestmark = pytest.mark.django_db


def test_a_key_leads_to_its_person_and_is_not_stored():
    user = make.user("a.beispiel", Role.STAFF)
    plain = create_token(user)
    assert make.person_behind(plain) == user
    assert plain not in str(list(Token.objects.values_list()))
    assert len(plain) >= 43


def test_every_key_is_another():
    user = make.user("a.beispiel", Role.STAFF)
    assert len({create_token(user) for _ in range(20)}) == 20


def test_a_revoked_key_opens_nothing_and_the_others_stay():
    user = make.user("a.beispiel", Role.STAFF)
    first, second = create_token(user), create_token(user)
    token = Token.objects.earliest("id")
    revoke_token(token)
    moment = Token.objects.get(pk=token.pk).revoked_at
    revoke_token(token)
    assert [make.person_behind(each) for each in (first, second)] == [None, user]
    assert Token.objects.get(pk=token.pk).revoked_at == moment


@pytest.mark.parametrize("wrong", ["", "abc", "ü", "x" * 10_000])
def test_no_other_text_is_a_key(wrong):
    create_token(make.user("a.beispiel", Role.STAFF))
    assert make.person_behind(wrong) is None


@pytest.mark.parametrize(("day", "opens"), [("2026-12-31 23:59+01:00", True), ("2027-01-01 00:00+01:00", False)])
def test_a_key_opens_until_its_last_day_is_over_in_germany(day, opens):
    user = make.user("a.beispiel", Role.STAFF)
    with time_machine.travel("2026-12-01 12:00+01:00"):
        plain = create_token(user, expires_on=date(2026, 12, 31))
    with time_machine.travel(day, tick=False):
        assert (token_of(plain) is not None) == opens


@pytest.mark.parametrize(
    ("address", "opens"),
    [
        (None, True),
        ("192.0.2.17", True),
        ("::ffff:192.0.2.17", True),
        ("2001:db8::7", True),
        ("192.0.3.1", False),
        ("2001:db9::7", False),
        ("", False),
        ("unbekannt", False),
    ],
)
def test_a_key_opens_from_its_networks_alone(address, opens):
    plain = create_token(make.user("a.beispiel", Role.STAFF), networks="192.0.2.0/24, 2001:db8::/32")
    assert (token_of(plain, address) is not None) == opens


def test_when_a_key_was_used_is_noted_once_an_hour():
    plain = create_token(make.user("a.beispiel", Role.STAFF))
    seen = []
    for moment in ("12:00", "12:59", "13:01"):
        with time_machine.travel(f"2026-12-01 {moment}+00:00", tick=False):
            token_of(plain)
            seen.append(f"{Token.objects.get().last_used_at:%H:%M}")
    assert seen == ["12:00", "12:00", "13:01"]


def test_a_key_is_for_a_municipality_where_its_person_is_something():
    user, strange = make.user("a.beispiel", Role.STAFF), make.municipality("Fremd", ars="159990030030")
    with pytest.raises(ValidationError) as refused:
        create_token(user, municipality=strange)
    assert refused.value.message_dict == {"municipality": ["In dieser Kommune haben Sie keine Rolle."]}


@pytest.mark.parametrize(
    "networks", ["192.0.2.1/24", "stadt.example", "192.0.2.", " ".join(f"10.0.0.{n}" for n in range(11))]
)
def test_what_is_no_network_makes_no_key(networks):
    with pytest.raises(ValidationError) as refused:
        create_token(make.user("a.beispiel", Role.STAFF), networks=networks)
    assert list(refused.value.message_dict) == ["networks"]
    assert Token.objects.count() == 0


def test_the_database_keeps_no_key_that_opens_nothing():
    create_token(make.user("a.beispiel", Role.STAFF), scopes=[Scope.READ])
    with pytest.raises(IntegrityError):
        Token.objects.update(scopes="")
