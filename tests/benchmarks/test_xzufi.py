"""Reading XZuFi against lxml alone on the same file, and that memory stays flat however long the file is."""

import os
import subprocess
import sys

from lxml import etree

from catalog.importing.formats.xzufi import read
from tests.benchmarks.clock import race, ratio

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<x:transfer xmlns:x="http://xoev.de/schemata/xzufi/2_2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
"""
SERVICE = """<x:schreibe><x:leistung>
<x:id schemeAgencyID="L100010">L100010.LB.{number}</x:id>
<x:struktur xsi:type="x:LeistungsstrukturObjektMitVerrichtung"><x:verrichtung>
<x:verrichtungLeiKa listURI="urn:de:fim:leika:verrichtung"><code>104</code><name>Anmeldung</name></x:verrichtungLeiKa>
</x:verrichtung></x:struktur>
<x:referenzLeiKa listURI="urn:de:fim:leika:leistung"><code>99{number:012}</code></x:referenzLeiKa>
{modules}
<x:typisierung listURI="urn:de:fim:leika:typisierung"><code>5</code></x:typisierung>
<x:informationsbereichSDG><code>0000000</code></x:informationsbereichSDG>
<x:versionsinformation><x:geaendertDatumZeit>2026-10-01T09:00:00Z</x:geaendertDatumZeit></x:versionsinformation>
</x:leistung></x:schreibe>
"""
MODULE = """<x:modulText><x:leikaTextmodul><code>{code}</code></x:leikaTextmodul>
<x:inhalt languageCode="de">{text}</x:inhalt></x:modulText>"""
SENTENCE = "Für die Anmeldung legen Sie bitte die genannten Unterlagen im Bürgerbüro oder online vor. "
TAG = "{http://xoev.de/schemata/xzufi/2_2_0}leistung"
MODULES = ("05", "06", "07", "08", "09", "11", "15", "16", "18", "22")
CHILD = """
import pathlib, sys
import django
django.setup()
from tests.benchmarks.test_xzufi import ours
ours(pathlib.Path(sys.argv[1]))
print(*[line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")])
"""
FLAT = 40  # MB more for a file five times as long; a reader that keeps it needs hundreds


def dump(path, megabytes):
    """A dump whose services have the usual dozen of texts, of 60 to 900 characters."""
    texts = {code: SENTENCE * (number % 10 + 1) for number, code in enumerate(MODULES)}
    texts = {"02": "Hundesteuer Anmeldung", "03": "Hund anmelden", **texts}
    modules = "\n".join(MODULE.format(code=code, text=text) for code, text in texts.items())
    size = number = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        while size < megabytes * 2**20:
            number += 1
            size += file.write(SERVICE.format(number=number, modules=modules))
        file.write("</x:transfer>")
    return number


def bare(path):
    """lxml alone, with clearing, and no look at what a service says."""
    count = 0
    for _event, element in etree.iterparse(str(path), events=("end",), tag=TAG, resolve_entities=False):
        count += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return count


def ours(path):
    with path.open("rb") as file:
        return sum(1 for table in read(file).tables for _record in table.records)


def test_a_dump_is_read_nearly_as_fast_as_lxml_alone_reads_it(tmp_path):
    path = tmp_path / "dump.xml"
    services = dump(path, 20)
    assert (ours(path), bare(path)) == (services, services)
    measured, floor = race(3, lambda: ours(path), lambda: bare(path))
    ratio(f"XZuFi, 20 MB, {services} services, against lxml alone", measured, floor, 2)


def test_memory_stays_flat_however_long_the_dump(tmp_path):
    peaks = {}
    for megabytes in (20, 100):
        path = tmp_path / f"{megabytes}.xml"
        dump(path, megabytes)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, path],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "ozg_tracker.settings"},
        )
        peaks[megabytes] = int(done.stdout) / 2**10
        path.unlink()
    print(f"XZuFi: {peaks[20]:.0f} MB at most for 20 MB, {peaks[100]:.0f} MB for 100 MB")  # noqa: T201 (a benchmark prints its figure)
    assert peaks[100] - peaks[20] < FLAT
