"""What the description promises to whoever wrote a program against it, a line each: `promised.txt`.

`uv run python -m tests.api.promises` adds what is new. It takes nothing away: a line that no longer holds breaks
programs that are out there. Where that is meant, the line is taken away by hand, and the change log says so.
"""

from pathlib import Path

from tests.api.schema import SCHEMA

PROMISED = Path(__file__).with_name("promised.txt")


def kind(schema):
    """The kind of a value in a word, as a client would spell it; what it is called where it has a name."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "const" in schema:
        return repr(schema["const"])
    if "enum" in schema:
        return "a word"
    for word in ("allOf", "oneOf", "anyOf"):
        if word in schema:
            return "|".join(sorted(kind(each) for each in schema[word]))
    named = schema.get("type", "anything")
    word = "|".join([named] if isinstance(named, str) else sorted(named))
    if "array" in word:
        word = word.replace("array", f"[{kind(schema['items'])}]")
    return word + (f" ({schema['format']})" if "format" in schema else "")


def words(schema):
    """The words that a value without a name may be, also as one of several."""
    inner = schema.get("items", schema)
    return [word for each in (inner, *inner.get("oneOf", ())) for word in each.get("enum", ())]


def promises(description):
    """The lines for a description, as a set."""
    said = set()
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            said |= set(_of_operation(f"{method.upper()} {path}", operation))
    for name, schema in description["components"]["schemas"].items():
        said |= set(_of_schema(name, schema, sent=name.endswith("Request")))
    return said


def _of_operation(name, operation):
    yield f"{name} is {operation['operationId']}"
    parameters = [each for each in operation.get("parameters", ()) if each["in"] != "path"]
    for each in parameters:
        yield f"{name} takes {each['in']} {each['name']}: {kind(each['schema'])}"
        for word in words(each["schema"]):
            yield f"{name} takes {each['in']} {each['name']}: {word}"
    needed = sorted(each["name"] for each in parameters if each.get("required"))
    body = operation.get("requestBody", {})
    for media, content in body.get("content", {}).items():
        yield f"{name} takes {media}: {kind(content['schema'])}"
    yield f"{name} needs {', '.join(needed + ['a body'] * body.get('required', False)) or 'nothing'}"
    for status, answer in operation["responses"].items():
        for media, content in answer.get("content", {"nothing": {"schema": {"const": None}}}).items():
            if status.startswith("2"):
                yield f"{name} answers {status} {media}: {kind(content['schema'])}"


def _of_schema(name, schema, *, sent):
    for word in words(schema):
        yield f"{name} knows {word}"
    if sent and "properties" in schema:
        yield f"{name} needs {', '.join(sorted(schema.get('required', ()))) or 'nothing'}"
    for key, part in schema.get("properties", {}).items():
        yield f"{name}.{key}: {kind(part)}"
        if not sent and key in schema.get("required", ()):
            yield f"{name}.{key} is always there"
        yield from _of_schema(f"{name}.{key}", part.get("items", part), sent=sent)


def promised():
    return set(PROMISED.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    known = promised() if PROMISED.exists() else set()
    PROMISED.write_text("".join(f"{line}\n" for line in sorted(known | promises(SCHEMA))), encoding="utf-8")
