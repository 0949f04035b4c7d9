"""What is worded otherwise for the report is open in that wording alone, on the page and in every file."""

import io
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime

import pytest
import time_machine

from reports.editions.approving import approve_edition
from reports.editions.freeze import freeze_edition
from reports.editions.texts import digest_of, keep_texts
from reports.publishing.files import PUBLIC_FORMATS, content_of
from reports.publishing.shown import open_publication, public_editions
from tests import make
from tests.reports.publishing.public import HOME, opened

pytestmark = pytest.mark.django_db
ENTERED = "Kollegin Meier (Durchwahl 1234) ist krank"
WORDED = "Die Abnahme verschiebt sich"
MONTH = f"{HOME}berichte/2022/11/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2022, 12, 2, 8, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def draft(coordinator):
    """Of a month in which a service got worse, for a reason that names a person."""
    row = make.row(make.service(), level=3, state="done")
    make.event(row, effective_on=date(2022, 11, 8), level=2, state="open", reason=ENTERED)
    opened(coordinator)
    return freeze_edition(row.municipality, date(2022, 11, 1), by=coordinator)


def words(format, content):
    """What can be read in a file: a PDF's text, what a workbook has packed, or the text itself."""
    if format == "pdf":
        return subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    if format in ("xlsx", "ods"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return content.decode()


def where(client, text):
    """The doors at which a text is to be read: the page, or a format that is written as text."""
    read = {"page": client.get(MONTH).content, "json": client.get(f"{MONTH}ausgabe-1.json").content}
    return [name for name, content in read.items() if text in content.decode()]


def test_a_reason_that_nobody_worded_otherwise_is_open_as_it_was_entered(client, draft, coordinator):
    approve_edition(draft, coordinator)
    assert where(client, ENTERED) == ["page", "json"]


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext fehlt (poppler-utils)")
def test_only_the_published_wording_of_a_reason_is_open(client, draft, coordinator):
    keep_texts(draft, {("wording", digest_of(ENTERED)): WORDED}, coordinator)
    approve_edition(draft, coordinator)
    assert (where(client, ENTERED), where(client, WORDED)) == ([], ["page", "json"])
    (edition,) = public_editions(open_publication(make.ARS))
    told = {format: words(format, content_of(edition, format)[1]) for format in PUBLIC_FORMATS}
    assert [format for format in PUBLIC_FORMATS if "Meier" in told[format]] == []
    assert [format for format in PUBLIC_FORMATS if "Abnahme" not in told[format]] == ["csv", "csvw"]  # no reasons there
