"""The pages of rounds, with what a browser sends of their forms."""

from datetime import UTC, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Round
from ozg_tracker.tracking.rounds.standing import standing_of
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 16, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def civic():
    return make.department("Bürgerdienste")


@pytest.fixture
def row(civic):
    return make.row(make.service(name="Reisepass"), department=civic, level=2)


@pytest.fixture
def leader(civic):
    return make.user("leitung", Role.MANAGER, department=civic)


@pytest.fixture
def asked(coordinator, row, clock):
    made = make.asked_round(coordinator)
    clock.shift(60)
    return made


def test_the_coordination_opens_a_round_and_what_is_wrong_stands_at_its_field(sign_in, coordinator, row):
    client = sign_in(coordinator)
    assert "Noch keine Runde." in client.get("/runden/").text
    wrong = client.post("/runden/", {"name": "Herbst", "until": "31.12.2019", "message": ""})
    assert (wrong.status_code, "ab heute und innerhalb eines Jahres" in wrong.text) == (400, True)
    sent = {"name": "Herbst", "until": "2026-11-30", "message": "", "departments": [row.department_id]}
    answer = client.post("/runden/", sent, follow=True)
    assert "Die Runde ist eröffnet" in answer.text
    assert "noch keine Antwort" in answer.text
    assert "0 von 1" in client.get("/runden/").text


def test_who_leads_a_department_answers_and_hands_in(sign_in, leader, asked, row):
    client, here = sign_in(leader), f"/runden/{asked.pk}/{row.department_id}/"
    assert "Runde beantworten" in client.get(f"/runden/{asked.pk}/").text
    page = client.get(here).text
    assert "0 von 1 beantwortet" in page
    assert "Eine Leistung ist noch offen." in page
    answer = client.post(f"{here}antworten/", {"same": row.pk, f"version_{row.pk}": 1})
    assert answer.headers["Location"] == f"{here}#leistung-{row.pk}"
    page = client.get(here).text
    assert "stimmt noch, 16.11. 10:01" in page
    assert "1 Antwort abgeben" in page
    client.post(f"{here}antworten/", {"back": row.pk})
    assert "0 von 1 beantwortet" in client.get(here).text
    assert "Die Antworten sind abgegeben." in client.post(here, {"do": "hand_in"}, follow=True).text
    page = client.get(here).text
    assert "„abgegeben“ vom 16.11.2026 zurücknehmen" in page
    step = standing_of(asked).units[0].step
    assert (
        "„abgegeben“ ist zurückgenommen." in client.post(f"/runden/schritte/{step.pk}/zuruecknehmen/", follow=True).text
    )
    assert client.get(f"/runden/{asked.pk}/0/").status_code == 404


def test_an_answer_without_leaving_the_page_says_what_it_came_to(sign_in, leader, asked, row):
    client, here = sign_in(leader), f"/runden/{asked.pk}/{row.department_id}/antworten/"
    told = client.post(here, {"same": row.pk, f"version_{row.pk}": 1}, headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["refused"], told.json()["button"]) == (200, "", "1 Antwort abgeben")
    assert "1 von 1 beantwortet" in " ".join(told.json()["head"].split())
    stale = client.post(here, {"same": row.pk, f"version_{row.pk}": 7}, headers={"Accept": "application/json"})
    assert (stale.status_code, "inzwischen geändert" in stale.json()["refused"]) == (400, True)
    stale = client.post(here, {"same": row.pk, f"version_{row.pk}": 7}, follow=True)
    assert "inzwischen geändert" in stale.text


def test_what_was_handed_in_is_checked_and_given_back(sign_in, coordinator, asked, row):
    client, here = sign_in(coordinator), f"/runden/{asked.pk}/{row.department_id}/"
    client.post(f"{here}antworten/", {"same": row.pk, f"version_{row.pk}": 1})
    client.post(here, {"do": "hand_in"})
    assert 'Prüfen <span class="kern-sr-only">: Bürgerdienste' in client.get(f"/runden/{asked.pk}/").text
    bare = client.post(here, {"do": "return", "comment": "", "rows": [row.pk]})
    assert (bare.status_code, bare.text.count("checked")) == (400, 1)
    client.post(here, {"do": "return", "comment": "Termin vorbei", "rows": [row.pk]})
    page = client.get(f"{here}?only=returned").text
    assert "„Termin vorbei“ – koordination" in page
    assert "davon zurückgegeben <b>1</b>" in page
    client.post(here, {"do": "hand_in"})
    assert "angenommen 16.11.2026" in client.post(here, {"do": "accept"}, follow=True).text


