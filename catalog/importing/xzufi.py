"""XZuFi 2.2 and 2.3: services from a transfer, a dump or a single download, read as a stream by local names.

A name space changes with every version, and the codes below an element are in none, so names are compared without it.
Such a file says key, names, Typisierung and SDG codes of a service, and nothing of OZG-Leistungen.
"""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.problems import Refused
from catalog.importing.records import Record, Source, Table, cleaned

NAME, NAME2 = "02", "03"  # text modules of urn:de:xzufi:codeliste:leistungstextmodulleika
NO_SDG = "0000000"
COLUMNS = {
    "key": "referenzLeiKa",
    "name": "modulText 02",
    "name2": "modulText 03",
    "types": "typisierung",
    "sdg": "informationsbereichSDG",
}
# Element of a service → what it says.
_FIELDS = {
    "referenzLeiKa": "key",
    "referenzLeistungsschluessel": "key",
    "typisierung": "types",
    "informationsbereichSDG": "sdg",
    "informationsbereicheSDG": "sdg",
    "modulText": "module",
}
_ELSEWHERE = {"loesche", "organisationseinheit", "onlinedienst", "spezialisierung", "nachrichtenkopf"}
_CHUNK = 1 << 18

Said = dict[str, list[str]]


def read(file: BinaryIO, *, part: bool = False) -> Source:
    """The services of the file as one table; a record's number is its place among the services.

    A file that is `part` of a dump may hold authorities or online services alone. Refused while it is read:
    `unreadable_file`, `unsafe_file`.
    """
    return Source(iter([Table(None, COLUMNS, _records(file, part))]))


def _records(file: BinaryIO, part: bool) -> Iterator[Record]:
    names: dict[str, str] = {}
    parser = expat.ParserCreate(intern=names)
    services, depth = _watch(parser)
    number = fed = 0
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            for service in services:
                number += 1
                yield _record(number, service)
            services.clear()
            # Names, a tag or a comment without end would be kept whole, and so would open elements.
            endless = len(names) > limits.XML_NAMES or fed - parser.CurrentByteIndex > limits.XML_TOKEN
            if endless or depth() > limits.XML_DEPTH:
                raise _malformed(parser.CurrentLineNumber)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _malformed(getattr(error, "lineno", None)) from error
    if not number and not part:
        raise Refused(
            "unreadable_file",
            _("Die XML-Datei enthält keine Leistungen nach XZuFi. Bitte prüfen, ob es der Katalog ist."),
        )


def _record(number: int, service: Said) -> Record:
    return Record(
        number=number,
        key=", ".join(dict.fromkeys(service["key"])),
        name=service[NAME][0] if service[NAME] else "",
        name2=service[NAME2][0] if service[NAME2] else None,
        types="; ".join(service["types"]) or None,
        sdg="; ".join(code for code in service["sdg"] if code != NO_SDG) or None,
    )


def _malformed(line: int | None) -> Refused:
    where = f" (Textzeile {line})" if line else ""
    return Refused(
        "unreadable_file",
        _("Die XML-Datei ist beschädigt oder unvollständig%(where)s. Bitte neu aus der Quelle laden.")
        % {"where": where},
    )


class _LocalNames(dict[str, str]):
    def __missing__(self, tag: str) -> str:
        name = self[tag] = tag.rpartition(":")[2]
        return name


class _FieldNames(dict[str, str]):
    def __missing__(self, tag: str) -> str:
        field = self[tag] = _FIELDS.get(tag.rpartition(":")[2], "")
        return field


def _watch(parser: expat.XMLParserType) -> tuple[list[Said], Callable[[], int]]:
    """The list to which `parser` will add the services it comes by, and how deep it is.

    Called for every element of a large file, so the state is in the variables of one function, and there are handlers
    for what is outside a service, inside one, and passed over. No more is kept of a service than it tells us.
    """
    done: list[Said] = []
    service: Said = {}
    names, fields = _LocalNames(), _FieldNames()
    depth = level = passed = 0  # outside a service; inside it, whose own level is 0; inside what is passed over
    text_level, room = -1, 0  # where the text begins that is listened to, and what more of it is kept
    field = part = module = german = ""  # no field: nothing below it is looked at
    text: list[str] = []

    def start(tag: str, _attributes: list[str]) -> None:
        nonlocal depth, service, level, passed
        name = names[tag]
        if name == "leistung":
            service, level = {"key": [], "types": [], "sdg": [], NAME: [], NAME2: []}, 0
            parser.StartElementHandler, parser.EndElementHandler = start_inside, end_inside
        elif name in _ELSEWHERE:
            passed = 1
            parser.StartElementHandler, parser.EndElementHandler = start_passed, end_passed
        else:
            depth += 1

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    def start_passed(_tag: str, _attributes: list[str]) -> None:
        nonlocal passed
        passed += 1

    def end_passed(_tag: str) -> None:
        nonlocal passed
        passed -= 1
        if not passed:
            parser.StartElementHandler, parser.EndElementHandler = start, end

    def start_inside(tag: str, attributes: list[str]) -> None:
        nonlocal level, field, part, module, german
        level += 1
        if level == 1:
            field = fields[tag]
            if field == "module":
                module = german = ""
            elif field == "key":
                listen()
        elif field == "module":
            name = names[tag]
            if level == 2:
                part = name
                if name == "inhalt" and not german and _is_german(attributes):
                    listen()
            elif name == "code" and part == "leikaTextmodul" and not module:
                listen()
        elif field and names[tag] == "code":
            listen()

    def end_inside(_tag: str) -> None:
        nonlocal level, text_level
        if level == text_level:
            parser.CharacterDataHandler, text_level = None, -1
            heard(cleaned("".join(text)))
        if level == 1:
            if field == "module" and module:
                service[module].append(german)
        elif not level:
            done.append(service)
            parser.StartElementHandler, parser.EndElementHandler = start, end
        level -= 1

    def listen() -> None:
        nonlocal text, text_level, room
        text, text_level, room = [], level, limits.LONG_TEXT + 1
        parser.CharacterDataHandler = data

    def data(piece: str) -> None:
        nonlocal room
        if room > 0:
            text.append(piece[:room])
            room -= len(piece)

    def heard(said: str) -> None:
        nonlocal field, german, module
        if field != "module":
            if said and len(service[field]) < limits.XML_CODES:
                service[field].append(said)
        elif part == "inhalt":
            german = said
        elif said in {NAME, NAME2}:
            module = said
        else:
            field = ""  # another module; its texts are long

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.ordered_attributes = parser.buffer_text = True
    return done, lambda: depth + level + passed


def _is_german(attributes: list[str]) -> bool:
    """A text without a language counts as German."""
    return dict(zip(attributes[::2], attributes[1::2], strict=True)).get("languageCode", "de").startswith("de")


def _refuse_doctype(*_arguments: Any) -> NoReturn:
    """A DOCTYPE is where entities and references to other files would stand."""
    raise Refused(
        "unsafe_file",
        _(
            "Die XML-Datei bringt eine DOCTYPE-Erklärung mit. Damit ließen sich fremde Dateien "
            "einbinden, deshalb wird sie nicht gelesen. Ein XZuFi-Export hat keine. Bitte die "
            "Datei neu aus der Quelle laden."
        ),
    )
