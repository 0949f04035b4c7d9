"""The page of the maturity model, and where what waits to be rated anew is shown."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ozg_tracker.accounts.maturity import change_model
from ozg_tracker.accounts.models import MaturityModelEvent, Municipality
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/reifegradmodell/"


@pytest.fixture
def changed(municipality, coordinator):
    make.row(level=3)
    make.row(make.service("99000000000001", "Nie bewertet"))
    newer = make.maturity_model("2.0")
    change_model(municipality, newer, effective_on=date(2026, 3, 1), reason="Beschluss", by=coordinator)
    return municipality


def test_the_coordination_changes_the_model_as_the_page_sends_it(sign_in, coordinator, municipality):
    client = sign_in(coordinator)
    page = client.get(PAGE)
    assert "Das Modell wurde noch nicht gewechselt." in page.text
    entered = {"model": make.maturity_model("2.0").pk, "effective_on": "2026-03-01", "reason": "Beschluss des Rates"}
    answer = client.post(PAGE, entered, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Ab 01.03.2026 gilt das Reifegradmodell 2.0. Umgerechnet wurde nichts." in answer.text
    assert "Beschluss des Rates" in answer.text
    assert Municipality.objects.get().maturity_model.version == "2.0"


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"reason": ""}, "Dieses Feld ist zwingend erforderlich."),
        ({"effective_on": "2099-01-01"}, "Ein Wechsel des Modells wird höchstens drei Jahre vorher geplant."),
        ({"model": "²"}, "Bitte eine gültige Auswahl treffen."),
    ],
)
def test_what_cannot_be_is_told_beside_the_field(sign_in, coordinator, municipality, entered, said):
    given = {"model": make.maturity_model("2.0").pk, "effective_on": "2026-03-01", "reason": "Beschluss"} | entered
    answer = sign_in(coordinator).post(PAGE, given)
    assert (answer.status_code, said in answer.text, MaturityModelEvent.objects.count()) == (400, True, 0)


def test_others_read_it_and_cannot_change_it(sign_in, staff):
    client = sign_in(staff)
    answer = client.post(PAGE, {"model": make.maturity_model("2.0").pk, "reason": "x", "effective_on": "2026-03-01"})
    assert (answer.status_code, "Modell wechseln" in answer.text, MaturityModelEvent.objects.count()) == (200, False, 0)


def test_what_waits_is_counted_the_same_on_every_page_and_leads_to_its_list(sign_in, coordinator, changed):
    client = sign_in(coordinator)
    query = "?department=&awaits_rating=true&counts=true"
    assert query.replace("&", "&amp;") in client.get(PAGE).text
    listed = client.get(f"/leistungen/{query}")
    assert [row.service.name for row in listed.context["page"]] == ["Hundesteuer Anmeldung"]
    chip = listed.context["awaiting"]
    assert (chip.label, chip.count, chip.current) == ("neu zu bewerten", 1, True)
    assert [(chip.label, chip.count) for chip in client.get("/leistungen/?all=1").context["chips"]] == [
        *(("Alle", 2), ("nicht bewertet", 1), ("0–2", 0), ("ab 3", 0))
    ]
    (todo,) = [each for each in client.get("/").context["todos"] if "awaits_rating" in each.address]
    assert (todo.number, todo.title) == (1, "Leistung ist neu zu bewerten")


def test_nothing_is_shown_of_it_where_the_model_never_changed(sign_in, coordinator, municipality):
    make.row(level=3)
    assert "neu zu bewerten" not in sign_in(coordinator).get("/leistungen/?all=1").text


def test_a_day_of_the_earlier_model_can_be_told_on_the_page_of_a_service(sign_in, coordinator, changed):
    row = changed.services.get(level=None)
    page = sign_in(coordinator).get(f"/leistungen/{row.pk}/")
    assert "(Modell 1.1)" in page.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_a_constant_number_of_queries(sign_in, coordinator, changed, rows):
    for number in range(rows):
        make.row(make.service(f"9911000000000{number}"), level=2)
    client = sign_in(coordinator)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    assert len(queries) == 11


def test_the_api_lists_models_and_changes_and_takes_a_change(program, municipality):
    models = program.get("/api/v1/maturity-models/").json()["results"]
    assert [(each["version"], each["conform_level"], len(each["levels"])) for each in models] == [
        *(("1.1", 3, 5), ("2.0", 3, 8))
    ]
    sent = {
        "municipality": municipality.pk,
        "maturity_model": "2.0",
        "effective_on": "2026-03-01",
        "reason": "Beschluss",
    }
    made = program.send("maturity-model-changes/", sent)
    assert (made.status_code, made.json()["maturity_model"], made.json()["by"]) == (201, "2.0", "koordination")
    listed = program.get("/api/v1/maturity-model-changes/").json()["results"]
    assert [(each["maturity_model"], each["effective_on"]) for each in listed] == [
        *(("1.1", "2017-08-18"), ("2.0", "2026-03-01"))
    ]
    told = program.get(f"/api/v1/municipalities/{municipality.pk}/").json()
    assert (told["maturity_model"], told["maturity_model_since"]) == ("2.0", "2026-03-01")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"municipality": 0}, "municipality"),
        ({"maturity_model": "9"}, "maturity_model"),
        ({"effective_on": "2099-01-01"}, "effective_on"),
        ({"reason": ""}, "reason"),
    ],
)
def test_the_api_refuses_by_field(program, municipality, said, field):
    sent = {"municipality": municipality.pk, "maturity_model": "2.0", "reason": "Beschluss"} | said
    refused = program.send("maturity-model-changes/", sent)
    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (400, [field])


def test_a_change_of_a_day_to_come_is_shown_and_called_off(sign_in, coordinator, municipality):
    client, day = sign_in(coordinator), timezone.localdate() + timedelta(days=30)
    given = {"model": make.maturity_model("2.0").pk, "effective_on": day.isoformat(), "reason": "Beschluss"}
    page = client.post(PAGE, given, follow=True).text
    assert "Bis dahin lässt sich das absagen." in page and "Vorgesehen" in page
    assert Municipality.objects.get().maturity_model.version == "1.1"
    planned = MaturityModelEvent.objects.latest("pk")
    address = reverse("call_off_maturity_model", args=[planned.pk])
    assert "Der Wechsel ist abgesagt." in client.post(address, follow=True).text
    page = client.post(address, follow=True).text
    assert "Dieser Wechsel gilt schon oder ist schon abgesagt." in page and "Vorgesehen" not in page
