"""Cases from a file on its pages: template, preview, taking over."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from ozg_tracker.tracking.models import CaseCount
from tests import make
from tests.api.programs import Program
from tests.tracking.pages.grid_forms import parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TEXT = "Schlüssel;Jahr;Online\n99000000000001;2025;12\n"


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-24T09:00Z", tick=False):
        yield


@pytest.fixture
def row(department):
    return make.row(make.service("99000000000001", "Reisepass"), department=department)


def hidden(answer):
    return {name: values[-1] for name, values in parsed(answer).sent.items()}


def test_a_filled_template_is_looked_at_and_taken_over(sign_in, manager, row):
    client = sign_in(manager)
    assert "faelle/2026.xlsx" in client.get("/leistungen/faelle/").text
    template = client.get("/leistungen/faelle/2025.csv").content.decode("utf-8-sig")
    filled = template.replace("Reisepass;2025;", "Reisepass;2025;12")
    form = hidden(client.get("/leistungen/faelle/")) | {"file": SimpleUploadedFile("faelle.csv", filled.encode())}
    preview = client.post("/leistungen/faelle/", form, follow=True)
    assert "Reisepass" in preview.text and CaseCount.objects.count() == 0
    done = client.post("/leistungen/faelle/uebernehmen/", hidden(preview), follow=True)
    assert "1 Fallzahl eingetragen." in done.text
    assert [(each.number, each.how, each.by) for each in CaseCount.objects.all()] == [(12, "file", manager)]


def test_a_list_with_an_error_is_not_taken_over(sign_in, manager, row):
    client = sign_in(manager)
    preview = client.post("/leistungen/faelle/", {"text": TEXT.replace("12", "viele")}, follow=True)
    assert "keine ganze Zahl" in preview.text and "Liste übernehmen" not in preview.text


def test_years_and_forms_that_there_are_not_are_none(sign_in, manager, row):
    client = sign_in(manager)
    assert [client.get(f"/leistungen/faelle/{name}").status_code for name in ("2027.csv", "2025.pdf")] == [404, 404]


def test_a_program_sends_the_same_file(row):
    program = Program(make.user())
    sent = {"municipality": row.municipality_id, "dry_run": "true"}
    for dry_run, kept in (("true", 0), ("false", 1)):
        file = SimpleUploadedFile("faelle.csv", TEXT.encode())
        answer = program.post("/api/v1/case-counts/import/", sent | {"dry_run": dry_run, "file": file})
        assert answer.json() == {
            "rows": 1,
            "applied": dry_run == "false",
            "entered": 1,
            "unchanged": 0,
            "problems": [],
        }
        assert CaseCount.objects.count() == kept
