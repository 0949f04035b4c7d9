"""Working through "ungeklärt": by bundle and suggestion, many rows with one reason, all or none."""

from datetime import date

import pytest
from django.utils import timezone

from ozg_tracker.tracking.models import MunicipalService, Responsibility, Source, StatusChange
from ozg_tracker.tracking.responsibility.profiles import change_profile
from ozg_tracker.tracking.responsibility.suggesting import Rule, RuleLine
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.counting import queries

pytestmark = pytest.mark.django_db
PAGE = "/leistungen/klaeren/"
DISTRICT = Rule(Responsibility.DISTRICT, "Kreisstraßen", "Straßengesetz")
FORM = {"decision": "suggested", "reason": "Aufgabenverteilung geprüft", "effective_on": "2022-11-01", "do": "selected"}


@pytest.fixture
def rows(municipality):
    """Two of a bundle the profile gives to the district, and one it says nothing of."""
    roads, other = make.bundle(), make.bundle("99990", topic="Umwelt", situation="Wald")
    change_profile(municipality.kind, {RuleLine("ozg_id", "10041"): DISTRICT}, by=None, reason="Landesrecht")
    facts = {"responsibility": "unclear"}
    return [
        make.row(make.service("99102013104000", "Gehweg", types="2/3", bundles=[roads]), **facts),
        make.row(make.service("99102014104000", "Straße", types="2/3", bundles=[roads]), **facts),
        make.row(make.service(None, "Baumpate", types="", bundles=[other]), **facts),
        make.row(make.service(None, "Entschieden", bundles=[roads]), responsibility="municipality"),
    ]


@pytest.fixture
def coordination(sign_in, coordinator, rows):
    return sign_in(coordinator)


def chosen(*rows, bundle=None):
    """What the page sends for the rows it showed, with `rows` ticked."""
    shown = MunicipalService.objects.filter(responsibility="unclear")
    lines = [f"{row.pk}-{row.version}-{row.service.bundles.get().pk}" for row in shown]
    return {"row": lines, "chosen": [row.pk for row in rows], "bundle": [bundle.pk] if bundle else []}


def decided():
    found = MunicipalService.objects.order_by("pk").values_list("service__name", "responsibility")
    return dict(found)


UNTOUCHED = {"Gehweg": "unclear", "Straße": "unclear", "Baumpate": "unclear", "Entschieden": "municipality"}


def test_rows_stand_under_their_bundle_with_suggestion_and_reason(coordination):
    response = coordination.get(PAGE)
    page = response.text
    groups = [(each.bundle.ozg_id, [one.row.service.name for one in each.rows]) for each in response.context["groups"]]
    assert groups == [("10041", ["Gehweg", "Straße"]), ("99990", ["Baumpate"])]
    assert "noch 3 ungeklärt" in page
    assert "Kreisstraßen" in page
    assert "(Straßengesetz)" in page
    assert "das Profil sagt dazu nichts" in page
    assert "Entschieden" not in page


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("q=gehweg", ["Gehweg"]),
        ("bundle=99990", ["Baumpate"]),
        ("suggestion=district", ["Gehweg", "Straße"]),
        ("suggestion=unclear", ["Baumpate"]),
        ("suggestion=municipality", []),
        ("bundle=00000", []),
    ],
)
def test_filters_narrow_the_list(coordination, query, left):
    groups = coordination.get(f"{PAGE}?{query}").context["groups"]
    assert [each.row.service.name for group in groups for each in group.rows] == left


def test_the_suggestion_is_taken_over_for_the_rows_ticked_with_one_reason(coordination, rows, coordinator):
    response = coordination.post(PAGE, FORM | chosen(rows[0], rows[2]))
    assert (response.status_code, decided()) == (302, UNTOUCHED | {"Gehweg": "district"})
    event = StatusChange.objects.get(row=rows[0], version=2)
    assert (event.reason, event.by, event.effective_on, event.source) == (
        *("Aufgabenverteilung geprüft", coordinator, date(2022, 11, 1), Source.PAGE),
    )
    assert "1 Zuständigkeit geklärt. Noch 2 ungeklärt." in coordination.get(PAGE).text


