"""The pages of a municipality's people, journal, data and model: as the browser sends them, on a phone, by keyboard."""

import csv
from datetime import date, timedelta

import pytest
from django.utils import timezone

from ozg_tracker.accounts import journal
from ozg_tracker.accounts.coordinators import ask_for, set_second_coordinator
from ozg_tracker.accounts.maturity import change_model
from ozg_tracker.accounts.models import Membership, MembershipEvent, Municipality, Role, User
from ozg_tracker.training.models import Course, Requirement
from tests import make
from tests.journeys.browser.looking import sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    *("/personen/", "/personen/liste/", "/personen/bewegungen/", "/personen/koordination/", "/personen/{member}/"),
    *("/journal/", "/journal/?kind=role", "/journal/?q=niemand", "/konto/daten/", "/konto/daten/felder/"),
    "/reifegradmodell/",
)


@pytest.fixture
def people():
    """A coordinator, a second one, a clerk who is proposed as a third, and a little of everything in the journal."""
    office = make.department("Bürgerbüro")
    make.row(level=3, department=office)
    first, second = make.user(), make.user("zweite")
    clerk = make.user("kim", Role.STAFF, department=office, first_name="Kim", last_name="Probe")
    municipality = make.municipality()
    change_model(municipality, make.maturity_model("2.0"), effective_on=date(2026, 3, 1), reason="Beschluss", by=first)
    set_second_coordinator(municipality, True, by=first)
    ask_for(municipality, clerk, office, reason="Vertretung", by=second)
    journal.write(
        journal.Kind.PERSON,
        municipality=municipality,
        by=first,
        person=clerk,
        about="Kim Probe",
        before={"last_name": "Alt"},
        after={"last_name": "Probe"},
        reason="Heirat",
    )
    return {"coordinator": first, "second": second, "clerk": clerk}


def place(path, people):
    return path.format(member=people["clerk"].memberships.get().pk)


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_for_everybody_on_a_phone_and_without_scripts(open_page, people, path):
    for width, scripts in ((320, True), (1280, True), (320, False)):
        page = open_page(people["coordinator"], width=width, scripts=scripts)
        answer = page.goto(place(path, people))
        assert (answer.status, page.complaints) == (200, [])
        if scripts:
            assert (violations(page), sideways(page)) == ([], 0), width


def listed(tmp_path, *lines):
    path = tmp_path / "personal.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([["E-Mail", "Vorname", "Nachname", "Rolle", "Fachbereich"], *lines])
    return path


@pytest.mark.parametrize("scripts", [True, False])
def test_a_list_is_chosen_looked_at_and_taken_over(open_page, people, tmp_path, scripts):
    line = ["neu@example.invalid", "Nele", "Neu", "Sachbearbeitung", "Bürgerbüro"]
    page = open_page(people["coordinator"], width=320, scripts=scripts)
    page.goto("/personen/")
    page.get_by_role("link", name="Liste einlesen").click()
    page.locator("main input[type=file]").set_input_files(listed(tmp_path, line))
    page.locator("main form button").first.click()
    page.wait_for_url("**/vorschau/**")
    assert "Nele Neu" in page.locator("main").inner_text()
    assert User.objects.filter(last_name="Neu").exists() is False
    if scripts:
        assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_label("Der neuen Person jetzt den Link für ihr Passwort schicken").check()
    page.get_by_role("button", name="Liste übernehmen").press("Enter")
    page.wait_for_url("**/personen/")
    assert "Eine Person ist übernommen." in page.locator("body").inner_text()
    assert User.objects.get(last_name="Neu").memberships.get().role == "staff"


def test_a_list_with_a_mistake_says_where_and_can_not_be_taken_over(open_page, people, tmp_path):
    page = open_page(people["coordinator"], width=320)
    page.goto("/personen/liste/")
    page.locator("main input[type=file]").set_input_files(
        listed(tmp_path, ["a@example.invalid", "", "", "", "Mondamt"])
    )
    page.locator("main form button").first.click()
    page.wait_for_url("**/vorschau/**")
    assert "Den Fachbereich „Mondamt“ gibt es hier nicht oder nicht mehr." in page.locator("main").inner_text()
    assert page.get_by_role("button", name="Liste übernehmen").count() == 0
    assert (violations(page), sideways(page), page.complaints) == ([], 0, [])


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_is_changed_by_keyboard_from_a_day_on(open_page, people, scripts):
    page = open_page(people["coordinator"], scripts=scripts)
    page.goto(place("/personen/{member}/", people))
    page.get_by_label("Grund").first.fill("Umzug")
    page.get_by_label("Rolle und Fachbereich gelten ab").fill("2026-04-01")
    page.get_by_label("Fachbereich", exact=True).select_option(label="ohne Fachbereich")
    page.get_by_label("Fachbereich", exact=True).press("Tab")
    page.get_by_role("button", name="Änderungen speichern").press("Enter")
    page.wait_for_url("**/personen/")
    event = MembershipEvent.objects.filter(user=people["clerk"]).order_by("-pk")[0]
    assert (event.department, event.effective_on, event.reason) == (None, date(2026, 4, 1), "Umzug")


