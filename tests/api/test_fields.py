"""`fields=` says which fields of its rows a list tells, in every list alike."""

import pytest

from ozg_tracker.api_urls import router
from tests import make
from tests.api.problem_documents import errors
from tests.api.programs import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(program):
    fill((1, 2))
    return program


def test_each_list_tells_the_fields_that_are_asked_for_in_their_order(filled):
    wrong = []
    for name in [prefix for prefix, *_ in router.registry if prefix != "findings"]:  # which is one answer and no list
        whole = filled.read(f"{name}/").json()["results"]
        names = list(whole[0])[::-2]
        told = filled.read(f"{name}/", fields=",".join(names)).json()["results"]
        if [list(each.items()) for each in told] != [[(name, each[name]) for name in names] for each in whole]:
            wrong.append(name)
    assert wrong == []


def test_a_field_that_there_is_not_is_named_with_those_there_are(filled):
    refused = filled.read("topics/", fields="name,farbe")
    assert errors(refused) == [("fields", "invalid")]
    assert refused.json()["errors"][0]["message"].startswith(
        "Dieses Feld gibt es hier nicht: farbe. Möglich sind: id, "
    )


def test_the_next_page_asks_for_the_same_fields(filled):
    make.bundle("10109", topic="Drittes")
    page = filled.read("topics/", fields="name", page_size=1).json()
    assert "fields=name" in page["next"]
    assert [list(each) for each in filled.get(page["next"]).json()["results"]] == [["name"]]