def test_a_whole_bundle_can_be_decided_otherwise_than_suggested(coordination):
    coordination.post(PAGE, FORM | chosen(bundle=make.bundle()) | {"decision": "municipality"})
    assert decided() == UNTOUCHED | {"Gehweg": "municipality", "Straße": "municipality"}


def test_all_that_the_filters_leave_can_be_decided(coordination):
    address = f"{PAGE}?q=stra"
    seen = coordination.get(address).context["seen"]
    coordination.post(address, FORM | {"do": "all", "seen": seen, "decision": "not_offered"})
    assert decided() == UNTOUCHED | {"Straße": "not_offered"}


def test_all_is_refused_where_the_list_is_no_longer_the_one_looked_at(coordination, rows):
    seen = coordination.get(PAGE).context["seen"]
    change_status(
        rows[0], {"note": "neu"}, seen_version=1, by=None, reason="", effective_on=timezone.localdate(), source="page"
    )
    response = coordination.post(PAGE, FORM | {"do": "all", "seen": seen})
    assert (response.status_code, decided()) == (409, UNTOUCHED)
    assert "Inzwischen hat jemand anderes entschieden." in response.text


def test_a_row_that_somebody_else_decided_is_shown_and_none_is_changed(coordination, rows):
    sent = FORM | chosen(rows[0], rows[1]) | {"decision": "municipality"}
    change_status(
        rows[1],
        {"responsibility": "state"},
        seen_version=1,
        by=None,
        reason="",
        effective_on=timezone.localdate(),
        source="page",
    )
    response = coordination.post(PAGE, sent)
    assert (response.status_code, [row.pk for row in response.context["overtaken"]]) == (409, [rows[1].pk])
    assert decided() == UNTOUCHED | {"Straße": "state"}
    assert "Straße</a>: Land" in response.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": " "}, "Bitte geben Sie eine Begründung an; sie steht bei jeder Leistung."),
        ({"chosen": []}, "Bitte wählen Sie zuerst Leistungen mit einem Vorschlag aus."),
        ({"effective_on": "2199-01-01"}, "„Gilt ab“ liegt in der Zukunft"),
        ({"effective_on": "gestern"}, "ist kein Tag. Bitte als 2022-11-30 oder 30.11.2022 schreiben."),
        ({"decision": "unclear"}, "Bitte prüfen Sie die markierten Felder."),
    ],
)
def test_what_cannot_be_is_told_and_nothing_changes(coordination, rows, wrong, sentence):
    response = coordination.post(PAGE, FORM | chosen(rows[0]) | wrong)
    assert (response.status_code, sentence in response.text, decided()) == (400, True, UNTOUCHED)


def test_a_manager_clears_the_own_department_tree_alone(sign_in, manager, department, rows):
    below = make.department("Tiefbau", parent=department)
    MunicipalService.objects.filter(pk=rows[0].pk).update(department=below)
    client = sign_in(manager)
    assert [each.row.pk for group in client.get(PAGE).context["groups"] for each in group.rows] == [rows[0].pk]
    refused = client.post(PAGE, FORM | chosen(rows[0], rows[1]) | {"decision": "municipality"})
    assert (refused.status_code, decided()) == (400, UNTOUCHED)


def test_where_nothing_is_unclear_the_page_says_so(coordination):
    MunicipalService.objects.update(responsibility="municipality")
    assert "Alles geklärt" in coordination.get(PAGE).text
    assert "Dazu ist nichts ungeklärt." not in coordination.get(PAGE).text


def test_overview_and_grid_lead_here(coordination):
    assert PAGE in coordination.get("/").text
    assert PAGE in coordination.get("/leistungen/").text


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}?print=1"])
def test_the_page_asks_the_database_no_oftener_with_more_rows(coordination, address):
    few = queries(coordination, address)
    for at in range(3):
        make.row(
            make.service(f"9910201{at}105000", f"Mehr {at}", bundles=[make.bundle(f"1005{at}")]),
            responsibility="unclear",
        )
    assert queries(coordination, address) == few
