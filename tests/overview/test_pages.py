"""The first page of each role: its numbers are those of the lists they lead to."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from ozg_tracker.tracking.models import Deadline, MunicipalService
from ozg_tracker.training.models import Course, TrainingTask
from reports.models import Edition
from tests import make


def todos(answer):
    """By title: the number and where its button leads."""
    found = {}
    for item in re.findall(r'<li class="ozg-todo">.*?(?=<li class="ozg-todo">|</section>)', answer.text, re.S):
        number = re.search(r'ozg-todo__n">([\d.]+)<', item)
        address = re.findall(r'class="kern-btn[^"]*" href="([^"]+)"', item)
        if number:
            found[re.search(r"<h3>(.*?)</h3>", item).group(1)] = (
                int(number.group(1)),
                address[-1].replace("&amp;", "&"),
            )
    return found


def listed(client, address):
    said = re.search(r"<b>([\d.]+) Leistung(?:en)?</b>|noch ([\d.]+) ungeklärt", client.get(address).text)
    return int(said[1] or said[2])


@pytest.fixture
def rows(department):
    yesterday = timezone.localdate() - timedelta(days=1)
    make.row(make.service("99000000000001", "Bewertet"), department=department, level=3, state="done")
    for number in range(6):
        make.row(
            make.service(f"9900000000010{number}", f"Spät {number}"),
            department=department,
            level=1,
            planned_on=yesterday,
        )
    make.row(make.service("99000000000003", "Offen"), department=department)
    make.row(make.service("99000000000004", "Unklar"), department=department, responsibility="unclear")
    make.row(make.service("99000000000005", "Fremd"), department=make.department("Bauamt"))


def test_a_manager_sees_what_waits_in_the_own_department(sign_in, manager, rows):
    client = sign_in(manager)
    found = todos(client.get("/"))
    assert {title: number for title, (number, _address) in found.items()} == {
        "Zuständigkeit ist ungeklärt": 1,
        "geplante Termine sind verstrichen": 6,
        "Leistung ist noch nicht bewertet": 1,
        "Befunde zur Datenqualität": 33,
    }
    quality = found.pop("Befunde zur Datenqualität")[1]
    assert client.get(quality).context["told"].total == 33
    assert [listed(client, address) for _number, address in found.values()] == [1, 6, 1]


def test_the_coordination_sees_the_whole_municipality_and_the_next_step(sign_in, coordinator, rows):
    client = sign_in(coordinator)
    answer = client.get("/")
    found = todos(answer)
    assert {title: number for title, (number, _address) in found.items()} == {
        "Zuständigkeit ist ungeklärt": 1,
        "geplante Termine sind verstrichen": 6,
        "Leistungen sind noch nicht bewertet": 2,
        "Befunde zur Datenqualität": 37,
    }
    assert client.get(found.pop("Befunde zur Datenqualität")[1]).context["told"].total == 37
    assert [listed(client, address) for _number, address in found.values()] == [1, 6, 2]
    assert "ist noch nicht festgeschrieben" in answer.text
    assert "1 <small>von 9 fertig" in answer.text


def test_staff_see_their_own_services_and_trainings(sign_in, staff, rows, municipality):
    make.row(make.service("99000000000009", "Meine"), owner=staff)
    course = Course.objects.create(municipality=municipality, title="Datenschutz")
    TrainingTask.objects.create(
        municipality=municipality,
        course=course,
        person=staff,
        period_start=date(2020, 1, 1),
        assigned_on=date(2020, 1, 1),
        due_on=date(2020, 2, 1),
        reason="Pflicht",
    )
    client = sign_in(staff)
    found = todos(client.get("/"))
    assert {title: number for title, (number, _address) in found.items()} == {
        "Leistung ist noch nicht bewertet": 1,
        "Befunde zur Datenqualität": 4,
        "Schulung ist für Sie offen": 1,
    }
    assert listed(client, found["Leistung ist noch nicht bewertet"][1]) == 1
    assert "überfällig seit 01.02.2020" in client.get("/").text


def test_a_late_row_is_reported_from_the_overview_and_leads_back(sign_in, manager, department):
    row = make.row(department=department, level=1, planned_on=date(2022, 1, 31))
    client = sign_in(manager)
    text = client.get("/").text
    assert f'href="/leistungen/{row.pk}/?report=date"' in text
    assert f'href="/leistungen/{row.pk}/?report=done"' in text
    form = client.get(f"/leistungen/{row.pk}/?report=done").context["form"]
    assert (form["state"].value(), form["level"].value()) == ("done", make.level(3).pk)
    assert row.events.count() == 1
    sent = {"version": 1, "state": "done", "level": make.level(3).pk}
    assert client.post(f"/leistungen/{row.pk}/?report=done", sent).headers["Location"] == "/"
    row.refresh_from_db()
    assert (row.state, row.level.number) == ("done", 3)


def test_a_level_that_is_ready_already_stays_when_done_is_reported(sign_in, manager, department):
    row = make.row(department=department, level=4, state="in_progress")
    form = sign_in(manager).get(f"/leistungen/{row.pk}/?report=done").context["form"]
    assert form["level"].value() == make.level(4).pk


def test_the_progress_is_compared_with_the_end_of_last_month(sign_in, manager, department):
    for number, day in enumerate((date(2022, 10, 1), date(2022, 11, 3), date(2022, 11, 4))):
        row = make.row(make.service(f"9900000000000{number}"), department=department, level=1)
        MunicipalService.objects.filter(pk=row.pk).update(level=make.level(3))
        make.event(row, effective_on=day, level=3, recorded_at=datetime(2022, 11, 5, tzinfo=UTC))
    with time_machine.travel(datetime(2022, 11, 24, 9, tzinfo=UTC)):
        assert "2 mehr als Ende Oktober" in sign_in(manager).get("/").text


def test_the_next_deadline_says_open_of_all_in_scope_and_its_whole_source(sign_in, manager, department, municipality):
    address = "https://ratsinformation.musterstadt.example/vorlagen/2026/03/12/beschluss-einwohnermeldewesen"
    make.row(department=department, level=3)
    make.row(make.service("99000000000001"), department=department)
    Deadline.objects.create(
        name="Ratsbeschluss",
        date=timezone.localdate() + timedelta(days=30),
        source=f"Beschluss, {address}",
        scope="all",
    )
    text = sign_in(manager).get("/").text
    assert "1 von 2 Leistungen offen" in text and f">{address}</a>" in text


def test_a_deadline_whose_services_nobody_knows_says_so(sign_in, manager, department, municipality):
    make.row(department=department)
    Deadline.objects.all().delete()
    soon = timezone.localdate() + timedelta(days=3)
    Deadline.objects.create(name="SDG", date=soon, source="SDG-VO", scope="sdg")
    text = sign_in(manager).get("/").text
    assert "unbekannt" in text and "0 von" not in text
    make.service("99000000000009", sdg="21")
    assert "0 von 0 Leistungen offen" in sign_in(manager).get("/").text


def test_trainings_of_the_team_that_come_due_are_told_by_course(sign_in, manager, staff, municipality):
    course = Course.objects.create(municipality=municipality, title="Datenschutz")
    today, due = timezone.localdate(), timezone.localdate() + timedelta(days=12)
    TrainingTask.objects.create(
        municipality=municipality,
        course=course,
        person=staff,
        period_start=today,
        assigned_on=today,
        due_on=due,
        reason="Pflicht",
    )
    answer = sign_in(manager).get("/")
    last = timezone.localdate() + timedelta(days=30)
    assert todos(answer)[f"Schulung im Team ist bis {last:%d.%m.%Y} fällig"] == (1, "/schulungen/fachbereich/")
    assert "Datenschutz: 1" in answer.text


def test_the_council_is_led_to_the_latest_approved_report(sign_in, council, municipality):
    assert sign_in(council).get("/").headers["Location"] == "/berichte/"
    for month, state in ((10, "approved"), (11, "draft")):
        Edition.objects.create(
            municipality=municipality,
            month=date(2022, month, 1),
            number=1,
            figures="{}",
            sha256="0" * 64,
            state=state,
            known_at=timezone.now(),
            catalogue_import=make.catalogue_import(),
        )
    assert sign_in(council).get("/").headers["Location"] == "/berichte/2022/10/"


def test_the_operator_sees_what_is_loaded_and_whom_it_serves(sign_in, municipality):
    make.catalogue_import("2026-01")
    text = sign_in(make.user("betrieb", role="operator")).get("/").text
    assert "2026-01" in text and "Musterstadt" in text and "run_due_jobs" in text


def test_who_has_no_role_is_told_who_gives_one(sign_in, db):
    assert "Noch keine Rolle" in sign_in(make.user("neu", role=None)).get("/").text


def test_a_visitor_is_sent_to_sign_in(client, db):
    assert client.get("/").headers["Location"] == "/anmelden/?next=/"


def test_the_overview_asks_as_often_for_many_rows_as_for_few(
    sign_in, manager, department, django_assert_max_num_queries
):
    client = sign_in(manager)
    day = date(2020, 1, 1)
    counts = []
    for number in (1, 3):
        for each in range(number):
            make.row(
                make.service(f"990000000{number}000{each}", f"{number} {each}"),
                department=department,
                level=1,
                planned_on=day,
            )
        with django_assert_max_num_queries(60) as asked:
            client.get("/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
