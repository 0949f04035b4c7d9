"""What is said of a row reaches whom it names, stays said, and can be withdrawn with a mark."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from ozg_tracker.accounts.models import Role
from ozg_tracker.accounts.waiting import waiting_for
from ozg_tracker.tracking.following.commenting import comment, deal_with, withdraw
from ozg_tracker.tracking.models import Comment, Mention
from tests import make
from tests.api.programs import Program

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def row(department, clerk):
    return make.row(make.service(name="Reisepass"), department=department, owner=clerk)


def waits(person):
    return [(each.what, each.words) for each in waiting_for(person.memberships.get()) if each.room == "Kommentare"]


@pytest.mark.parametrize("text", ["@kim, wann kommt es?", "Wann kommt es, @KIM.", "(@kim) @kim"])
def test_whom_a_comment_names_finds_it_among_the_tasks(row, clerk, coordinator, text):
    comment(row, text, by=coordinator)
    assert waits(clerk) == [("Reisepass", f"koordination: „{text}“")]
    assert waits(coordinator) == []


def test_a_name_can_be_chosen_too_and_who_is_named_twice_hears_once(row, clerk, coordinator):
    said = comment(row, "@kim bitte", by=coordinator, named=["kim", "koordination"])
    assert [each.person for each in said.mentions.all()] == [clerk]


def test_a_mail_address_names_nobody(row, coordinator):
    comment(row, "Anfragen an info@kim.example", by=coordinator)
    assert Mention.objects.count() == 0


@pytest.mark.parametrize("who", ["rat", "fremd", "niemand", "weg"])
def test_who_cannot_see_the_row_cannot_be_named_and_nothing_is_kept(row, coordinator, council, who):
    make.user("fremd", municipality=make.municipality("Nachbarstadt", "159990010020"))
    make.leave(make.user("weg"))
    with pytest.raises(ValidationError, match=f"sieht niemand mit diesem Namen: @{who}"):
        comment(row, f"Hallo @{who}", by=coordinator)
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("text", ["", " \n", "x" * 1001])
def test_a_comment_says_something_of_at_most_a_thousand_signs(row, coordinator, text):
    with pytest.raises(ValidationError, match="schreiben Sie etwas"):
        comment(row, text, by=coordinator)


def test_an_answer_or_a_press_deals_with_what_waited(row, clerk, coordinator):
    comment(row, "@kim eins", by=coordinator)
    comment(row, "Kommt im Mai.", by=clerk)
    assert waits(clerk) == []
    comment(row, "@kim zwei", by=coordinator)
    assert (deal_with(row, by=clerk), deal_with(row, by=clerk), waits(clerk)) == (1, 0, [])


def test_what_was_withdrawn_waits_for_nobody_and_shows_no_words(row, clerk, coordinator, sign_in):
    said = comment(row, "@kim Geheimnis", by=coordinator)
    withdraw(said, by=coordinator)
    page = sign_in(coordinator).get(f"/leistungen/{row.pk}/").text
    assert (waits(clerk), "Geheimnis" in page) == ([], False)
    assert "zurückgenommen durch koordination, 24.11.2026, 10:00" in page
    with pytest.raises(ValidationError, match="schon zurückgenommen"):
        withdraw(said, by=coordinator)


def test_others_withdraw_only_their_own_and_the_coordination_any(row, clerk, manager, coordinator):
    said = comment(row, "Frage", by=clerk)
    with pytest.raises(PermissionDenied):
        withdraw(said, by=manager)
    withdraw(said, by=coordinator)


def test_what_was_said_stays_in_the_database(row, coordinator):
    said = comment(row, "Frage", by=coordinator)
    other = make.row(make.service("99102013104001"))
    strange = {"municipality": make.municipality("Nachbarstadt", "159990010020"), "by": coordinator, "recorded_at": NOW}
    attempts = (
        lambda: Comment.objects.update(text="anders"),
        lambda: Comment.objects.all().delete(),
        lambda: Comment.objects.create(row=row, text="fremd", **strange),
        lambda: Comment.objects.create(row=row, **strange | {"municipality": row.municipality}),
        lambda: Comment.objects.create(row=other, withdraws=said, **strange | {"municipality": row.municipality}),
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_the_page_takes_a_comment_and_shows_it_in_the_history(sign_in, row, clerk, coordinator):
    client = sign_in(coordinator)
    place = f"/leistungen/{row.pk}/kommentieren/"
    sent = {"c-text": "Wann kommt es?", "c-named": clerk.pk}
    page = client.post(place, sent, follow=True).text
    assert "Ihr Kommentar steht in der Geschichte." in page
    assert page.index("Kommentar an Kim Probe") < page.index("Aufgenommen, Zuständigkeit")
    client.force_login(clerk)
    assert "koordination hat Sie am 24.11.2026 in einem Kommentar genannt:" in client.get(f"/leistungen/{row.pk}/").text
    assert "steht nicht mehr unter Ihren Aufgaben" in client.post(f"/leistungen/{row.pk}/erledigt/", follow=True).text


def test_what_cannot_be_kept_stays_in_its_field(sign_in, row, coordinator):
    answer = sign_in(coordinator).post(f"/leistungen/{row.pk}/kommentieren/", {"c-text": "Hallo @niemand"})
    assert (answer.status_code, "Hallo @niemand</textarea>" in answer.text) == (400, True)
    assert "sieht niemand mit diesem Namen: @niemand" in answer.text


def test_only_people_who_see_the_row_are_offered(sign_in, row, coordinator, council, manager):
    make.user("fremd", municipality=make.municipality("Nachbarstadt", "159990010020"))
    make.user("betrieb", Role.OPERATOR)
    page = sign_in(coordinator).get(f"/leistungen/{row.pk}/").text
    offered = page.split('name="c-named"')[1].split("</select>")[0]
    assert [name for name in ("leitung", "Kim", "rat", "fremd", "betrieb", "koordination") if f"{name}" in offered] == [
        "leitung",
        "Kim",
    ]


def test_a_program_comments_reads_and_withdraws(row, clerk, coordinator):
    program = Program(coordinator)
    made = program.send("comments/", {"service": row.pk, "text": "@kim bitte"}).json()
    told = {"id": made["id"], "municipality": row.municipality_id, "service": row.pk, "text": "@kim bitte"}
    told |= {"named": ["kim"], "by": "koordination", "recorded_at": "2026-11-24T10:00:00+01:00", "withdrawn_at": None}
    assert (made, program.read("comments/", service=row.pk).json()["results"]) == (told, [told])
    assert Program(clerk).send("comments/deal-with/", {"service": row.pk}).json() == {"comments": 1}
    gone = program.send(f"comments/{made['id']}/withdraw/", {}).json()
    assert gone == told | {"text": "", "withdrawn_at": "2026-11-24T10:00:00+01:00"}
    refused = program.send("comments/", {"service": row.pk, "text": "@niemand"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "named")
    assert program.send("comments/", {"service": 999999, "text": "x"}).status_code == 400
    assert (
        Program(make.user("fremd", municipality=make.municipality("B", "159990010020")))
        .read(f"comments/{made['id']}/")
        .status_code
        == 404
    )


@pytest.mark.parametrize("number", [1, 3])
def test_three_comments_are_read_by_as_many_queries_as_one(row, clerk, coordinator, number, django_assert_num_queries):
    for n in range(number):
        comment(row, f"@kim {n}", by=coordinator)
    held = clerk.memberships.select_related("municipality", "department", "user").get()
    with django_assert_num_queries(17):
        assert len(waits(held.user)) == number
