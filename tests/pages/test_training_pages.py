"""Trainings: what each person sees and may do."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.models import Completion, Course, CourseDate, Requirement, TrainingTask
from tests import make
from tests.pages.counting import queries

TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
PDF = b"%PDF-1.7 Nachweis"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def office():
    return make.department("Bürgerbüro")


@pytest.fixture
def clerk(office):
    return make.user("kim", role=Role.STAFF, department=office, first_name="Kim", last_name="Probe")


@pytest.fixture
def leader(office):
    return make.user("leitung", role=Role.MANAGER, department=office)


def course(title="Datenschutz", **fields):
    return Course.objects.get_or_create(title=title, municipality=make.municipality(), defaults=fields)[0]


def task(person, of=None, due=date(2026, 12, 15), start=date(2026, 9, 1), reason="Jährliche Pflicht"):
    of = of or course()
    return TrainingTask.objects.create(
        municipality=of.municipality,
        course=of,
        person=person,
        period_start=start,
        assigned_on=start,
        due_on=due,
        reason=reason,
    )


def course_date(of, day=1):
    begin = datetime(2026, 12, day, 8, tzinfo=UTC)
    return CourseDate.objects.create(course=of, starts_at=begin, ends_at=begin.replace(hour=10), place="Raum 2.14")


def done(task, day=date(2026, 11, 1), proof=""):
    return Completion.objects.create(task=task, completed_on=day, proof=proof, recorded_at=TODAY)


def test_mine_shows_what_is_due_when_and_why(client, clerk):
    task(clerk)
    task(clerk, course("Sicherheit"), due=date(2026, 11, 10))
    client.force_login(clerk)
    text = client.get("/schulungen/").text
    assert "fällig 15.12.2026" in text and "überfällig seit 10.11.2026" in text and "Jährliche Pflicht" in text
    assert "2 offen, 0 erledigt" in text


def test_nobody_sees_another_persons_task_among_the_own(client, clerk, leader):
    task(clerk)
    client.force_login(leader)
    assert "0 offen" in client.get("/schulungen/").text


def test_without_trainings_the_page_says_what_comes(client, clerk):
    client.force_login(clerk)
    assert "Nichts offen" in client.get("/schulungen/").text


def test_the_form_opens_on_the_same_page_without_a_script(client, clerk):
    mine = task(clerk)
    client.force_login(clerk)
    assert "Als erledigt melden: Datenschutz" in client.get(f"/schulungen/?melden={mine.pk}").text
    assert 'id="melden"' not in client.get("/schulungen/?melden=999999").text
    assert 'id="melden"' not in client.get("/schulungen/?melden=abc").text


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
        ({"completed_on": "gestern"}, "gültiges Datum"),
        ({"completed_on": "2026-11-20", "proof": SimpleUploadedFile("a.pdf", b"MZ")}, "PDF-, PNG- oder JPEG"),
    ],
)
def test_a_wrong_report_gets_a_sentence_and_stores_nothing(client, clerk, fields, sentence):
    mine = task(clerk)
    client.force_login(clerk)
    answer = client.post(reverse("complete_training", args=[mine.pk]), fields)
    assert answer.status_code == 400 and sentence in answer.text
    assert Completion.objects.count() == 0


def test_reporting_for_somebody_else_does_not_exist(client, clerk, leader):
    other = task(clerk)
    client.force_login(leader)
    assert client.post(reverse("complete_training", args=[other.pk]), {"completed_on": "2026-11-20"}).status_code == 404


def test_a_date_is_chosen_and_changed(client, clerk):
    mine = task(clerk)
    chosen = course_date(mine.course)
    client.force_login(clerk)
    assert "01.12.2026, 09:00–11:00 Uhr, Raum 2.14" in client.get(f"/schulungen/?termin={mine.pk}").text
    client.post(reverse("choose_course_date", args=[mine.pk]), {"course_date": chosen.pk})
    assert "01.12.2026, 09:00 Uhr, Raum 2.14" in client.get("/schulungen/").text
    client.post(reverse("choose_course_date", args=[mine.pk]), {"course_date": ""})
    mine.refresh_from_db()
    assert mine.course_date is None


def test_a_date_of_another_course_is_refused(client, clerk):
    mine = task(clerk)
    other = course_date(course("Sicherheit"))
    client.force_login(clerk)
    assert client.post(reverse("choose_course_date", args=[mine.pk]), {"course_date": other.pk}).status_code == 400
    mine.refresh_from_db()
    assert mine.course_date is None


def test_the_calendar_is_a_file_with_the_own_trainings(client, clerk, leader):
    task(clerk)
    task(leader, course("Sicherheit"))
    client.force_login(clerk)
    answer = client.get("/schulungen/kalender.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Datenschutz" in answer.text and "Sicherheit" not in answer.text


@pytest.mark.parametrize(("who", "status"), [("kim", 200), ("koordination", 200), ("leitung", 404), ("andere", 404)])
def test_a_proof_is_for_the_person_and_the_coordination_alone(client, clerk, leader, office, who, status):
    people = {"kim": clerk, "leitung": leader}
    people |= {"koordination": make.user(), "andere": make.user("andere", role=Role.STAFF, department=office)}
    mine = task(clerk)
    client.force_login(clerk)
    proof = SimpleUploadedFile("a.pdf", PDF)
    client.post(reverse("complete_training", args=[mine.pk]), {"completed_on": "2026-11-20", "proof": proof})
    client.force_login(people[who])
    answer = client.get(reverse("training_proof", args=[mine.completion.pk]))
    assert answer.status_code == status


def test_the_manager_sees_due_and_done_of_the_own_tree_and_no_proof(client, clerk, leader, office):
    below = make.department("Meldewesen", parent=office)
    mara = make.user("mara", role=Role.STAFF, department=below, first_name="Mara", last_name="Muster")
    stranger = make.user("fremd", role=Role.STAFF, department=make.department("Bauen"), last_name="Fremd")
    done(task(clerk), proof="training/a.pdf")
    task(mara, due=date(2026, 11, 10))
    task(stranger)
    client.force_login(leader)
    text = client.get("/schulungen/fachbereich/").text
    assert "Kim Probe" in text and "Mara Muster" in text and "Fremd" not in text
    assert "überfällig seit 10.11.2026" in text and "1 von 2" in text
    assert "nachweise" not in text.split("<main")[1].lower() and "01.11.2026" not in text


def test_a_training_is_assigned_to_several_or_to_nobody(client, clerk, leader, office):
    mara = make.user("mara", role=Role.STAFF, department=office)
    given = course()
    client.force_login(leader)
    form = {"course": given.pk, "due_on": "2026-12-31", "reason": "Neues Portal", "people": [clerk.pk, mara.pk]}
    assert client.post("/schulungen/zuweisen/", form).status_code == 302
    assert set(TrainingTask.objects.values_list("person", "due_on")) == {
        (clerk.pk, date(2026, 12, 31)),
        (mara.pk, date(2026, 12, 31)),
    }
    toni = make.user("toni", role=Role.STAFF, department=office)
    again = client.post("/schulungen/zuweisen/", form | {"people": [toni.pk, mara.pk]})
    assert again.status_code == 400 and "mara: " in again.text and "schon zugewiesen" in again.text
    assert TrainingTask.objects.filter(person=toni).count() == 0


def test_a_manager_cannot_assign_to_people_of_others(client, leader):
    stranger = make.user("fremd", role=Role.STAFF, department=make.department("Bauen"))
    client.force_login(leader)
    form = {"course": course().pk, "due_on": "2026-12-31", "people": [stranger.pk]}
    assert client.post("/schulungen/zuweisen/", form).status_code == 400
    assert TrainingTask.objects.count() == 0


def test_the_coordinator_makes_a_course_with_requirement_and_date(client, office):
    client.force_login(make.user())
    answer = client.post("/schulungen/kurse/neu/", {"title": "Datenschutz", "interval_months": "12"})
    made = Course.objects.get()
    assert answer.headers["Location"] == f"/schulungen/kurse/{made.pk}/"
    service = make.service()
    requirement = {"role": "staff", "department": office.pk, "service_key": "99 102 013 104 000"}
    client.post(
        reverse("add_requirement", args=[made.pk]), requirement | {"due_within_days": "30", "starts_on": "2026-12-01"}
    )
    client.post(
        reverse("add_course_date", args=[made.pk]),
        {"starts_at": "2026-12-03T09:00", "ends_at": "2026-12-03T11:00", "place": "Rathaus"},
    )
    stored = Requirement.objects.get()
    assert (stored.role, stored.department, stored.service, stored.due_within_days) == ("staff", office, service, 30)
    text = client.get("/schulungen/kurse/").text
    assert "Sachbearbeitung · Bürgerbüro · zuständig für Hundesteuer Anmeldung, binnen 30 Tagen" in text
    assert "03.12.2026, 09:00 Uhr" in text and "nach 12 Monaten" in text


@pytest.mark.parametrize(
    ("address", "fields", "sentence"),
    [
        ("new_course", {"title": "Datenschutz"}, "gibt es schon"),
        ("add_requirement", {"due_within_days": "30", "starts_on": "2026-12-01"}, "gibt es schon"),
        (
            "add_requirement",
            {"due_within_days": "30", "starts_on": "2026-12-01", "service_key": "1"},
            "führt der Katalog nicht",
        ),
        ("add_course_date", {"starts_at": "2026-12-03T09:00", "ends_at": "2026-12-03T08:00"}, "endet nach"),
        ("add_course_date", {"starts_at": "2026-11-03T09:00", "ends_at": "2026-11-03T10:00"}, "Vergangenheit"),
    ],
)
def test_what_the_rules_forbid_comes_back_with_a_sentence(client, address, fields, sentence):
    made = course()
    Requirement.objects.create(course=made, starts_on=date(2026, 1, 1))
    client.force_login(make.user())
    answer = client.post(reverse(address, args=[] if address == "new_course" else [made.pk]), fields)
    assert answer.status_code == 400 and sentence in answer.text


@pytest.mark.parametrize("address", ["new_course", "course", "add_requirement", "add_course_date"])
def test_an_empty_form_is_told_which_fields_it_needs(client, address):
    client.force_login(make.user())
    answer = client.post(reverse(address, args=[] if address == "new_course" else [course().pk]))
    assert answer.status_code == 400 and "Dieses Feld ist zwingend erforderlich." in answer.text


def test_a_date_to_come_is_moved_and_cancelled_on_its_page(client, clerk):
    date_ = course_date(course())
    mine = task(clerk)
    TrainingTask.objects.filter(pk=mine.pk).update(course_date=date_)
    client.force_login(make.user())
    address = reverse("change_course_date", args=[date_.pk])
    assert address in client.get(reverse("course", args=[date_.course_id])).text
    assert "eine Person hat ihn gewählt" in client.get(address).text
    moved = {"starts_at": "2026-12-08T09:00", "ends_at": "2026-12-08T11:00", "place": "Rathaus"}
    text = client.post(address, moved, follow=True).text
    assert "Eine Person hatte ihn gewählt und bekommt eine Nachricht." in text and "08.12.2026, 09:00" in text
    wrong = client.post(address, moved | {"ends_at": "2026-12-08T08:00"})
    assert wrong.status_code == 400 and "endet nach seinem Beginn" in wrong.text
    text = client.post(reverse("cancel_course_date", args=[date_.pk]), follow=True).text
    assert "Der Termin ist abgesagt." in text and "Noch kein Termin." in text
    mine.refresh_from_db()
    assert mine.course_date is None


def test_a_date_that_has_begun_cannot_be_cancelled(client):
    begun = CourseDate.objects.create(course=course(), starts_at=TODAY.replace(hour=8), ends_at=TODAY)
    client.force_login(make.user())
    assert (
        reverse("change_course_date", args=[begun.pk]) not in client.get(f"/schulungen/kurse/{begun.course_id}/").text
    )
    text = client.post(reverse("cancel_course_date", args=[begun.pk]), follow=True).text
    assert "hat schon begonnen" in text and CourseDate.objects.count() == 1


def test_a_training_rests_and_is_taken_up_again_by_who_leads(client, clerk, leader):
    theirs = task(clerk)
    client.force_login(leader)
    assert f"?aussetzen={theirs.pk}#aussetzen" in client.get("/schulungen/fachbereich/").text
    assert "Aussetzen: Datenschutz, Kim Probe" in client.get(f"/schulungen/fachbereich/?aussetzen={theirs.pk}").text
    address = reverse("suspend_training", args=[theirs.pk])
    text = client.post(address, {"until": "2027-03-01", "reason": "absent"}, follow=True).text
    assert "ruht für Kim Probe bis 01.03.2027" in text and "ausgesetzt bis 01.03.2027 (längere Abwesenheit)" in text
    client.force_login(clerk)
    assert "ausgesetzt bis 01.03.2027 (längere Abwesenheit)" in client.get("/schulungen/").text
    client.force_login(leader)
    assert "Jetzt wieder aufnehmen" in client.get(f"/schulungen/fachbereich/?aussetzen={theirs.pk}").text
    assert "fällig am 15.12.2026" in client.post(reverse("resume_training", args=[theirs.pk]), follow=True).text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"until": "2026-11-24", "reason": "absent"}, "Tag in der Zukunft"),
        ({"until": "2027-03-01", "reason": "krank"}, "krank"),
        ({}, "zwingend erforderlich"),
    ],
)
def test_a_suspension_that_does_not_hold_gets_a_sentence(client, clerk, leader, fields, sentence):
    theirs = task(clerk)
    client.force_login(leader)
    answer = client.post(reverse("suspend_training", args=[theirs.pk]), fields)
    assert answer.status_code == 400 and sentence in answer.text
    theirs.refresh_from_db()
    assert theirs.suspended_until is None


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


def test_an_ended_requirement_leaves_what_was_assigned(client, clerk):
    kept = task(clerk)
    requirement = Requirement.objects.create(course=kept.course, starts_on=date(2026, 1, 1))
    client.force_login(make.user())
    client.post(reverse("remove_requirement", args=[requirement.pk]))
    assert (Requirement.objects.count(), TrainingTask.objects.count()) == (0, 1)


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
def test_each_role_opens_its_own_pages(client, office, role, allowed):
    client.force_login(make.user("person", role=role, department=office))
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
def test_lists_ask_the_database_as_often_for_three_as_for_one(client, leader, office, address):
    def fill(number):
        person = make.user(f"person{number}", role=Role.STAFF, department=office)
        given = course(f"Kurs {number}")
        Requirement.objects.create(course=given, starts_on=date(2026, 1, 1), department=office)
        course_date(given, day=number)
        task(person, given)
        task(leader, given)
        done(task(leader, course(f"Alt {number}")))

    client.force_login(leader)
    fill(1)
    one = queries(client, address)
    fill(2)
    fill(3)
    assert queries(client, address) == one
