"""The pages of departments: the tree of a day, what a reorganisation would do, doing it, taking it back, lists."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ozg_tracker.accounts.models import Department, Reorganisation, Role
from ozg_tracker.reorganising.models import PlannedReorganisation
from ozg_tracker.tracking.models import MunicipalService
from tests import make
from tests.white_space import squeezed

NOW = datetime(2022, 12, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def december():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(db):
    found = Client()
    found.force_login(make.user())
    return found


@pytest.fixture
def offices(db):
    top = make.department("Bauen")
    make.department("Bürgerdienste")
    made = [make.department(name, top) for name in ("Gewerbeamt", "Straßenverkehr")]
    for n, each in enumerate(made):
        make.row(make.service(f"9900000000{n}000"), department=each)
        make.user(f"leitung.{n}", Role.MANAGER, department=each, first_name="Leitung", last_name=each.name)
    return made


def text(response):
    return squeezed(re.sub(r"<[^>]+>", " ", response.content.decode()))


def merging(offices, **fields):
    said = {"kind": "merge", "name": "Ordnungsamt", "parent": "", "effective_on": "2022-11-01", "parts": ""}
    return said | {"reason": "Verfügung 6", "department": [each.pk for each in offices]} | fields


def test_without_departments_the_page_says_how_to_have_some(client):
    assert "Noch gibt es keine Fachbereiche. Liste einlesen oder einen anlegen" in text(client.get("/fachbereiche/"))


@pytest.mark.parametrize("query", ["", "?page=2", "?print=1"])
def test_the_list_of_what_happened_has_pages_and_a_print_view(client, offices, query):
    client.post("/fachbereiche/umbau/", merging(offices))
    assert client.get(f"/fachbereiche/umbauten/{query}").status_code == 200


def test_the_tree_shows_what_each_department_has_with_all_below_it(client, offices):
    shown = text(client.get("/fachbereiche/"))
    assert "4 Fachbereiche · 2 Leistungen" in shown
    assert "Bauen – 2 Leistungen 2 Personen 2 Ämter in Bauen" in shown
    assert "Gewerbeamt Leitung Gewerbeamt 1 Leistungen 1 Personen" in shown


def test_an_earlier_day_shows_the_tree_of_that_day_and_no_way_to_change_it(client, offices):
    client.post("/fachbereiche/umbau/", merging(offices))
    today, before = client.get("/fachbereiche/"), client.get("/fachbereiche/", {"day": "2022-10-31"})
    assert ("Ordnungsamt" in text(today), "Vorschau ansehen" in text(today)) == (True, True)
    assert ("Gewerbeamt" in text(before).split("Was sich geändert hat")[0], "Vorschau ansehen" in text(before)) == (
        True,
        False,
    )


def test_a_search_shows_what_fits_with_what_is_above_it(client, offices):
    shown = text(client.get("/fachbereiche/", {"q": "gewerbe"}))
    assert ("Bauen" in shown, "Gewerbeamt" in shown, "Bürgerdienste auswählen" in shown) == (True, True, False)
    assert "Zu „xyz“ gibt es keinen Fachbereich." in text(client.get("/fachbereiche/", {"q": "xyz"}))


def test_the_preview_says_what_moves_and_changes_nothing_and_the_button_does_it(client, offices):
    seen = client.get("/fachbereiche/umbau/", merging(offices))
    assert seen.status_code == 200
    assert "2 Leistungen, 2 Personen, 0 Regeln ziehen zum 01.11.2022 um." in text(seen)
    assert Department.objects.filter(name="Ordnungsamt").count() == 0
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', seen.content.decode().split("ozg-act")[1])
    sent = {}
    for name, value in fields:
        if name != "csrfmiddlewaretoken":
            sent.setdefault(name, []).append(value)
    done = client.post("/fachbereiche/umbau/", sent, follow=True)
    assert "Umgezogen sind Leistungen: 2, Personen: 2, Regeln: 0." in text(done)
    assert "2 Leistungen, 2 Personen, 0 Regeln" in text(done)
    new = Department.objects.get(name="Ordnungsamt")
    assert set(MunicipalService.objects.values_list("department", flat=True)) == {new.pk}


def test_the_preview_asks_what_becomes_of_deadlines_and_who_leads(client, offices):
    facts = {"date": date(2023, 6, 30), "source": "Beschluss", "scope": "department", "department": offices[0]}
    deadline = make.municipality().deadlines.create(name="Online", **facts)
    clerk = make.user("amt", Role.STAFF, department=offices[0])
    led = [each.memberships.model.objects.get(user__username=f"leitung.{n}").user_id for n, each in enumerate(offices)]
    seen = client.get("/fachbereiche/umbau/", merging(offices))
    assert f'name="deadline_{deadline.pk}"' in seen.text and f'name="role_{led[0]}"' in seen.text
    assert "Gewerbeamt: 1 Leistung" in text(seen) and "Ordnungsamt: 2 Leistungen" in text(seen)
    assert "nur dieselbe 1 Leistung, als Liste" in text(seen) and "niemand weiter" in text(seen)
    chosen = {f"deadline_{deadline.pk}": "listed", f"role_{led[1]}": "staff", "lead_1": clerk.pk}
    kept = client.post("/fachbereiche/umbau/", merging(offices) | chosen | {"keep": "draft"}, follow=True)
    assert "Der Umbau ist als Entwurf gesichert." in text(kept)
    draft = PlannedReorganisation.objects.get()
    again = client.get(f"/fachbereiche/entwuerfe/{draft.pk}/", follow=True).text
    assert again.count('<option value="listed" selected>') == again.count('<option value="staff" selected>') == 1
    assert f'<option value="{clerk.pk}" selected>' in again
    client.post("/fachbereiche/umbau/", merging(offices) | chosen)
    deadline.refresh_from_db()
    assert (deadline.scope, deadline.list_name, deadline.rows.count()) == ("list", "Gewerbeamt", 1)
    roles = dict(Department.objects.get(name="Ordnungsamt").memberships.values_list("user__username", "role"))
    assert roles == {"leitung.0": "manager", "leitung.1": "staff", "amt": "manager"}


def test_what_is_refused_stands_at_its_field(client, offices):
    seen = client.get("/fachbereiche/umbau/", merging(offices, reason="", effective_on="2023-01-01"))
    assert seen.status_code == 400
    assert "Bitte nennen Sie den Grund, etwa die Verfügung." in text(seen)
    assert Reorganisation.objects.exclude(kind="add").count() == 0


def test_a_split_asks_what_goes_where(client, offices):
    asked = merging(offices[:1], kind="split", name="", parts="Meldestelle\nPassstelle")
    seen = client.get("/fachbereiche/umbau/", asked)
    assert "Bauen & Wohnen: 1 Leistung" in text(seen).replace("&amp;", "&")
    client.post("/fachbereiche/umbau/", asked | {"topic-Bauen & Wohnen": "2"})
    assert MunicipalService.objects.get(department__name="Passstelle")


def test_a_reorganisation_is_taken_back_with_a_reason_or_says_why_not(client, offices):
    client.post("/fachbereiche/umbau/", merging(offices))
    deed = Reorganisation.objects.get(kind="merge")
    address = f"/fachbereiche/umbauten/{deed.pk}/zuruecknehmen/"
    assert client.post(address, {"reason": ""}).status_code == 400
    assert "als Ganzes zurückgenommen" in text(client.post(address, {"reason": "aufgehoben"}, follow=True))
    assert set(MunicipalService.objects.values_list("department", flat=True)) == {each.pk for each in offices}
    assert "schon zurückgenommen" in text(client.get(address))


def test_a_department_tells_its_history(client, offices):
    client.post("/fachbereiche/umbau/", merging(offices[:1], kind="rename", name="Amt für Gewerbe"))
    shown = text(client.get(f"/fachbereiche/{offices[0].pk}/"))
    assert "„Amt für Gewerbe“, gehört zu „Bauen“ umbenannt · gilt ab 01.11.2022" in shown
    assert "„Gewerbeamt“, gehört zu „Bauen“" in shown


def test_a_pasted_list_is_looked_at_and_taken_over(client):
    seen = client.post("/fachbereiche/liste/", {"text": "Bauen\n  Bauamt\n  Tiefbau\nSoziales"}, follow=True)
    assert "Neu 4" in text(seen)
    assert Department.objects.count() == 0
    token = re.search(r'name="file" value="([^"]+)"', seen.content.decode())[1]
    done = client.post("/fachbereiche/liste/uebernehmen/", {"file": token}, follow=True)
    assert "Fachbereiche neu: 4, verschoben: 0." in text(done)
    assert Department.objects.get(name="Tiefbau").parent.name == "Bauen"
    assert client.post("/fachbereiche/liste/", {"text": " "}).status_code == 400


def test_the_tree_of_three_thousand_is_shown_with_the_queries_of_three(client, offices):
    def queries():
        with CaptureQueriesContext(connection) as made:
            shown = client.get("/fachbereiche/")
        return len(made), shown.content.count(b"<li>")

    few, _ = queries()
    lines = [f"D{n}" if n % 50 == 0 else f"  A{n}" for n in range(3000)]
    seen = client.post("/fachbereiche/liste/", {"text": "\n".join(lines)}, follow=True)
    token = re.search(r'name="file" value="([^"]+)"', seen.content.decode())[1]
    client.post("/fachbereiche/liste/uebernehmen/", {"file": token})
    many, shown = queries()
    assert (many <= few + 2, shown > 3000) == (True, True)
    assert b"<details open>" not in client.get("/fachbereiche/").content.replace(b'<details class="ozg', b"")


def test_lists_and_changes_are_for_those_who_manage_people(db, offices):
    reader = Client()
    reader.force_login(make.user("leser", Role.STAFF))
    assert reader.get("/fachbereiche/").status_code == 200
    assert "Vorschau ansehen" not in text(reader.get("/fachbereiche/"))
    assert reader.post("/fachbereiche/umbau/", merging(offices)).status_code == 403
    other = make.department("Fremd", municipality=make.municipality("Neustadt", ars="159990020020"))
    assert reader.get(f"/fachbereiche/{other.pk}/").status_code == 404
    assert Department.objects.get(pk=other.pk).events.get().effective_on == date(2017, 8, 18)
