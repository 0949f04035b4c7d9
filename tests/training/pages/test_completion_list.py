"""A list of completions on its pages and by the API; a proof by the API."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from ozg_tracker.training.completing.list_importing import import_completions
from ozg_tracker.training.models import Completion
from tests import make
from tests.api.programs import API, Program
from tests.spreadsheets.office import resaved
from tests.training.pages.trainings import task

pytestmark = pytest.mark.django_db

DAY = timezone.localdate() - timedelta(days=2)


def a_list(*lines, name="liste.csv"):
    text = "\n".join(["Benutzername;Schulung;Erledigt am", *lines, ""])
    return SimpleUploadedFile(name, text.encode())


def test_a_list_is_seen_then_taken_over_without_the_lines_that_are_left_out(client, clerk, coordinator):
    task(clerk, start=DAY - timedelta(days=60), due=DAY + timedelta(days=60))
    client.force_login(coordinator)
    assert "Abschlüsse aus einer Liste" in client.get("/schulungen/nachweise/").text
    sent = {"file": a_list(f"kim;Datenschutz;{DAY}", f"niemand;Datenschutz;{DAY}"), "course": ""}
    seen = client.post("/schulungen/nachweise/liste/", sent, follow=True)
    assert "Neu: 1. Schon erledigt: 0." in seen.text and "„niemand“ gibt es unter den Beschäftigten nicht." in seen.text
    assert "Zeile 3 auslassen" in seen.text
    token = seen.context["token"]
    for left_out in ([], ["123456789x", "1" * 5000, "²"]):
        refused = client.post("/schulungen/nachweise/liste/uebernehmen/", {"file": token, "leave_out": left_out})
        assert refused.status_code == 400 and "ist nicht ausgelassen" in refused.text
    kept = client.post("/schulungen/nachweise/liste/uebernehmen/", {"file": token, "leave_out": ["3"]}, follow=True)
    assert "Ein Abschluss ist übernommen." in kept.text
    assert Completion.objects.get().task.person == clerk


def test_programs_bring_a_list_and_try_it_first(clerk, coordinator):
    task(clerk, start=DAY - timedelta(days=60), due=DAY + timedelta(days=60))
    program = Program(coordinator)
    for dry_run, applied in ((True, False), (False, True)):
        sent = {"file": a_list(f"kim;Datenschutz;{DAY}"), "municipality": make.municipality().pk, "dry_run": dry_run}
        answer = program.post(f"{API}/training-completions/import/", sent)
        assert (answer.status_code, answer.json()["new"], answer.json()["applied"]) == (200, 1, applied)
    (one,) = program.read("training-completions/").json()["results"]
    assert (one["has_proof"], program.read(f"training-completions/{one['id']}/proof/").status_code) == (False, 404)
    assert program.read("training-completions/", to_check="true").json()["results"] == []


def test_a_proof_goes_with_the_report_by_the_api(clerk, coordinator):
    given = task(clerk, start=DAY - timedelta(days=60), due=DAY + timedelta(days=60))
    sent = {"completed_on": str(DAY), "proof": SimpleUploadedFile("a.pdf", b"%PDF-1.7 x")}
    answer = Program(clerk).post(f"{API}/training-tasks/{given.pk}/proof/", sent)
    assert (answer.status_code, answer.json()["completed_on"]) == (200, str(DAY))
    program = Program(coordinator)
    (one,) = program.read("training-completions/", to_check="true").json()["results"]
    proof = program.read(f"training-completions/{one['id']}/proof/")
    assert b"".join(proof.streaming_content) == b"%PDF-1.7 x"


def test_a_list_that_libreoffice_saved_is_read(tmp_path, clerk, coordinator):
    task(clerk, start=DAY - timedelta(days=60), due=DAY + timedelta(days=60))
    book, path = Workbook(), tmp_path / "liste.xlsx"
    for line in (["Benutzername", "Schulung", "Erledigt am"], ["kim", "Datenschutz", DAY]):
        book.active.append(line)
    book.save(path)
    for form in ("xlsx", "ods"):
        found = import_completions(resaved(tmp_path, path, form), make.municipality(), by=coordinator, dry_run=True)
        assert (len(found.new), found.problems) == (1, [])
