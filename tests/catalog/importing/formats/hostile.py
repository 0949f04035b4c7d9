"""Files just below every bound, each made to fill the memory in its own way.

Run as a program, it reads the files it is told of, each in a process of its own, and prints the MB that took at most.
"""

import json
import os
import sys
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from tests.catalog.files import HEADER, workbook

MB = 1 << 20
ODD = "\U0001f600"  # one such character makes Python keep four bytes for every one of its text
SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
LONG = ("x  " * 6000 + ODD).encode()


def packed(members):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def book(cells=b"", strings=b"", names=b"", head=HEADER):
    with zipfile.ZipFile(BytesIO(workbook([], head))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[SHEET] = members[SHEET].replace(b"</sheetData>", cells + b"</sheetData>")
    members[BOOK] = members[BOOK].replace(b"</workbook>", names + b"</workbook>")
    if strings:
        main = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        members[STRINGS] = main + strings + b"</sst>"
    return packed(members)


def rows(count, cell):
    """`count` rows of nine cells; `cell` gets the place and a running number."""
    return b"".join(
        b'<row r="%d">' % r + b"".join(cell(b"%c%d" % (65 + c, r), r * 9 + c) for c in range(9)) + b"</row>"
        for r in range(2, count + 2)
    )


def inline(place, number):
    return b'<c r="%s" t="inlineStr"><is><t>%d%s</t></is></c>' % (place, number, LONG)


def shared(place, number):
    return b'<c r="%s" t="s"><v>%d</v></c>' % (place, number - 18)


def number(place, number):
    return b'<c r="%s"><v>%d</v></c>' % (place, number)


def xzufi(body):
    return b'<x:t xmlns:x="http://xoev.de/schemata/xzufi/2_2_0"><x:schreibe>' + body + b"</x:schreibe></x:t>"


def service(key, name):
    return (
        b"<x:leistung><x:referenzLeiKa><code>%d</code></x:referenzLeiKa><x:modulText><x:leikaTextmodul><code>02</code>"
        b"</x:leikaTextmodul><x:inhalt>%s</x:inhalt></x:modulText></x:leistung>" % (key, name)
    )


def steckbriefe(first, count, title):
    each = b'{"leistungsschluessel": "99%012d", "title": "%s"}'
    return b'{"items": [' + b",".join(each % (first + n, title) for n in range(count)) + b"]}"


HEAD = ";".join(HEADER).encode() + b"\n"
FILES = {
    "many cells.xlsx": lambda: book(rows(84_000, number)),
    "long cells.xlsx": lambda: book(rows(145, inline)),
    "long strings.xlsx": lambda: book(
        rows(140, shared), b"".join(b"<si><t>%d%s</t></si>" % (n, LONG) for n in range(1260))
    ),
    "many strings.xlsx": lambda: book(strings=b"<si><t>a</t></si>" * 1_300_000),
    "many names.xlsx": lambda: book(
        names=b"<definedNames>" + b'<definedName name="a">A1</definedName>' * 560_000 + b"</definedNames>"
    ),
    "many sheets.xlsx": lambda: book(names=b'<sheets><sheet name="a" sheetId="1"/></sheets>' * 300_000),
    "long cells.csv": lambda: HEAD + (b";".join([b"y" * 120_000 + ODD.encode()] * 8) + b"\n") * 24,
    "wide rows.csv": lambda: HEAD + (b";" * 900_000 + b"\n") * 25,
    "one row.csv": lambda: HEAD + (b'"\n"' + b";" * 900_000) * 25,
    "one line.csv": lambda: b"x" * 23 * MB,
    "many elements.xml": lambda: xzufi(b"<x:a/>" * 1_500_000),
    "many instructions.xml": lambda: xzufi(b"<?a b?>" * 2_000_000),
    "many tags.xml": lambda: xzufi(b"".join(b"<x:a%d/>" % n for n in range(1_000_000))),
    "one service.xml": lambda: xzufi(b"<x:leistung>" + b"<x:referenzLeiKa/>" * 1_000_000 + b"</x:leistung>"),
    "one attribute.xml": lambda: xzufi(b'<x:leistung a="' + b"x" * 40 * MB + b'"/>'),
    "one comment.xml": lambda: xzufi(b"<!--" + b"x" * 40 * MB + b"-->"),
    "one text.xml": lambda: xzufi(service(1, b"x" * 40 * MB)),
    "long names.xml": lambda: xzufi(b"".join(service(n, LONG) for n in range(4000))),
    "deep.xml": lambda: b"<x>" * 5_000_000,
    "many objects.json": lambda: b'{"leistungsschluessel": [' + b'{"a": 1},' * 340_000 + b"1]}",
    "many keys.json": lambda: b'{"leistungsschluessel": 1' + b"".join(b',"%d":1' % n for n in range(1_100_000)) + b"}",
    "one text.json": lambda: b'{"leistungsschluessel": "' + b"x" * 15 * MB + ODD.encode() + b'"}',
    "many lines.json": lambda: b'{"leistungsschluessel": 1, "rechtsgrundlagen": "' + b"a\\n" * 2_000_000 + b'"}',
    "deep.json": lambda: b"[" * 15 * MB,
    "many pages.zip": lambda: packed({f"{n}.json": steckbriefe(n * 50, 50, LONG.strip()) for n in range(100)}),
    "many files.zip": lambda: packed({f"{n}.xml": b"" for n in range(100_000)}),
    "bomb.zip": lambda: packed({"a.xml": xzufi(b" " * 60 * MB)}),
    "own.txt": lambda: (
        b"OZG-Tracker-Katalog 1\nSpalten: key name\n\n# A\n## B\n### 10001 C\n" + b"99102013104000\t%s\n" % LONG * 1200
    ),
    "page.json": lambda: json.dumps([{"leistungsschluessel": "1", "title": ODD * 4000}] * 300).encode(),
}


def main(paths):
    """Read and check every file as an import does, with all of Django that it needs."""
    import django  # noqa: PLC0415 (a test imports this module too, with Django set up)

    django.setup()
    for path in map(Path, paths):
        if child := os.fork():
            os.waitpid(child, 0)
            continue
        read(path)
        print(path.name, peak(), flush=True)  # noqa: T201
        os._exit(0)


def read(path):
    from catalog.importing import check, types  # noqa: PLC0415 (only after the setup)
    from catalog.importing import read as content  # noqa: PLC0415 (only after the setup)
    from catalog.importing.formats import opening  # noqa: PLC0415 (only after the setup)
    from catalog.importing.problems import Refused  # noqa: PLC0415 (the same)

    with suppress(Refused), opening.opened(path) as file:
        check.check(content.read_all(opening.read(file))[0], types.Types(()))


def peak():
    """In MB; unlike `ru_maxrss` not what the process that started this one took."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main(sys.argv[1:])
