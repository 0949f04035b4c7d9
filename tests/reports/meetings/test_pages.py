"""The pages of the meetings: each form is sent as the page has it."""

import lxml.html
import pytest
import time_machine
from django.test import Client

from ozg_tracker.accounts.models import Role
from reports.models import Committee, Meeting
from tests import make
from tests.counting import queries

pytestmark = pytest.mark.django_db
PAGE = "/berichte/sitzungen/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-02T09:00Z", tick=False):
        yield


@pytest.fixture
def coordinator(client):
    client.force_login(make.user())
    return client


def sent(client, address, number=-1, **typed):
    """The answer to the page's form (the last one that is sent to the page itself), with what was typed."""
    page = lxml.html.fromstring(client.get(address).content)
    own = [each for each in page.forms if each.get("method") == "post" and not each.get("action")][number]
    return client.post(address, {name: value or "" for name, value in own.form_values()} | typed, follow=True)


def test_a_committee_a_meeting_its_change_and_its_end(coordinator):
    assert "Keine Sitzung steht an" in coordinator.get(PAGE).text
    assert "Gespeichert" in sent(coordinator, f"{PAGE}gremien/neu/", name="Rat", lead_days="14").text
    answer = sent(coordinator, f"{PAGE}neu/", starts_at="2026-12-15T18:00", place="Ratssaal", month="2026-11")
    assert "15.12.2026, 18:00" in answer.text and "01.12.2026" in answer.text
    assert "November 2026: noch nicht veröffentlicht" in " ".join(answer.text.split())
    assert "Vorlage fällig am 01.12.2026" in coordinator.get("/berichte/").text
    address = f"{PAGE}{Meeting.objects.get().pk}/"
    assert "Aula" in sent(coordinator, address, place="Aula", reason="Saal belegt").text
    assert "Saal belegt" in coordinator.get(address).text
    answer = coordinator.post(f"{address}absagen/", {"version": "2", "reason": "Fällt aus"}, follow=True)
    assert "abgesagt" in answer.text
    council = Client()
    council.force_login(make.user("rat", Role.COUNCIL))
    text = council.get(PAGE).text
    assert ("abgesagt" in text, "Neue Sitzung" in text) == (True, False)


def test_what_is_refused_comes_back_with_what_was_typed(coordinator):
    sent(coordinator, f"{PAGE}gremien/neu/", name="Rat", lead_days="14")
    answer = sent(coordinator, f"{PAGE}neu/", starts_at="morgen", place="Ratssaal", month="2026-13")
    assert (answer.status_code, "Ratssaal" in answer.text, "ist kein Monat" in answer.text) == (400, True, True)
    assert sent(coordinator, f"{PAGE}gremien/neu/", name="Rat", lead_days="14").status_code == 400
    assert sent(coordinator, f"{PAGE}neu/", starts_at="2026-12-15T18:00", due_on="2026-12-16").status_code == 400


def test_a_committee_is_renamed_ended_and_taken_up_again(coordinator):
    sent(coordinator, f"{PAGE}gremien/neu/", name="Rat", lead_days="14")
    sent(coordinator, f"{PAGE}neu/", starts_at="2026-10-15T18:00", place="Ratssaal")
    address = f"{PAGE}gremien/{Committee.objects.get().pk}/"
    assert "Stadtrat" in sent(coordinator, address, name="Stadtrat").text
    late = coordinator.post(address, {"version": "1", "name": "Kreistag", "lead_days": "14"})
    assert (late.status_code, "inzwischen geändert" in late.text, Committee.objects.get().name) == (
        400,
        True,
        "Stadtrat",
    )
    assert "Bitte nennen Sie den Grund" in coordinator.post(f"{address}beenden/", {"version": "2"}, follow=True).text
    text = coordinator.post(f"{address}beenden/", {"version": "2", "reason": "Hauptsatzung"}, follow=True).text
    assert "beendet am" in text and "02.11.2026" in text and "Ratssaal" in text and "Neue Sitzung" not in text
    assert "am 02.11.2026 beendet worden" in coordinator.get(address).text
    assert sent(coordinator, f"{PAGE}{Meeting.objects.get().pk}/", place="Aula").status_code == 200
    assert coordinator.get(f"{address}kalender.ics").status_code == 200
    text = coordinator.post(f"{address}fortsetzen/", {"version": "3"}, follow=True).text
    assert "Das Gremium tagt wieder." in text and "Neue Sitzung" in text


def test_the_database_is_asked_as_often_for_three_meetings_as_for_one(coordinator):
    def meets(name, month):
        sent(coordinator, f"{PAGE}gremien/neu/", name=name, lead_days="14")
        committee = str(Committee.objects.get(name=name).pk)
        sent(coordinator, f"{PAGE}neu/", committee=committee, starts_at="2026-12-15T18:00", month=month)

    meets("Rat", "2026-10")
    once = [queries(coordinator, each) for each in (PAGE, "/api/v1/meetings/", "/api/v1/committees/")]
    meets("Hauptausschuss", "2026-09")
    meets("Finanzausschuss", "2026-08")
    assert [queries(coordinator, each) for each in (PAGE, "/api/v1/meetings/", "/api/v1/committees/")] == once
