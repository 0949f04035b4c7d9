"""Trainings: what each person sees and may do."""

import re
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.council.half_years import SMALLEST
from ozg_tracker.training.models import Completion, Course, Requirement, TrainingTask
from tests import make
from tests.counting import queries
from tests.training.pages.trainings import TODAY, course, course_date, done, keep, task

PDF = b"%PDF-1.7 Nachweis"
NUMBERS = {10: "zehn"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


def test_mine_shows_what_is_due_when_and_why(client, clerk):
    task(clerk)
    task(clerk, course("Sicherheit"), due=date(2026, 11, 10))
    client.force_login(clerk)
    text = client.get("/schulungen/").text
    assert "fällig 15.12.2026" in text and "überfällig seit 10.11.2026" in text and "Jährliche Pflicht" in text
    assert "2 offen, 0 erledigt" in text


def test_nobody_sees_another_persons_task_among_the_own(client, clerk, manager):
    task(clerk)
    client.force_login(manager)
    assert "0 offen" in client.get("/schulungen/").text


def test_without_trainings_the_page_says_what_comes(client, clerk):
    client.force_login(clerk)
    assert "Nichts offen" in client.get("/schulungen/").text


def test_the_form_opens_on_the_same_page_without_a_script(client, clerk):
    mine = task(clerk)
    client.force_login(clerk)
    assert "Als erledigt melden: Datenschutz" in client.get(f"/schulungen/?report={mine.pk}").text
    assert 'id="melden"' not in client.get("/schulungen/?report=999999").text
    assert 'id="melden"' not in client.get("/schulungen/?report=abc").text


def test_done_with_a_proof_is_kept_and_can_be_fetched_again(client, clerk):
    mine = task(clerk)
    client.force_login(clerk)
    proof = SimpleUploadedFile("zertifikat.pdf", PDF, content_type="application/pdf")
    answer = client.post(reverse("complete_training", args=[mine.pk]), {"completed_on": "2026-11-20", "proof": proof})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/schulungen/")
    completion = Completion.objects.get(task=mine)
    fetched = client.get(reverse("training_proof", args=[completion.pk]))
    assert b"".join(fetched.streaming_content) == PDF
    assert fetched.headers["Content-Disposition"].startswith("attachment;")
    assert "20.11.2026" in client.get("/schulungen/").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"completed_on": "2026-11-25"}, "Der Tag liegt in der Zukunft"),
        ({"completed_on": "gestern"}, "„gestern“ ist kein Tag. Bitte als 2022-11-30 oder 30.11.2022 schreiben."),
        ({"completed_on": "2026-11-20", "proof": SimpleUploadedFile("a.pdf", b"MZ")}, "PDF-, PNG- oder JPEG"),
    ],
)
def test_a_wrong_report_gets_a_sentence_and_stores_nothing(client, clerk, fields, sentence):
    mine = task(clerk)
    client.force_login(clerk)
    answer = client.post(reverse("complete_training", args=[mine.pk]), fields)
    assert answer.status_code == 400 and sentence in answer.text
    assert Completion.objects.count() == 0


def test_reporting_for_somebody_else_does_not_exist(client, clerk, manager):
    other = task(clerk)
    client.force_login(manager)
    assert client.post(reverse("complete_training", args=[other.pk]), {"completed_on": "2026-11-20"}).status_code == 404


def test_a_date_is_chosen_and_changed(client, clerk):
    mine = task(clerk)
    chosen = course_date(mine.course)
    client.force_login(clerk)
    assert "01.12.2026, 09:00–11:00 Uhr, Raum 2.14" in client.get(f"/schulungen/?date={mine.pk}").text
    client.post(reverse("choose_course_date", args=[mine.pk]), {"course_date": chosen.pk})
    assert "01.12.2026, 09:00 Uhr, Raum 2.14" in client.get("/schulungen/").text
    client.post(reverse("choose_course_date", args=[mine.pk]), {"course_date": ""})
    mine.refresh_from_db()
    assert mine.course_date is None


def test_the_date_that_was_chosen_is_offered_and_kept_when_it_has_begun(client, clerk):
    mine = task(clerk)
    begun = course_date(mine.course)
    TrainingTask.objects.filter(pk=mine.pk).update(course_date=begun, registered_at=TODAY, seated_at=TODAY)
    with time_machine.travel(begun.starts_at.replace(hour=9)):
        client.force_login(clerk)
        text = client.get(f"/schulungen/?date={mine.pk}").text
        assert re.search(rf'value="{begun.pk}"[^>]* checked', text)
        client.post(reverse("choose_course_date", args=[mine.pk]), {"course_date": begun.pk})
    mine.refresh_from_db()
    assert mine.course_date == begun


