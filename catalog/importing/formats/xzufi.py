"""XZuFi 2.1 to 2.3: services from a transfer, a dump or a single download, read as a stream by local names.

A name space changes with every version, and the codes below an element are in none, so names are compared without it.
Such a file says key, names, Typisierung and SDG codes of a service, and nothing of OZG-Leistungen. In 2.1 the key
stands among the further ids of a service, `idSekundaer`.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _

from catalog.importing import limits
from catalog.importing.keys import is_key
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
    "idSekundaer": "id",
    "typisierung": "types",
    "informationsbereichSDG": "sdg",
    "informationsbereicheSDG": "sdg",
    "modulText": "module",
}
_ELSEWHERE = {"loesche", "organisationseinheit", "onlinedienst", "spezialisierung", "nachrichtenkopf"}
_CHUNK = 1 << 18
NOWHERE = -1  # a level at which no element ends

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
    services = _Services(parser)
    number = fed = 0
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            for service in services.done:
                number += 1
                yield _record(number, service)
            services.done.clear()
            # Names, a tag or a comment without end would be kept whole, and so would open elements.
            endless = len(names) > limits.XML_NAMES or fed - parser.CurrentByteIndex > limits.XML_TOKEN
            if endless or services.depth > limits.XML_DEPTH:
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
        key=", ".join(dict.fromkeys(service["key"] or filter(is_key, service["id"]))),
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


class _Services:
    """The services that `parser` comes by: `done` holds them until they are taken away, `depth` says how deep it is.

    Called for every element of a large file, so there are handlers for what is outside a service, inside one and passed
    over, and none for text but where one is listened to. No more is kept of a service than it tells us.
    """

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.done: list[Said] = []
        self._parser, self._names, self._fields = parser, _LocalNames(), _FieldNames()
        # Open elements outside a service; inside it, whose own level is 0; inside what is passed over.
        self._above = self._level = self._passed = 0
        self._said: Said = {}
        self._field = ""  # what the element below a service says; "": nothing, and nothing below it is looked at
        self._part = self._module = self._german = ""  # of a module: the part that is open, its code, its German text
        self._text: list[str] = []
        self._text_level, self._room = NOWHERE, 0  # where the text began that is listened to; what more of it is kept
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.ordered_attributes = parser.buffer_text = True
        self._outside()

    @property
    def depth(self) -> int:
        return self._above + self._level + self._passed

    def _outside(self) -> None:
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end

    def _start(self, tag: str, _attributes: list[str]) -> None:
        name = self._names[tag]
        if name == "leistung":
            self._said, self._level = {"key": [], "id": [], "types": [], "sdg": [], NAME: [], NAME2: []}, 0
            self._parser.StartElementHandler, self._parser.EndElementHandler = self._start_inside, self._end_inside
        elif name in _ELSEWHERE:
            self._passed = 1
            self._parser.StartElementHandler, self._parser.EndElementHandler = self._start_passed, self._end_passed
        else:
            self._above += 1

    def _end(self, _tag: str) -> None:
        self._above -= 1

    def _start_passed(self, _tag: str, _attributes: list[str]) -> None:
        self._passed += 1

    def _end_passed(self, _tag: str) -> None:
        self._passed -= 1
        if not self._passed:
            self._outside()

    def _start_inside(self, tag: str, attributes: list[str]) -> None:
        self._level += 1
        if self._level == 1:
            self._start_field(self._fields[tag])
        elif self._field == "module":
            self._start_in_module(self._names[tag], attributes)
        elif self._field and self._names[tag] == "code":
            self._listen()

    def _start_field(self, field: str) -> None:
        self._field = field
        if field == "module":
            self._module = self._german = ""
        elif field in {"key", "id"}:
            self._listen()

    def _start_in_module(self, name: str, attributes: list[str]) -> None:
        if self._level == 2:
            self._part = name
            if name == "inhalt" and not self._german and _is_german(attributes):
                self._listen()
        elif name == "code" and self._part == "leikaTextmodul" and not self._module:
            self._listen()

    def _end_inside(self, _tag: str) -> None:
        if self._level == self._text_level:
            self._parser.CharacterDataHandler, self._text_level = None, NOWHERE
            self._heard(cleaned("".join(self._text)))
        if self._level == 1:
            if self._field == "module" and self._module:
                self._said[self._module].append(self._german)
        elif not self._level:
            self.done.append(self._said)
            self._outside()
        self._level -= 1

    def _listen(self) -> None:
        self._text, self._text_level, self._room = [], self._level, limits.LONG_TEXT + 1
        self._parser.CharacterDataHandler = self._data

    def _data(self, piece: str) -> None:
        if self._room > 0:
            self._text.append(piece[: self._room])
            self._room -= len(piece)

    def _heard(self, said: str) -> None:
        if self._field != "module":
            if said and len(self._said[self._field]) < limits.XML_CODES:
                self._said[self._field].append(said)
        elif self._part == "inhalt":
            self._german = said
        elif said in {NAME, NAME2}:
            self._module = said
        else:
            self._field = ""  # another module; its texts are long


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
