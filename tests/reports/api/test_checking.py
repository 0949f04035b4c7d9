"""Anybody may check a report by the API, so many times a minute from one address."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked_before():
    cache.clear()


def asks(times, **headers):
    return [Client(**headers).get("/api/v1/check/", {"sha256": "0" * 64}) for _time in range(times)]


@time_machine.travel("2026-12-01 09:00+01:00", tick=False)
def test_after_thirty_times_a_minute_one_is_told_to_wait():
    *first, last = asks(31)
    assert {each.status_code for each in first} == {200}
    assert (last.status_code, last["Retry-After"], last["Content-Type"]) == (429, "60", "application/problem+json")
    assert asks(1, REMOTE_ADDR="192.0.2.9")[0].status_code == 200


@time_machine.travel("2026-12-01 09:00+01:00", tick=False)
def test_nobody_begins_anew_by_naming_another_address():
    asks(30)
    assert asks(1, HTTP_X_FORWARDED_FOR="198.51.100.7")[0].status_code == 429
