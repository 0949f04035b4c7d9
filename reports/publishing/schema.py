"""The JSON Schema (2020-12) of the figures: written once, open to anybody; the tests check editions against it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from reports.publishing.addresses import absolute

_FILE = Path(__file__).with_name("figures-2.json")
VERSION = 2  # the schema that the figures name


@cache
def _written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def figures_schema(path: str) -> dict[str, Any]:
    """The schema with the address `path` of this installation as its `$id`."""
    return {"$schema": _written()["$schema"], "$id": absolute(path)} | _written()