def test_whoever_leads_reminds_extends_passes_on_and_ends_it(sign_in, coordinator, leader, asked):
    client, here = sign_in(coordinator), f"/runden/{asked.pk}/"
    other = make.user("zweite", first_name="Zoe", last_name="Zwei")
    assert "Die Erinnerungen sind unterwegs." in client.post(here, {"do": "remind"}, follow=True).text
    assert client.post(here, {"do": "extend", "until": "1.1.2020"}).status_code == 400
    assert client.post(here, {"do": "lead", "leader": leader.pk}).status_code == 400
    client.post(here, {"do": "extend", "until": "24.12.2026"})
    client.post(here, {"do": "lead", "leader": other.pk})
    page = client.get(here).text
    assert "Antwort bis 24.12.2026 · geleitet von Zoe Zwei" in page
    assert "zuletzt erinnert am 16.11.2026" in page
    assert "Die Runde ist geschlossen." in client.post(here, {"do": "closed"}, follow=True).text
    assert "geschlossen 16.11.2026" in client.get(here).text
    assert "Diese Runde ist beendet." in client.post(here, {"do": "closed"}, follow=True).text
    assert list(Round.objects.running()) == []


def test_a_clerk_sees_all_and_answers_the_own_rows_alone(sign_in, asked, row, civic):
    client, here = sign_in(make.user("kim", Role.STAFF, department=civic)), f"/runden/{asked.pk}/{civic.pk}/"
    page = client.get(here).text
    assert "Reisepass" in page
    assert "Stimmt noch:" not in page
    assert "abgeben" not in page
    refused = client.post(f"{here}antworten/", {"same": row.pk, f"version_{row.pk}": 1}, follow=True)
    assert "Bestätigen kann, wer den Stand der Leistung melden darf." in refused.text


@pytest.mark.parametrize("number", [1, 3])
def test_answers_are_shown_by_the_same_number_of_queries(
    number, sign_in, coordinator, civic, django_assert_num_queries
):
    for n in range(number):
        make.row(make.service(f"9910700000000{n}", f"Leistung {n}"), department=civic)
    made, client = make.asked_round(coordinator), sign_in(coordinator)
    client.get("/runden/")
    with django_assert_num_queries(15):
        assert client.get(f"/runden/{made.pk}/{civic.pk}/").status_code == 200


def changed(row, **changes):
    """The form of a row's page as a browser sends it, with `changes`."""
    stored = {"version": row.version, "state": row.state, "level": row.level_id, "department": row.department_id}
    empty = dict.fromkeys(("owner", "planned_on", "cases_per_year", "online_url", "note", "effective_on", "reason"), "")
    return empty | stored | {"responsibility": row.responsibility} | changes


def test_who_changes_a_row_of_a_round_is_led_back_to_it(sign_in, leader, asked, row):
    client, back = sign_in(leader), f"/runden/{asked.pk}/{row.department_id}/#leistung-{row.pk}"
    here = f"/leistungen/{row.pk}/?round={asked.pk}"
    assert f'href="{here}#aendern"' in client.get(back).text
    page = client.get(here).text
    assert f'href="{back}"' in page
    assert f'action="/leistungen/{row.pk}/bestaetigen/?round={asked.pk}"' in page
    sent = changed(row, note="neu")
    wrong = client.post(here, sent | {"planned_on": "irgendwann"})
    assert (wrong.status_code, f'action="{here}"' in wrong.text) == (400, True)
    assert client.post(here, sent).headers["Location"] == back
    confirm = f"/leistungen/{row.pk}/bestaetigen/?round={asked.pk}"
    assert client.post(confirm, {"version": row.version + 1}).headers["Location"] == back


@pytest.mark.parametrize("other", ["0", "999999", "x"])
def test_a_round_that_does_not_ask_for_the_row_leads_nowhere(sign_in, leader, row, other):
    client, here = sign_in(leader), f"/leistungen/{row.pk}/"
    assert "Zurück zur Runde" not in client.get(f"{here}?round={other}").text
    assert client.post(f"{here}?round={other}", changed(row, note="neu")).headers["Location"] == here
