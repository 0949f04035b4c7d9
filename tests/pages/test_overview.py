"""The first page of each role: its numbers are those of the lists they lead to."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

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
    }
    assert [listed(client, address) for _number, address in found.values()] == [1, 6, 1]


def test_the_coordination_sees_the_whole_town_and_the_next_step(sign_in, coordinator, rows):
    client = sign_in(coordinator)
    answer = client.get("/")
    found = todos(answer)
    assert {title: number for title, (number, _address) in found.items()} == {
        "Zuständigkeit ist ungeklärt": 1,
        "geplante Termine sind verstrichen": 6,
        "Leistungen sind noch nicht bewertet": 2,
    }
    assert [listed(client, address) for _number, address in found.values()] == [1, 6, 2]
    assert "ist noch nicht festgeschrieben" in answer.text
    assert "1 <small>von 9 fertig" in answer.text


def test_staff_see_their_own_services_and_trainings(sign_in, staff, rows, town):
    make.row(make.service("99000000000009", "Meine"), owner=staff)
    course = Course.objects.create(municipality=town, title="Datenschutz")
    TrainingTask.objects.create(
        municipality=town,
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
        "Schulung ist für Sie offen": 1,
    }
    assert listed(client, found["Leistung ist noch nicht bewertet"][1]) == 1


def test_the_council_is_led_to_the_latest_approved_report(sign_in, council, town):
    assert sign_in(council).get("/").headers["Location"] == "/berichte/"
    for month, state in ((10, "approved"), (11, "draft")):
        Edition.objects.create(
            municipality=town,
            month=date(2022, month, 1),
            number=1,
            figures="{}",
            sha256="0" * 64,
            state=state,
            known_at=timezone.now(),
            catalogue_import=make.catalogue_import(),
        )
    assert sign_in(council).get("/").headers["Location"] == "/berichte/2022/10/"


def test_the_operator_sees_what_is_loaded_and_whom_it_serves(sign_in, town):
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
