"""A cell is saved and a service is found while one types: against the bare statements that either needs."""

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from ozg_tracker.tracking.models import MunicipalService, StatusChange
from tests import make
from tests.benchmarks.clock import race, ratio, seconds
from tests.benchmarks.real_size import catalogue, municipality

pytestmark = pytest.mark.django_db
ROWS = 500


@pytest.fixture
def made():
    return municipality(catalogue(services=ROWS, bundles=60), rows=ROWS, events=ROWS)


@pytest.fixture
def client(made):
    opened = Client()
    opened.force_login(make.user("koordination", municipality=made))
    return opened


def test_a_cell_is_saved_at_a_multiple_of_its_update_and_its_event(client, made):
    row = made.services.order_by("pk").first()
    notes = iter(range(1_000))

    @transaction.atomic
    def bare():
        stored = MunicipalService.objects.get(pk=row.pk)
        MunicipalService.objects.filter(pk=row.pk, version=stored.version).update(
            note=f"bloß {next(notes)}", version=stored.version + 1
        )
        last = StatusChange.objects.filter(row=row.pk).latest("version")
        last.pk, last.version, last.recorded_at = None, stored.version + 1, timezone.now()
        last.save(force_insert=True)

    def cell():
        stored = MunicipalService.objects.get(pk=row.pk)
        sent = {"row": row.pk, "names": "note", f"r{row.pk}-version": stored.version, f"r{row.pk}-note": next(notes)}
        answer = client.post("/leistungen/zellen/", sent, headers={"Accept": "application/json"})
        assert (answer.status_code, bool(answer.json()["made"])) == (200, True)

    floor, measured = race(10, bare, cell)
    ratio("eine Zelle gespeichert, gegen Änderung und Ereignis allein", measured, floor, at_most=AT_MOST_SAVED)
    seconds("eine Zelle gespeichert", measured, at_most=0.05)


def test_a_service_is_found_at_a_multiple_of_its_statement(client, made):
    def bare():
        found = MunicipalService.objects.filter(municipality=made, service__name__icontains="Nummer 7")
        return list(found.select_related("service")[:50])

    floor, measured = race(10, bare, lambda: client.get("/leistungen/suchen/?q=Nummer+7"))
    ratio("eine Leistung gefunden, gegen die bloße Abfrage", measured, floor, at_most=AT_MOST_FOUND)
    seconds("eine Leistung gefunden", measured, at_most=0.1)


AT_MOST_SAVED, AT_MOST_FOUND = 20, 12
