"""A town with a department, and people of each role to sign in."""

import pytest

from tests import make


@pytest.fixture
def town(db):
    make.maturity_model()
    return make.municipality()


@pytest.fixture
def department(town):
    return make.department("Bürgerbüro")


@pytest.fixture
def coordinator(town):
    return make.user("koordination")


@pytest.fixture
def manager(department):
    return make.user("leitung", role="manager", department=department)


@pytest.fixture
def staff(department):
    return make.user("amt", role="staff", department=department)


@pytest.fixture
def clerk(department):
    return make.user("kim", role="staff", department=department, first_name="Kim", last_name="Probe")


@pytest.fixture
def council(town):
    return make.user("rat", role="council")


@pytest.fixture
def sign_in(client):
    def as_(user):
        client.force_login(user)
        return client

    return as_
