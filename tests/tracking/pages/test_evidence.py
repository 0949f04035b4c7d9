"""Claim against proof: what we say against what the public directory shows."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Evidence, MunicipalService, Responsibility
from ozg_tracker.tracking.rows.claims import directory_entry, verdict_of, with_verdict
from tests import make
from tests.counting import queries

pytestmark = pytest.mark.django_db

HEAD = "leika_key;leika_name;ars;url;online_status;aktiv;datenstand_pvog_import\n"


@pytest.fixture
def coordinator(client):
    client.force_login(make.user())
    return client


def row(number, level=None, **fields):
    return make.row(make.service(f"9910201310400{number}", f"Leistung {number}"), level=level, **fields)


def entry(row, online, day=20, url="https://service.example.invalid/a"):
    return make.evidence(row, online, date(2026, 11, day), url)


def shown(text):
    """The services listed, with their result."""
    cells = re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>.*?</svg>(passt zusammen|widerspricht)', text, re.S)
    return {name: result == "passt zusammen" for name, result in cells}


def test_without_a_directory_the_page_says_how_to_begin(coordinator):
    row(1, level=3)
    text = coordinator.get("/nachweise/").text
    assert "Noch kein Verzeichnis eingelesen" in text and "Verzeichnis einlesen" in text


def test_each_claim_is_held_against_the_latest_entry(coordinator):
    entry(row(1, level=3), online=True)
    entry(row(2, level=3), online=False)
    entry(row(3, level=2), online=True)
    entry(row(4), online=False)
    row(5, level=4)
    row(6, level=1)
    changed = row(7, level=3)
    entry(changed, online=True, day=1)
    entry(changed, online=False, day=20)
    text = coordinator.get("/nachweise/").text
    assert shown(text) == {
        "Leistung 1": True,
        "Leistung 2": False,
        "Leistung 3": False,
        "Leistung 4": True,
        "Leistung 5": False,
        "Leistung 7": False,
    }
    assert shown(coordinator.get("/nachweise/?verdict=contradicts").text).keys() == {
        f"Leistung {number}" for number in (2, 3, 5, 7)
    }
    assert shown(coordinator.get("/nachweise/?verdict=public_not_claimed").text) == {"Leistung 3": False}
    assert "widerspricht 4" in text


def test_of_one_day_an_address_that_works_counts():
    tracked = row(1, level=3)
    entry(tracked, online=True)
    entry(tracked, online=False, url="")
    assert with_verdict(MunicipalService.objects.all()).get().verdict == "agree"
    assert verdict_of(tracked) == "agree" and directory_entry(tracked).online


def test_the_list_and_the_page_of_a_row_judge_alike(coordinator):
    """Also of a row without an entry, of one that others carry out, and of one that no longer counts."""
    for number, (level, online) in enumerate([(3, True), (3, False), (2, True), (None, False), (4, None), (1, None)]):
        tracked = row(number, level=level)
        if online is not None:
            entry(tracked, online=online)
    entry(row(7, level=3, responsibility=Responsibility.DISTRICT), online=False)
    gone = row(8, level=3)
    gone.service.retired_on = date(2026, 11, 1)
    gone.service.save()
    heading = row(9, level=3)
    heading.service.countable = False
    heading.service.save()
    listed = shown(coordinator.get("/nachweise/").text)
    told = {}
    for tracked in MunicipalService.objects.select_related("service"):
        text = coordinator.get(f"/leistungen/{tracked.pk}/").text
        if "Passt zusammen" in text or "Passt nicht zusammen" in text:
            told[tracked.service.name] = "Passt zusammen" in text
    assert (
        told
        == listed
        == {
            "Leistung 0": True,
            "Leistung 1": False,
            "Leistung 2": False,
            "Leistung 3": True,
            "Leistung 4": False,
        }
    )


def test_what_others_carry_out_is_not_ours_to_prove(coordinator):
    entry(row(1, level=3), online=True)
    entry(row(2, level=3, responsibility=Responsibility.DISTRICT), online=False)
    assert shown(coordinator.get("/nachweise/").text) == {"Leistung 1": True}


def test_a_file_is_taken_in_and_its_result_told_in_a_sentence(coordinator):
    row(1, level=3)
    row(2, level=3)
    lines = [f"9910201310400{number};x;{make.ARS};https://a.example.invalid;ok;ja;2026-11-23" for number in (1, 9)]
    file = SimpleUploadedFile("pvog.csv", (HEAD + "\n".join(lines)).encode())
    text = coordinator.post("/nachweise/einlesen/", {"file": file}, follow=True).text
    assert "2 Zeilen gelesen, 1 davon zu unseren Leistungen: 1 Angabe passt, bei 1 fehlt" in text
    assert "1 Zeile hat einen Schlüssel, den wir nicht führen" in text
    assert shown(text) == {"Leistung 1": True, "Leistung 2": False}
    assert Evidence.objects.get().origin == "pvog.csv"


def test_a_single_line_is_told_as_one(coordinator):
    row(1, level=3)
    file = SimpleUploadedFile("pvog.csv", (HEAD + f"99102013104009;x;{make.ARS};;ok;ja;2026-11-23").encode())
    text = coordinator.post("/nachweise/einlesen/", {"file": file}, follow=True).text
    assert "1 Zeile gelesen, 0 davon zu unseren Leistungen: 0 Angaben passen" in text


@pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"PK\x03\x04", b"\x00\xff\x00"])
def test_a_file_that_is_none_gets_a_sentence_and_changes_nothing(coordinator, content, settings):
    row(1, level=3)
    answer = coordinator.post("/nachweise/einlesen/", {"file": SimpleUploadedFile("pvog.csv", content)})
    assert answer.status_code == 400 and "Nichts eingelesen" in answer.text
    assert Evidence.objects.count() == 0
    assert [each for each in (settings.MEDIA_ROOT / "uploads").rglob("*") if each.is_file()] == []


def test_a_file_over_the_limit_is_refused_with_the_limit(coordinator, settings):
    settings.UPLOAD_MAX_MB = 1
    answer = coordinator.post("/nachweise/einlesen/", {"file": SimpleUploadedFile("a.csv", b"x" * 1024 * 1025)})
    assert answer.status_code in (400, 413) and "1 MB" in answer.text


@pytest.mark.parametrize(
    ("role", "reads", "takes_in"),
    [
        ("coordinator", 200, 400),
        ("manager", 200, 403),
        ("staff", 200, 403),
        ("council", 403, 403),
        ("operator", 403, 403),
        (None, 302, 403),
    ],
)
def test_people_of_the_administration_read_and_the_coordination_takes_in(client, role, reads, takes_in):
    if role:
        client.force_login(make.user("person", role=role, department=make.department()))
    assert client.get("/nachweise/").status_code == reads
    assert client.post("/nachweise/einlesen/").status_code == takes_in
    assert client.get("/nachweise/einlesen/").status_code == {None: 302, "coordinator": 405}.get(role, 403)


def test_another_municipality_does_not_exist(client):
    entry(row(1, level=3), online=True)
    there = make.municipality("Anderswo", ars="159990020020")
    client.force_login(make.user("fremd", role=Role.COORDINATOR, municipality=there))
    text = client.get("/nachweise/").text
    assert "Leistung 1" not in text and "Noch kein Verzeichnis eingelesen" in text


@pytest.mark.parametrize("address", ["/nachweise/", "/nachweise/?print=1"])
def test_the_list_asks_the_database_as_often_for_three_as_for_one(coordinator, address):
    entry(row(1, level=3, department=make.department("Amt 1")), online=True)
    one = queries(coordinator, address)
    for number in (2, 3):
        entry(row(number, level=number, department=make.department(f"Amt {number}")), online=True)
    assert queries(coordinator, address) == one