def test_a_second_person_confirms_by_keyboard(open_page, people):
    page = open_page(people["coordinator"], width=320)
    page.goto("/personen/")
    page.get_by_role("link", name="Eine Koordination wartet auf eine zweite Person").press("Enter")
    page.get_by_role("button", name="„Kim Probe“ bestätigen").focus()
    page.keyboard.press("Space")
    page.get_by_text("„Kim Probe“ gehört jetzt zur Koordination.").wait_for()
    assert Membership.objects.get(user=people["clerk"]).role == "coordinator"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_model_is_changed_as_the_page_sends_it(open_page, people, scripts):
    page = open_page(people["coordinator"], width=320, scripts=scripts)
    page.goto("/reifegradmodell/")
    page.get_by_label("Reifegradmodell").select_option(label="Reifegradmodell 1.1")
    page.get_by_role("button", name="Modell wechseln").click()
    page.wait_for_load_state()
    assert Municipality.objects.get().maturity_model.version == "2.0"  # the reason is missing, so nothing was changed
    page.get_by_label("Begründung").fill("Doch nicht")
    page.get_by_label("Begründung").press("Enter")
    page.wait_for_load_state()
    assert "gilt das Reifegradmodell 1.1" in page.locator("body").inner_text()
    assert Municipality.objects.get().maturity_model.version == "1.1"


def test_the_journal_is_searched_by_keyboard_and_taken_as_a_file(open_page, people):
    page = open_page(people["coordinator"], width=320)
    page.goto("/journal/")
    page.get_by_label("Suchen").fill("Heirat")
    page.get_by_label("Suchen").press("Enter")
    page.wait_for_url("**q=Heirat**")
    assert ("Heirat" in page.locator("main").inner_text(), page.get_by_text("Vertretung").count()) == (True, 0)
    with page.expect_download() as taken:
        page.locator("main a[href*='datei.xlsx']").first.click()
    assert taken.value.suggested_filename.endswith(".xlsx")


def test_each_person_takes_all_that_is_stored_of_them(open_page, people):
    page = open_page(people["clerk"], width=320, scripts=False)
    page.goto("/konto/daten/")
    for form in ("json", "pdf"):
        with page.expect_download() as taken:
            page.locator(f"main a[href*='auskunft.{form}']").first.click()
        assert taken.value.suggested_filename.endswith(f".{form}")


@pytest.mark.parametrize("scripts", [True, False])
def test_for_a_department_that_is_not_known_another_is_chosen_by_keyboard(open_page, people, tmp_path, scripts):
    page = open_page(people["coordinator"], width=320, scripts=scripts)
    page.goto("/personen/liste/")
    line = ["neu@example.invalid", "Nele", "Neu", "Sachbearbeitung", "Buergerbüro"]
    page.locator("main input[type=file]").set_input_files(listed(tmp_path, line))
    page.locator("main form button").first.click()
    page.wait_for_url("**/vorschau/**")
    if scripts:
        assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_label("Gemeint ist mit „Buergerbüro“").select_option("Bürgerbüro")
    page.get_by_role("button", name="Vorschau neu rechnen").press("Enter")
    page.get_by_role("button", name="Liste übernehmen").press("Enter")
    page.wait_for_url("**/personen/")
    assert User.objects.get(last_name="Neu").memberships.get().department.name == "Bürgerbüro"


def test_a_model_of_a_day_to_come_is_planned_and_called_off_by_keyboard(open_page, people):
    page = open_page(people["coordinator"], width=320)
    page.goto("/reifegradmodell/")
    page.get_by_label("Reifegradmodell", exact=True).select_option(str(make.maturity_model().pk))
    page.get_by_label("Gilt ab").fill((timezone.localdate() + timedelta(days=40)).isoformat())
    page.get_by_label("Begründung").fill("Beschluss")
    page.get_by_role("button", name="Modell wechseln").press("Enter")
    page.get_by_role("heading", name="Vorgesehen").wait_for()
    assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_role("button", name="Absagen").press("Enter")
    page.get_by_text("Der Wechsel ist abgesagt.").wait_for()
    assert page.get_by_role("heading", name="Vorgesehen").count() == 0


def test_a_reorganisation_is_kept_as_a_draft_with_its_rules_and_decided_by_keyboard(open_page, people):
    office, other = people["clerk"].memberships.get().department, make.department("Standesamt")
    make.user("amt", Role.STAFF, department=other)
    course = Course.objects.create(municipality=make.municipality(), title="Melderecht")
    rule = Requirement.objects.create(course=course, department=office, starts_on=date(2026, 1, 1))
    page = open_page(people["coordinator"], width=320)
    today = timezone.localdate().isoformat()
    said = f"kind=merge&name=Bürgeramt&parent=&effective_on={today}&reason=Verfügung&parts="
    page.goto(f"/fachbereiche/umbau/?department={office.pk}&department={other.pk}&{said}")
    assert page.get_by_label("Melderecht: künftig für").input_value() == "named"
    assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_role("button", name="Als Entwurf sichern").press("Enter")
    page.get_by_role("heading", name="Entwürfe").wait_for()
    assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_role("link", name="zusammengelegt, Bürgerbüro, Standesamt").press("Enter")
    page.get_by_role("button", name="Umbau ausführen").press("Enter")
    page.wait_for_url("**/fachbereiche/")
    rule.refresh_from_db()
    assert (rule.department.name, rule.named, [str(each) for each in rule.people.all()]) == (
        *("Bürgeramt", True, ["Kim Probe"]),
    )
    assert page.get_by_role("heading", name="Entwürfe").count() == 0
