"""Anybody may check a report on the page, so many times a minute from one address, the API's door counted in."""

import pytest
import time_machine
from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/pruefen/"
HASH = {"sha256": "0" * 64}


def asks(times, **headers):
    return [Client(**headers).post(PAGE, HASH) for _time in range(times)]


@time_machine.travel("2026-12-01 09:00:20+01:00", tick=False)
def test_after_thirty_times_a_minute_a_page_says_when_to_come_again():
    *first, last = asks(31)
    assert {each.status_code for each in first} == {200}
    assert (last.status_code, last["Retry-After"]) == (429, "60")
    assert "Bitte versuchen Sie es in 60 Sekunden wieder." in last.text
    assert last["Content-Type"] == "text/html; charset=utf-8"
    assert asks(1, REMOTE_ADDR="192.0.2.9")[0].status_code == 200


def test_a_minute_later_one_is_answered_again():
    with time_machine.travel("2026-12-01 09:00+01:00", tick=False):
        assert asks(31)[-1].status_code == 429
    with time_machine.travel("2026-12-01 09:01+01:00", tick=False):
        assert Client().get(PAGE).status_code == 200


@time_machine.travel("2026-12-01 09:00+01:00", tick=False)
def test_who_asked_the_api_so_often_waits_here_too():
    assert {Client().get("/api/v1/check/", HASH).status_code for _time in range(30)} == {200}
    assert asks(1)[0].status_code == 429
    assert Client().get("/api/v1/check/", HASH).status_code == 429


@time_machine.travel("2026-12-01 09:00+01:00", tick=False)
def test_nobody_begins_anew_by_naming_another_address():
    asks(30)
    assert asks(1, HTTP_X_FORWARDED_FOR="198.51.100.7")[0].status_code == 429


@time_machine.travel("2026-12-01 09:00+01:00", tick=False)
def test_keys_are_counted_with_it(municipality):
    assert {Client().get(f"{PAGE}schluessel/{municipality.ars}/").status_code for _time in range(30)} == {404}
    assert Client().get(f"{PAGE}schluessel/{municipality.ars}/").status_code == 429
    assert asks(1)[0].status_code == 429
