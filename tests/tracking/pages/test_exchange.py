"""The way through a spreadsheet and back, on the pages."""

import re
from datetime import date
from html import escape, unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from ozg_tracker.tracking.models import Merge, MunicipalService
from ozg_tracker.tracking.pages import merges
from ozg_tracker.tracking.rows.status import change_status
from tests import make

PASTED = "Schlüssel\tStand\tReifegrad\tBegründung\n99102013104000\tfertig\t3\tFundbüro online"


@pytest.fixture
def row(department):
    return make.row(department=department, level=1)


@pytest.fixture
def client(sign_in, manager):
    return sign_in(manager)


def downloaded(client, query=""):
    answer = client.get(f"/leistungen/datei/herunterladen/?{query}")
    return load_workbook(BytesIO(b"".join(answer) if answer.streaming else answer.content))


def upload(client, content, name="datei.xlsx"):
    return client.post("/leistungen/datei/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def paste(client, cells):
    return client.post("/leistungen/datei/", {"cells": cells}, follow=True)


def apply(client, page, do="take", **sent):
    """Press a button of the merge that is shown; by default the one that takes over what is good."""
    return client.post(page.redirect_chain[-1][0] if page.redirect_chain else page.wsgi_request.path, {"do": do} | sent)


def test_the_sheet_is_downloaded_as_ods_and_comes_back_with_nothing_changed(client, row):
    [address] = re.findall(r'href="([^"]+)">ODS<', client.get("/leistungen/datei/").text)
    answer = client.get(unescape(address))
    content = b"".join(answer) if answer.streaming else answer.content
    assert answer.headers["Content-Type"] == "application/vnd.oasis.opendocument.spreadsheet"
    assert answer.headers["Content-Disposition"].endswith('.ods"')
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
    assert "Hundesteuer Anmeldung" in [cell for cells in sheet.iter_rows() for cell in cells]
    seen = " ".join(re.sub(r"<[^>]+>", " ", upload(client, content, "stand.ods").text).split())
    assert "Bereit 0" in seen and "Unverändert 1" in seen


def edited(workbook, column, value):
    sheet = workbook.worksheets[0]
    header = {cell.value: cell.column for row in sheet.iter_rows() for cell in row if cell.value == column}
    sheet.cell(row=sheet.max_row, column=header[column], value=value)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def test_the_filtered_rows_go_out_as_a_workbook_and_come_back(client, row):
    make.row(make.service("99115005012000", "Fremd"), department=make.department("Bauamt"))
    workbook = downloaded(client)
    assert workbook.worksheets[0].max_row == 2
    preview = upload(client, edited(workbook, "Stand", "geplant"))
    assert "davon ist noch nichts gespeichert" in preview.text
    assert MunicipalService.objects.get(pk=row.pk).version == 1
    done = client.get(apply(client, preview).url)
    assert "1 Zeile übernommen" in done.text
    row.refresh_from_db()
    assert (row.state, row.version, row.events.first().source) == ("planned", 2, "file")


def changed_lines(answer):
    """The table of changes as text: a list of cells for each line."""
    block = answer.text.split('id="aenderungen"')[1].split("<tbody>")[1].split("</tbody>")[0]
    lines = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in block.split("</tr>")[:-1]]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in line] for line in lines]


def test_the_preview_shows_each_cell_before_and_after(client, row, coordinator):
    other = make.row(make.service("99115005012000", "Wohnsitz Abmeldung"), department=row.department, level=2)
    cells = "Schlüssel\tStand\tFachbereich\tGilt ab\tGeplant bis\n"
    cells += "99102013104000\tgeplant\t\t01.09.2022\t2023-01-31\n99115005012000\toffen\tBürgerbüro\t\t\n"
    preview = client.post("/leistungen/datei/", {"cells": cells}, follow=True)
    assert changed_lines(preview) == [
        ["Hundesteuer Anmeldung", "2", "Stand: offen → geplant Geplant bis: – → 31.01.2023", "01.09.2022"]
    ]
    other.refresh_from_db()
    assert (MunicipalService.objects.get(pk=row.pk).version, other.version) == (1, 1)


