import pytest

from ozg_tracker.accounts.models import Role, Token
from ozg_tracker.accounts.signing_in.tokens import create_token, revoke_token, user_of_token
from tests import make

pytestmark = pytest.mark.django_db


def test_a_key_leads_to_its_person_and_is_not_stored():
    user = make.user("a.beispiel", Role.STAFF)
    plain = create_token(user)
    assert user_of_token(plain) == user
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
    assert [user_of_token(each) for each in (first, second)] == [None, user]
    assert Token.objects.get(pk=token.pk).revoked_at == moment


@pytest.mark.parametrize("wrong", ["", "abc", "ü", "x" * 10_000])
def test_no_other_text_is_a_key(wrong):
    create_token(make.user("a.beispiel", Role.STAFF))
    assert user_of_token(wrong) is None
