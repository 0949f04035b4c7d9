"""A service account is in no list of people, in no count of them and in no choice of one, whoever looks where."""

import re

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ozg_tracker.accounts.models import Membership, Role, User
from ozg_tracker.accounts.waiting import waiting_for
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from tests import make
from tests.doors.addresses import LINES, QUERIES, keys

# where service accounts are shown for what they are: their own pages, and among those who can have changed a service;
# and the feed, which numbers its batches anew when nothing of a reading is kept
SHOWN = {
    "changes",
    *("service_accounts", "service_account", "service-accounts-list", "service-accounts-detail"),
    *("service-account-keys", "row_journal"),
}
# of each form another, whatever it shows
CHANCE = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|"made_at":"[^"]*"|nonce="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}'
)
READ = [name for method, name, *_statuses in LINES if method == "GET" and name not in SHOWN]


def seen(person, pieces):
    """By address, what the person reads there, with nothing kept; files that are packed anew each time are left out."""
    client, found = Client(), {}
    client.force_login(person)
    for name in READ:
        with transaction.atomic():
            answer = client.get(reverse(name, kwargs=keys(name, pieces)) + QUERIES.get(name, ""))
            transaction.set_rollback(True)
        if answer.status_code == 200 and re.match("text|application/.*json", answer.headers["Content-Type"]):
            told = b"".join(answer.streaming_content) if answer.streaming else answer.content
            found[name] = CHANCE.sub(b"", told)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["operator", "coordinator", "manager"])
def test_with_them_every_page_and_list_says_what_it_said_without_them(who, world):
    people, pieces = world
    with time_machine.travel(timezone.now(), tick=False):
        assign_due_trainings(make.municipality())
        without = seen(people[who], pieces)
        for role in (Role.OPERATOR, Role.COORDINATOR, Role.MANAGER, Role.STAFF, Role.COUNCIL):
            place = {"department": pieces["department"], "responsible_department": pieces["department"]}
            make.service_account(f"Roboter {role}", role, **place)
        assign_due_trainings(make.municipality())
        together = seen(people[who], pieces)
    assert len(together) > 50
    assert [name for name in without if without[name] != together[name]] == []


@pytest.mark.django_db
def test_the_managers_of_people_and_roles_leave_them_out_and_each_sees_its_own_role(coordinator, municipality):
    account = make.service_account()
    assert list(User.objects.all()) == [coordinator]
    assert set(User.everyone.all()) == {coordinator, account.user}
    assert [each.user for each in Membership.objects.all()] == [coordinator]
    assert [each.user for each in municipality.memberships.all()] == [coordinator]
    assert [each.role for each in account.user.memberships.all()] == [Role.COORDINATOR]


@pytest.mark.django_db
def test_nothing_waits_for_a_program(world):
    people, _pieces = world
    account = make.service_account("Roboter")
    held = account.user.memberships.select_related("municipality", "department", "user").get()
    assert waiting_for(held) == []
    assert waiting_for(people["coordinator"].memberships.get()) != []
