"""What the description of the API says of all rooms together: texts of its groups, examples, the figures' schema."""

import json
from functools import cache
from inspect import getdoc
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from ozg_tracker.api.expanding import KEY, TOLD
from ozg_tracker.api.serializers import RequestBody
from reports.publishing.schema import figures_schema

Description = dict[str, Any]

_EXAMPLES = Path(__file__).with_name("examples.json")
_EARLIER = {"type": "object", "required": ["schema"], "properties": {"schema": {"type": "integer", "const": 1}}}
_EXPANDED = {"type": "object", "additionalProperties": {"type": ["object", "null"]}}
_ID = {"type": "integer", "minimum": 0}


def ids_are_numbers(result: Description, generator: Any, request: Any, public: bool) -> Description:
    """A drf-spectacular hook: an address takes the id as answers give it, though it is read as text."""
    for operations in result["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and parameter["name"] == "id":
                    parameter["schema"] = _ID
    return result


def describe_groups(result: Description, generator: Any, request: Any, public: bool) -> Description:
    """A drf-spectacular hook: each group says what it holds, in the words of its first address."""
    said: dict[str, str] = {}
    for _path, operations in sorted(result["paths"].items()):
        for operation in operations.values():
            said.setdefault(operation["tags"][0], operation["description"].partition("\n\n")[0])
    result["tags"] = [{"name": name, "description": text} for name, text in sorted(said.items())]
    return result


def add_examples(result: Description, generator: Any, request: Any, public: bool) -> Description:
    """A drf-spectacular hook: each body of JSON with one that could be sent."""
    examples = _examples()
    for operations in result["paths"].values():
        for operation in operations.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body and operation["operationId"] in examples:
                body["example"] = examples[operation["operationId"]]
    return result


def tell_what_may_be_left_out(result: Description, generator: Any, request: Any, public: bool) -> Description:
    """A drf-spectacular hook: an answer holds each property that is described. In what is sent a default is told in the
    description: generators take a property that has one for always there, and ask for it.
    """
    for name, schema in result["components"]["schemas"].items():
        if "properties" in schema and not name.endswith("Request"):
            schema["required"] = sorted(schema["properties"])
        for field in schema.get("properties", {}).values() if name.endswith("Request") else ():
            default = field.pop("default", None)
            if default not in (None, "", False, []) and not name.startswith("Patched"):
                told = _("ohne Angabe: %s") % (default if isinstance(default, str) else json.dumps(default))
                field["description"] = f"{field['description']} ({told})" if "description" in field else told
    return result


def tell_what_is_expanded(result: Description, generator: Any, request: Any, public: bool) -> Description:
    """A drf-spectacular hook, after what is always there is told: a row that can be asked for more has a place."""
    schemas = result["components"]["schemas"]
    for operations in result["paths"].values():
        listed = operations.get("get", {})
        if any(parameter["name"] == KEY for parameter in listed.get("parameters", ())):
            page = listed["responses"]["200"]["content"]["application/json"]["schema"]
            rows = schemas[_last(page["$ref"])]["properties"]["results"]["items"]
            schemas[_last(rows["$ref"])]["properties"][TOLD] = _EXPANDED
    return result


def _last(reference: str) -> str:
    return reference.rpartition("/")[2]


def add_figures(result: Description, generator: Any, request: Any, public: bool) -> Description:
    """A drf-spectacular hook: the schema of the figures is the published one, its parts named among ours."""
    figures = figures_schema("")
    parts = figures.pop("$defs")
    named = {f"Figures{name.capitalize()}": part for name, part in parts.items()}
    schemas = {key: part for key, part in figures.items() if not key.startswith("$")}
    result["components"]["schemas"] |= _renamed({"Figures": schemas, "FiguresOfSchema1": _EARLIER, **named})
    return result


def names_are_short(result: Description, generator: Any, request: Any, public: bool) -> Description:
    """A drf-spectacular hook: what is sent is a Request once, and not described by the class that it comes of."""
    renamed: Description = json.loads(json.dumps(result, cls=DjangoJSONEncoder).replace("RequestRequest", "Request"))
    for schema in renamed["components"]["schemas"].values():
        if schema.get("description") == getdoc(RequestBody):
            del schema["description"]
    return renamed


def titles_are_text(result: Description, generator: Any, request: Any, public: bool) -> Description:
    """A drf-spectacular hook, the last: a generator names its classes by titles, and ours are what people read. So they
    stand before the description, and names come from the English keys alone.
    """
    _tell(result["components"]["schemas"])
    _tell(result["paths"])
    return result


def _tell(part: Any) -> None:
    if isinstance(part, dict):
        if isinstance(part.get("title"), str):
            title, told = part.pop("title"), part.get("description")
            part["description"] = f"{title}: {told}" if told else title
        for key, each in part.items():
            if key != "example":  # there a title is one
                _tell(each)
    elif isinstance(part, list):
        for each in part:
            _tell(each)


def _renamed(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _name(value) if key == "$ref" else _renamed(value) for key, value in part.items()}
    return [_renamed(each) for each in part] if isinstance(part, list) else part


def _name(reference: str) -> str:
    return f"#/components/schemas/Figures{_last(reference).capitalize()}"


@cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_EXAMPLES.read_text(encoding="utf-8"))
    return found
