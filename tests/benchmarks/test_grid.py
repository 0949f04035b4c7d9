"""The grid of five hundred rows: drawn at the cost of a template a row, small on the wire."""

import gzip

import pytest
from django.test import Client

from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.pages import narrowing
from tests import make
from tests.benchmarks.clock import race, ratio
from tests.benchmarks.real_size import catalogue, municipality

pytestmark = pytest.mark.django_db
ROWS = 500  # a page of the grid


@pytest.fixture
def client():
    made = municipality(catalogue(services=ROWS, bundles=60), rows=ROWS, events=ROWS)
    opened = Client()
    opened.force_login(make.user("koordination", municipality=made))
    return opened


def told(what, figure):
    print(f"{what}: {figure}")  # noqa: T201 (a benchmark prints its figure)


def test_five_hundred_rows_are_drawn_by_one_template_a_row_and_fit_into_a_hundred_kilobytes(client):
    page = client.get("/leistungen/?all=1").content
    drawn = page.count(b"<tr id=")
    assert drawn == 450

    def bare():
        rows = narrowing.with_names(MunicipalService.objects.order_by("service__key"))
        return "".join(
            f"<tr><td>{row.service.name}</td><td>{row.state}</td><td>{row.level}</td></tr>" for row in rows[:ROWS]
        )

    floor, measured = race(5, bare, lambda: client.get("/leistungen/?all=1"))
    ratio(f"{drawn} Zeilen gezeichnet, gegen die bloße Tabelle", measured, floor, at_most=30)
    packed = len(gzip.compress(page, 6))
    told(f"{drawn} Zeilen gepackt", f"{packed / 1000:.1f} kB von {len(page) / 1000:.0f} kB")
    assert packed <= 100_000
