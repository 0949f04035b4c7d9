"""Who gets what at which address: every address of the URLconf has a line here, and a new one without a line fails.

The columns are: nobody signed in, operator, coordinator, manager, staff, member of the council, and the coordinator of
another municipality. 302 without sign-in leads to the sign-in page; 302 after a form leads back to a page with its
message.
"""

import json

import pytest
from django.urls import URLResolver, get_resolver

from tests.api.programs import edition
from tests.doors.addresses import LINES, PEOPLE, status
from tests.reports import sample


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "name", "expected"), [(line[0], line[1], line[2:]) for line in LINES])
def test_each_role_gets_what_the_table_says(method, name, expected, world):
    people, pieces = world
    got = [str(status(method, name, people.get(person), pieces)) for person in PEOPLE]
    assert dict(zip(PEOPLE, got, strict=True)) == dict(zip(PEOPLE, expected, strict=True))


@pytest.mark.django_db
def test_a_draft_is_there_for_those_who_coordinate_alone(world):
    people, pieces = world
    pieces["edition"] = edition(3, figures=json.dumps(sample.sample()), state="draft")
    for name in ("edition", "edition_services", "edition_file", "editions-detail", "editions-export"):
        got = [status("GET", name, people[who], pieces) for who in PEOPLE[1:]]
        assert got == [403, 200, 404, 404, 404, 404]


def names(patterns):
    """Every named address outside Django's admin, which `test_the_operators_house_is_for_operators` looks at."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def test_every_address_has_a_line():
    assert {line[1] for line in LINES} == set(names(get_resolver().url_patterns))


@pytest.mark.django_db
def test_the_operators_house_is_for_operators(world):
    people, pieces = world
    got = [status("GET", "admin:index", people.get(who), pieces) for who in PEOPLE]
    assert got == [302, 200, 302, 302, 302, 302, 302]
    got = [status("GET", "admin:login", people.get(who), pieces) for who in PEOPLE]
    assert got == [302, 403, 403, 403, 403, 403, 403]
