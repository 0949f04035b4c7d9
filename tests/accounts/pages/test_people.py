"""The people of a municipality: who manages them, and what stays out of reach."""

import re
from datetime import date, timedelta
from urllib.parse import urlparse

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from ozg_tracker.accounts.models import Membership, Role, User
from ozg_tracker.accounts.people import change_role, let_go
from ozg_tracker.accounts.staff_numbers import keep_staff_number
from tests import make
from tests.counting import queries
from tests.white_space import squeezed

NEW = {"username": "k.neu", "first_name": "Kim", "last_name": "Neu", "email": "kim@example.invalid", "role": "council"}


def member(name):
    return Membership.objects.get(user__username=name, municipality=make.municipality())


@pytest.fixture
def clerk(department):
    made = make.user("amt", role=Role.STAFF, department=department, first_name="Kim", last_name="Probe")
    made.set_password("ein langer Satz zum Merken")
    made.save()
    return made


@pytest.fixture
def elsewhere(clerk):
    """The clerk has a role in another municipality too."""
    make.user("amt", role=Role.COUNCIL, municipality=make.municipality("Nachbarstadt", ars="159990020020"))
    return clerk


def test_the_list_shows_the_people_of_the_own_municipality_alone(sign_in, coordinator, clerk):
    make.user("fremd", role=Role.STAFF, municipality=make.municipality("Nachbarstadt", ars="159990020020"))
    make.user("weg", role=Role.COUNCIL, is_active=False)
    make.user("neu", role=Role.COUNCIL, password="!")
    text = sign_in(coordinator).get("/personen/").text
    assert "Kim Probe" in text and "Sachbearbeitung" in text and "Bürgerbüro" in text and "fremd" not in text
    assert "stillgelegt seit" in text and "noch ohne Passwort" in text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("q=kim+probe", ["amt"]), ("role=coordinator", ["koordination"]), ("active=false", ["weg"]), ("q=niemand", [])],
)
def test_the_list_is_narrowed(sign_in, coordinator, clerk, asked, shown):
    make.user("weg", role=Role.COUNCIL, is_active=False)
    text = sign_in(coordinator).get(f"/personen/?{asked}").text
    assert re.findall(r'data-l="Benutzername">([^<]+)<', text) == shown
    assert ("Zu diesen Filtern gibt es niemanden" in text) == (not shown)


def test_a_filter_that_does_not_exist_is_told(sign_in, coordinator):
    answer = sign_in(coordinator).get("/personen/?role=koenigin")
    assert answer.status_code == 400 and "Einen der Filter gibt es so nicht" in answer.text


def test_a_person_is_taken_in_and_sets_a_password_by_the_link_shown_once(sign_in, coordinator, client):
    answer = sign_in(coordinator).post("/personen/neu/", NEW)
    link = re.search(r'<p class="ozg-hash">(\S+)</p>', answer.text).group(1)
    assert "no-store" in answer.headers["Cache-Control"]
    made = User.objects.get(username="k.neu")
    assert (made.get_full_name(), made.email, member("k.neu").role) == ("Kim Neu", "kim@example.invalid", "council")
    assert "ozg-hash" not in client.get(reverse("person", args=[member("k.neu").pk])).text
    client.logout()
    page = client.get(urlparse(link).path)
    client.post(page.headers["Location"], {"password1": "ein-langes-passwort", "password2": "ein-langes-passwort"})
    made.refresh_from_db()
    assert made.check_password("ein-langes-passwort")


def test_a_lost_link_is_shown_anew_until_there_is_a_password(sign_in, coordinator, clerk):
    make.user("neu", role=Role.COUNCIL, password="!")
    client = sign_in(coordinator)
    assert "/passwort/neu/" in client.post(reverse("password_way", args=[member("neu").pk])).text
    assert "/passwort/neu/" not in client.post(reverse("password_way", args=[member("amt").pk])).text


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"username": "amt"}, "username", "Diesen Benutzernamen gibt es schon"),
        ({"username": "mit leerzeichen"}, "username", "Benutzername"),
        ({"username": ""}, "username", "zwingend erforderlich"),
        ({"email": "keine"}, "email", "gültige E-Mail"),
        ({"role": "queen"}, "role", "queen"),
        ({"role": "manager"}, None, "Eine Leitung braucht einen Fachbereich"),
    ],
)
def test_what_does_not_hold_stands_beside_its_field_and_nobody_is_taken_in(
    sign_in, coordinator, clerk, change, field, sentence
):
    before = User.objects.count()
    answer = sign_in(coordinator).post("/personen/neu/", NEW | change)
    assert (answer.status_code, User.objects.count()) == (400, before) and sentence in answer.text
    if field:
        assert f'id="id_{field}_error"' in answer.text


def test_somebody_of_another_municipality_is_not_taken_in_by_name(sign_in, coordinator):
    make.user("fremd", role=Role.STAFF, municipality=make.municipality("Nachbarstadt", ars="159990020020"))
    answer = sign_in(coordinator).post("/personen/neu/", NEW | {"username": "FREMD"})
    assert answer.status_code == 400 and User.objects.get(username="fremd").memberships.count() == 1


