"""What anybody reads without signing in: published editions of a municipality that wants it, and nothing else."""

import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from ozg_tracker.accounts.models import Role, User
from reports.exporting.checking import Outcome, check_file
from reports.exporting.embedded import embedded
from reports.exporting.export_edition import PAPERS, export_edition
from reports.models import Edition, PublicFile
from reports.publishing.files import PUBLIC_FORMATS, draw_public_files
from reports.publishing.make_public import end_public
from tests import make
from tests.counting import queries
from tests.reports.publishing.public import HOME, SAID, opened, stored

pytestmark = pytest.mark.django_db
MONTH = f"{HOME}berichte/2022/11/"
FIRST = f"{MONTH}ausgabe-1"


@pytest.fixture
def people(municipality):
    """Accounts whose names nobody outside may read."""
    return [
        make.user("kurz.wort", email="kurz.wort@rathaus.example", first_name="Edeltraud", last_name="Kleinschmidt"),
        make.user("zweite.hand", email="zweite@rathaus.example", first_name="Gernot", last_name="Wolkenbruch"),
    ]


@pytest.fixture
def edition(people):
    found = stored(approved_by=people[1], submitted_by=people[0], submitted_at=datetime(2022, 12, 8, tzinfo=UTC))
    opened(people[0])
    return found


def test_the_newest_figures_are_told_in_words_with_what_they_mean(client, edition):
    text = client.get(HOME).text
    assert "21 vollständig online" in text and "Wie gezählt wird" in text
    assert "Datenlizenz Deutschland – Namensnennung – Version 2.0" in text and SAID["publisher"] in text
    assert f'href="{FIRST}/"' in text and SAID["reason"] not in text


def test_a_municipality_that_says_nothing_shows_nothing(client, people):
    stored()
    addresses = [HOME, MONTH, f"{FIRST}/", f"{FIRST}.json"]
    assert [client.get(each).status_code for each in addresses] == [404] * 4
    opened(people[0])
    assert [client.get(each).status_code for each in addresses] == [200] * 4
    end_public(make.municipality(), people[0], reason="x")
    assert [client.get(each).status_code for each in addresses] == [404] * 4


def test_without_an_edition_the_page_says_what_will_stand_there(client, people):
    opened(people[0])
    assert "Noch ist kein Bericht veröffentlicht." in client.get(HOME).text


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "draft", "approved_at": None},
        {"state": "in_review", "approved_at": None},
        {"state": "submitted", "approved_at": None},
        {"state": "dropped", "approved_at": None},
        {"publish_at": datetime(2199, 1, 1, tzinfo=UTC)},
    ],
    ids=["draft", "in review", "submitted", "dropped", "its time has not come"],
)
def test_what_is_not_published_is_not_there(client, edition, fields):
    stored(2, "2022-12", **fields)
    december = f"{HOME}berichte/2022/12/"
    assert [client.get(each).status_code for each in (december, f"{december}ausgabe-2/")] == [404, 404]
    assert [client.get(f"{december}ausgabe-2.{format}").status_code for format in PUBLIC_FORMATS] == [404] * len(
        PUBLIC_FORMATS
    )
    assert "2022/12" not in client.get(HOME).text


def test_a_draft_of_a_correction_shows_nowhere(client, edition):
    stored(2, state="draft", approved_at=None)
    assert "Diese Ausgabe ist ersetzt" not in client.get(f"{FIRST}/").text
    assert client.get(f"{MONTH}ausgabe-2/").status_code == 404


def test_an_edition_is_there_from_the_minute_that_was_set(client, people):
    stored(publish_at=datetime(2022, 12, 10, 7, tzinfo=UTC))
    opened(people[0])
    with time_machine.travel(datetime(2022, 12, 10, 6, 59, tzinfo=UTC), tick=False):
        assert client.get(MONTH).status_code == 404
    with time_machine.travel(datetime(2022, 12, 10, 7, tzinfo=UTC), tick=False):
        assert client.get(MONTH).status_code == 200


