"""The committed description, and whether an answer fits it."""

from pathlib import Path

import yaml

COMMITTED = Path(__file__).parent / "openapi.yaml"

SCHEMA = yaml.safe_load(COMMITTED.read_text())


def resolved(schema):
    while "$ref" in schema:
        schema = SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def mismatches(value, schema, at="$"):
    """Where `value` is not what `schema` says: types, enums, and exactly the properties that are described."""
    schema = resolved(schema)
    if value is None:
        nullable = schema.get("nullable") or any(mismatches(value, each, at) == [] for each in schema.get("oneOf", ()))
        return [] if nullable or schema.get("enum") == [None] else [f"{at} is null"]
    for part in schema.get("allOf", ()):
        return mismatches(value, part, at)
    if "oneOf" in schema:
        return min((mismatches(value, each, at) for each in schema["oneOf"]), key=len)
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is none of {schema['enum']}"]
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if schema.get("type") in kinds and type(value) is not kinds[schema["type"]]:
        return [f"{at}: {value!r} is no {schema['type']}"]
    if isinstance(value, list):
        return [each for row in value for each in mismatches(row, schema["items"], f"{at}[]")]
    if isinstance(value, dict) and "properties" in schema:
        wrong = sorted(value.keys() ^ schema["properties"].keys())
        return [f"{at}: {wrong}"] * bool(wrong) + [
            each
            for name, part in schema["properties"].items()
            if name in value
            for each in mismatches(value[name], part, f"{at}.{name}")
        ]
    return []