def test_role_department_and_name_are_changed(sign_in, coordinator, clerk, department):
    client = sign_in(coordinator)
    entered = {"first_name": "Kim", "last_name": "Anders", "email": "k@example.invalid", "role": "manager"}
    page = reverse("person", args=[member("amt").pk])
    assert client.post(page, entered).status_code == 400
    text = client.post(page, entered | {"department": department.pk}, follow=True).text
    assert "„Kim Anders“ ist gespeichert." in text
    assert (member("amt").role, member("amt").department) == ("manager", department)
    refused = client.post(page, entered | {"last_name": "Halb"})
    clerk.refresh_from_db()
    assert refused.status_code == 400 and clerk.last_name == "Anders"  # all or nothing


def test_the_way_back_stands_beside_what_is_saved_and_not_beside_what_ends(sign_in, coordinator, clerk):
    assert sign_in(coordinator).get(reverse("person", args=[member("amt").pk])).text.count("Abbrechen") == 1


def test_who_leaves_is_deactivated_never_deleted_and_may_come_back(sign_in, coordinator, clerk):
    client = sign_in(coordinator)
    at = [member("amt").pk]
    assert "ist stillgelegt" in client.post(reverse("end_person", args=at), follow=True).text
    clerk.refresh_from_db()
    assert (clerk.is_active, Membership.objects.filter(pk=at[0]).count()) == (False, 1)
    assert "kann sich wieder anmelden" in client.post(reverse("resume_person", args=at), follow=True).text
    clerk.refresh_from_db()
    assert clerk.is_active


def test_who_works_for_another_municipality_too_loses_only_the_role_here(sign_in, coordinator, elsewhere):
    client = sign_in(coordinator)
    page = client.get(reverse("person", args=[member("amt").pk])).text
    assert "Rolle hier beenden" in page and 'name="email"' not in page and "Nachbarstadt" not in page
    entered = {"email": "dieb@example.invalid", "role": "council"}
    client.post(reverse("person", args=[member("amt").pk]), entered)
    elsewhere.refresh_from_db()
    assert (member("amt").role, elsewhere.email) == ("council", "amt@example.invalid")
    text = client.post(reverse("end_person", args=[member("amt").pk]), follow=True).text
    elsewhere.refresh_from_db()
    assert "hat hier keine Rolle mehr" in text and elsewhere.is_active
    assert elsewhere.memberships.get().municipality.name == "Nachbarstadt"


def test_a_link_for_a_password_is_not_made_for_who_works_elsewhere_too(sign_in, coordinator, elsewhere):
    elsewhere.set_unusable_password()
    elsewhere.save()
    answer = sign_in(coordinator).post(reverse("password_way", args=[member("amt").pk]))
    assert answer.status_code == 200 and "/passwort/neu/" not in answer.text


def test_nobody_takes_the_own_role_away(sign_in, coordinator):
    client = sign_in(coordinator)
    at = [member("koordination").pk]
    entered = {"first_name": "Kim", "last_name": "Selbst", "role": "staff"}
    answer = client.post(reverse("person", args=at), entered)
    assert answer.status_code == 400 and "Die eigene Rolle ändert" in answer.text
    assert "Die eigene Rolle" in client.post(reverse("end_person", args=at), follow=True).text
    assert "stilllegen" not in client.get(reverse("person", args=at)).text
    coordinator.refresh_from_db()
    assert (coordinator.is_active, member("koordination").role) == (True, "coordinator")
    assert client.post(reverse("person", args=at), entered | {"role": "coordinator"}).status_code == 302


def test_the_operators_role_is_the_operators(sign_in, coordinator, clerk):
    operator = make.user("betrieb", role=Role.OPERATOR)
    client = sign_in(coordinator)
    assert 'value="operator"' not in client.get("/personen/neu/").text
    assert client.post("/personen/neu/", NEW | {"role": "operator"}).status_code == 400
    at = [member("betrieb").pk]
    assert "nur der Betrieb" in client.get(reverse("person", args=at)).text
    for address in ("end_person", "resume_person", "password_way"):
        assert client.post(reverse(address, args=at)).status_code == 403
    client.post(reverse("person", args=at), {"role": "staff"})
    assert member("betrieb").role == "operator"
    client = sign_in(operator)
    client.post(reverse("person", args=[member("amt").pk]), {"role": "operator"})
    assert member("amt").role == "operator"


def test_another_municipality_does_not_exist(sign_in, coordinator):
    municipality = make.municipality("Nachbarstadt", ars="159990020020")
    strange = make.user("fremd", role=Role.STAFF, municipality=municipality).memberships.get()
    client = sign_in(coordinator)
    assert client.get(reverse("person", args=[strange.pk])).status_code == 404
    for address in ("person", "end_person", "resume_person", "password_way"):
        assert client.post(reverse(address, args=[strange.pk]), {"role": "council"}).status_code == 404