def test_another_municipality_is_not_opened_with_it(client, edition):
    other = make.municipality("Nachbarstadt", "159990010020")
    stored(municipality=other)
    assert client.get("/oeffentlich/159990010020/").status_code == 404
    assert client.get("/oeffentlich/159990010020/berichte/2022/11/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "berichte/2022/13/",
        "berichte/2022/0/",
        "berichte/0/1/",
        "berichte/99999/1/",
        "berichte/2022/11/ausgabe-0/",
        "berichte/2022/11/ausgabe-2.pdf",
        "berichte/2022/11/ausgabe-99999999999999999999/",
        "berichte/2022/11/ausgabe-1.exe",
        *(f"berichte/2022/11/ausgabe-1.{each}" for each in PAPERS),
        "berichte/2022/11/ausgabe-1.pdf/",
        "berichte/2022/11/ausgabe-1/../../../../",
        "?language=fr",
    ],
)
def test_guesses_lead_nowhere(client, edition, address):
    assert client.get(HOME + address).status_code == 404


def test_what_nobody_asks_for_is_refused(client, edition):
    assert [client.get(f"{each}?edition=2").status_code for each in (HOME, MONTH, f"{FIRST}.csv")] == [400] * 3
    assert [client.post(each).status_code for each in (HOME, MONTH, f"{FIRST}.csv")] == [405] * 3


def test_a_replaced_edition_stays_and_says_by_which(client, edition):
    stored(2)
    assert "Diese Ausgabe ist ersetzt durch Ausgabe 2." in client.get(f"{FIRST}/").text
    assert "Ausgabe 2 ersetzt Ausgabe 1." in client.get(MONTH).text
    assert "ersetzt durch 2" in client.get(HOME).text


@pytest.mark.parametrize("format", PUBLIC_FORMATS)
def test_a_file_has_the_frozen_figures_and_stays_the_same_bytes(client, edition, format):
    first = client.get(f"{FIRST}.{format}")
    assert first.headers["ETag"] == f'"{hashlib.sha256(first.content).hexdigest()}"'
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    whole = Edition.objects.get(pk=edition.pk)
    assert (first.content == export_edition(whole, format)) == (format in ("json", "csvw"))  # the others name people
    assert client.get(f"{FIRST}.{format}").content == first.content


def test_the_figures_are_byte_for_byte_those_that_were_frozen(client, edition):
    frozen = client.get(f"{FIRST}.json").content
    assert hashlib.sha256(frozen).hexdigest() == edition.sha256
    assert frozen in embedded(client.get(f"{FIRST}.pdf").content)


def words(format, content):
    """What a file says, its parts unpacked."""
    if format == "pdf":
        if not shutil.which("pdftotext"):
            pytest.skip("pdftotext fehlt (poppler-utils)")
        return subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return b"".join(parts.read(name) for name in parts.namelist())
    return content


@pytest.mark.parametrize(
    "address", ["", "berichte/2022/11/", *(f"berichte/2022/11/ausgabe-1.{each}" for each in PUBLIC_FORMATS)]
)
def test_no_name_and_no_address_of_an_account_is_in_what_is_open(client, edition, address):
    content = words(address.rpartition(".")[2], client.get(HOME + address).content).decode("utf-8", "replace")
    named = {
        text
        for person in User.objects.all()
        for text in (person.username, person.email, person.first_name, person.last_name)
        if text
    }
    assert len(named) == 8
    assert [text for text in named if text in content] == []


def test_the_council_still_reads_who_approved(client, edition, people):
    client.force_login(make.user("rat", Role.COUNCIL))
    assert "Gernot Wolkenbruch" in client.get("/berichte/2022/11/1/").text


