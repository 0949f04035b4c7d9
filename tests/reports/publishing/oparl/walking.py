"""A client that reads all of OParl from the system on, as one that keeps a copy does, and what each type has to say."""

from urllib.parse import urlsplit

from jsonschema import Draft7Validator, FormatChecker

SCHEMA = "https://schema.oparl.org/1.1/"
URL = {"type": "string", "pattern": r"^http://127\.0\.0\.1:8000/"}
TEXT = {"type": "string", "minLength": 1}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$"}
YES = {"type": "boolean"}
OBJECTS = {"type": "array", "items": {"type": "object"}, "minItems": 1}

# properties and those that are required, by https://github.com/OParl/spec/tree/main/schema; `created` and `modified`
# are required of every object by chapter 3.1; those we never say are not here, so that one of them is found
TYPES = {
    "Body": (
        "name organization person meeting paper legislativeTerm",
        {"name": TEXT, "system": URL, "ags": {"pattern": r"^\d{8}$"}, "rgs": {"pattern": r"^\d{12}$"}, "web": URL}
        | {"license": TEXT, "contactEmail": TEXT, "contactName": TEXT, "legislativeTerm": {"type": "array"}}
        | dict.fromkeys(("organization", "person", "meeting", "paper", "agendaItem", "consultation"), URL)
        | dict.fromkeys(("file", "locationList", "legislativeTermList", "membership"), URL),
    ),
    "Organization": (
        "",
        {"body": URL, "name": TEXT, "organizationType": {"const": "Gremium"}, "meeting": URL}
        | {"endDate": {"type": "string", "format": "date"}},
    ),
    "Meeting": (
        "",
        {"name": TEXT, "cancelled": YES, "start": INSTANT, "location": {"type": "object"}}
        | {"organization": {"type": "array", "items": URL, "minItems": 1}},
    ),
    "Location": ("", {"description": TEXT, "meetings": {"type": "array", "items": URL}}),
    "Paper": (
        "",
        {"body": URL, "name": TEXT, "paperType": TEXT, "mainFile": {"type": "object"}, "web": URL}
        | {"auxiliaryFile": OBJECTS, "consultation": OBJECTS},
    ),
    "Consultation": (
        "",
        {"paper": URL, "meeting": URL, "organization": {"type": "array", "items": URL, "minItems": 1}},
    ),
    "File": (
        "accessUrl",
        {"name": TEXT, "fileName": TEXT, "mimeType": {"pattern": r"^[a-z]+/[a-z0-9.+-]+$"}, "fileLicense": TEXT}
        | {"size": {"type": "integer"}, "sha512Checksum": {"pattern": "^[0-9a-f]{128}$"}}
        | {"accessUrl": URL, "downloadUrl": URL, "paper": {"type": "array", "items": URL}},
    ),
}


def schema(kind):
    required, properties = TYPES[kind]
    base = {"id": URL, "type": {"const": SCHEMA + kind}, "created": INSTANT, "modified": INSTANT}
    return {
        "type": "object",
        "required": [*base, *required.split()],
        "properties": base | properties,
        "additionalProperties": False,
    }


GONE = {
    "type": "object",
    "required": ["id", "type", "created", "modified", "deleted"],
    "properties": {"id": URL, "type": TEXT, "created": INSTANT, "modified": INSTANT, "deleted": {"const": True}},
    "additionalProperties": False,
}
SYSTEM = {
    "type": "object",
    "required": ["id", "type", "oparlVersion", "body", "created", "modified"],
    "properties": {"type": {"const": f"{SCHEMA}System"}, "oparlVersion": {"const": SCHEMA}}
    | dict.fromkeys(("id", "body", "website"), URL)
    | dict.fromkeys(("name", "license", "contactEmail", "contactName"), TEXT)
    | dict.fromkeys(("created", "modified"), INSTANT),
    "additionalProperties": False,
}
LIST = {
    "type": "object",
    "required": ["data", "pagination", "links"],
    "properties": {
        "data": {"type": "array", "items": {"type": "object", "required": ["id", "type"]}},
        "pagination": {"type": "object", "additionalProperties": {"type": "integer"}},
        "links": {"type": "object", "additionalProperties": URL},
    },
    "additionalProperties": False,
}


def problems(said, against):
    found = Draft7Validator(against, format_checker=FormatChecker()).iter_errors(said)
    return [(list(each.absolute_path), each.message) for each in found]


def kind_of(said):
    return said["type"].removeprefix(SCHEMA)


def objects_in(said):
    """Every object in what was said, those within others among them."""
    if isinstance(said, dict):
        if str(said.get("type", "")).startswith(SCHEMA):
            yield said
        for part in said.values():
            yield from objects_in(part)
    if isinstance(said, list):
        for part in said:
            yield from objects_in(part)


def urls_in(said):
    if isinstance(said, dict):
        said = list(said.values())
    if isinstance(said, list):
        return {url for part in said for url in urls_in(part)}
    return {said} if isinstance(said, str) and said.startswith("http://127.0.0.1:8000/") else set()


class Walk:
    """All that is found from `start` on, by address: `pages` as JSON, `others` (reports, files) as answers."""

    def __init__(self, client, start):
        self.pages, self.others = {}, {}
        waiting = {start}
        while waiting:
            url = waiting.pop()
            parts = urlsplit(url)
            answer = client.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
            assert answer.status_code == 200, url
            if "/oparl/" in parts.path:
                said = self.pages[url] = answer.json()
                waiting |= urls_in(said) - set(self.pages) - set(self.others)
            else:
                self.others[url] = answer
