"""Trainings as who leads and who coordinates sees them: the team, courses, dates, suspensions."""

import re
from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from ozg_tracker.accounts.models import JournalEntry, Role
from ozg_tracker.training.models import Course, CourseDate, Requirement, TrainingTask
from tests import make
from tests.training.pages.trainings import TODAY, course, course_date, done, keep, sessions, task

PDF = b"%PDF-1.7 Nachweis"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


def test_the_manager_sees_due_and_done_of_the_own_tree_and_no_proof(client, clerk, manager, department):
    below = make.department("Meldewesen", parent=department)
    mara = make.user("mara", role=Role.STAFF, department=below, first_name="Mara", last_name="Muster")
    stranger = make.user("fremd", role=Role.STAFF, department=make.department("Bauen"), last_name="Fremd")
    done(task(clerk), proof="training/a.pdf")
    task(mara, due=date(2026, 11, 10))
    task(stranger)
    client.force_login(manager)
    text = client.get("/schulungen/fachbereich/").text
    assert "Kim Probe" in text and "Mara Muster" in text and "Fremd" not in text
    assert "Datenschutz, überfällig seit 10.11.2026" in text and "erledigt: Datenschutz" in text
    assert "nachweise" not in text.split("<main")[1].lower() and "01.11.2026" not in text


@pytest.mark.parametrize(
    ("filled", "shown"),
    [
        ({"name": ""}, {"Kim Probe", "Mara Muster"}),
        ({"name": " muster  MARA"}, {"Mara Muster"}),
        ({"name": "", "late": "1"}, {"Mara Muster"}),
        ({"name": "kim", "late": "1"}, set()),
    ],
)
def test_the_team_is_searched_as_its_form_sends_it(client, clerk, manager, department, filled, shown):
    mara = make.user("mara", role=Role.STAFF, department=department, first_name="Mara", last_name="Muster")
    task(mara, due=date(2026, 11, 10))
    client.force_login(manager)
    text = client.get(reverse("department_trainings"), filled).text
    assert {name for name in ("Kim Probe", "Mara Muster") if name in text} == shown


def test_of_a_course_those_are_shown_who_have_it_and_nothing_else_of_them(client, clerk, manager, department):
    mara = make.user("mara", role=Role.STAFF, department=department, first_name="Mara", last_name="Muster")
    make.user("toni", role=Role.STAFF, department=department, last_name="Ohne")
    other = Course.objects.create(municipality=make.municipality(), title="Brandschutz")
    TrainingTask.objects.filter(pk=task(mara).pk).update(course=other)
    task(mara, due=date(2026, 12, 10))
    done(task(clerk))
    client.force_login(manager)
    for number, people in ((course().pk, ["Probe", "Muster"]), (other.pk, ["Muster"])):
        asked = {"name": "", "department": "", "course": number, "late": ""}
        lines = client.get("/schulungen/fachbereich/", asked).context["team"]
        assert sorted(each.member.user.last_name for each in lines) == sorted(people)
        assert {title for each in lines for title in (*each.done, *(task.course for task in each.open))} == {
            Course.objects.get(pk=number).title
        }
        file = load_workbook(BytesIO(client.get("/schulungen/fachbereich/liste.xlsx", asked).content)).active
        assert file.max_row == 1 + len(people)
    assert client.get("/schulungen/fachbereich/", {"course": "999"}).status_code == 400


@pytest.mark.parametrize(("sent", "label"), [({"name": "x" * 501}, "Name"), ({"late": "ja"}, "nur mit Überfälligem")])
def test_a_search_that_nobody_can_mean_is_refused_by_its_label(client, manager, sent, label):
    client.force_login(manager)
    answer = client.get(reverse("department_trainings"), sent)
    assert (answer.status_code, f"Den Wert im Filter „{label}“ gibt es nicht." in answer.text) == (400, True)


def test_a_training_is_assigned_to_several_or_to_nobody(client, clerk, manager, department):
    mara = make.user("mara", role=Role.STAFF, department=department)
    given = course()
    client.force_login(manager)
    form = {"course": given.pk, "due_on": "2026-12-31", "reason": "Neues Portal", "people": [clerk.pk, mara.pk]}
    assert client.post("/schulungen/zuweisen/", form).status_code == 302
    assert set(TrainingTask.objects.values_list("person", "due_on")) == {
        (clerk.pk, date(2026, 12, 31)),
        (mara.pk, date(2026, 12, 31)),
    }
    toni = make.user("toni", role=Role.STAFF, department=department)
    again = client.post("/schulungen/zuweisen/", form | {"people": [toni.pk, mara.pk]})
    assert "1 von 2 Personen zugewiesen." in again.text and "mara: schon zugewiesen" in again.text
    assert TrainingTask.objects.filter(person=toni).count() == 1


