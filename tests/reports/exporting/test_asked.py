"""What the council asked and was answered goes through every format."""

import csv
import io
import subprocess

import pytest
from python_calamine import CalamineWorkbook

from reports import canonical
from reports.exporting.export_edition import export_edition
from tests.reports.made_editions import approved, crowded
from tests.reports.sample import sample

TEXT, ANSWER = "=1+1<b>Warum?</b>", "Weil das Verfahren fehlt."


def asked(number=1, text=TEXT, answer=ANSWER):
    service = {"key": "99100000000000", "ozg_id": "10041", "name": "Wohnsitz Anmeldung"}
    days = {"month": "2022-10", "asked_on": "2022-11-03", "answered_on": "2022-11-20"}
    one = {"about": "online", "service": None, "text": text, "answer": answer, **days}
    return [one, one | {"about": "service", "service": service, "text": "Seit wann?", "answer": "Seit Mai."}] * number


@pytest.fixture
def edition():
    return approved(sample() | {"asked": asked()})


def test_the_file_of_the_page_tells_both_harmlessly(edition):
    text = export_edition(edition, "html").decode()
    assert "Frage aus dem Rat zum Bericht Oktober 2022, 03.11.2022" in text
    assert "Antwort der Verwaltung, 20.11.2022" in text and "Weil das Verfahren fehlt." in text
    assert "=1+1&lt;b&gt;Warum?&lt;/b&gt;" in text and "Wohnsitz Anmeldung" in text


def test_the_paper_tells_both(edition, tmp_path):
    text = printed(edition, tmp_path)
    for words in ("Fragen aus dem Rat", TEXT, ANSWER, "Seit wann?", "Seit Mai.", "Antwort der Verwaltung, 20.11.2022"):
        assert words in text


def test_a_paper_prints_as_many_as_there_are(tmp_path):
    edition = approved(crowded() | {"asked": asked(20, "Wozu " * 100, "Weil das Verfahren fehlt, " * 38)})
    text = " ".join(printed(edition, tmp_path).split())
    assert (text.count("Wozu"), text.count("Weil das Verfahren fehlt,")) == (2000, 760)


def test_table_and_workbook_tell_both_and_run_nothing(edition):
    text = export_edition(edition, "csv").decode("utf-8-sig")
    lines = [line for line in csv.reader(io.StringIO(text), delimiter=";") if line[1].startswith(("1. ", "2. "))]
    assert [(line[0], line[1], line[9]) for line in lines] == [
        ("Frage aus dem Rat", "1. Was ist online?, Oktober 2022", f"'{TEXT}"),
        ("Antwort der Verwaltung, 20.11.2022", "1. Was ist online?, Oktober 2022", ANSWER),
        ("Frage aus dem Rat", "2. Wohnsitz Anmeldung, Oktober 2022", "Seit wann?"),
        ("Antwort der Verwaltung, 20.11.2022", "2. Wohnsitz Anmeldung, Oktober 2022", "Seit Mai."),
    ]
    book = CalamineWorkbook.from_filelike(io.BytesIO(export_edition(edition, "xlsx")))
    cells = [
        row[4] for row in book.get_sheet_by_name("Kennzahlen").to_python() if str(row[1]).startswith(("1. ", "2. "))
    ]
    assert [each.lstrip("'") for each in cells] == [TEXT, ANSWER, "Seit wann?", "Seit Mai."]


def test_json_is_what_was_frozen(edition):
    assert canonical.loads(export_edition(edition, "json").decode())["asked"] == asked()


def test_an_edition_of_before_says_nothing_of_it():
    assert "Fragen aus dem Rat" not in export_edition(approved(), "html").decode()


def printed(edition, folder):
    path = folder / "bericht.pdf"
    path.write_bytes(export_edition(edition, "pdf"))
    told = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True).stdout
    return " ".join(told.split())
