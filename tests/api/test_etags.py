"""What was read before and is still so is 304, and goes out compressed all the same."""

import gzip

import pytest

from tests import make
from tests.api.programs import API

pytestmark = pytest.mark.django_db
TOPICS = f"{API}/topics/"


def test_a_list_that_was_read_before_is_304_until_it_changes(program):
    make.bundle(topic="Bauen")
    first = program.get(TOPICS)
    again = program.get(TOPICS, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content, again["ETag"]) == (200, 304, b"", first["ETag"])
    make.bundle("10102", topic="Wohnen")
    assert program.get(TOPICS, headers={"If-None-Match": first["ETag"]}).json() != first.json()


def test_another_language_or_person_is_told_what_is_theirs(program, coordinator):
    make.bundle(topic="Bauen")
    me = f"{API}/me/"
    german = program.get(me)
    assert "Accept-Language" in german["Vary"]
    coordinator.first_name = "Andrea"
    coordinator.save()
    assert program.get(me, headers={"If-None-Match": german["ETag"]}).status_code == 200


def test_it_goes_out_compressed_under_the_same_mark(program):
    for number in range(60):
        make.bundle(f"1{number:04d}", topic=f"Themenfeld mit einem Namen {number}")
    plain, packed = program.get(TOPICS), program.get(TOPICS, headers={"Accept-Encoding": "gzip"})
    assert (packed["Content-Encoding"], packed["ETag"]) == ("gzip", plain["ETag"])
    assert gzip.decompress(packed.content) == plain.content
    headers = {"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]}
    assert program.get(TOPICS, headers=headers).status_code == 304


def test_the_version_of_a_thing_says_nothing_of_what_is_told_beside_it(program, coordinator):
    row = make.row(make.service("99000000000001", "Reisepass"))
    read = program.get(f"{API}/municipal-services/{row.pk}/")
    again = program.get(f"{API}/municipal-services/{row.pk}/", headers={"If-None-Match": read["ETag"]})
    assert (read["ETag"], again.status_code) == ('"1"', 200)


def test_a_refusal_has_none(program):
    assert "ETag" not in program.get(f"{API}/topics/999/").headers


def test_an_address_says_which_methods_it_has(program):
    answer = program.options(f"{API}/committees/")
    assert (answer.status_code, answer.content, answer["Allow"]) == (204, b"", "GET, HEAD, POST, OPTIONS")
