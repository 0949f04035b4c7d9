"""The description of the API is whole: a client can be made of all of it, and a person can read it."""

import json

import jsonschema
import pytest

from ozg_tracker.docs.schema.description import _EXAMPLES
from tests.api.schema import SCHEMA

OPERATIONS = {
    operation["operationId"]: operation for operations in SCHEMA["paths"].values() for operation in operations.values()
}
BODIES = {
    name: content["application/json"]
    for name, operation in OPERATIONS.items()
    if "application/json" in (content := operation.get("requestBody", {}).get("content", {}))
}


def parts(node):
    """Every object in the description, however deep."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts(each)


def test_every_reference_leads_somewhere():
    named = {part["$ref"] for part in parts(SCHEMA) if isinstance(part.get("$ref"), str)}
    assert {name for name in named if name.rpartition("/")[2] not in SCHEMA["components"]["schemas"]} == set()


def test_each_operation_has_a_name_of_its_own_and_a_text():
    assert len(OPERATIONS) == sum(len(operations) for operations in SCHEMA["paths"].values())
    assert [name for name, operation in OPERATIONS.items() if not operation.get("description")] == []


def test_each_group_has_a_text():
    told = {group["name"] for group in SCHEMA["tags"] if len(group["description"]) > 10}
    assert told == {tag for operation in OPERATIONS.values() for tag in operation["tags"]}


def test_each_answer_and_each_body_is_of_one_kind():
    several = [
        (name, list(content))
        for name, operation in OPERATIONS.items()
        for content in (
            operation.get("requestBody", {}).get("content", {}),
            *(answer.get("content", {}) for answer in operation["responses"].values()),
        )
        if len(content) > 1
    ]
    assert several == []


def test_every_id_in_an_address_is_a_number():
    kinds = {
        parameter["schema"]["type"]
        for operation in OPERATIONS.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "path"
    }
    assert kinds == {"integer"}


def test_classes_are_named_by_english_keys_alone():
    """A generator would take a title for the name, and titles are German."""
    schemas = [part for part in parts(SCHEMA["components"]) if isinstance(part.get("title"), str)]
    assert schemas == []


def test_each_body_of_json_has_an_example_and_no_example_is_left_over():
    assert json.loads(_EXAMPLES.read_text()).keys() == BODIES.keys()


@pytest.mark.parametrize("name", BODIES)
def test_an_example_is_allowed_by_the_schema_that_it_stands_beside(name):
    whole = BODIES[name]["schema"] | {"components": SCHEMA["components"]}
    found = jsonschema.Draft202012Validator(whole).iter_errors(BODIES[name]["example"])
    assert [(list(each.absolute_path), each.message) for each in found] == []
    schema = SCHEMA["components"]["schemas"].get(BODIES[name]["schema"].get("$ref", "").rpartition("/")[2])
    assert schema is None or BODIES[name]["example"].keys() <= schema["properties"].keys()