def test_all_that_a_search_finds_are_assigned_at_once(client, clerk, manager, department):
    below = make.department("Meldewesen", parent=department)
    for number in range(60):
        make.user(f"p{number}", role=Role.STAFF, department=below, last_name="Muster")
    client.force_login(manager)
    page = client.get("/schulungen/zuweisen/", {"name": "muster", "department": below.pk, "late": ""})
    assert "alle 60 gefundenen" in page.text
    kept = dict(re.findall(r'<input type="hidden" name="(name|department|late)" value="(.*?)">', page.text))
    assert kept == {"name": "muster", "department": str(below.pk), "late": ""}
    form = {"course": course().pk, "due_on": "2026-12-31", "reason": ""}
    assert client.post("/schulungen/zuweisen/", form | kept | {"all": "1"}).status_code == 302
    assert TrainingTask.objects.count() == 60


def test_the_team_is_downloaded_as_it_is_searched_and_that_is_told(client, clerk, manager, department):
    mara = make.user("mara", role=Role.STAFF, department=department, first_name="Mara", last_name="Muster")
    task(mara, due=date(2026, 11, 10))
    done(task(clerk))
    client.force_login(manager)
    shown = client.get("/schulungen/fachbereich/").text
    assert shown.index("Mara Muster") < shown.index("Kim Probe")  # overdue first
    answer = client.get("/schulungen/fachbereich/liste.xlsx", {"name": "", "department": department.pk})
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[0:4] for row in rows[1:]] == [
        ("Mara Muster", "Bürgerbüro", "Datenschutz", "überfällig"),
        ("Kim Probe", "Bürgerbüro", "Datenschutz", "erledigt"),
    ]
    assert JournalEntry.objects.latest("pk").after["rows"] == "2"


def test_a_manager_cannot_assign_to_people_of_others(client, manager):
    stranger = make.user("fremd", role=Role.STAFF, department=make.department("Bauen"))
    client.force_login(manager)
    form = {"course": course().pk, "due_on": "2026-12-31", "people": [stranger.pk]}
    assert client.post("/schulungen/zuweisen/", form).status_code == 400
    assert TrainingTask.objects.count() == 0


def test_the_coordinator_makes_a_course_with_requirement_and_date(client, department):
    client.force_login(make.user())
    answer = client.post("/schulungen/kurse/neu/", {"title": "Datenschutz", "interval_months": "12"})
    made = Course.objects.get()
    assert answer.headers["Location"] == f"/schulungen/kurse/{made.pk}/aendern/"
    service = make.service()
    make.row(service)
    keep(
        client,
        reverse("add_requirement", args=[made.pk]),
        {
            "role": "staff",
            "department": department.pk,
            "services": "99 102 013 104 000",
            "due_within_days": "30",
            "starts_on": "2026-12-01",
        },
    )
    client.post(
        reverse("add_course_date", args=[made.pk]),
        sessions({"starts_at": "2026-12-03T09:00", "ends_at": "2026-12-03T11:00", "place": "Rathaus"}),
    )
    stored = Requirement.objects.get()
    assert (stored.role, stored.department, stored.service, stored.due_within_days) == (
        "staff",
        department,
        service,
        30,
    )
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
            {"due_within_days": "30", "starts_on": "2026-12-01", "services": "1"},
            "führt diese Kommune nicht",
        ),
        (
            "add_course_date",
            sessions({"starts_at": "2026-12-03T09:00", "ends_at": "2026-12-03T08:00"}),
            "endet nach ihrem Beginn",
        ),
        (
            "add_course_date",
            sessions({"starts_at": "2026-11-03T09:00", "ends_at": "2026-11-03T10:00"}),
            "Der Termin läge in der Vergangenheit",
        ),
        ("add_course_date", sessions({"starts_at": "2026-12-03T09:00"}), "Beginn und Ende gehören zusammen."),
        ("add_course_date", sessions(), "mindestens eine Einheit"),
        ("add_course_date", {}, "Bitte prüfen Sie die Einheiten"),
    ],
)
def test_what_the_rules_forbid_comes_back_with_a_sentence(client, address, fields, sentence):
    made = course()
    Requirement.objects.create(course=made, starts_on=date(2026, 1, 1))
    client.force_login(make.user())
    answer = client.post(reverse(address, args=[] if address == "new_course" else [made.pk]), fields)
    assert answer.status_code == 400 and sentence in answer.text


@pytest.mark.parametrize("address", ["new_course", "course", "add_requirement"])
def test_an_empty_form_is_told_which_fields_it_needs(client, address):
    client.force_login(make.user())
    answer = client.post(reverse(address, args=[] if address == "new_course" else [course().pk]))
    assert answer.status_code == 400 and "Dieses Feld ist zwingend erforderlich." in answer.text


