"""Whatever a browser sends, in every role, through every form and link that the pages show: never an error of ours."""

import re
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.doors import addresses, doors
from tests.fuzz.odd import ODD, some

ROLES = ("operator", "coordinator", "manager", "staff", "council")


@pytest.fixture
def browser(world, request):
    """A browser in which the person of the role is signed in, and the pieces of the world."""
    people, pieces = world
    browser = Browser(raise_request_exception=False)
    browser.person = people[request.param]
    return browser, pieces, ROLES.index(request.param)


class Browser(Client):
    person = None

    def send(self, method, address, fields):
        """The status of the answer, with nothing kept; somebody who was signed out is signed in again."""
        with transaction.atomic():
            self.force_login(self.person)
            answer = getattr(self, method.lower())(address, fields)
            transaction.set_rollback(True)
        return answer.status_code


def shown(browser, pieces):
    browser.force_login(browser.person)
    return doors(browser, pieces)


@pytest.mark.django_db
@pytest.mark.parametrize("browser", ROLES, indirect=True)
def test_no_field_of_any_form_or_link_takes_us_down(browser):
    """Each field with some of the odd values, the others as the page has them."""
    browser, pieces, turn = browser
    failed, count = [], 0
    for door in shown(browser, pieces):
        for name, _ in door.fields:
            count += 1
            for value in some(ODD, count * 7 + turn * 11):
                if browser.send(door.method, door.address, dict(door.fields) | {name: value}) >= 500:
                    failed.append((door.method, door.address, name, value[:60]))
    assert failed == []
    assert count >= 5


@pytest.mark.django_db
@pytest.mark.parametrize("browser", ROLES, indirect=True)
def test_no_piece_of_any_path_takes_us_down(browser):
    """Each number or word that an address carries, with some of the odd values in its place."""
    browser, pieces, turn = browser
    failed = []
    for count, address in enumerate(addresses(pieces)):
        for found in re.finditer(r"(?<=/)(\d+|kreisangehoerig|json)(?=[/.?]|$)", address):
            for value in some(ODD, count * 7 + turn * 11):
                path = f"{address[: found.start()]}{quote(value, safe='')}{address[found.end() :]}"
                if browser.send("GET", path, {}) >= 500:
                    failed.append(path[:100])
    assert failed == []


@pytest.mark.django_db
@pytest.mark.parametrize("browser", ROLES, indirect=True)
def test_no_mixture_of_odd_values_takes_us_down(browser):
    browser, pieces, _turn = browser
    known = shown(browser, pieces)

    @settings(max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(door=st.sampled_from(known), data=st.data())
    def send(door, data):
        value = st.sampled_from(ODD) | st.text(max_size=20)
        sent = {name: data.draw(st.just(default) | value, label=name) for name, default in door.fields}
        assert browser.send(door.method, door.address, sent) < 500

    send()
