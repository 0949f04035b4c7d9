"""XZuFi 2.2 and 2.3: services from a transfer, a dump or a single download, read as a stream by local names.

A name space changes with every version, and the codes below an element are in none, so names are compared without it.
Such a file says key, names, Typisierung and SDG codes of a service, and nothing of OZG-Leistungen.
"""

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _
from lxml import etree

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


class _RootReached(Exception):
    pass


def read(file: BinaryIO, *, part: bool = False) -> Source:
    """The services of the file as one table; a record's number is its place among the services.

    A file that is `part` of a dump may hold authorities or online services alone.
    """
    refuse_doctype(file)
    file.seek(0)
    return Source(iter([Table(None, COLUMNS, _records(file, part))]))


def refuse_doctype(file: BinaryIO) -> None:
    """Read up to the root element. A DOCTYPE is where entities and references to other files would stand: refused."""

    def root(*_arguments: object) -> None:
        raise _RootReached

    def doctype(*_arguments: object) -> None:
        raise Refused(
            "unsafe_file",
            _(
                "Die XML-Datei bringt eine DOCTYPE-Erklärung mit. Damit ließen sich fremde Dateien "
                "einbinden, deshalb wird sie nicht gelesen. Ein XZuFi-Export hat keine. Bitte die "
                "Datei neu aus der Quelle laden."
            ),
        )

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = root, doctype
    try:
        while part := file.read(1 << 16):
            parser.Parse(part)
    except _RootReached:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _malformed(getattr(error, "lineno", None)) from error


def _malformed(line: int | None) -> Refused:
    where = f" (Textzeile {line})" if line else ""
    return Refused(
        "unreadable_file",
        _("Die XML-Datei ist beschädigt oder unvollständig%(where)s. Bitte neu aus der Quelle laden.")
        % {"where": where},
    )


def _records(file: BinaryIO, part: bool) -> Iterator[Record]:
    """Services below anything but `loesche`; what has been read is dropped, so that memory stays flat."""
    number = 0
    events = etree.iterparse(
        file,
        events=("end",),
        tag=("{*}leistung", "{*}schreibe", "{*}loesche"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for _event, element in events:
            if _local(element) == "leistung" and not _inside(element):
                number += 1
                yield _record(number, element)
            _drop(element)
    except etree.XMLSyntaxError as error:
        raise _malformed(error.lineno) from error
    if not number and not part:
        raise Refused(
            "unreadable_file",
            _("Die XML-Datei enthält keine Leistungen nach XZuFi. Bitte prüfen, ob es der Katalog ist."),
        )


def _inside(element: etree._Element) -> bool:
    return any(_local(each) in {"loesche", "leistung"} for each in element.iterancestors())


def _drop(element: etree._Element) -> None:
    element.clear()
    while element.getprevious() is not None and (parent := element.getparent()) is not None:
        del parent[0]


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _record(number: int, service: etree._Element) -> Record:
    keys: list[str] = []
    types: list[str] = []
    sdg: list[str] = []
    names: dict[str, str] = {}
    for child in service:
        match _local(child):
            case "referenzLeiKa" | "referenzLeistungsschluessel":
                keys += _codes(child) or [_text(child)]
            case "typisierung":
                types += _codes(child)
            case "informationsbereichSDG" | "informationsbereicheSDG":
                sdg += [code for code in _codes(child) if code != NO_SDG]
            case "modulText":
                module, german = _module(child)
                names.setdefault(module, german)
    return Record(
        number=number,
        key=", ".join(dict.fromkeys(filter(None, keys))),
        name=names.get(NAME, ""),
        name2=names.get(NAME2),
        types="; ".join(types) if types else None,
        sdg="; ".join(sdg) if sdg else None,
    )


def _codes(element: etree._Element) -> list[str]:
    return [_text(each) for each in element.iter("{*}code") if _text(each)]


def _module(element: etree._Element) -> tuple[str, str]:
    """The code of a text module and its German text; a text without a language counts as German."""
    code, german = "", ""
    for child in element:
        if _local(child) == "leikaTextmodul":
            code = next(iter(_codes(child)), "")
        elif _local(child) == "inhalt" and child.get("languageCode", "de").startswith("de"):
            german = german or _text(child)
    return code, german


def _text(element: etree._Element) -> str:
    return cleaned("".join(str(text) for text in element.itertext()))
