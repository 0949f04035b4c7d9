"""The page of a row whose service took over from another, or was taken over."""

from datetime import date

import pytest
from django.utils import timezone

from catalog.models import Succession
from ozg_tracker.tracking.models import OwnService
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordination(client):
    client.force_login(make.user())
    return client


def row(number, **fields):
    return make.row(make.service(f"9910201310400{number}", f"Leistung {number}"), **fields)


def test_a_successor_in_the_catalogue_shows_the_history_of_its_predecessor_and_names_it_as_one(coordination):
    old, new = row(1), row(2)
    decided = {"accepted": True, "reason": "umbenannt", "decided_at": timezone.now()}
    Succession.objects.create(
        old=old.service, new=new.service, catalogue_import=make.catalogue_import(), origin="person", **decided
    )
    page = coordination.get(f"/leistungen/{new.pk}/").text
    assert "Vorgeschichte als <a" in page and f"/leistungen/{old.pk}/" in page
    assert "eigene Leistung" not in page
    assert "Weitergeführt als <a" in coordination.get(f"/leistungen/{old.pk}/").text


def test_what_was_an_own_service_says_so(coordination):
    own, official = make.own_row(), row(1)
    own.service.retired_on = date(2026, 1, 1)
    own.service.save()
    OwnService.objects.filter(service=own.service).update(merged_into=official.service)
    assert "Vorgeschichte als eigene Leistung <a" in coordination.get(f"/leistungen/{official.pk}/").text
