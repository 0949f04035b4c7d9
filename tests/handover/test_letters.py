"""Who takes over, and who gives, hears of it by mail, with the message."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from ozg_tracker.accounts.models import Role
from ozg_tracker.handover.handing_over import hand_over
from tests import make

pytestmark = pytest.mark.django_db


def test_both_hear_of_it_but_not_who_decided(django_capture_on_commit_callbacks):
    office = make.department("Bauamt")
    kim, robin = (
        make.user(name, Role.STAFF, department=office, email=f"{name}@example.org") for name in ("kim", "robin")
    )
    to = {make.row(department=office, owner=kim).pk: robin}
    today = timezone.localdate()
    days = {"starts_on": today, "until": today + timedelta(days=5)}
    with django_capture_on_commit_callbacks(execute=True):
        hand_over(make.municipality(), kim, to, why="away", **days, message="Bitte an mich.", by=make.user())
    assert sorted(letter.to[0] for letter in mail.outbox) == ["kim@example.org", "robin@example.org"]
    assert all("Bitte an mich." in letter.body and "eine Zeit lang abwesend" in letter.body for letter in mail.outbox)


def test_who_hands_over_alone_hears_nothing_of_it(django_capture_on_commit_callbacks):
    office = make.department("Bauamt")
    kim, robin = (
        make.user(name, Role.STAFF, department=office, email=f"{name}@example.org") for name in ("kim", "robin")
    )
    to = {make.row(department=office, owner=kim).pk: robin}
    with django_capture_on_commit_callbacks(execute=True):
        hand_over(make.municipality(), kim, to, why="moves", starts_on=timezone.localdate(), by=kim)
    assert [letter.to[0] for letter in mail.outbox] == ["robin@example.org"]
