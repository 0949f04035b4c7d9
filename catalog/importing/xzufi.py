"""XZuFi 2.2 and 2.3: services from a transfer, a dump or a single download, read as a stream by local names.

A name space changes with every version, and the codes below an element are in none, so names are compared without it.
Such a file says key, names, Typisierung and SDG codes of a service, and nothing of OZG-Leistungen.
"""

from collections.abc import Iterator
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
_KEYS = {"referenzLeiKa", "referenzLeistungsschluessel"}
_CODES = dict.fromkeys(_KEYS, "key") | {
    "typisierung": "types",
    "informationsbereichSDG": "sdg",
    "informationsbereicheSDG": "sdg",
}
_MODULE = "modulText"

_CHUNK = 1 << 16


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
            for service in services.taken():
                number += 1
                yield _record(number, service)
            # A name, a tag or a comment without end would be kept whole.
            if len(names) > limits.XML_NAMES or fed - parser.CurrentByteIndex > limits.XML_TOKEN:
                raise _malformed(parser.CurrentLineNumber)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _malformed(getattr(error, "lineno", None)) from error
    if not number and not part:
        raise Refused(
            "unreadable_file",
            _("Die XML-Datei enthält keine Leistungen nach XZuFi. Bitte prüfen, ob es der Katalog ist."),
        )


def _record(number: int, service: dict[str, list[str]]) -> Record:
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


class _Services:
    """Gathers the services `parser` comes by, but those below `loesche`; keeps no more of one than it tells us."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.done: list[dict[str, list[str]]] = []
        self.depth = self.outer = self.hidden = 0  # here; where the service, what is not looked at, begins
        self.service: dict[str, list[str]] = {}
        self.field = self.part = self.module = self.german = ""
        self.text: list[str] = []
        self.room = self.text_depth = 0  # what more of the text is kept; where it begins
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.buffer_text = True

    def taken(self) -> list[dict[str, list[str]]]:
        """The services since the last time."""
        done, self.done = self.done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > limits.XML_DEPTH:
            raise _malformed(self.parser.CurrentLineNumber)
        if self.hidden:
            return
        name = tag.rpartition(":")[2]
        if name == "loesche" or (self.outer and name == "leistung"):
            self.hidden = self.depth
        elif not self.outer:
            if name == "leistung":
                self.outer = self.depth
                self.service = {"key": [], "types": [], "sdg": [], NAME: [], NAME2: []}
        elif self.depth == self.outer + 1:
            self.field, self.module, self.german = name, "", ""
            if name in _KEYS:
                self.listen()
        elif self.field in _CODES:
            if name == "code":
                self.listen()
        elif self.field == _MODULE:
            self.start_in_module(name, attributes)

    def start_in_module(self, name: str, attributes: dict[str, str]) -> None:
        """A module's first code and its first German text; a text without a language counts as German."""
        if self.depth == self.outer + 2:
            self.part = name
            if name == "inhalt" and not self.german and attributes.get("languageCode", "de").startswith("de"):
                self.listen()
        elif name == "code" and self.part == "leikaTextmodul" and not self.module:
            self.listen()

    def end(self, tag: str) -> None:
        depth = self.depth
        self.depth = depth - 1
        if self.hidden:
            if depth == self.hidden:
                self.hidden = 0
        elif depth == self.text_depth:
            self.heard(cleaned("".join(self.text)))
        if depth == self.outer + 1 and self.field == _MODULE and self.module in {NAME, NAME2} and self.outer:
            self.service[self.module].append(self.german)
        elif depth == self.outer and self.outer:
            self.outer = 0
            self.done.append(self.service)

    def listen(self) -> None:
        self.text, self.room, self.text_depth = [], limits.LONG_TEXT + 1, self.depth
        self.parser.CharacterDataHandler = self.data

    def data(self, text: str) -> None:
        if self.room > 0 and not self.hidden:
            self.text.append(text[: self.room])
            self.room -= len(text)

    def heard(self, text: str) -> None:
        self.parser.CharacterDataHandler, self.text_depth = None, 0
        if self.field == _MODULE:
            if self.part == "inhalt":
                self.german = text
            else:
                self.module = text
        elif text and len(said := self.service[_CODES[self.field]]) < limits.XML_CODES:
            said.append(text)


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
