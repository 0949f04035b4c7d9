"""Every edition is as the open schema of the figures says, and what is spoilt is not."""

import copy
from datetime import UTC, date, datetime

import pytest
from jsonschema import Draft202012Validator

from reports import canonical
from reports.figures.compute import compute
from tests import make
from tests.reports.described import SCHEMA, undescribed
from tests.reports.made_editions import consistent, empty
from tests.reports.sample import of_schema_1, sample


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "http://127.0.0.1:8000/schema/figures-2.json"


def parts(schema, path="$"):
    """Every part of the schema that stands for something in the figures."""
    for name, part in schema.get("properties", {}).items():
        yield f"{path}.{name}", part
        yield from parts(part, f"{path}.{name}")
    if isinstance(schema.get("items"), dict):
        yield from parts(schema["items"], f"{path}[]")


def test_every_field_is_described_and_names_a_definition_there_is():
    told = dict(parts(SCHEMA))
    assert len(told) > 150
    assert [name for name, part in told.items() if "$ref" not in part and not part.get("description")] == []
    words = [each.get("description", "") for each in told.values()]
    named = {each.partition("definitions.")[2].partition(")")[0] for each in words if "definitions." in each}
    assert sorted(named - set(sample()["definitions"])) == []


@pytest.mark.parametrize("figures", [sample(), consistent()], ids=["sample", "consistent"])
def test_what_is_frozen_is_as_the_schema_says(figures):
    assert undescribed(figures) == []


def test_a_month_that_is_computed_is_as_the_schema_says(db):
    row = make.row(make.service(), level=3)
    figures = compute(row.municipality, date(2022, 11, 1), datetime(2022, 12, 2, tzinfo=UTC))
    assert undescribed(canonical.loads(canonical.dumps(figures))) == []


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("schema",), 1, "const"),
        (("totals", "ready"), -1, "minimum"),
        (("totals", "ready"), "21", "type"),
        (("month",), "2022-13", "pattern"),
        (("services", 0, "state"), "erledigt", "enum"),
        (("services", 0, "owner"), "kim", "additionalProperties"),
        (("training", "people"), [], "additionalProperties"),
    ],
)
def test_what_is_spoilt_is_found(path, value, why):
    figures = copy.deepcopy(sample())
    place = figures
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert [each for _where, each in undescribed(figures)] == [why]


def test_what_is_missing_is_found():
    for name in sorted(set(sample()) - {"take_up", "asked", "goal"}):  # those came later, within the same schema
        figures = sample()
        del figures[name]
        assert [each for _where, each in undescribed(figures)] == ["required"], name


def test_figures_of_the_first_schema_are_none_of_it():
    assert undescribed(of_schema_1()) != []
    assert undescribed(empty()) != []  # a forecast without its parts, as older tests have it


@pytest.mark.django_db
def test_anybody_reads_the_schema(client):
    answer = client.get("/schema/figures-2.json")
    assert (answer.status_code, answer.headers["Content-Type"], answer.json()) == (
        200,
        "application/schema+json",
        SCHEMA,
    )
