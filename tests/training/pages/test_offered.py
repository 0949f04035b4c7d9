"""The catalogue, a course's page, and taking part, as a person goes through them."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.models import Course, TrainingTask
from tests import make
from tests.training import made

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clerk(client, department):
    person = make.user("kim", role=Role.STAFF, department=department, email="kim@example.invalid")
    client.force_login(person)
    return person


def _open_course(**fields):
    return Course.objects.create(
        municipality=make.municipality(), title="KI-Kompetenz", self_enrolment=True, category="change", **fields
    )


def test_the_page_of_a_course_tells_all_about_it(client, clerk):
    course = _open_course(
        purpose="Ergebnisse prüfen.", provider="Studieninstitut", length="3 Stunden", link="https://kurs.example/"
    )
    text = client.get(f"/schulungen/kurse/{course.pk}/").text
    for words in ("Ergebnisse prüfen.", "Studieninstitut", "3 Stunden", "https://kurs.example/", "einmalig"):
        assert words in text
    assert "Kurs ändern" not in text


def test_the_catalogue_is_narrowed_by_category_and_hides_what_is_archived(client, clerk):
    _open_course()
    made.course("Alt").dates.all()
    Course.objects.filter(title="Alt").update(archived_on=date(2026, 1, 1))
    assert "KI-Kompetenz" in client.get("/schulungen/kurse/?category=change").text
    assert "So einen Kurs gibt es nicht." in client.get("/schulungen/kurse/?category=basics").text
    text = client.get("/schulungen/kurse/").text
    assert "KI-Kompetenz" in text and "/schulungen/kurse/2/" not in text
    assert ">Alt<" in client.get("/schulungen/kurse/?archived=true").text


def test_one_enrols_and_leaves_again(client, clerk):
    course = _open_course()
    text = client.post(f"/schulungen/kurse/{course.pk}/einschreiben/", follow=True).text
    assert "Sie sind in „KI-Kompetenz“ eingeschrieben." in text and "Austragen" in text
    text = client.post(f"/schulungen/kurse/{course.pk}/austragen/", follow=True).text
    assert "Sie sind aus „KI-Kompetenz“ ausgetragen." in text and "Einschreiben" in text
    assert not TrainingTask.objects.open().exists()


def test_one_registers_for_a_date_waits_and_withdraws_on_the_course_page(client, clerk):
    course = _open_course()
    course_date = made.course_date(course, days=2, places=1, place="Raum 2.14")
    first = make.user("erste", Role.STAFF)
    made.task(first, course, course_date=course_date)
    text = client.get(f"/schulungen/kurse/{course.pk}/").text
    assert "ausgebucht" in text and "30.03.2026" in text
    text = client.post(f"/schulungen/termine/{course_date.pk}/anmelden/", follow=True).text
    assert "Sie stehen auf der Warteliste" in text and "Sie warten auf Platz 1" in text
    assert "Warteliste verlassen" in text
    text = client.post(f"/schulungen/termine/{course_date.pk}/abmelden/", follow=True).text
    assert "Sie sind abgemeldet." in text
    again = client.post(f"/schulungen/termine/{course_date.pk}/abmelden/", follow=True).text
    assert "Sie sind zu diesem Termin nicht angemeldet." in again
    assert TrainingTask.objects.get(person=clerk).registered is None


def test_a_date_after_the_due_day_warns_before_and_after(client, clerk):
    task = made.task(clerk, due_on=date(2026, 3, 20))
    course_date = made.course_date()
    assert "erst nach Ihrem Fälligkeitstag" in client.get(f"/schulungen/kurse/{task.course_id}/").text
    text = client.post(f"/schulungen/termine/{course_date.pk}/anmelden/", follow=True).text
    assert "Der Termin liegt nach Ihrem Fälligkeitstag, 20.03.2026." in text


def test_without_a_task_or_self_enrolment_nobody_registers(client, clerk):
    course_date = made.course_date()
    text = client.post(f"/schulungen/termine/{course_date.pk}/anmelden/", follow=True).text
    assert "In diesen Kurs schreibt man sich nicht selbst ein." in text
    assert not TrainingTask.objects.exists()


def test_a_trainer_keeps_the_list_and_others_do_not_find_it(client, clerk):
    begun = made.course_date(starts_at=datetime(2026, 3, 2, 8, tzinfo=UTC), trainer=clerk)
    task = made.task(make.user("kommt", Role.STAFF, last_name="Kommt"), course_date=begun)
    page = f"/schulungen/termine/{begun.pk}/"
    text = client.get(page).text
    assert "Kommt" in text and "Anwesenheit speichern" in text and "Termin ändern" not in text
    seen = {"present": [f"{begun.sessions.get().pk}-{task.pk}", "x-1", "9-9", "1-" + "9" * 40]}
    text = client.post(f"{page}anwesenheit/", seen, follow=True).text
    assert "1 Schulung ist damit erledigt." in text and "erledigt am 02.03.2026" in text
    assert ("Anwesenheit speichern" in text, " ".join(text.split()).count("1 Platz belegt")) == (False, 1)
    client.force_login(task.person)
    assert client.get(page).status_code == 404


def test_a_course_begins_with_a_proposed_topic(client):
    client.force_login(make.user())
    assert "Keine amtliche Liste" in client.get("/schulungen/kurse/vorschlaege/").text
    page = "/schulungen/kurse/neu/?topic=datenschutz"
    text = client.get(page).text
    assert 'value="Datenschutz im Bürgerkontakt"' in text and "keine amtliche Vorgabe" in text
    client.post(page, {"title": "Datenschutz bei uns", "interval_months": "12"})
    course = Course.objects.get()
    assert (course.title, course.topic) == ("Datenschutz bei uns", "datenschutz")
    assert "keine amtliche Vorgabe" in client.get(f"/schulungen/kurse/{course.pk}/").text
    assert "Zum Kurs" in client.get("/schulungen/kurse/vorschlaege/").text


def test_a_course_goes_to_the_archive_and_back(client):
    course = made.course()
    client.force_login(make.user())
    text = client.post(f"/schulungen/kurse/{course.pk}/archivieren/", follow=True).text
    assert "„Datenschutz“ ist archiviert." in text and "Termin hinzufügen" not in text
    text = client.post(f"/schulungen/kurse/{course.pk}/zurueckholen/", follow=True).text
    assert "steht wieder im Katalog" in text


def test_a_category_that_there_is_not_is_refused(client, clerk):
    answer = client.get("/schulungen/kurse/?category=zzz")
    assert (answer.status_code, "Den Wert im Filter „Bereich“ gibt es nicht." in answer.text) == (400, True)


def test_a_date_of_several_days_is_headed_by_the_first_and_the_last(client, clerk):
    led = made.course_date(days=3, places=12, trainer=clerk)
    text = " ".join(client.get(f"/schulungen/termine/{led.pk}/").text.split())
    assert (text.count("Datenschutz, 29.03.2026–31.03.2026"), "0 von 12 Plätzen belegt" in text) == (2, True)


def test_in_english_a_date_has_a_trainer_and_one_registers_for_it(client, clerk):
    course = _open_course()
    made.course_date(course, trainer=clerk)
    client.cookies["sprache"] = "en"
    text = client.get(f"/schulungen/kurse/{course.pk}/").text
    page = text.split("<main")[1]
    assert [word in page for word in ("Trainer", "Register", "Head of department", "Sign in")] == [
        True,
        True,
        False,
        False,
    ]
