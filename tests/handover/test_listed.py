"""The list of people says what each holds and who stands in for whom, with a constant number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ozg_tracker.accounts.holdings import Holding, holdings_of
from ozg_tracker.accounts.models import Role, User
from ozg_tracker.handover.handing_over import hand_over, take_back
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    office = make.department("Bauamt")
    found = [
        make.user(name, Role.STAFF, department=office, last_name=name.title()) for name in ("kim", "robin", "toni")
    ]
    for number in (1, 2):
        make.row(make.service(f"9900000000000{number}"), department=office, owner=found[0])
    return found


def away(giver, receiver, by):
    today = timezone.localdate()
    to = {row.pk: receiver for row in make.municipality().services.filter(owner=giver)}
    return hand_over(
        make.municipality(), giver, to, why="away", starts_on=today, until=today + timedelta(days=5), by=by
    )


def test_it_tells_what_each_holds_and_who_stands_in(people):
    kim, robin, _toni = people
    ids = [each.pk for each in people]
    assert holdings_of(make.municipality(), ids) == {kim.pk: Holding("2 Leistungen")}
    by = make.user()
    given = away(kim, robin, by)
    assert holdings_of(make.municipality(), ids) == {
        kim.pk: Holding("", "Robin"),
        robin.pk: Holding("2 Leistungen"),
    }
    take_back(given, by=by)
    assert holdings_of(make.municipality(), ids) == {kim.pk: Holding("2 Leistungen")}


def test_the_list_shows_it_and_names_what_nobody_can_act_for(client, people):
    by = make.user()
    client.force_login(by)
    away(people[0], people[1], by)
    User.objects.filter(pk=people[1].pk).update(is_active=False, left_on="2026-11-01")
    page = " ".join(client.get(reverse("people")).text.split())
    assert 'data-l="Vertretung">Robin<' in page and "2 Leistungen" in page and "niemand kann handeln" in page


def test_more_people_cost_no_more_queries(client, people):
    client.force_login(make.user())
    counts = []
    for name in ("a", "b", "c"):
        make.row(make.service(f"9900000000001{len(counts)}"), owner=make.user(name, Role.STAFF))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("people"))
        counts.append(len(queries))
    assert counts[0] == counts[2]