def test_a_date_of_another_course_is_refused(client, clerk):
    mine = task(clerk)
    other = course_date(course("Sicherheit"))
    client.force_login(clerk)
    assert client.post(reverse("choose_course_date", args=[mine.pk]), {"course_date": other.pk}).status_code == 400
    mine.refresh_from_db()
    assert mine.course_date is None


def test_the_calendar_is_a_file_with_the_own_trainings(client, clerk, manager):
    task(clerk)
    task(manager, course("Sicherheit"))
    client.force_login(clerk)
    answer = client.get("/schulungen/kalender.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Datenschutz" in answer.text and "Sicherheit" not in answer.text


@pytest.mark.parametrize(("who", "status"), [("kim", 200), ("koordination", 200), ("leitung", 404), ("andere", 404)])
def test_a_proof_is_for_the_person_and_the_coordination_alone(client, clerk, manager, department, who, status):
    people = {"kim": clerk, "leitung": manager}
    people |= {"koordination": make.user(), "andere": make.user("andere", role=Role.STAFF, department=department)}
    mine = task(clerk)
    client.force_login(clerk)
    proof = SimpleUploadedFile("a.pdf", PDF)
    client.post(reverse("complete_training", args=[mine.pk]), {"completed_on": "2026-11-20", "proof": proof})
    client.force_login(people[who])
    answer = client.get(reverse("training_proof", args=[mine.completion.pk]))
    assert answer.status_code == status


def test_what_is_done_says_on_which_day_it_is_due_again(client, clerk):
    yearly = course("Sicherheit", interval_months=12)
    done(task(clerk, yearly, start=date(2025, 1, 1)), day=date(2025, 11, 1))
    task(clerk, yearly, start=date(2025, 11, 1), due=date(2026, 12, 20))
    done(task(clerk, course("Erste Hilfe", interval_months=24)), day=date(2026, 11, 1))
    done(task(clerk, course("Reifegrade")), day=date(2026, 11, 2))
    client.force_login(clerk)
    text = client.get("/schulungen/").text
    again = re.findall(r'data-l="wieder fällig">([^<]*)<', text)
    assert again == ["einmalig", "01.11.2028", "20.12.2026"]


def test_a_requirement_for_named_people_says_how_many_and_tells_the_names_to_the_coordination_alone(client, clerk):
    of = course()
    client.force_login(make.user())
    sent = {"role": "", "department": "", "due_within_days": "30", "starts_on": "2026-12-01"}
    address = reverse("add_requirement", args=[of.pk])
    refused = client.post(address, sent | {"people": "Niemand"})
    assert (refused.status_code, "Zeile 1: „Niemand“ gibt es unter den Beschäftigten nicht." in refused.text) == (
        400,
        True,
    )
    keep(client, address, sent | {"people": f"{clerk.email}\n"})
    assert list(Requirement.objects.values_list("named", "people")) == [(True, clerk.pk)]
    shown = client.get(reverse("course", args=[of.pk])).text
    assert ("nur 1 genannte Person" in shown, f"{clerk}</span>" in shown) == (True, True)
    client.force_login(clerk)
    assert "nur 1 genannte Person" in client.get("/schulungen/kurse/").text


GET = ("/schulungen/", "/schulungen/kalender.ics", "/schulungen/fachbereich/", "/schulungen/zuweisen/")
GET = (*GET, "/schulungen/kurse/", "/schulungen/kurse/neu/")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("coordinator", GET),
        ("manager", [each for each in GET if "neu" not in each]),
        ("staff", ["/schulungen/", "/schulungen/kalender.ics", "/schulungen/kurse/"]),
        ("council", []),
        ("operator", []),
    ],
)
def test_each_role_opens_its_own_pages(client, department, role, allowed):
    client.force_login(make.user("person", role=role, department=department))
    assert [each for each in GET if client.get(each).status_code == 200] == list(allowed)
    assert {client.get(each).status_code for each in GET if each not in allowed} <= {403}


