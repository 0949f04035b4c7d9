"""JSON of the FIM-Portal: pages of Steckbriefe as its interface gives them out, or a single Steckbrief.

The interface leaves the items untyped; their words are those that programs which read them found. What a Steckbrief
names of OZG-Leistungen adds to what the catalogue knows: no Lage, and never all bundles there are.

Of `replacements` ABL ("abgelöst durch") names a successor and ERS ("ersetzt") whose place a service takes; EQU and VKN
only relate. That is how the codes read; a person confirms each succession.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.formats.directory import refuse_directory
from catalog.importing.problems import Refused
from catalog.importing.records import Record, Source, Table, cleaned

NO_SDG = "0000000"
COLUMNS = {
    "key": "leistungsschluessel",
    "name": "title",
    "name2": "leistungsbezeichnung_2",
    "types": "typisierung",
    "legal_basis": "rechtsgrundlagen",
    "sdg": "sdg",
    "bundle": "ozg",
}
# Upper bounds of what Python keeps for an object, a list and a further value in either.
_WEIGHTS = {b"{": 240, b"[": 90, b",": 60}

Item = dict[str, Any]


def read(file: BinaryIO) -> Source:
    """The Steckbriefe of the file as one table; a record's number is the place among them."""
    items, total = steckbriefe(file)
    return Source(iter([Table(None, COLUMNS, _records(items), all_bundles=False, announced=total)]))


def steckbriefe(file: BinaryIO) -> tuple[list[Item], int | None]:
    """The Steckbriefe of a page, of several, or the one; and how many the interface says there are. Refused."""
    return _items(_parsed(file))


def _parsed(file: BinaryIO) -> object:
    content = file.read(limits.JSON_FILE + 1)
    weight = sum(content.count(sign) * most for sign, most in _WEIGHTS.items())
    if len(content) > limits.JSON_FILE or weight > limits.JSON_VALUES:
        raise Refused(
            "too_large",
            _(
                "Die JSON-Datei ist größer als %(most)s MB. Bitte die Seiten des FIM-Portals einzeln in einem Ordner "
                "laden."
            )
            % {"most": limits.JSON_FILE // limits.MEGABYTE},
        )
    try:
        # A number stays as it is written, so that a key that a program rounded is seen.
        return json.loads(content.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Refused(
            "unreadable_file",
            _("Die JSON-Datei ist beschädigt oder unvollständig. Bitte neu aus der Quelle laden."),
        ) from error


def _items(value: object) -> tuple[list[Item], int | None]:
    found: list[Item] = []
    total: int | None = None
    for page in value if isinstance(value, list) else [value]:
        page = page if isinstance(page, dict) else {}
        items = page.get("items", [page])
        _refuse_directory(page)
        if not isinstance(items, list) or not all(isinstance(each, dict) and COLUMNS["key"] in each for each in items):
            raise Refused(
                "unreadable_file",
                _("Die JSON-Datei enthält keine Steckbriefe des FIM-Portals. Bitte prüfen, ob es der Katalog ist."),
            )
        found += items
        announced = page.get("total_count")
        if isinstance(announced, str) and announced.isdecimal() and len(announced) < 9:
            total = max(total or 0, int(announced))
    return found, total


def _refuse_directory(page: Item) -> None:
    """Refused, where the page, or what stands in its `content`, is of the public directory."""
    for entry in [page, *_objects(page.get("content"))[:1]]:
        refuse_directory(entry)


def _records(items: list[Item]) -> Iterator[Record]:
    """One record for each OZG-Leistung that a Steckbrief names, one without any for a Steckbrief that names none."""
    for number, item in enumerate(items, start=1):
        facts = Record(
            number=number,
            key=", ".join(_texts(item.get("leistungsschluessel"))),
            name=_first(item, "title", "leistungsbezeichnung"),
            name2=_first(item, "leistungsbezeichnung_2", "leistungsbezeichnung2") or None,
            types="; ".join(_texts(item.get("typisierung"))) or None,
            legal_basis="; ".join(_lines(item.get("rechtsgrundlagen"))) or None,
            sdg="; ".join(code for code in _sdg(item) if code != NO_SDG) or None,
            successors=_replacements(item, "ABL"),
            replaces=_replacements(item, "ERS"),
        )
        bundles = {_first(each, "id"): each for each in _objects(item.get("ozg"))}
        bundles.pop("", None)
        for ozg_id, bundle in bundles.items():
            topic = _first(bundle, "themenfeld_label") or None
            yield facts._replace(ozg_id=ozg_id, bundle=_first(bundle, "leistung") or None, topic=topic)
        if not bundles:
            yield facts


def _sdg(item: Item) -> list[str]:
    return _texts(item.get("sdg") or item.get("sdg_informationsbereiche"))


def _replacements(item: Item, kind: str) -> str | None:
    keys = [
        key
        for each in _objects(item.get("replacements"))
        if _first(each, "relation_typ", "relationstyp", "typ") == kind
        for key in _texts(each.get("leistungsschluessel"))
    ]
    return "; ".join(keys) or None


def _objects(value: object) -> list[Item]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _texts(value: object) -> list[str]:
    """Texts and codes, one or a list of them."""
    found = []
    for each in value if isinstance(value, list) else [value]:
        text = each.get("code") if isinstance(each, dict) else each
        if isinstance(text, str) and (clean := cleaned(text[: limits.LONG_TEXT + 1])):
            found.append(clean)
    return found


def _first(item: Item, *names: str) -> str:
    """The first of the named fields that holds a text."""
    return next((text for name in names for text in _texts(item.get(name))), "")


def _lines(value: object) -> list[str]:
    lines = value.splitlines() if isinstance(value, str) else value
    return _texts(lines if isinstance(lines, list) else [])
