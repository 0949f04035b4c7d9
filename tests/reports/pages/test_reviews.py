"""Pages of an edition on its way: each form is sent as the page has it."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from ozg_tracker.accounts.models import Department, Role
from reports.editions.freeze import freeze_edition
from reports.editions.texts import digest_of
from reports.models import Edition, EditionText
from tests import make
from tests.counting import queries

pytestmark = pytest.mark.django_db
REASON = "Frau Meier ist krank"
PAGE = "/berichte/2022/11/1/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2022, 12, 2, 8, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def row():
    department = make.department("Bürgerdienste")
    made = make.row(make.service(), department=department, level=3, state="done")
    make.event(made, effective_on=date(2022, 11, 8), department=department, level=2, state="open", reason=REASON)
    return made


@pytest.fixture
def coordinator(client, row):
    client.force_login(make.user())
    freeze_edition(row.municipality, date(2022, 11, 1))
    return client


@pytest.fixture
def lead(row):
    client = Client()
    client.force_login(make.user("leitung", Role.MANAGER, department=row.department))
    return client


def test_a_draft_is_worded_commented_submitted_and_approved_by_the_second_person(coordinator, lead):
    coordinator.post("/berichte/regeln/", {"second_person": "on"})
    text = coordinator.get(f"{PAGE}pruefung/").text
    assert REASON in text and "Nennt vielleicht eine Person" in text and "Leistungen ohne bekannte Fallzahl" in text
    wording = f"wording-{digest_of(REASON)}"
    sent = {wording: "Die Abnahme verschiebt sich", "comment-late": "Antwort bis 15.12.", "deed": "save"}
    assert coordinator.post(f"{PAGE}pruefung/", sent).status_code == 302
    assert "Die Abnahme verschiebt sich" in coordinator.get(f"{PAGE}pruefung/").text
    approver = make.User.objects.get(username="leitung")
    answer = coordinator.post(f"{PAGE}pruefung/", {**sent, "deed": "submit", "approver": approver.pk}, follow=True)
    assert "Gebeten ist leitung" in answer.text
    page = lead.get("/berichte/").text
    assert "liegt Ihnen zur Genehmigung vor" in page
    text = lead.get(f"{PAGE}genehmigung/").text
    assert "1 Text, davon 1 umformuliert" in text and "Ausgabe 1 genehmigen" in text
    assert "zählen, was ihre Berichte sagen" in text
    assert lead.post(f"{PAGE}genehmigung/", {"deed": "approve"}).status_code == 302
    told = lead.get(PAGE).text
    assert "Anmerkung der Verwaltung, 02.12.2026" not in told
    assert "Anmerkung der Verwaltung, 02.12.2022" in told and "Antwort bis 15.12." in told
    assert REASON not in told and "Die Abnahme verschiebt sich" in told
    assert "koordination, 02.12.2022, 09:00 Uhr" in told and "leitung, 02.12.2022, 09:00 Uhr" in told


def test_what_is_refused_comes_back_with_what_was_typed(coordinator):
    sent = {"comment-online": "x" * 700, "deed": "save"}
    answer = coordinator.post(f"{PAGE}pruefung/", sent)
    assert answer.status_code == 400 and "x" * 700 in answer.text and "zu lang" in answer.text
    answer = coordinator.post(f"{PAGE}pruefung/", {"comment-online": "Gut.", "deed": "submit", "publish_at": "morgen"})
    assert answer.status_code == 400 and "Bitte Tag und Uhrzeit schreiben" in answer.text
    assert EditionText.objects.get().text == "Gut."


def test_a_lead_objects_and_the_objection_stands_at_the_row(coordinator, lead, row):
    coordinator.post(f"{PAGE}pruefung/oeffnen/", {"until": "2022-12-05"})
    assert "Einwände bis 05.12.2022" in lead.get("/berichte/").text
    page = lead.get(f"{PAGE}einwaende/").text
    assert "Hundesteuer Anmeldung" in page
    sent = {"deed": "object", "row": row.pk, "text": "Reifegrad 3 seit 27.11."}
    assert lead.post(f"{PAGE}einwaende/", {**sent, "text": ""}).status_code == 400
    assert "Reifegrad 3 seit 27.11." in lead.post(f"{PAGE}einwaende/", sent, follow=True).text
    assert "Reifegrad 3 seit 27.11." in coordinator.get(f"/leistungen/{row.pk}/").text
    review = coordinator.get(f"{PAGE}pruefung/").text
    assert "die Antwort auf 1 Einwand" in review
    pk = row.objections.get().pk
    coordinator.post(f"{PAGE}einwaende/{pk}/", {"text": "Zählt ab Dezember."})
    assert "Zählt ab Dezember." in lead.get(f"{PAGE}einwaende/").text


def test_who_has_not_answered_is_reminded_by_a_button(coordinator, lead):
    coordinator.post(f"{PAGE}pruefung/oeffnen/", {"until": "2022-12-05"})
    assert "Heute erinnern" in coordinator.get(f"{PAGE}pruefung/").text
    refused = coordinator.post(f"{PAGE}pruefung/erinnern/", {"department": ""}, follow=True).text
    assert "hat heute schon eine Nachricht erhalten" in refused
    with time_machine.travel(datetime(2022, 12, 3, 8, tzinfo=UTC), tick=False):
        coordinator.force_login(make.User.objects.get(username="koordination"))
        pk = Department.objects.get(name="Bürgerdienste").pk
        answer = coordinator.post(f"{PAGE}pruefung/erinnern/", {"department": pk}, follow=True)
    assert "Erinnert: Bürgerdienste." in answer.text


def test_a_month_that_would_be_counted_otherwise_is_corrected_from_the_review(coordinator, row):
    review = f"{PAGE}pruefung/"
    assert "Keiner: Die Monate davor zählen" in coordinator.get(review).text
    earlier = freeze_edition(row.municipality, date(2022, 10, 1))
    coordinator.post("/berichte/2022/10/1/genehmigen/", {"tell": "on"})
    earlier.refresh_from_db()
    assert (earlier.state, earlier.tells_council) == ("approved", True)
    with time_machine.travel(datetime(2022, 12, 3, 8, tzinfo=UTC), tick=False):
        coordinator.force_login(make.User.objects.get(username="koordination"))
        make.event(
            row,
            effective_on=date(2022, 10, 28),
            recorded_at=datetime(2022, 12, 3, 7, tzinfo=UTC),
            level=1,
            state="open",
        )
        coordinator.post(f"{PAGE}neu-berechnen/")
        text = coordinator.get(review).text
        assert "1 von 1" in text and "Reifegrad 3 → 1, gilt ab 28.10.2022, eingetragen am 03.12.2022" in text
        sent = {"months": ["2022-10"], "reason": "Nachtrag"}
        answer = coordinator.post(f"{PAGE}pruefung/berichtigen/", sent, follow=True).text
    assert "1 Monat ist berichtigt: Oktober 2022." in answer and "Keiner: Die Monate davor zählen" in answer


def test_given_back_with_a_comment_it_is_a_draft_again(coordinator):
    me = make.User.objects.get(username="koordination")
    coordinator.post(f"{PAGE}pruefung/", {"deed": "submit", "approver": me.pk, "comment-done": "Bald."})
    answer = coordinator.post(f"{PAGE}genehmigung/", {"deed": "return", "comment": ""})
    assert answer.status_code == 400 and "Bitte schreiben Sie, was zu ändern ist" in answer.text
    coordinator.post(f"{PAGE}genehmigung/", {"deed": "return", "comment": "Kürzer."})
    review = coordinator.get(f"{PAGE}pruefung/").text
    assert "Kürzer." in review and "Bald." in review


def test_a_draft_is_reckoned_anew_or_dropped(coordinator):
    assert "neu berechnet" in coordinator.post(f"{PAGE}neu-berechnen/", follow=True).text
    coordinator.post(f"{PAGE}verwerfen/", {"reason": ""})
    assert Edition.objects.standing().count() == 1
    assert "verworfen" in coordinator.post(f"{PAGE}verwerfen/", {"reason": "Zu früh"}, follow=True).text
    assert coordinator.get(PAGE).status_code == 404


def test_a_review_asks_as_much_of_the_database_for_many_reasons_as_for_one(coordinator, row):
    first = queries(coordinator, f"{PAGE}pruefung/")
    for number in range(3):
        made = make.row(make.service(f"9910201310401{number}", f"L{number}"), level=3, state="done")
        make.event(made, effective_on=date(2022, 11, 9), level=2, state="open", reason=f"Grund {number}")
    coordinator.post(f"{PAGE}neu-berechnen/")
    assert queries(coordinator, f"{PAGE}pruefung/") == first
