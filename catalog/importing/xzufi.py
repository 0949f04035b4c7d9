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


def _watch(parser: expat.XMLParserType) -> tuple[list[Said], Callable[[], int]]:
    """The list to which `parser` will add the services it comes by, and how deep it is.

    Called for every element of a large file, so the state is in the variables of one function, and what an element of
    no interest holds is only counted. No more is kept of a service than it tells us.
    """
    done: list[Said] = []
    service: Said = {}
    local = _LocalNames()
    depth = outer = text_depth = room = 0  # here; where the service begins, and the text; what more of that is kept
    skip = 0  # what begins at this depth is being passed over
    field = part = module = german = ""
    text: list[str] = []

    def start(tag: str, attributes: list[str]) -> None:
        nonlocal depth, outer, service, field, part, module, german
        depth += 1
        name = local[tag]
        if not outer:
            if name == "leistung":
                outer, service = depth, {"key": [], "types": [], "sdg": [], NAME: [], NAME2: []}
            elif name in _ELSEWHERE:
                pass_over(depth)
        elif depth == outer + 1:
            field, module, german = _FIELDS.get(name, ""), "", ""
            if not field:
                pass_over(depth)
            elif field == "key":
                listen()
        elif field == "module":
            part = name if depth == outer + 2 else part
            if name == "inhalt" and depth == outer + 2:
                if not german and _is_german(attributes):
                    listen()
            elif name == "code" and part == "leikaTextmodul" and not module:
                listen()
        elif name == "code":
            listen()

    def end(_tag: str) -> None:
        nonlocal depth, outer
        if depth == text_depth:
            heard(cleaned("".join(text)))
        elif depth == outer:
            outer = 0
            done.append(service)
        elif depth == outer + 1 and field == "module" and module and outer:
            service[module].append(german)
        depth -= 1

    def pass_over(all_below: int) -> None:
        nonlocal skip
        skip = all_below
        parser.StartElementHandler, parser.EndElementHandler = passed_start, passed_end

    def passed_start(_tag: str, _attributes: list[str]) -> None:
        nonlocal depth
        depth += 1

    def passed_end(_tag: str) -> None:
        nonlocal depth
        if depth == skip:
            parser.StartElementHandler, parser.EndElementHandler = start, end
        depth -= 1

    def listen() -> None:
        nonlocal text, text_depth, room
        text, text_depth, room = [], depth, limits.LONG_TEXT + 1
        parser.CharacterDataHandler = data

    def data(piece: str) -> None:
        nonlocal room
        if room > 0:
            text.append(piece[:room])
            room -= len(piece)

    def heard(said: str) -> None:
        nonlocal text_depth, german, module
        parser.CharacterDataHandler, text_depth = None, 0
        if field != "module":
            if said and len(service[field]) < limits.XML_CODES:
                service[field].append(said)
        elif part == "inhalt":
            german = said
        elif said in {NAME, NAME2}:
            module = said
        else:
            pass_over(outer + 1)  # another module; its texts are long

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.ordered_attributes = parser.buffer_text = True
    return done, lambda: depth


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
