"""How pages speak: one row is "1 Zeile", many errors are a list, no program's code and no ISO day is read by people."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make

ROOT = Path(__file__).parents[1]
# a number and a fixed plural beside it: right for every number but one
FIXED_PLURAL = re.compile(r'(?:\|number|\|length) *\}\} \{% translate "(?:[a-zäöü]+ )?[A-ZÄÖÜ][a-zäöü-]+(?:en|e|n|s)\b')
SAME_FOR_ONE = ("Fehler",)


def test_no_number_stands_before_a_fixed_plural():
    templates = [path for room in ("ozg_tracker", "catalog", "reports") for path in (ROOT / room).rglob("*.html")]
    found = {path.name: FIXED_PLURAL.findall(path.read_text()) for path in templates}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.fixture
def file(sign_in, coordinator, department):
    """Uploads lines of a status file; returns the preview's page."""

    def upload(*lines):
        text = "Schlüssel;Stand;Geplant bis;Fälle pro Jahr\r\n" + "\r\n".join(lines)
        client = sign_in(coordinator)
        sent = {"file": SimpleUploadedFile("stand.csv", text.encode())}
        return client.post("/leistungen/datei/", sent, follow=True).text

    make.row(department=department)
    return upload


def test_one_row_is_told_as_one(file):
    page = file("99102013104000;geplant;31.12.2030;12")
    assert "stand.csv</span></h1>" in page and "1 Zeile ·" in page and "1 Zeilen" not in page


def test_a_preview_writes_days_as_people_do(file):
    page = file("99102013104000;geplant;2030-12-31;12")
    assert "<ins>31.12.2030</ins>" in page and "2030-12-31" not in page


def test_a_problem_is_told_without_its_code(file):
    page = file("99102013104000;geplant;irgendwann;viele")
    assert page.count("drop-0-line") == 2 and "irgendwann" in page and "viele" in page
    assert re.findall(r"\b[a-z]+_[a-z_]+\b(?=</span>| ?<)", page) == []


def test_what_is_wrong_with_many_rows_in_the_same_way_is_one_sentence(sign_in, manager, department):
    rows = [make.row(make.service(f"990010{n:02}000000", f"Leistung {n}"), department=department) for n in range(60)]
    sent = {"do": "bulk", "bulk_state": "done", "bulk_reason": "Beschluss"}
    sent |= {"row": [row.pk for row in rows], "chosen": [row.pk for row in rows]}
    page = sign_in(manager).post("/leistungen/", sent).text
    note = page[page.index("Nichts geändert.") : page.index('class="ozg-gridend"')]
    assert (note.count("<li>"), "Leistung 0, Leistung 1 und 58 weitere: " in note) == (0, True)