def test_a_date_to_come_is_moved_and_cancelled_on_its_page(client, clerk):
    date_ = course_date(course())
    mine = task(clerk)
    TrainingTask.objects.filter(pk=mine.pk).update(course_date=date_, registered_at=TODAY, seated_at=TODAY)
    client.force_login(make.user())
    page, change = reverse("course_date", args=[date_.pk]), reverse("change_course_date", args=[date_.pk])
    assert page in client.get(reverse("course", args=[date_.course_id])).text
    assert change in client.get(page).text
    moved = {"starts_at": "2026-12-08T09:00", "ends_at": "2026-12-08T11:00", "place": "Rathaus"}
    moved["pk"] = date_.sessions.get().pk
    text = client.post(change, sessions(moved), follow=True).text
    assert "Eine Person war angemeldet und bekommt eine Nachricht." in text and "08.12.2026, 09:00" in text
    wrong = client.post(change, sessions(moved | {"ends_at": "2026-12-08T08:00"}))
    assert wrong.status_code == 400 and "endet nach ihrem Beginn" in wrong.text
    cancel = reverse("cancel_course_date", args=[date_.pk])
    assert "1 Person hat einen Platz." in client.get(cancel).text
    text = client.post(cancel, {"reason": "krank"}, follow=True).text
    assert "Der Termin ist abgesagt." in text
    assert "„krank“" in client.get(page).text
    mine.refresh_from_db()
    assert mine.registered is None


def test_a_date_that_has_begun_cannot_be_cancelled(client):
    begun = CourseDate.objects.create(course=course(), starts_at=TODAY.replace(hour=8), ends_at=TODAY)
    client.force_login(make.user())
    assert reverse("change_course_date", args=[begun.pk]) not in client.get(f"/schulungen/termine/{begun.pk}/").text
    answer = client.post(reverse("cancel_course_date", args=[begun.pk]))
    assert (answer.status_code, begun.cancelled_at) == (400, None) and "vorbei" in answer.text


def test_a_training_rests_and_is_taken_up_again_by_who_leads(client, clerk, manager):
    theirs = task(clerk)
    client.force_login(manager)
    assert f"?suspend={theirs.pk}#aussetzen" in client.get("/schulungen/fachbereich/").text
    assert "Aussetzen: Datenschutz, Kim Probe" in client.get(f"/schulungen/fachbereich/?suspend={theirs.pk}").text
    address = reverse("suspend_training", args=[theirs.pk])
    text = client.post(address, {"until": "2027-03-01", "reason": "absent"}, follow=True).text
    assert "ruht für Kim Probe bis 01.03.2027" in text and "ausgesetzt bis 01.03.2027 (längere Abwesenheit)" in text
    client.force_login(clerk)
    assert "ausgesetzt bis 01.03.2027 (längere Abwesenheit)" in client.get("/schulungen/").text
    client.force_login(manager)
    assert "Jetzt wieder aufnehmen" in client.get(f"/schulungen/fachbereich/?suspend={theirs.pk}").text
    assert "fällig am 15.12.2026" in client.post(reverse("resume_training", args=[theirs.pk]), follow=True).text


@pytest.mark.parametrize("written", ["1.3.27", "01.03.2027", "2027-03-01", "46447"])
def test_a_day_is_written_as_everywhere(client, clerk, manager, written):
    theirs = task(clerk)
    client.force_login(manager)
    client.post(reverse("suspend_training", args=[theirs.pk]), {"until": written, "reason": "absent"})
    theirs.refresh_from_db()
    assert theirs.suspended_until == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"until": "2026-11-24", "reason": "absent"}, "Tag in der Zukunft"),
        ({"until": "2027-03-01", "reason": "krank"}, "krank"),
        ({}, "zwingend erforderlich"),
    ],
)
def test_a_suspension_that_does_not_hold_gets_a_sentence(client, clerk, manager, fields, sentence):
    theirs = task(clerk)
    client.force_login(manager)
    answer = client.post(reverse("suspend_training", args=[theirs.pk]), fields)
    assert answer.status_code == 400 and sentence in answer.text
    theirs.refresh_from_db()
    assert theirs.suspended_until is None


def test_all_found_are_given_a_course_also_on_one_page_and_whoever_got_it_is_ticked_no_more(
    client, clerk, manager, department
):
    mara = make.user("mara", role=Role.STAFF, department=department, last_name="Muster")
    task(mara)
    client.force_login(manager)
    assert 'name="all"' in client.get("/schulungen/zuweisen/").text
    form = {"course": course().pk, "due_on": "2026-12-20", "people": [clerk.pk, mara.pk]}
    answer = client.post("/schulungen/zuweisen/", form)
    assert re.findall(r'name="people" value="([0-9]+)"\s+checked', answer.text) == [str(mara.pk)]


def test_what_is_late_and_suspended_says_both_and_offers_its_end(client, clerk, manager):
    late = task(clerk, due=date(2026, 11, 10))
    rests = {"suspended_until": date(2026, 12, 31), "suspension_reason": "absent"}
    TrainingTask.objects.filter(pk=late.pk).update(**rests)
    client.force_login(manager)
    text = client.get("/schulungen/fachbereich/").text
    assert "überfällig seit 10.11.2026, ausgesetzt bis 31.12.2026 (längere Abwesenheit)" in text
    assert (">Aussetzung ändern oder beenden<" in text, ">aussetzen<" in text) == (True, False)
