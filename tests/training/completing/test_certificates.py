"""A certificate of what was done, and anybody's check of its number."""

import io
import shutil
import subprocess
from datetime import date

import pikepdf
import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.completing import certificates
from ozg_tracker.training.completing.certificates import (
    certificate_pdf,
    check_certificate,
    in_groups,
    issue_certificate,
)
from ozg_tracker.training.completing.correcting import correct_completion, take_back_completion
from ozg_tracker.training.models import Certificate, Completion
from tests import make
from tests.pdf_standards import PROFILES, broken
from tests.training import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def task(municipality):
    person = make.user("kim", Role.STAFF, first_name="Kim", last_name="Beispiel")
    done = made.done(made.task(person, made.course(interval_months=12)), date(2026, 2, 1))
    Completion.objects.update(confirmed_on=date(2026, 2, 3))
    return done.task


def test_who_knows_the_number_sees_what_is_printed_and_whether_it_holds(task):
    number = in_groups(issue_certificate(task).number)
    found = check_certificate(f" {number.lower()} ")
    assert (found.course, found.completed_on, found.name, found.holds) == (
        "Datenschutz",
        date(2026, 2, 1),
        "Kim Beispiel",
        True,
    )
    assert found.municipality == task.municipality.name
    assert (found.valid_until, found.validity) == (date(2027, 2, 1), "Wieder zu erledigen bis 01.02.2027.")


def test_letters_that_look_like_digits_are_read_as_them(task, monkeypatch):
    monkeypatch.setattr(certificates, "_number", lambda: "0123456789ABCD01")
    issue_certificate(task)
    assert check_certificate("OI23-4567-89ab-cdol").holds


@pytest.mark.parametrize("number", ["", "0", "ABCD-EFGH-JKMN", "x" * 10_000, "0000-0000-0000-0000", "\u0661" * 16])
def test_any_other_number_is_none(task, number):
    issue_certificate(task)
    assert check_certificate(number) is None


def test_the_same_paper_keeps_its_number_and_a_corrected_one_has_another(task):
    first = issue_certificate(task)
    assert issue_certificate(task) == first
    correct_completion(task, date(2026, 2, 2), by=task.person)
    gone = check_certificate(first.number)
    assert (gone.holds, gone.valid_until) == (False, None)
    Completion.objects.update(confirmed_on=date(2026, 3, 2))
    second = issue_certificate(task)
    assert (second.number != first.number, check_certificate(second.number).holds) == (True, True)


def test_what_was_taken_back_holds_no_more(task):
    number = issue_certificate(task).number
    Completion.objects.update(confirmed_on=None)
    assert not check_certificate(number).holds
    take_back_completion(task, by=task.person)
    assert not check_certificate(number).holds


def test_a_new_name_does_not_change_what_was_printed(task):
    number = issue_certificate(task).number
    task.person.last_name = "Muster"
    task.person.save()
    assert check_certificate(number).name == "Kim Beispiel"


@pytest.mark.parametrize("code", ["not_done", "not_confirmed"])
def test_only_what_is_done_and_confirmed_is_certified(task, code):
    if code == "not_done":
        take_back_completion(_unconfirmed(task), by=task.person)
    else:
        _unconfirmed(task)
    with pytest.raises(ValidationError) as refused:
        issue_certificate(task)
    assert (made.code(refused), Certificate.objects.count()) == (code, 0)


def _unconfirmed(task):
    Completion.objects.update(confirmed_on=None)
    return task


def test_numbers_are_random_and_long():
    drawn = {certificates._number() for _each in range(1000)}
    assert (len(drawn), {len(each) for each in drawn}) == (1000, {16})
    assert set("".join(drawn)) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_the_paper_is_accessible_and_says_all_of_it(task, settings):
    settings.BASE_URL = "https://ozg.example.invalid"
    task.course.description, task.course.length = "Erkennen\nMelden", "2 Stunden"
    task.course.save()
    task.refresh_from_db()
    certificate = issue_certificate(task)
    made_pdf = certificate_pdf(certificate)
    with pikepdf.open(io.BytesIO(made_pdf)) as read:
        assert (len(read.pages), read.Root.Lang, read.Root.MarkInfo.Marked) == (1, "de-DE", True)
    assert [broken(made_pdf, profile) for profile in PROFILES] == [[], []]
    text = _text(made_pdf)
    for words in ("Kim Beispiel", "Datenschutz", "01.02.2026", "Erkennen", "2 Stunden", "bis 01.02.2027"):
        assert words in text
    assert in_groups(certificate.number) in text
    assert "https://ozg.example.invalid/pruefen/bescheinigung/" in text
    assert certificate_pdf(certificate) == made_pdf


def _text(content):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext fehlt (poppler-utils)")
    made = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(made.stdout.decode().split())


def test_a_person_gets_the_paper_and_anybody_checks_it(sign_in, client, task):
    page = sign_in(task.person)
    assert "Bescheinigung" in page.get("/schulungen/").text
    answer = page.post(f"/schulungen/{task.pk}/bescheinigung/")
    assert (answer.headers["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    number = Certificate.objects.get().number
    client.logout()
    shown = client.get("/pruefen/bescheinigung/", {"number": in_groups(number)})
    assert "Die Bescheinigung gilt." in shown.text and "Kim Beispiel" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    unknown = client.get("/pruefen/bescheinigung/", {"number": "x" * 5000})
    assert (unknown.status_code, "Diese Nummer kennen wir nicht." in unknown.text) == (200, True)


def test_a_program_checks_a_number_without_a_key(client, task):
    number = issue_certificate(task).number
    address = "/api/v1/certificate-checks/"
    told = client.get(address, {"number": in_groups(number)})
    assert (told.headers["Cache-Control"], told.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert told.json() == {
        "course": "Datenschutz",
        "completed_on": "2026-02-01",
        "municipality": "Musterstadt",
        "name": "Kim Beispiel",
        "holds": True,
        "valid_until": "2027-02-01",
    }
    Completion.objects.update(confirmed_on=None)
    assert client.get(address, {"number": number}).json()["holds"] is False
    asked = [{"number": "7K3M"}, {"number": "x" * 61}, {"number": ""}, {}, {"no": "1"}, {"number": "7\x00"}]
    assert [client.get(address, each).status_code for each in asked] == [404, 400, 400, 400, 400, 400]


def test_a_program_gets_the_paper_of_its_person_alone(sign_in, task):
    address = f"/api/v1/training-tasks/{task.pk}/certificate/"
    assert sign_in(task.person).post(address).content[:5] == b"%PDF-"
    assert sign_in(make.user("koordination")).post(address).status_code == 404


def test_a_check_asks_once(client, task, django_assert_num_queries):
    number = issue_certificate(task).number
    with django_assert_num_queries(1):
        client.get("/pruefen/bescheinigung/", {"number": number})
