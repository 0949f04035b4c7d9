"""The coordination's page of goals: the forms are sent as the page has them."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from reports.goals.set_goal import set_goal
from reports.models import Goal
from tests import make
from tests.counting import queries

pytestmark = pytest.mark.django_db
PAGE = "/berichte/ziele/"
_FIELD = re.compile(r"<(?:input|textarea|select)[^>]*>")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2022, 12, 2, 9, tzinfo=UTC), tick=False):
        yield


def form_at(page, action):
    """What the page's form with this address sends untouched; of a choice its first."""
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', page, re.DOTALL)[0]
    sent = {}
    for field in _FIELD.findall(form):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', field))
        sent[told["name"]] = told.get("value", "")
    if "<option" in form:
        sent["year"] = re.search(r'<option value="(\d+)"', form)[1]
    sent.pop("csrfmiddlewaretoken")
    return sent


def test_a_goal_is_set_changed_and_withdrawn(sign_in, coordinator):
    client = sign_in(coordinator)
    page = client.get(PAGE).text
    assert "Es gilt kein Jahresziel." in page and "zuruecknehmen/" not in page
    sent = form_at(page, PAGE)
    assert sent == {"year": "2022", "target": "", "decided": "", "reason": "", "seen": "0"}
    said = {"target": "180", "decided": "Ratsbeschluss vom 12.03.2022", "reason": "Haushalt"}
    answer = client.post(PAGE, sent | said, follow=True)
    assert "Das Jahresziel 2022 gilt." in answer.text and "Es gilt kein Jahresziel." not in answer.text
    sent = form_at(answer.text, PAGE)
    assert (sent["target"], sent["decided"], sent["reason"]) == ("180", "Ratsbeschluss vom 12.03.2022", "")
    client.post(PAGE, sent | {"target": "190", "reason": "Nachtrag"})
    ending = form_at(client.get(PAGE).text, f"{PAGE}zuruecknehmen/")
    answer = client.post(f"{PAGE}zuruecknehmen/", ending | {"reason": "aufgehoben"}, follow=True)
    assert "Das Jahresziel 2022 gilt nicht mehr." in answer.text and "Es gilt kein Jahresziel." in answer.text
    assert [text in answer.text for text in ("kein Ziel mehr", "aufgehoben", "Nachtrag", "Haushalt")] == [True] * 4
    assert list(Goal.objects.values_list("target", flat=True)) == [None, 190, 180]


def test_what_is_missing_stands_at_its_field_and_what_was_typed_stays(sign_in, coordinator):
    answer = sign_in(coordinator).post(PAGE, {"year": "2022", "target": "0", "decided": "", "reason": "x", "seen": "0"})
    assert answer.status_code == 400
    assert "Ein Jahresziel ist mindestens 1 fertige Leistung" in answer.text and 'value="2022"' in answer.text
    assert "Bitte nennen Sie, wer das Jahresziel wann beschlossen hat." in answer.text
    assert Goal.objects.count() == 0


def test_who_is_late_is_told_sees_what_holds_and_may_go_on(sign_in, coordinator):
    client = sign_in(coordinator)
    said = {"year": 2022, "target": 30, "decided": "Rat", "reason": "x"}
    made = set_goal(make.municipality(), coordinator, **said)
    answer = client.post(PAGE, said | {"target": 31, "seen": "0"})
    assert (answer.status_code, "Inzwischen hat jemand anderes ein Jahresziel geändert." in answer.text) == (400, True)
    assert form_at(answer.text, PAGE)["seen"] == str(made.pk)
    answer = client.post(f"{PAGE}zuruecknehmen/", {"year": 2022, "reason": "x", "seen": "0"})
    assert (answer.status_code, Goal.objects.count()) == (400, 1)


def test_the_archive_leads_there_for_the_coordination_alone(sign_in, coordinator):
    assert f'href="{PAGE}"' in sign_in(coordinator).get("/berichte/").text
    assert f'href="{PAGE}"' not in sign_in(make.user("rat", Role.COUNCIL)).get("/berichte/").text


def test_the_page_asks_the_database_as_often_for_three_goals_as_for_one(sign_in, coordinator):
    client, said = sign_in(coordinator), {"target": 30, "decided": "Rat", "reason": "x"}
    set_goal(make.municipality(), coordinator, year=2022, **said)
    once = queries(client, PAGE)
    for year in (2023, 2024):
        set_goal(make.municipality(), coordinator, year=year, **said)
    assert queries(client, PAGE) == once


def test_goals_of_another_municipality_are_not_shown(sign_in, coordinator):
    other = make.municipality("Nachbarstadt", "159990010020")
    said = {"year": 2022, "target": 30, "decided": "Rat der Nachbarstadt", "reason": "x"}
    set_goal(other, make.user("nachbar", municipality=other), **said)
    assert "Rat der Nachbarstadt" not in sign_in(coordinator).get(PAGE).text
