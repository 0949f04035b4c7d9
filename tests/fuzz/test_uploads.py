"""Files that nobody means, at every door that takes one: a sentence, never an error of ours, and nothing changed.

How many are sent says HOSTILE (all doors together); in one run of CI they are ten thousand.
"""

import io
import os
import random
import zipfile
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from lxml import html
from openpyxl import Workbook

from tests import make
from tests.api.schema import SCHEMA
from tests.fuzz.doors import addresses

MANY = int(os.environ.get("HOSTILE", "400"))
PARTS = 4  # side by side
ENDINGS = ("xlsx", "ods", "csv", "xml", "json", "zip", "pdf", "txt", "html", "svg", "exe", "png", "xlsm", "")
NAMES = (
    "liste",
    "../../etc/passwd",
    "a" * 300,
    "x\u202efdp",
    "<script>alert(7)</script>",
    "ä ö\x01",
    "CON",
    ".htaccess",
)


def workbook(cells):
    book, stream = Workbook(), io.BytesIO()
    for row in cells:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def zipped(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


HEADS = [
    ["Schlüssel", "OZG-ID", "Leistung", "Fachbereich", "Zuständigkeit", "Stand", "Reifegrad", "Version"],
    ["Benutzername", "Vorname", "Nachname", "E-Mail", "Rolle", "Fachbereich"],
    ["leika_key", "ars", "url", "online_status", "aktiv"],
    ["Leistung", "Jahr", "online", "Schalter"],
    ["Name", "Schulung", "Erledigt am"],
]
CELLS = ("=1+1", "@SUM(1)", "99" * 400, "\x0b", "31.02.2022", "-1", "1e400", "<b>", "' OR 1=1 --", "😀" * 50, "", "NaN")
SEEDS = [
    workbook([HEADS[0], ["99102013104000", "10041", "Hundesteuer", "Ordnung", "Kommune", "fertig", "3", "1"]]),
    *("\r\n".join(";".join(row) for row in (head, CELLS[: len(head)])).encode("utf-8-sig") for head in HEADS),
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>',
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'{"content": [{"leika_key": "99102013104000"}], "page": {"totalPages": 2}}',
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", "../../weg": b"x"}),
    zipped({"xl/worksheets/sheet1.xml": b"<c>" + b"0" * 2_000_000, "xl/workbook.xml": b"<workbook/>"}),
    zipped({"content.xml": b'<office:document xmlns:office="x"><a table:number-columns-repeated="99999999"/>'}),
    b"MZ\x90\x00" + bytes(range(256)),
    b"",
]


def mutated(chance):
    """One of the seeds with some of its bytes changed, cut, doubled or put elsewhere."""
    content = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((0, 1, 1, 3, 20))):
        place = chance.randrange(len(content) + 1)
        match chance.randrange(5):
            case 0:
                content[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del content[place : place + chance.randrange(1, 200)]
            case 2:
                content[place:place] = content[: chance.randrange(300)]
            case 3:
                content[place:place] = chance.choice(CELLS).encode()
            case 4:
                del content[place:]
    return bytes(content)


def hostile(chance):
    name = f"{chance.choice(NAMES)}.{chance.choice(ENDINGS)}"
    kind = chance.choice(("text/html", "text/csv", "application/octet-stream", "image/svg+xml", ""))
    return SimpleUploadedFile(name, mutated(chance), kind)


def doors(pieces):
    """Every address that takes a file, with the field it takes it in and the others that it asks for."""
    municipality = make.municipality().pk
    known = {
        "municipality": municipality,
        "course": pieces["course"].pk,
        "completed_on": "2022-02-01",
        "dry_run": "false",
    }
    for path, operations in SCHEMA["paths"].items():
        for operation in operations.values():
            body = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
            if body:
                fields = SCHEMA["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]["properties"]
                file = next(name for name, field in fields.items() if field.get("format") == "binary")
                yield path, file, {name: known[name] for name in fields if name in known}


def forms(client, pieces):
    """Every form that takes a file on the pages that `client` is shown, with its other fields as the page has them."""
    for address in addresses(pieces):
        answer = client.get(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for form in html.fromstring(answer.content).forms:
                for file in form.xpath(".//input[@type='file']/@name"):
                    others = dict(each for each in form.form_values() if each[0] != "csrfmiddlewaretoken")
                    yield urljoin(address, form.get("action") or address), file, others


def keeper(address):
    """Who may bring a file there: the catalogue is the operator's."""
    return "operator" if "catalogue" in address else "coordinator"


def stored():
    """How many rows each table of ours has: what a refused file leaves as it was."""
    return {model: model.objects.count() for model in apps.get_models() if model.__module__.startswith(OURS)}


OURS = ("ozg_tracker", "catalog", "reports")


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_no_file_takes_us_down_and_what_is_refused_changes_nothing(part, world):
    people, pieces = world
    clients = {role: Client(raise_request_exception=False) for role in ("operator", "coordinator")}
    for role, client in clients.items():
        client.force_login(people[role])
    found = [(door, clients[keeper(door[0])]) for door in doors(pieces)]
    for client in clients.values():
        shown = {(address, field): (door, client) for door in forms(client, pieces) for address, field, _ in [door]}
        found += shown.values()
    assert len(found) >= 16
    chance, failed, refused, told, taken, many = random.Random(part), [], 0, 0, 0, MANY // PARTS
    for number in range(many):
        (address, field, others), client = found[number % len(found)]
        file = hostile(chance)
        before = stored() if number < 2 * len(found) else None
        with transaction.atomic():
            answer = client.post(address.replace("{id}", str(pieces["task"].pk)), {field: file, **others})
            if answer.status_code >= 500:
                failed.append((address, file.name[:40], number))
            elif answer.status_code >= 400:
                refused += 1
                told += address.startswith("/api/")
                assert before is None or stored() == before, (address, number)
            else:
                taken += 1
            transaction.set_rollback(True)
    print(f"{many} files at {len(found)} doors: {refused} refused, {taken} read, {len(failed)} errors")  # noqa: T201
    assert failed == []
    of_programs = sum(door[0].startswith("/api/") for door, _client in found) / len(found) * many
    assert told > of_programs / 3