def test_a_visitor_is_led_to_the_sign_in(client):
    assert {client.get(each).status_code for each in GET} == {302}


def test_another_municipality_does_not_exist(client, clerk):
    there = make.municipality("Anderswo", ars="159990020020")
    hidden = Course.objects.create(municipality=there, title="Dort")
    client.force_login(make.user())
    assert client.get(reverse("course", args=[hidden.pk])).status_code == 404
    assert "Dort" not in client.get("/schulungen/kurse/").text


@pytest.mark.parametrize("address", ["/schulungen/", "/schulungen/fachbereich/", "/schulungen/kurse/"])
def test_lists_ask_the_database_as_often_for_three_as_for_one(client, manager, department, address):
    def fill(number):
        person = make.user(f"person{number}", role=Role.STAFF, department=department)
        given = course(f"Kurs {number}")
        Requirement.objects.create(course=given, starts_on=date(2026, 1, 1), department=department)
        course_date(given, day=number)
        task(person, given)
        task(manager, given)
        done(task(manager, course(f"Alt {number}")))

    client.force_login(manager)
    fill(1)
    one = queries(client, address)
    fill(2)
    fill(3)
    assert queries(client, address) == one


def test_what_can_be_taken_up_comes_first_and_the_rest_says_what_is_before_it(client, clerk):
    basics, later = course("Grundlagen"), course("Aufbau")
    later.prerequisites.add(basics)
    task(clerk, later, due=date(2026, 12, 1))
    first = task(clerk, basics, due=date(2026, 12, 20))
    client.force_login(clerk)
    text = client.get("/schulungen/").text
    assert [text.index(f"report={first.pk}") < text.index("Vorher zu erledigen"), text.count("?report=")] == [True, 1]
    done(first)
    assert "Vorher zu erledigen" not in client.get("/schulungen/").text


def test_the_next_step_is_a_date_where_there_is_one_and_else_the_report(client, clerk):
    with_date, without = course("Digitaler Führerschein"), course("Phishing")
    course_date(with_date)
    ours = [task(clerk, each) for each in (with_date, without)]
    client.force_login(clerk)
    text = client.get("/schulungen/").text
    steps = re.findall(r'kern-btn--(primary|secondary) ozg-btn-s"\s+href="[?](date|report)=([0-9]+)', text)
    assert steps == [("primary", "date", str(ours[0].pk)), ("secondary", "report", str(ours[1].pk))]


def test_the_form_offers_no_date_to_whoever_has_one_in_order_with_what_is_too_late(client, clerk):
    mine = task(clerk, due=date(2026, 12, 10))
    later, first = course_date(mine.course, day=12), course_date(mine.course, day=1)
    client.force_login(clerk)
    address = reverse("choose_course_date", args=[mine.pk])
    field = re.compile(r'name="course_date" value="([0-9]*)"')
    shown = client.get(f"/schulungen/?date={mine.pk}").text
    assert field.findall(shown) == [str(first.pk), str(later.pk)]
    assert shown.count("erst nach Ihrem Fälligkeitstag") == 1
    answer = client.post(address, {})
    assert (answer.status_code, "Bitte wählen Sie einen Termin." in answer.text) == (400, True)
    client.post(address, {"course_date": first.pk})
    shown = client.get(f"/schulungen/?date={mine.pk}").text
    assert (field.findall(shown), "kein Termin" in shown) == (["", str(first.pk), str(later.pk)], True)
    assert "Sie sind abgemeldet." in client.post(address, {"course_date": ""}, follow=True).text


def test_what_was_reported_is_being_checked_until_somebody_looked_at_it(client, clerk):
    reported = done(task(clerk))
    client.force_login(clerk)
    assert "wird geprüft" in client.get("/schulungen/").text
    Completion.objects.filter(pk=reported.pk).update(confirmed_on=date(2026, 11, 20))
    assert "wird geprüft" not in client.get("/schulungen/").text


def test_the_page_says_the_same_of_deleting_as_the_statement_on_data(client, clerk):
    client.force_login(clerk)
    texts = [" ".join(client.get(address).text.split()) for address in ("/schulungen/", "/datenschutz/")]
    assert [
        "24 Monate, nachdem eine neuere Erledigung derselben Schulung sie abgelöst hat" in each for each in texts
    ] == [
        True,
        True,
    ]
    assert f"nach Gruppen ab {NUMBERS[SMALLEST]} Personen" in texts[1]
