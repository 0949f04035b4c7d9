"""The committed description, and whether an answer fits it."""

from pathlib import Path

import yaml

COMMITTED = Path(__file__).parent / "openapi.yaml"

SCHEMA = yaml.safe_load(COMMITTED.read_text())


def resolved(schema):
    while "$ref" in schema:
        schema = SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


KINDS = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


def mismatches(value, schema, at="$"):
    """Where `value` is not what `schema` says: types, enums, and the properties: none that is
    not described, and each that is always there."""
    schema = resolved(schema)
    for part in schema.get("allOf", ()):
        return mismatches(value, part, at)
    if "oneOf" in schema:
        return min((mismatches(value, each, at) for each in schema["oneOf"]), key=len)
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is none of {schema['enum']}"]
    if "const" in schema and value != schema["const"]:
        return [f"{at}: {value!r} is not {schema['const']}"]
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", ())
    if kinds and type(value) not in [KINDS[each] for each in kinds]:
        return [f"{at}: {value!r} is no {' or '.join(kinds)}"]
    if isinstance(value, list):
        return [each for row in value for each in mismatches(row, schema["items"], f"{at}[]")]
    if isinstance(value, dict) and "properties" in schema:
        more = set() if schema.get("additionalProperties") else value.keys() - schema["properties"].keys()
        wrong = sorted(more | (set(schema.get("required", ())) - value.keys()))
        return [f"{at}: {wrong}"] * bool(wrong) + [
            each
            for name, part in schema["properties"].items()
            if name in value
            for each in mismatches(value[name], part, f"{at}.{name}")
        ]
    return []
