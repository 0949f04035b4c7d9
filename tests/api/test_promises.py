"""A change of the description that breaks programs out there is seen before they are broken."""

from copy import deepcopy

import pytest

from tests.api.promises import promised, promises
from tests.api.schema import SCHEMA

ROWS = "/api/v1/municipal-services/"


def test_what_was_promised_holds():
    """If one is meant to go: take its line out of promised.txt by hand, and say so in the change log."""
    assert sorted(promised() - promises(SCHEMA)) == []


def test_what_is_described_is_promised_from_now_on():
    """To add what is new: uv run python -m tests.api.promises"""
    assert sorted(promises(SCHEMA) - promised()) == []


def without_a_path(description):
    del description["paths"][f"{ROWS}bulk/"]


def without_a_filter(description):
    found = description["paths"][ROWS]["get"]["parameters"]
    found[:] = [each for each in found if each["name"] != "state"]


def with_a_filter_that_must_be_named(description):
    for each in description["paths"][ROWS]["get"]["parameters"]:
        each["required"] = each["name"] == "municipality"


def without_a_property_in_answers(description):
    del description["components"]["schemas"]["MunicipalService"]["properties"]["level"]


def with_null_where_none_was(description):
    description["components"]["schemas"]["MunicipalService"]["properties"]["version"]["type"] = ["integer", "null"]


def with_one_more_thing_that_must_be_sent(description):
    schema = description["components"]["schemas"]["FreezeRequest"]
    schema["properties"]["colour"] = {"type": "string"}
    schema["required"] = [*schema["required"], "colour"]


def without_a_word(description):
    description["components"]["schemas"]["StateEnum"]["enum"].remove("blocked")


def with_another_kind_of_answer(description):
    found = description["paths"]["/api/v1/editions/{id}/export/"]["get"]["responses"]["200"]["content"]
    found["application/pdf"] = found.pop("application/octet-stream")


def with_figures_of_another_kind(description):
    totals = description["components"]["schemas"]["Figures"]["properties"]["totals"]
    totals["properties"]["relevant"]["type"] = "string"


@pytest.mark.parametrize(
    "change",
    [
        without_a_path,
        without_a_filter,
        with_a_filter_that_must_be_named,
        without_a_property_in_answers,
        with_null_where_none_was,
        with_one_more_thing_that_must_be_sent,
        without_a_word,
        with_another_kind_of_answer,
        with_figures_of_another_kind,
    ],
)
def test_a_break_is_seen(change):
    changed = deepcopy(SCHEMA)
    change(changed)
    assert promises(SCHEMA) - promises(changed) != set()


def with_a_new_path(description):
    description["paths"]["/api/v1/new/"] = description["paths"][ROWS]


def with_a_new_filter(description):
    description["paths"][ROWS]["get"]["parameters"].append({"in": "query", "name": "new", "schema": {"type": "string"}})


def with_a_new_property_in_answers(description):
    schema = description["components"]["schemas"]["MunicipalService"]
    schema["properties"]["new"] = {"type": "string"}
    schema["required"] = [*schema["required"], "new"]


def with_one_more_thing_that_may_be_sent(description):
    description["components"]["schemas"]["FreezeRequest"]["properties"]["new"] = {"type": "string"}


def with_a_new_word(description):
    description["components"]["schemas"]["StateEnum"]["enum"].append("new")


@pytest.mark.parametrize(
    "change",
    [
        with_a_new_path,
        with_a_new_filter,
        with_a_new_property_in_answers,
        with_one_more_thing_that_may_be_sent,
        with_a_new_word,
    ],
)
def test_what_only_adds_breaks_nothing(change):
    changed = deepcopy(SCHEMA)
    change(changed)
    assert promises(SCHEMA) - promises(changed) == set()
