"""Whatever a program sends, in every role: never an error of ours, and every answer is as the description says."""

import json

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ozg_tracker.accounts.signing_in.tokens import create_token
from ozg_tracker.wsgi import application
from tests.fuzz.odd import JSON, ODD, some

ROLES = ("operator", "coordinator", "manager", "staff", "council")


@schemathesis.check
def files_or_as_described(ctx, response, case):
    """A file is described as bytes, and its header says of what kind; everything else is of the kind described."""
    described = case.operation.definition.raw["responses"].get(str(response.status_code), {}).get("content", {})
    if "application/octet-stream" not in described:
        content_type_conformance(ctx, response, case)
        response_schema_conformance(ctx, response, case)


CHECKS = [not_a_server_error, status_code_conformance, files_or_as_described]
DESCRIPTION = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
OPERATIONS = [result.ok() for result in DESCRIPTION.get_all_operations()]

# what an {id} below a collection names
PIECES = {
    "topics": "topic",
    "situations": "situation",
    "bundles": "bundle",
    "services": "service",
    "catalogue-imports": "import",
    "municipalities": "municipality",
    "departments": "department",
    "municipal-services": "row",
    "status-changes": "event",
    "evidence": "evidence",
    "deadlines": "deadline",
    "courses": "course",
    "requirements": "requirement",
    "training-tasks": "task",
    "course-dates": "date",
    "editions": "edition",
}


def known_id(operation, pieces):
    """The id of the thing there is for the address, or 1."""
    return getattr(pieces.get(PIECES.get(operation.path.split("/")[3])), "pk", 1)


@pytest.fixture
def signed_in(world, request):
    """The key of the person in the role, and the pieces of the world."""
    people, pieces = world
    return {"Authorization": f"Bearer {create_token(people[request.param])}"}, pieces


@pytest.fixture
def one_connection():
    """As Django's own client has it: a request of its own server would close the connection, and with it the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", ROLES, indirect=True)
def test_every_answer_is_as_described(signed_in, one_connection):
    """What one request changes stays for those after it, so that they meet rows in many states."""
    headers, pieces = signed_in
    failed = []
    for operation in OPERATIONS:
        there = st.sampled_from([known_id(operation, pieces), 10**9])

        @settings(
            max_examples=4,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), pk=there)
        def conform(case, pk):
            for name in case.path_parameters or {}:
                case.path_parameters[name] = pk
            if "If-Match" in case.headers:
                case.headers["If-Match"] = "*"
            plain = headers | {"Accept-Encoding": "identity"}  # the harness unpacks nothing
            case.call_and_validate(headers=plain, checks=CHECKS)

        try:
            conform()
        except (Failure, FailureGroup) as error:
            failed.append(f"{operation.label}: {error}")
    assert not failed, "\n\n".join(failed)


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", ROLES, indirect=True)
def test_nothing_odd_is_an_error_of_ours(signed_in, request):
    """Every parameter of every address, each with some of the odd values; which of them turns with role and place."""
    headers, pieces = signed_in
    turn = ROLES.index(request.node.callspec.params["signed_in"])
    client = Client(headers=headers, raise_request_exception=False)
    failed, count = [], 0
    for operation in OPERATIONS:
        for place in places(operation):
            for value in some(JSON if place[0] == "body" else ODD, count * 7 + turn * 11):
                answer = send(client, operation, known_id(operation, pieces), place, value)
                if answer.status_code >= 500:
                    failed.append((operation.label, place, value[:60]))
            count += 1
    assert failed == []


def places(operation):
    """Where a value can stand: ("query", "q"), ("header", "If-Match"), ("path", "id"), ("body", "note")."""
    yield from ((each.location, each.name) for each in operation.iter_parameters())
    described = DESCRIPTION.raw_schema["paths"][operation.path][operation.method]
    if schema := described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema"):
        yield "body", ""
        yield from (("body", name) for name in fields(schema))


def fields(schema):
    """The fields of a body; those of a list's items as "changes.note"."""
    while "$ref" in schema:
        schema = DESCRIPTION.raw_schema["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for name, field in schema.get("properties", {}).items():
        yield name
        if field.get("type") == "array":
            yield from (f"{name}.{inner}" for inner in fields(field["items"]))


def send(client, operation, pk, place, value):
    where, name = place
    path = operation.path.replace("{id}", str(pk)).replace("{catalogue_import}", str(pk))
    if where == "path":
        path = operation.path.replace(f"{{{name}}}", value.replace("/", "%2F") or "x")
    query = {name: value} if where == "query" else {}
    headers = {"If-Match": value.strip().replace("\r\n", "").replace("\n", "") if where == "header" else "*"}
    if operation.method == "get":
        return client.get(path, query, headers=headers)
    return client.generic(operation.method.upper(), path, body(name, value), "application/json", headers=headers)


def body(name, value):
    """A body in which `value`, JSON text, stands at `name`."""
    outer, _, inner = name.partition(".")
    if inner:
        return f'{{{json.dumps(outer)}: [{{"id": 1, "version": 1, {json.dumps(inner)}: {value}}}]}}'
    return f"{{{json.dumps(outer)}: {value}}}" if outer else value