def test_a_department_that_the_file_makes_is_named_before_it_is_there(client, coordinator, row):
    client.force_login(coordinator)
    cells = "Schlüssel\tFachbereich\n99102013104000\tAmt für Neues"
    [[_service, _row, change, _day]] = changed_lines(client.post("/leistungen/datei/", {"cells": cells}, follow=True))
    assert change == "Fachbereich: Bürgerbüro → Amt für Neues"


def test_a_long_preview_has_pages(client, department, monkeypatch):
    monkeypatch.setattr(merges, "SHOWN", 2)
    keys = [f"9910201310{number}000" for number in range(3)]
    for key in keys:
        make.row(make.service(key, f"Leistung {key}"), department=department)
    first = paste(client, "Schlüssel\tStand\n" + "\n".join(f"{key}\tgeplant" for key in keys))
    [onwards] = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = client.get(first.redirect_chain[-1][0] + unescape(onwards))
    assert [line[1] for page in (first, second) for line in changed_lines(page)] == ["2", "3", "4"]
    assert "Änderungen 3–3 von 3" in second.text


def test_after_applying_the_list_shows_exactly_the_rows_changed(client, row):
    gone = make.row(make.service("99115005012000", "Entfallen", retired_on=date(2022, 1, 1)), department=row.department)
    make.row(make.service("99115005013000", "Unberührt"), department=row.department)
    cells = "Schlüssel\tStand\n99102013104000\tgeplant\n99115005012000\tgeplant\n99115005013000\toffen"
    done = client.get(apply(client, paste(client, cells)).url)
    assert {each.line.row.pk for each in done.context["lines"]} == {row.pk, gone.pk}
    assert f"geändert am: {timezone.localtime():%d.%m.%Y}" in done.text


def test_pasted_cells_take_the_same_way(client, row):
    preview = client.post("/leistungen/datei/", {"cells": PASTED}, follow=True)
    assert "1 Zeile übernehmen" in preview.text
    apply(client, preview)
    row.refresh_from_db()
    assert (row.state, row.level.number) == ("done", 3)


def test_a_conflict_shows_both_values_and_overwrites_nothing(client, row, coordinator):
    content = edited(downloaded(client), "Reifegrad", 3)
    change_status(
        MunicipalService.objects.get(pk=row.pk),
        {"level": make.level(2)},
        seen_version=None,
        by=coordinator,
        reason="",
        effective_on=timezone.localdate(),
    )
    page = upload(client, content)
    assert "Zu entscheiden: 1 Zelle" in page.text and "koordination" in page.text
    waits = client.get(apply(client, page).url)
    assert "0 Zeilen übernommen. 1 Zeile wartet hier." in waits.text
    row.refresh_from_db()
    assert row.level.number == 2


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"%PDF-1.7", "datei.pdf"), (b"PK\x03\x04kaputt", "datei.xlsx"), (b"a;b\r\n1;2", "datei.csv")],
)
def test_a_file_that_is_not_what_it_says_gets_a_sentence_at_its_field(client, row, content, name):
    answer = upload(client, content, name)
    assert answer.status_code == 400 and answer.context["forms"]["file"].errors["file"]
    assert (Merge.objects.count(), MunicipalService.objects.get().version) == (0, 1)


def test_nothing_chosen_is_told(client, row):
    assert "Bitte wählen Sie eine Datei." in client.post("/leistungen/datei/", {}).text
    assert "Bitte fügen Sie zuerst Zellen ein." in client.post("/leistungen/datei/", {"cells": " "}).text


def test_a_merge_can_be_dropped(client, row):
    page = paste(client, PASTED)
    assert "Verworfen" in client.get(apply(client, page, "drop").url).text
    assert (Merge.objects.count(), client.get(page.redirect_chain[-1][0]).status_code) == (0, 404)


def test_of_two_tabs_each_applies_the_file_that_it_shows(client, row):
    first = paste(client, "Schlüssel\tStand\n99102013104000\tgeplant")
    second = paste(client, "Schlüssel\tStand\tBegründung\n99102013104000\tblockiert\tB")
    assert "1 Zeile übernommen" in client.get(apply(client, first).url).text
    row.refresh_from_db()
    assert (row.state, row.version) == ("planned", 2)
    apply(client, second)
    row.refresh_from_db()
    assert (row.state, row.version) == ("blocked", 3)