def test_who_manages_two_municipalities_sees_one_at_a_time(sign_in, coordinator):
    municipality = make.municipality("Nachbarstadt", ars="159990020020")
    make.user("koordination", role=Role.COORDINATOR, municipality=municipality)
    strange = make.user("fremd", role=Role.STAFF, municipality=municipality).memberships.get()
    client = sign_in(coordinator)
    assert "fremd" not in client.get("/personen/").text
    assert client.get(reverse("person", args=[strange.pk])).status_code == 404


def test_the_list_asks_the_database_as_often_for_three_as_for_one(sign_in, coordinator, department):
    client = sign_in(coordinator)
    make.user("p1", role=Role.STAFF, department=department)
    one = queries(client, "/personen/")
    make.user("p2", role=Role.STAFF, department=department)
    make.user("p3", role=Role.STAFF, department=department)
    assert queries(client, "/personen/") == one


def test_the_deed_itself_refuses_who_does_not_manage_people(manager, clerk):
    with pytest.raises(PermissionDenied, match="OZG-Koordination und der Betrieb"):
        let_go(member("amt"), by=manager)


def test_the_list_shows_the_people_of_a_day(sign_in, coordinator, clerk, department):
    other = make.department("Bauamt")
    change_role(member("amt"), role=Role.STAFF, department=other, effective_on=date(2026, 2, 1))
    make.user("spaeter", role=None)
    client = sign_in(coordinator)
    assert "Bauamt" in re.findall(r'data-l="Fachbereich">([^<]+)<', client.get("/personen/").text)
    text = client.get("/personen/?as_of=2026-01-31").text
    assert re.findall(r'data-l="Fachbereich">([^<]+)<', text) == ["–", "Bürgerbüro"]
    assert "18.08.2017 – 31.01.2026" in squeezed(text) and "spaeter" not in text
    assert client.get("/personen/?as_of=gestern").status_code == 400


def test_a_department_shows_its_people_and_those_below(sign_in, coordinator, clerk, department):
    below = make.department("Standesamt", parent=department)
    make.user("unten", role=Role.STAFF, department=below)
    text = sign_in(coordinator).get(f"/personen/?department={department.pk}").text
    assert re.findall(r'data-l="Benutzername">([^<]+)<', text) == ["unten", "amt"]


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_asks_as_often_for_many_as_for_one(sign_in, coordinator, people):
    for number in range(people):
        make.user(f"p{number}", role=Role.STAFF)
    client = sign_in(coordinator)
    assert queries(client, "/personen/") == queries(client, "/personen/?q=koordination")


def test_leaving_on_a_day_to_come_is_planned_shown_and_can_be_called_off(sign_in, coordinator, clerk):
    client, day = sign_in(coordinator), timezone.localdate() + timedelta(days=30)
    at = [member("amt").pk]
    answer = client.post(reverse("end_person", args=at), {"effective_on": day, "reason": "Ruhestand"}, follow=True)
    assert f"gehört ab {day:%d.%m.%Y} nicht mehr dazu" in answer.text and "1 vorgesehen" in answer.text
    clerk.refresh_from_db()
    assert clerk.is_active
    for page in (reverse("movements"), reverse("person", args=at)):
        text = client.get(page).text
        assert f"{day:%d.%m.%Y}" in text and "Ruhestand" in text and "Absagen" in text
    event = clerk.membership_events.first()
    assert "abgesagt" in client.post(reverse("call_off_move", args=[event.pk]), follow=True).text
    assert "0 vorgesehen" in client.get("/personen/").text


def test_a_person_of_a_day_to_come_is_noted_down(sign_in, coordinator):
    day = timezone.localdate() + timedelta(days=30)
    text = sign_in(coordinator).post("/personen/neu/", NEW | {"effective_on": day}, follow=True).text
    assert "„Kim Neu“ ist vorgemerkt." in text and "kommt" in text
    assert not User.objects.get(username="k.neu").memberships.exists()


def test_a_day_that_nobody_can_mean_stands_beside_its_field(sign_in, coordinator, clerk):
    entered = {"role": "council", "effective_on": "2199-01-01"}
    answer = sign_in(coordinator).post(reverse("person", args=[member("amt").pk]), entered)
    assert answer.status_code == 400 and 'id="id_effective_on_error"' in answer.text


def test_a_staff_number_names_one_person(sign_in, coordinator, clerk):
    client = sign_in(coordinator)
    keep_staff_number(coordinator, make.municipality(), "40118", by=None)
    page = reverse("person", args=[member("amt").pk])
    answer = client.post(page, {"role": "council", "staff_number": "40118"})
    assert answer.status_code == 400 and "hat schon eine andere Person" in answer.text
    client.post(page, {"role": "council", "staff_number": "40119"})
    assert re.findall(r'data-l="Benutzername">([^<]+)<', client.get("/personen/?q=40119").text) == ["amt"]
