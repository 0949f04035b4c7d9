"""Who makes a service account, what it can never do, and that its keys end with it."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from ozg_tracker.accounts.coordinators import decide, set_second_coordinator
from ozg_tracker.accounts.holdings import holdings_of
from ozg_tracker.accounts.models import (
    CoordinatorRequest,
    JournalEntry,
    Membership,
    MembershipEvent,
    Municipality,
    Role,
    ServiceAccount,
    Token,
    User,
)
from ozg_tracker.accounts.people import add_user, let_go
from ozg_tracker.accounts.service_accounts.keeping import (
    add_key,
    add_service_account,
    change_service_account,
    end_key,
    end_service_account,
)
from ozg_tracker.accounts.signing_in.passwords import password_link
from ozg_tracker.accounts.signing_in.tokens import create_token, token_of
from ozg_tracker.accounts.waiting import waiting_for
from ozg_tracker.tracking.rows.status import change_status
from tests import make

pytestmark = pytest.mark.django_db


def made(by=None, **facts):
    said = {"name": "Gewerbe Müller", "role": Role.COORDINATOR, "purpose": "meldet Fallzahlen"} | facts
    if "responsible_department" not in said:
        said.setdefault("responsible", User.objects.get(username="koordination"))
    return add_service_account(make.municipality(), **said, by=by)


def refusal(function, *args, **kwargs):
    with pytest.raises((ValidationError, PermissionDenied)) as caught:
        function(*args, **kwargs)
    return getattr(caught.value, "messages", [str(caught.value)])


def test_it_is_called_what_it_is_wherever_it_did_something(coordinator):
    account = made(coordinator)
    row = make.row(state="open")
    change_status(
        *(row, {"state": "in_progress"}),
        seen_version=row.version,
        effective_on=timezone.localdate(),
        source="api",
        by=account.user,
        reason="Verfahren",
    )
    event = row.events.latest("pk")
    assert (str(event.by), event.by.username) == ("Dienstkonto Gewerbe Müller", "dienstkonto:gewerbe-mueller")
    with translation.override("en"):
        assert str(event.by) == "Service account Gewerbe Müller"


def test_that_it_was_made_is_in_the_journal_with_who_and_why(coordinator):
    made(coordinator, reason="neues Verfahren")
    entry = JournalEntry.objects.get(kind="service_account")
    assert (entry.by, str(entry.person), entry.reason) == (coordinator, "Dienstkonto Gewerbe Müller", "neues Verfahren")
    assert entry.after == {
        "service_account": "Gewerbe Müller",
        "role": "coordinator",
        "department": "",
        "purpose": "meldet Fallzahlen",
        "responsible": "koordination",
    }


def test_it_belongs_to_no_history_of_people(coordinator):
    account = made(coordinator)
    assert MembershipEvent.objects.filter(user=account.user).count() == 0
    assert [each.role for each in account.user.memberships.all()] == ["coordinator"]


def test_two_of_the_same_name_are_refused_until_the_first_has_ended(coordinator):
    first = made(coordinator)
    assert refusal(made, coordinator, name="gewerbe müller") == ["Ein Dienstkonto dieses Namens gibt es hier schon."]
    end_service_account(first, by=coordinator)
    assert made(coordinator).user.username == "dienstkonto:gewerbe-mueller-2"


def test_a_person_or_a_department_answers_for_it_and_not_both(coordinator, department):
    sentence = (
        "Für ein Dienstkonto ist eine Person oder ein Fachbereich verantwortlich. Bitte nennen Sie eines von beiden."
    )
    assert refusal(made, coordinator, responsible=None) == [sentence]
    assert refusal(made, coordinator, responsible_department=department, responsible=coordinator) == [sentence]
    assert made(coordinator, responsible_department=department).answers == "Bürgerbüro"


def test_who_answers_for_it_belongs_to_the_municipality(coordinator):
    stranger = make.user("fremd", municipality=make.municipality("Nachbarstadt", "159990010020"))
    office = make.department("Fremd", municipality=make.municipality("Nachbarstadt", "159990010020"))
    sentence = ["Verantwortlich sein kann nur, wer sich in dieser Kommune anmelden kann."]
    assert refusal(made, coordinator, responsible=stranger) == sentence
    assert refusal(made, coordinator, responsible_department=office) == ["Diesen Fachbereich gibt es hier nicht."]
    assert ServiceAccount.objects.count() == User.everyone.filter(is_service=True).count() == 0


def test_those_who_manage_people_make_one_and_only_operators_one_of_theirs(coordinator, manager):
    operator = make.user("betrieb", Role.OPERATOR)
    assert refusal(made, manager) == ["Personen verwalten die OZG-Koordination und der Betrieb."]
    sentence = "Die Rolle Betrieb gilt für die ganze Installation; nur der Betrieb vergibt sie."
    assert refusal(made, coordinator, role=Role.OPERATOR) == [sentence]
    account = made(operator, role=Role.OPERATOR)
    assert refusal(end_service_account, account, by=coordinator) == [sentence]


def test_one_coordinator_goes_not_round_the_second_by_a_service_account(coordinator):
    Municipality.objects.update(asks_second_coordinator=True)
    operator = make.user("betrieb", Role.OPERATOR)
    sentence = (
        "In dieser Kommune bestätigt eine zweite Person jede neue Koordination. Ein Dienstkonto mit dieser Rolle legt "
        "deshalb nur der Betrieb an."
    )
    assert refusal(made, coordinator) == [sentence]
    assert [made(coordinator, name="Leser", role=Role.STAFF).name, made(operator).name] == ["Leser", "Gewerbe Müller"]


def test_a_service_account_makes_no_other_and_decides_nothing_that_takes_two(coordinator):
    account = made(coordinator)
    human = ["Das macht ein Mensch, kein Dienstkonto. Bitte melden Sie sich selbst dafür an."]
    assert refusal(made, account.user, name="Kind") == human
    assert refusal(add_key, account, name="x", scopes=["read"], expires_on=tomorrow(), by=account.user) == human
    assert refusal(set_second_coordinator, account.municipality, True, by=account.user) == human
    Municipality.objects.update(asks_second_coordinator=True)
    said = {"municipality": make.municipality(), "role": Role.COORDINATOR}
    assert refusal(add_user, "neu", **said, by=account.user) == human
    add_user("neu", **said, by=coordinator)
    assert refusal(decide, CoordinatorRequest.objects.get(), confirmed=True, by=account.user) == human


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def test_its_key_opens_its_municipality_until_a_day_within_two_years(coordinator):
    account = made(coordinator)
    plain = add_key(account, name="Verfahren", scopes=["status"], expires_on=tomorrow(), by=coordinator)
    token = token_of(plain)
    assert (token.user, token.municipality_id, token.opens("status")) == (account.user, account.municipality_id, True)
    assert token.user.roles_held == [("coordinator", account.municipality_id)]
    entry = JournalEntry.objects.get(kind="key")
    assert (entry.by, str(entry.person)) == (coordinator, "Dienstkonto Gewerbe Müller")
    endless = {"name": "x", "scopes": ["read"], "by": coordinator}
    assert refusal(add_key, account, **endless, expires_on=None) == [
        "Der Schlüssel eines Dienstkontos hat einen letzten Tag. Bitte nennen Sie ihn."
    ]
    assert refusal(add_key, account, **endless, expires_on=date(2199, 1, 1)) == [
        "Der Schlüssel eines Dienstkontos gilt höchstens zwei Jahre."
    ]
    assert refusal(create_token, account.user)[0].startswith("Der Schlüssel eines Dienstkontos hat einen letzten Tag")


def test_a_key_can_be_ended_alone_and_all_end_with_the_account(coordinator):
    account = made(coordinator)
    first, second = make.service_key(account), make.service_key(account)
    end_key(account, token_of(first), by=coordinator)
    assert [token_of(first), token_of(second) is not None] == [None, True]
    ended = end_service_account(account, reason="abgelöst", by=coordinator)
    assert (token_of(second), ended.ended_on, ended.user.is_active) == (None, timezone.localdate(), False)
    assert Token.objects.filter(revoked_at=None).count() == 0
    entry = JournalEntry.objects.filter(kind="service_account").first()
    assert (entry.after, entry.reason) == ({"active": "no"}, "abgelöst")
    again = ["Dieses Dienstkonto ist beendet. Bitte legen Sie ein neues an."]
    assert refusal(end_service_account, account, by=coordinator) == again
    assert refusal(add_key, account, name="x", scopes=["read"], expires_on=tomorrow(), by=coordinator) == again


def test_nobody_signs_in_as_it(coordinator, client):
    account = made(coordinator)
    assert authenticate(username=account.user.username, password="") is None
    client.force_login(account.user)
    assert client.get("/").status_code == 302
    assert client.post("/passwort/", {"email": "x@example.invalid"}).status_code == 302
    assert account.user.has_usable_password() is False
    assert (account.user.email, User.objects.filter(pk=account.user.pk).count()) == ("", 0)
    assert password_link(account.user) is None


def changed(account, **facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.everyone.filter(pk=account.user.pk).update(**facts)


def test_the_database_gives_it_no_way_in(coordinator):
    account = made(coordinator)
    for facts in (
        {"password": "md5$x$y"},
        {"email": "a@example.invalid"},
        {"is_staff": True},
        {"username": "gewerbe"},
        {"first_name": "Kim"},
        {"is_service": False},
    ):
        changed(account, **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=coordinator.pk).update(username="dienstkonto:koordination")


def test_when_who_answers_for_it_leaves_the_coordination_hears_and_names_another(coordinator, department):
    person = make.user("verfahren", Role.STAFF, department=department, first_name="Kim", last_name="Probe")
    account = made(coordinator, responsible=person)
    held = Membership.objects.select_related("municipality", "department", "user").get(user=coordinator)
    assert waiting_for(held) == []
    holding = holdings_of(account.municipality, [person.pk])[person.pk]
    assert holding.words == "verantwortlich für ein Dienstkonto"
    member = person.memberships.get()
    told = refusal(let_go, member, by=coordinator, holding_nothing=True)[0]
    assert told.startswith("„Kim Probe“ hält noch etwas: verantwortlich für ein Dienstkonto.")
    let_go(member, by=coordinator)
    (task,) = waiting_for(held)
    assert (task.what, task.deed, task.address) == (
        "Dienstkonto Gewerbe Müller: Niemand ist mehr verantwortlich",
        "Klären",
        f"/personen/dienstkonten/{account.pk}/",
    )
    said = {"purpose": account.purpose, "responsible": None, "responsible_department": department}
    change_service_account(account, **said, reason="Wechsel", by=coordinator)
    assert waiting_for(held) == []
    entry = JournalEntry.objects.filter(kind="service_account").first()
    assert (entry.before, entry.after) == ({"responsible": "Kim Probe"}, {"responsible": "Bürgerbüro"})
    change_service_account(account, **said, by=coordinator)
    assert JournalEntry.objects.filter(kind="service_account").count() == 2
    department.ended = True
    department.save()
    assert [each.what for each in waiting_for(held)] == ["Dienstkonto Gewerbe Müller: Niemand ist mehr verantwortlich"]