def test_what_waits_is_the_persons_own_and_the_coordinations_and_no_other_municipalitys(
    client, manager, staff, coordinator, row
):
    page = paste(client, PASTED)
    address = page.redirect_chain[-1][0]
    client.force_login(staff)
    assert (client.get(address).status_code, apply(client, page).status_code) == (404, 404)
    client.force_login(coordinator)
    assert "eingefügte Zellen.csv" in client.get("/leistungen/datei/").text
    there = make.municipality("Anderswo", ars="159990020020")
    make.Membership.objects.create(user=manager, role="coordinator", municipality=there)
    client.force_login(manager)
    client.post("/konto/kommune/", {"municipality": there.pk})
    assert (apply(client, page).status_code, MunicipalService.objects.get().version) == (404, 1)


def test_page_and_preview_say_what_an_empty_cell_means(client, row):
    leaves = "Eine leere Zelle lässt den Wert stehen, „–“ löscht ihn."
    deletes = "Eine geleerte Zelle löscht den Wert."
    page = client.get("/leistungen/datei/").text
    assert (leaves in page, deletes in page) == (True, True)
    assert leaves in paste(client, PASTED).text
    assert deletes in upload(client, edited(downloaded(client), "Stand", "geplant")).text


def test_rows_of_other_departments_are_refused(client, row, department):
    other = make.row(make.service("99115005012000", "Fremd"), department=make.department("Bauamt"))
    page = paste(client, "Schlüssel\tStand\n99115005012000\tgeplant")
    assert "Zeile weglassen" in page.text
    apply(client, page)
    other.refresh_from_db()
    assert other.state == "open"


UNKNOWN = "Schlüssel\tOZG-ID\tLeistung\tStand\n99400001000000\t10041\tRufbus\tgeplant\n99400001000000\t\t\tfertig"


def test_an_unknown_key_is_told_once_with_the_ways_out(client, coordinator, row):
    leads_there = "/leistungen/eigene/neu/?name=Rufbus&amp;bundle=10041&amp;key=99400001000000"
    page = client.post("/leistungen/datei/", {"cells": UNKNOWN}, follow=True).text
    assert page.count("Eine Leistung mit dem Schlüssel 99400001000000 steht nicht im Katalog.") == 1
    assert (leads_there in page, "Die OZG-Koordination kann sie als eigene Leistung aufnehmen." in page) == (
        False,
        True,
    )
    client.force_login(coordinator)
    page = client.post("/leistungen/datei/", {"cells": UNKNOWN}, follow=True).text
    assert leads_there in page


def test_taking_in_what_a_file_names_leads_back_to_its_merge(client, coordinator, row):
    client.force_login(coordinator)
    make.bundle("10041")
    preview = client.post("/leistungen/datei/", {"cells": UNKNOWN}, follow=True)
    again = preview.redirect_chain[-1][0]
    (address,) = set(re.findall(r'href="(/leistungen/eigene/neu/[^"]+)"', preview.text))
    form = client.get(unescape(address))
    assert f'href="{escape(again)}"' in form.text and "Zurück zum Abgleich" in form.text
    sent = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form.text.split("<main")[1]))
    refused = client.post("/leistungen/eigene/neu/", sent)
    assert refused.status_code == 400 and f'href="{escape(again)}"' in refused.text
    back = client.post("/leistungen/eigene/neu/", sent | {"reason": "Beschluss"}, follow=True)
    assert back.redirect_chain == [(again, 302)]
    assert "„Rufbus“ ist aufgenommen und zählt mit." in back.text and "steht nicht im Katalog" not in back.text


@pytest.mark.parametrize("door", ["file", "cells"])
def test_a_line_of_very_many_cells_is_refused_at_once(client, row, door):
    wide = "OZG-ID\tLeistung\n" + "\t" * (900_000 if door == "cells" else 20_000_000)
    sent = {"cells": wide + "x"} if door == "cells" else {"file": SimpleUploadedFile("breit.csv", wide.encode())}
    answer = client.post("/leistungen/datei/", sent)
    assert (answer.status_code, b"Zeile 2 hat mehr als 1.000 Zellen" in answer.content) == (400, True)


@pytest.mark.parametrize("form", ["exe", "XLSX"])
def test_a_kind_of_file_that_there_is_not_is_no_workbook(client, row, form):
    assert client.get("/leistungen/datei/herunterladen/", {"form": form}).status_code == 404
