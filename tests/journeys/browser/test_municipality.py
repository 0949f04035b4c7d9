"""Departments, handovers and deadlines as a person meets them: on a phone, by keyboard, without a script."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts.models import Department, Role
from ozg_tracker.handover.models import Handover
from ozg_tracker.reorganising.models import PlannedReorganisation
from ozg_tracker.reorganising.planning import plan_ahead
from ozg_tracker.reorganising.wishes import Wish
from ozg_tracker.tracking.deadlines.changing import Facts, keep_deadline
from ozg_tracker.tracking.models import Deadline, MunicipalService
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place():
    """Two offices below another, each with a service that a clerk holds; who coordinates, and a deadline."""
    above = make.department("Bauen und Wirtschaft")
    trade, traffic = make.department("Gewerbeamt", parent=above), make.department("Straßenverkehr", parent=above)
    clerk = make.user("kim", Role.STAFF, department=trade, first_name="Kim", last_name="Probe")
    make.user("robin", Role.STAFF, department=trade, first_name="Robin", last_name="Muster")
    make.user("leitung", Role.MANAGER, department=above, first_name="Leitung", last_name="Bauen")
    for number, office in enumerate((trade, traffic, trade), 1):
        make.row(make.service(f"9900000000000{number}", f"Leistung {number}"), department=office, owner=clerk)
    day = timezone.localdate() + timedelta(days=60)
    deadline = keep_deadline(Facts("Rat", day, "Beschluss"), municipality=make.municipality(), by=None)
    keep_deadline(Facts("Rat später", day, "Beschluss"), municipality=make.municipality(), effective_on=day, by=None)
    keep_deadline(Facts("Gewerbe", day, "Beschluss", "department", trade), municipality=make.municipality(), by=None)
    make.merge(clerk)
    by, wish = make.user(), Wish("rename", day, "Verfügung", (trade.pk,), "Ordnungsamt")
    plan_ahead(make.municipality(), wish, by=by)
    Handover.objects.create(
        municipality=make.municipality(), giver=by, by=by, why="leaves", starts_on=day, recorded_at=timezone.now()
    )
    return {"coordinator": by, "clerk": clerk, "trade": trade, "traffic": traffic, "deadline": deadline}


def addresses(place):
    trade, traffic = place["trade"].pk, place["traffic"].pk
    wish = "kind=merge&name=Ordnungsamt&parent=&parts=&reason=Test"
    return (
        "/fachbereiche/",
        f"/fachbereiche/{trade}/",
        "/fachbereiche/umbau/?kind=add",
        f"/fachbereiche/umbau/?department={trade}&department={traffic}&{wish}&effective_on=2026-11-01",
        "/fachbereiche/umbauten/",
        "/fachbereiche/liste/",
        "/uebergabe/",
        f"/uebergabe/von/{place['clerk'].pk}/",
        "/fristen/",
        "/fristen/liste/",
        f"/fristen/{place['deadline'].pk}/",
        "/personen/",
    )


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_are_for_everybody(open_page, place, width):
    page = open_page(place["coordinator"], width=width)
    for address in addresses(place):
        assert page.goto(address).status == 200, address
        assert (sideways(page), violations(page), page.complaints) == (0, [], []), address


def test_two_offices_become_one_on_a_day_to_come_without_a_script(open_page, place):
    page = open_page(place["coordinator"], width=320, scripts=False)
    page.goto("/fachbereiche/")
    for office in ("trade", "traffic"):
        page.check(f"input[name=department][value='{place[office].pk}']")
    page.get_by_label("Was soll geschehen?").select_option("merge")
    page.get_by_label("Neuer Name").fill("Ordnungsamt")
    page.get_by_label("Gilt ab").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    page.get_by_label("Grund").fill("Verfügung 6/2026")
    page.get_by_role("button", name="Vorschau ansehen").click()
    page.get_by_role("button", name="Umbau vorsehen").click()
    assert "Gewerbeamt, Straßenverkehr → Ordnungsamt" in page.locator("main").inner_text()
    assert PlannedReorganisation.objects.order_by("effective_on")[0].kind == "merge"
    page.get_by_role("button", name="Absagen").first.click()
    assert "abgesagt" in page.locator("main").inner_text() and not Department.objects.filter(name="Ordnungsamt")


def test_a_pasted_list_becomes_departments(open_page, place):
    page = open_page(place["coordinator"])
    page.goto("/fachbereiche/liste/")
    page.get_by_label("Liste", exact=True).fill("Bürgerdienste\n  Bürgerbüro\n  Standesamt")
    page.get_by_role("button", name="Vorschau zeigen").click()
    page.get_by_role("button", name="Liste übernehmen").click()
    assert Department.objects.get(name="Standesamt").parent.name == "Bürgerdienste"
    assert page.complaints == []


def test_what_a_person_holds_passes_by_the_keyboard_alone(open_page, place):
    page = open_page(place["coordinator"])
    page.goto(f"/uebergabe/von/{place['clerk'].pk}/")
    for part in ("Leistungen: Gewerbeamt: geht an", "Eigene Entwürfe: geht an"):
        page.get_by_label(part).focus()
        page.keyboard.type("Robin")
    page.get_by_role("button", name="Übergabe ausführen").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Übergeben: 2 Leistungen, 1 Entwurf." in page.locator("main").inner_text()
    owners = MunicipalService.objects.order_by("pk").values_list("owner__username", flat=True)
    assert (list(owners), Handover.objects.count()) == (["robin", "kim", "robin"], 2)
    assert page.complaints == []


def test_a_deadline_for_a_list_is_looked_at_and_set_without_a_script(open_page, place):
    page = open_page(place["coordinator"], width=320, scripts=False)
    page.goto("/fristen/")
    form = page.locator("#neu")
    form.get_by_label("Name der Frist").fill("Meldewesen")
    form.get_by_label("Tag", exact=True).fill("2027-06-30")
    form.get_by_label("Gilt für").select_option("list")
    form.get_by_label("Name der Liste").fill("Meldewesen")
    form.get_by_label("Welche Leistungen?").fill("99000000000001\nLeistung 2")
    form.get_by_label("Quelle").fill("Beschluss")
    form.get_by_role("button", name="Vorschau zeigen").click()
    assert "Betrifft 2 Leistungen, davon 2 noch offen." in page.locator("main").inner_text()
    assert page.get_by_label("Welche Leistungen?").input_value() == "99000000000001\nLeistung 2"
    page.locator("#neu").get_by_role("button", name="Frist anlegen").click()
    assert Deadline.objects.get(name="Meldewesen").rows.count() == 2
    page.goto("/fristen/liste/")
    page.get_by_label("Liste", exact=True).fill("Frist\tTag\tQuelle\nEins\t31.01.2027\tBeschluss")
    page.get_by_role("button", name="Vorschau zeigen").click()
    page.get_by_role("button", name="Liste übernehmen").click()
    assert Deadline.objects.filter(name="Eins").exists()
