"""The way of an own list on the pages: brought, mapped, decided by the buttons of a page, and on to the merge."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from ozg_tracker.tracking.models import Merge, OwnList, OwnListRow
from tests import make
from tests.tracking.exchange.own_list_files import AMBERG, catalogue, claustal

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(sign_in, coordinator):
    catalogue()
    return sign_in(coordinator)


def bring(client, content, name="liste.csv"):
    sent = {"file": SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())}
    return client.post("/leistungen/eigene-liste/", sent, follow=True)


def chosen(page):
    """What the form of the columns would send as it is shown."""
    selects = re.findall(r'<select[^>]* name="(column-\d+)".*?</select>', page.text, re.DOTALL)
    blocks = re.split(r'<select[^>]* name="column-\d+"', page.text)[1:]
    picked = [re.search(r'value="(\w*)" selected', block.split("</select>")[0]) for block in blocks]
    inputs = dict(re.findall(r'name="(bundle_name|head_row)" value="([^"]*)"', page.text))
    return dict(zip(selects, [each[1] if each else "" for each in picked], strict=True)) | inputs


def now(page):
    """The heading of the row to decide."""
    heading = re.search(r'<h2 id="zeile".*?</h2>', page.text, re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", "", heading).split())


def press(client, page, do, **sent):
    form = dict(re.findall(r'name="(row)" value="(\d+)"', page.text))
    return client.post(page.request["PATH_INFO"], form | {"do": do} | sent, follow=True)


def test_a_list_goes_from_the_file_to_the_merge_by_the_buttons_of_the_pages(client):
    columns = bring(client, AMBERG)
    assert "99089017152000" in columns.text and "bleibt Merkmal der Liste" in columns.text
    sent = chosen(columns) | {"situation": make.bundle().situation.pk}
    page = client.post(columns.request["PATH_INFO"], sent, follow=True)
    assert "5 von 8 Zeilen entschieden" in page.text and now(page) == "Zeile 5: Altpapier"
    [first, *_more] = re.findall(r'name="do" value="(\d+)" data-key="1"', page.text)
    page = press(client, page, first)
    assert "6 von 8 Zeilen entschieden" in page.text and now(page) == "Zeile 8: Historisches Kennzeichen"
    page = press(client, press(client, press(client, page, "E"), "Z"), "E")
    page = press(client, page, "L")
    assert "Jede Zeile ist entschieden." in page.text and "508 · Ausweis verloren" in page.text
    merge = press(client, page, "take", ours="on")
    assert "1 eigene Leistung ist aufgenommen." in merge.text and "Bereit" in merge.text
    assert (Merge.objects.get().origin, OwnListRow.objects.filter(taken=True).count()) == ("list", 7)


def test_a_row_may_mean_several_and_what_is_searched_for(client, coordinator):
    own_list = make.own_list(coordinator)
    address = f"/leistungen/eigene-liste/{own_list.pk}/"
    page = client.get(address, {"row": OwnListRow.objects.of(own_list).last().pk, "q": "hundesteuer"})
    several = re.findall(r'name="several" value="(\d+)"', page.text)
    assert len(several) == 2 and "Hundesteuer Abmeldung" in page.text
    press(client, page, "M", several=several)
    assert OwnListRow.objects.of(own_list).last().services == [int(pk) for pk in several]
    nothing = press(client, client.get(address), "M")
    assert nothing.status_code == 400 and "Bitte wählen Sie eine Leistung, die es gibt." in nothing.text


def test_very_alike_rows_are_confirmed_together(client):
    page = bring(client, claustal(), "claustal.xlsx")
    page = client.post(page.request["PATH_INFO"], chosen(page), follow=True)
    sure = re.findall(r'name="sure" value="(\d+)"', page.text)
    assert len(sure) >= 1
    press(client, page, "sure", sure=sure)
    assert OwnListRow.objects.filter(outcome="found").count() == len(sure)


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"PK\x03\x04kaputt", b"Leistung\n"])
def test_what_is_no_list_is_told_at_the_field_and_nothing_is_kept(client, content):
    answer = bring(client, content)
    assert (answer.status_code, OwnList.objects.count()) == (400, 0)
    assert answer.context["form"].errors["file"]


def test_columns_that_find_nothing_are_refused_with_what_to_do(client):
    page = bring(client, AMBERG)
    answer = client.post(page.request["PATH_INFO"], {"head_row": 1})
    assert answer.status_code == 400 and "welche Spalte den Schlüssel oder die Leistung nennt" in answer.text


def test_a_list_is_dropped(client):
    page = bring(client, AMBERG)
    client.post(page.request["PATH_INFO"], chosen(page))
    address = page.request["PATH_INFO"].removesuffix("spalten/")
    assert "verworfen" in client.post(address, {"do": "drop"}, follow=True).text
    assert OwnListRow.objects.count() == 0


def test_every_sheet_of_a_workbook_is_a_list_and_what_is_none_is_told(client):
    book = load_workbook(BytesIO(claustal()))
    for name, rows in {"Bauamt": AMBERG, "Notizen": "nur eine Zeile", "Alt": AMBERG}.items():
        sheet = book.create_sheet(name)
        for row in rows.splitlines():
            sheet.append(row.split(";"))
    book["Alt"].sheet_state = "hidden"
    book.save(out := BytesIO())
    page = bring(client, out.getvalue(), "listen.xlsx")
    assert "Die Mappe hat 2 gefüllte Blätter; jedes ist eine Liste für sich" in page.text
    assert "Das Blatt „Notizen“ hat unter der ersten Zeile nichts" in page.text
    assert "Das Blatt „Alt“ ist ausgeblendet und nicht gelesen." in page.text
    named = OwnList.objects.order_by("pk").values_list("name", flat=True)
    assert list(named) == ["listen.xlsx, Sheet", "listen.xlsx, Bauamt"]
    assert "Dienstleistung" in page.text
