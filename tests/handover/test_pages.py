"""Handing over as people do it, and letting somebody go who holds something."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ozg_tracker.accounts.models import Role, User
from ozg_tracker.accounts.people import let_go
from ozg_tracker.handover.models import Handover
from tests import make
from tests.counting import queries
from tests.training import made
from tests.white_space import squeezed

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make.department("Bürgerbüro")


@pytest.fixture
def giver(office):
    return make.user("amt1", Role.STAFF, department=office)


@pytest.fixture
def taker(office):
    return make.user("amt2", Role.STAFF, department=office)


@pytest.fixture
def rows(giver, taker, office):
    keys = [f"9910201310400{number}" for number in range(3)]
    return [make.row(make.service(key, f"Leistung {key}"), owner=giver, department=office) for key in keys]


def _owners(rows):
    return [type(row).objects.get(pk=row.pk).owner.username for row in rows]


def test_who_takes_what_is_chosen_looked_at_and_done(sign_in, coordinator, giver, taker, rows, office):
    client, page = sign_in(coordinator), reverse("hand_over", args=[giver.pk])
    assert "von amt1 · 3 Leistungen · Noch ist nichts geändert." in squeezed(client.get(page).text)
    chosen = {"why": "leaves", f"to_{office.pk}": taker.pk, f"row_{rows[2].pk}": "stays"}
    text = squeezed(client.post(page, chosen).text)
    assert "Geht über: 2 Leistungen. Bleibt vorerst: 1 Leistung." in text
    assert "amt2 übernimmt: 2 Leistungen. Hält danach 2 statt 0 Leistungen." in text and _owners(rows) == ["amt1"] * 3
    text = client.post(page, chosen | {"deed": "1"}, follow=True).text
    assert "Übergeben: 2 Leistungen." in text and _owners(rows) == ["amt2", "amt2", "amt1"]
    text = client.post(reverse("take_handover_back", args=[Handover.objects.get().pk]), follow=True).text
    assert "Die Übergabe ist zurückgenommen." in text and _owners(rows) == ["amt1"] * 3


def test_one_service_can_go_to_somebody_else_than_the_rest(sign_in, coordinator, giver, taker, rows, office):
    chosen = {"why": "moves", f"to_{office.pk}": taker.pk, f"row_{rows[0].pk}": coordinator.pk, "deed": "1"}
    sign_in(coordinator).post(reverse("hand_over", args=[giver.pk]), chosen)
    assert _owners(rows) == ["koordination", "amt2", "amt2"]


def test_drafts_and_dates_are_chosen_beside_the_services_all_or_one(sign_in, coordinator, giver, taker, rows):
    drafts = [make.merge(giver), make.merge(giver)]
    led = made.course_date(starts_at=timezone.now() + timedelta(days=9), trainer=giver)
    client, page = sign_in(coordinator), reverse("hand_over", args=[giver.pk])
    text = squeezed(client.get(page).text)
    assert "von amt1 · 3 Leistungen, 2 Entwürfe, 1 Schulungstermin" in text and "Eigene Entwürfe" in text
    chosen = {"why": "leaves", "to_drafts": taker.pk, f"thing_merge_{drafts[0].pk}": "stays", "to_dates": taker.pk}
    text = squeezed(client.post(page, chosen).text)
    assert "Geht über: 1 Entwurf, 1 Schulungstermin. Bleibt vorerst: 3 Leistungen, 1 Entwurf." in text
    text = squeezed(client.post(page, chosen | {"deed": "1"}, follow=True).text)
    assert "Übergeben: 1 Entwurf, 1 Schulungstermin." in text and "amt2: 1 Entwurf, 1 Schulungstermin" in text
    assert [type(each).objects.get(pk=each.pk).by for each in drafts] == [giver, taker]
    led.refresh_from_db()
    assert (led.trainer, _owners(rows)) == (taker, ["amt1"] * 3)


def test_a_draft_that_nobody_can_act_for_is_told_and_handed_over(sign_in, coordinator, giver, taker):
    make.merge(giver)
    let_go(giver.memberships.get(), by=coordinator)
    client = sign_in(coordinator)
    assert "Entwurf, Runde oder Schulungstermin, für den niemand handeln kann" in client.get("/").text
    text = squeezed(client.get(reverse("handovers")).text)
    assert "Dafür kann niemand handeln" in text and "1 Entwurf" in text
    client.post(reverse("hand_over", args=[giver.pk]), {"why": "leaves", "to_drafts": taker.pk, "deed": "1"})
    assert "Dafür kann niemand handeln" not in client.get(reverse("handovers")).text


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        ({}, "Bitte wählen Sie, wer etwas übernimmt."),
        ({"why": "away"}, "Einen letzten Tag braucht"),
        ({"starts_on": "gestern"}, "ist kein Tag"),
        ({"why": "dies"}, "dies"),
    ],
)
def test_what_does_not_hold_is_said_and_what_was_entered_stays(
    sign_in, coordinator, giver, taker, rows, office, entered, sentence
):
    chosen = {"why": "leaves", "message": "bitte bald", "deed": "1"}
    if entered:
        chosen[f"to_{office.pk}"] = taker.pk
    answer = sign_in(coordinator).post(reverse("hand_over", args=[giver.pk]), chosen | entered)
    assert answer.status_code == 400 and sentence in answer.text and "bitte bald" in answer.text
    assert _owners(rows) == ["amt1"] * 3


def test_the_preview_says_already_what_the_deed_would_refuse(sign_in, coordinator, giver, taker, rows, office):
    chosen = {"why": "away", f"to_{office.pk}": taker.pk}
    answer = sign_in(coordinator).post(reverse("hand_over", args=[giver.pk]), chosen)
    assert answer.status_code == 400 and "Einen letzten Tag braucht" in answer.text
    assert "Geht über: 3 Leistungen." in squeezed(answer.text) and not Handover.objects.exists()


def test_letting_somebody_go_shows_what_they_hold_and_asks(sign_in, coordinator, giver, rows):
    client, member = sign_in(coordinator), giver.memberships.get()
    page, end = reverse("person", args=[member.pk]), reverse("end_person", args=[member.pk])
    text = client.get(page).text
    assert "3 Leistungen" in text and reverse("hand_over", args=[giver.pk]) in text
    ids = re.findall(r' id="([^"]+)"', text)
    assert sorted(set(ids)) == sorted(ids)
    assert "hält noch etwas: 3 Leistungen" in client.post(end, follow=True).text
    assert User.objects.get(pk=giver.pk).is_active
    assert "ist stillgelegt" in client.post(end, {"anyway": "on"}, follow=True).text
    assert "niemand handeln kann" in client.get("/").text
    assert "Dafür kann niemand handeln" in client.get(reverse("handovers")).text


def test_who_holds_nothing_is_let_go_without_a_question(sign_in, coordinator, taker):
    end = reverse("end_person", args=[taker.memberships.get().pk])
    assert "ist stillgelegt" in sign_in(coordinator).post(end, follow=True).text


def test_staff_see_and_hand_over_what_is_theirs_alone(sign_in, giver, taker, rows, coordinator):
    client = sign_in(taker)
    assert client.get(reverse("hand_over", args=[giver.pk])).status_code == 404
    assert "Diese Person hält nichts" in client.get(reverse("hand_over", args=[taker.pk])).text
    text = squeezed(sign_in(giver).get(reverse("handovers")).text)
    assert "Übergeben, was Sie selbst halten: 3 Leistungen" in text


def test_the_services_of_who_has_left_can_still_be_handed_over(sign_in, coordinator, giver, taker, rows, office):
    let_go(giver.memberships.get(), by=coordinator)
    chosen = {"why": "leaves", f"to_{office.pk}": taker.pk, "deed": "1"}
    sign_in(coordinator).post(reverse("hand_over", args=[giver.pk]), chosen)
    assert _owners(rows) == ["amt2"] * 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_many_as_for_one(sign_in, coordinator, giver, taker, office, rows, count):
    client, day = sign_in(coordinator), timezone.localdate() + timedelta(days=9)
    for row in rows[:count]:
        chosen = {"why": "leaves", f"row_{row.pk}": taker.pk, "starts_on": day, "deed": "1"}
        client.post(reverse("hand_over", args=[giver.pk]), chosen)
    assert queries(client, reverse("handovers")) == 24
    assert queries(client, reverse("hand_over", args=[giver.pk])) == 17