def test_figures_of_trainings_stay_as_covered_as_the_council_reads_them(client, edition):
    """Nothing is computed anew for the public: the page is made from the frozen figures alone."""
    client.force_login(make.user("rat", Role.COUNCIL))
    section = re.compile(r'id="schulungen-h".*?</section>', re.DOTALL)
    cells = re.compile(r"<t[dh]\b.*?</t[dh]>", re.DOTALL)
    inside = cells.findall(section.search(client.get("/berichte/2022/11/1/").content.decode())[0])
    assert len(inside) > 8
    assert cells.findall(section.search(client.get(MONTH).content.decode())[0]) == inside


@pytest.mark.parametrize("address", ["", "berichte/2022/11/", "berichte/2022/11/ausgabe-1.csv"])
def test_an_answer_may_be_kept_by_anybody_and_is_not_sent_twice(client, edition, address):
    first = client.get(HOME + address)
    etag = first.headers["ETag"]
    assert etag.startswith('"') and first.headers["Cache-Control"].startswith("public, max-age=")
    again = client.get(HOME + address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert client.get(HOME + address, headers={"If-None-Match": '"anderes"'}).status_code == 200
    head = client.head(HOME + address)
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", etag)


def test_the_tag_of_a_page_names_the_edition_and_the_language(client, edition):
    german, english = (client.get(MONTH, {"language": code}) for code in ("de", "en"))
    assert german.headers["ETag"].startswith(f'"{edition.sha256}-de-')
    assert english.headers["ETag"].startswith(f'"{edition.sha256}-en-')
    assert "Status report" in english.text or "English" not in english.text


def test_who_asks_is_not_looked_at(edition, people, django_assert_num_queries):
    signed_in, nobody = Client(), Client()
    signed_in.force_login(people[0])
    signed_in.cookies["sprache"] = "en"
    for address in (HOME, MONTH, f"{FIRST}.csv"):
        answers = [each.get(address) for each in (signed_in, nobody)]
        assert answers[0].content == answers[1].content
        for answer in answers:
            assert (answer.headers.get("Set-Cookie"), answer.cookies, answer.headers.get("Vary")) == (None, {}, None)
    missing = nobody.get("/oeffentlich/000000000000/")
    assert (missing.cookies, missing.headers["Cache-Control"]) == ({}, "no-store")


def test_a_page_asks_the_database_as_often_for_four_editions_as_for_two(client, edition):
    stored(2)  # what a correction says of the figures before asks once more
    addresses = (HOME, MONTH, f"{FIRST}.json")
    once = [queries(client, each) for each in addresses]
    stored(3)
    stored(1, "2022-10")
    cache.clear()
    assert [queries(client, each) for each in addresses] == once
    assert max(once) <= 5


def test_so_many_a_minute_from_one_address(client, edition):
    with time_machine.travel(datetime(2022, 12, 20, tzinfo=UTC), tick=False):
        cache.clear()
        assert {client.get(f"{FIRST}.json").status_code for _time in range(120)} == {200}
        refused = client.get(f"{FIRST}.json")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
        assert "Von Ihrer Adresse kamen sehr viele Anfragen" in refused.text
        assert client.get(HOME, REMOTE_ADDR="198.51.100.7").status_code == 200


def test_files_are_drawn_beforehand_and_once(edition):
    municipality = make.municipality()
    assert draw_public_files(municipality) == len(PUBLIC_FORMATS)
    assert draw_public_files(municipality) == 0
    assert PublicFile.objects.count() == len(PUBLIC_FORMATS)


def test_nothing_is_drawn_for_who_is_not_public(municipality):
    stored()
    assert draw_public_files(municipality) == 0


@pytest.mark.parametrize("format", PUBLIC_FORMATS)
def test_a_public_file_is_known_to_the_check(client, edition, format):
    expected = Outcome.UNKNOWN if format == "csvw" else Outcome.UNCHANGED  # that one only describes the CSV file
    with_figures = check_file(client.get(f"{FIRST}.{format}").content)
    assert with_figures.finding in (expected, Outcome.CHANGED if format == "csvw" else expected)
