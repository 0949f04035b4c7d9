"""Who one is here by what the provider says: by the deeds of people, with their events, never more than they allow."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.test import Client

from ozg_tracker.accounts.models import JournalEntry, MembershipEvent, Role, User
from tests import make

pytestmark = pytest.mark.django_db
GOOD = "ein langer Satz zum Merken"
REASON = "Anmeldung über Stadtkonto"


def is_in(client):
    return client.get("/konto/").status_code == 200


def roles():
    return list(User.objects.get(username="kim").memberships.values_list("role", "department__name"))


def known(role=Role.STAFF, **more):
    made = make.user("kim", role, **more)
    made.set_password(GOOD)
    made.save()
    return made


def test_a_new_person_is_made_with_role_and_department(sign_on, client):
    make.department("Bürgerdienste")
    sign_on(
        client, ozg_role="ozg-leitung", ozg_department="bürgerdienste", given_name="Kim", email="kim@example.invalid"
    )
    assert is_in(client)
    kim = User.objects.get(username="kim")
    assert (kim.first_name, kim.email, kim.has_usable_password()) == ("Kim", "kim@example.invalid", False)
    assert roles() == [("manager", "Bürgerdienste")]
    event = MembershipEvent.objects.get(user=kim)
    assert (event.role, event.by, event.reason) == ("manager", None, REASON)
    assert list(JournalEntry.objects.filter(person=kim).order_by("pk").values_list("kind", "after__access")) == [
        ("role", None),
        ("address", "provider"),
    ]


def test_what_changed_there_changes_here_at_the_next_sign_in_and_is_told(sign_on, django_capture_on_commit_callbacks):
    make.department("Bürgerdienste")
    sign_on(Client(), ozg_role="ozg-amt", email="kim@example.invalid")
    with django_capture_on_commit_callbacks(execute=True):
        sign_on(Client(), ozg_role=["andere", "ozg-leitung"], ozg_department="Bürgerdienste")
    assert roles() == [("manager", "Bürgerdienste")]
    assert [letter.subject for letter in mail.outbox] == ["Ihre Rolle im OZG-Tracker"]
    with django_capture_on_commit_callbacks(execute=True):
        sign_on(Client())
    assert (MembershipEvent.objects.count(), len(mail.outbox)) == (2, 1)


def test_of_several_roles_the_first_of_the_mapping_counts(sign_on, client):
    sign_on(client, ozg_role=["ozg-amt", "ozg-koordination"])
    assert roles() == [("coordinator", None)]


def test_a_department_that_there_is_not_keeps_the_one_that_is_held(sign_on, oidc):
    oidc(connect_usernames=True)
    known(department=make.department("Ordnung"))
    sign_on(Client(), ozg_department="Gibt es nicht")
    assert roles() == [("staff", "Ordnung")]
    sign_on(Client(), ozg_role="ozg-leitung")
    assert roles() == [("manager", "Ordnung")]


def test_claims_lie_deeper_where_the_name_says_so(sign_on, client, oidc):
    oidc(role_claim="realm_access.roles")
    sign_on(client, ozg_role=None, realm_access={"roles": ["ozg-koordination"]})
    assert roles() == [("coordinator", None)]


@pytest.mark.parametrize("told", [None, "", "andere", ["andere"], {"ozg-amt": 1}, 7, [["ozg-amt"]], "ozg-betrieb"])
def test_without_a_known_role_nobody_is_made(sign_on, client, told):
    answer = sign_on(client, ozg_role=told)
    assert (answer.status_code, "nennt für Sie keine Rolle" in answer.text) == (403, True)
    assert not is_in(client) and not User.objects.filter(username="kim").exists()


def test_who_has_lost_the_role_there_is_signed_out_here_and_keeps_what_others_decide(sign_on, oidc):
    first, second = Client(), Client()
    sign_on(first)
    assert is_in(first)
    answer = sign_on(second, ozg_role=None)
    assert [answer.status_code, is_in(first), is_in(second)] == [403, False, False]
    assert (roles(), User.objects.get(username="kim").is_active) == ([("staff", None)], True)
    assert JournalEntry.objects.filter(kind="sign_in_failed", person__username="kim").count() == 1


def test_a_manager_needs_a_department_that_there_is(sign_on, client):
    answer = sign_on(client, ozg_role="ozg-leitung", ozg_department="Gibt es nicht")
    assert (answer.status_code, "Eine Leitung braucht einen Fachbereich" in answer.text) == (403, True)
    assert not User.objects.filter(username="kim").exists()


def test_a_second_coordinator_is_not_done_without(sign_on, oidc):
    oidc(connect_usernames=True)
    make.Municipality.objects.update(asks_second_coordinator=True)
    answer = sign_on(Client(), ozg_role="ozg-koordination")
    assert (answer.status_code, "bestätigt hier eine zweite Person" in answer.text) == (403, True)
    known(Role.COORDINATOR)
    assert sign_on(Client()).status_code == 302


def test_a_name_that_somebody_has_is_not_taken(sign_on, client):
    kim = known()
    answer = sign_on(client)
    assert (answer.status_code, "hat hier schon jemand" in answer.text, is_in(client)) == (403, True, False)
    kim.refresh_from_db()
    assert (kim.check_password(GOOD), SocialAccount.objects.exists()) == (True, False)


def test_where_it_may_be_connected_the_password_ends(sign_on, client, oidc):
    oidc(connect_usernames=True)
    kim = known(Role.COORDINATOR)
    sign_on(client, preferred_username="KIM", ozg_role="ozg-koordination")
    assert is_in(client)
    kim.refresh_from_db()
    assert (kim.has_usable_password(), roles()) == (False, [("coordinator", None)])
    other = Client()
    other.post("/anmelden/", {"login": "kim", "password": GOOD})
    assert not is_in(other)
    assert "haben hier kein Passwort" in client.get("/konto/").text
    assert client.get("/konto/passwort/", follow=True).redirect_chain == [("/konto/", 302)]


def test_a_connected_name_is_not_taken_by_another_account_of_the_provider(sign_on, provider, client, oidc):
    oidc(connect_usernames=True)
    sign_on(Client())
    provider.told["sub"] = provider.info["sub"] = "u-2"
    assert sign_on(client).status_code == 403
    assert list(SocialAccount.objects.values_list("uid", flat=True)) == ["u-1"]


def test_operators_come_from_outside_where_the_operator_says_so_alone(sign_on, oidc):
    oidc(connect_usernames=True)
    known(Role.OPERATOR)
    for told in ("ozg-betrieb", "ozg-amt"):
        answer = sign_on(Client(), ozg_role=["ozg-koordination", told])
        assert (answer.status_code, "mit Benutzername und Passwort" in answer.text) == (403, True)
    assert (roles(), User.objects.get().check_password(GOOD)) == ([("operator", None)], True)
    oidc(operators=True)
    assert sign_on(Client(), ozg_role="ozg-betrieb").status_code == 302
    assert roles() == [("operator", None)]


def test_who_was_let_go_here_does_not_come_back_by_the_provider(sign_on, client):
    sign_on(Client())
    kim = User.objects.get(username="kim")
    kim.is_active = False
    kim.save()
    assert sign_on(client).headers["Location"] == "/anmelden/stillgelegt/"
    assert not is_in(client)


@pytest.mark.parametrize(
    ("setting", "told", "status"),
    [
        ({}, {}, 403),
        ({"municipality": "159990010020"}, {}, 302),
        ({"municipality": "159990019999"}, {}, 403),
        ({"municipality_claim": "ars"}, {"ars": "159990010020"}, 302),
        ({"municipality_claim": "ars"}, {"ars": "159990019999"}, 403),
        ({"municipality_claim": "ars", "municipality": "159990010020"}, {}, 403),
        ({"municipality_claim": "ars"}, {"ars": 159990010020}, 403),
    ],
)
def test_of_several_municipalities_setting_or_claim_names_the_one(sign_on, client, oidc, setting, told, status):
    make.municipality("Nachbarstadt", "159990010020")
    oidc(**setting)
    assert sign_on(client, **told).status_code == status
    homes = MembershipEvent.objects.values_list("municipality__ars", flat=True)
    assert list(homes) == (["159990010020"] if status == 302 else [])


def test_another_issuer_is_another_provider(sign_on, provider, client, oidc, settings):
    sign_on(Client())
    kept = SocialAccount.objects.get()
    SocialAccount.objects.update(provider="oidc-ein-anderer")
    assert sign_on(client).status_code == 403  # the name is taken, and the same sub means nothing
    assert kept.provider.startswith("oidc-") and SocialAccount.objects.count() == 1


def test_nothing_is_kept_of_what_was_told_but_whose_account_it_is(sign_on):
    sign_on(Client(), phone_number="0123", address={"locality": "Musterstadt"})
    assert list(SocialAccount.objects.values_list("uid", "extra_data")) == [("u-1", {})]
    assert not SocialToken.objects.exists()


def test_a_second_factor_that_is_set_up_here_is_asked_for_here_too(sign_on, client):
    sign_on(Client())
    kim = User.objects.get(username="kim")
    TOTP.activate(kim, "A" * 32)
    codes = RecoveryCodes.activate(kim).generate_codes()
    assert sign_on(client).headers["Location"] == "/anmelden/zweiter-faktor/"
    assert not is_in(client)
    client.post("/anmelden/zweiter-faktor/", {"code": codes[0]})
    assert is_in(client)


def test_a_role_that_needs_a_second_factor_may_have_it_at_the_provider(sign_on, oidc, settings):
    settings.SECOND_FACTOR_ROLES = ("staff",)
    client = Client()
    sign_on(client)
    assert client.get("/aufgaben/").headers["Location"] == "/konto/zweiter-faktor/"
    oidc(second_factor=True)
    assert client.get("/aufgaben/").status_code == 200
    other = Client()
    other.force_login(User.objects.get(username="kim"))
    assert other.get("/aufgaben/").headers["Location"] == "/konto/zweiter-faktor/"


def test_the_pages_say_how_one_signs_in(sign_on, client):
    assert "Mit Stadtkonto anmelden" in client.get("/anmelden/").text
    sign_on(Client())
    client.force_login(make.user("koordination", Role.COORDINATOR))
    member = User.objects.get(username="kim").memberships.get()
    page = client.post(f"/personen/{member.pk}/passwort/").text
    assert ("meldet sich zentral an" in page, "/passwort/neu/" in page) == (True, False)


def test_odd_texts_in_claims_are_refused_with_a_sentence(sign_on, client):
    for odd in ({"preferred_username": "x" * 300}, {"preferred_username": "<script>"}, {"email": "keine"}):
        answer = sign_on(Client(), **{"preferred_username": "kim", "email": "", **odd})
        assert (answer.status_code, "<h1>Anmeldung nicht möglich</h1>" in answer.text) == (403, True)
    assert sign_on(client, preferred_username=["kim"], given_name="x" * 999, email="\0").status_code == 302
    assert User.objects.get().username == "u-1"  # which is all that names the person
