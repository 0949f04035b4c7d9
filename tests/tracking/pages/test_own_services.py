"""The pages of a municipality's own services: taken in, renamed, ended, merged; seen by nobody of another."""

import pytest

from ozg_tracker.tracking.models import MunicipalService, OwnService
from tests import make
from tests.counting import queries

pytestmark = pytest.mark.django_db
LIST = "/leistungen/eigene/"
ADD = f"{LIST}neu/"
KEY = "99102013104000"
FORM = {"name": "Bürgerbus", "bundle_name": "Mobilität", "effective_on": "2022-01-01", "reason": "Ratsbeschluss"}


@pytest.fixture
def coordination(sign_in, coordinator):
    make.catalogue_import()
    return sign_in(coordinator)


def own(name="Bürgerbus"):
    made = make.own_row(name).service.own
    made.changes.create(kind="added", name=name, recorded_at="2022-01-01T00:00Z", reason="Ratsbeschluss")
    return made


def address(service):
    return f"{LIST}{service.pk}/"


def test_a_service_is_taken_in_by_a_form_and_stands_in_list_and_grid(coordination):
    response = coordination.post(ADD, FORM | {"situation": make.bundle().situation_id})
    assert response.headers["Location"] == LIST
    row = MunicipalService.objects.get()
    assert (row.service.name, row.responsibility, row.service.bundles.get().name) == (
        *("Bürgerbus", "municipality", "Mobilität"),
    )
    assert "Bürgerbus" in coordination.get(LIST).text
    assert "Bürgerbus" in coordination.get("/leistungen/?q=bürgerbus").text
    assert address(row.service.own) in coordination.get(f"/leistungen/{row.pk}/").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Bitte geben Sie der Leistung einen Namen."),
        ({"bundle_name": ""}, "Bitte nennen Sie entweder eine OZG-Leistung oder ein eigenes Bündel."),
        ({"bundle": "10041"}, "Bitte nennen Sie entweder eine OZG-Leistung oder ein eigenes Bündel."),
        ({"bundle": "99999", "bundle_name": ""}, "Eine solche OZG-Leistung steht nicht im Katalog."),
        ({}, "Bitte wählen Sie die Lage, zu der das neue Bündel gehört."),
        ({"reason": ""}, "Bitte geben Sie eine Begründung an; sie bleibt in der Geschichte."),
        ({"file_key": "12", "bundle": "10041", "bundle_name": ""}, "hat 2 statt 14 Ziffern"),
        ({"bundle": "10041", "bundle_name": "", "effective_on": "2199-01-01"}, "liegt in der Zukunft"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_taken_in(coordination, wrong, sentence):
    make.bundle()
    response = coordination.post(ADD, FORM | wrong)
    assert (response.status_code, sentence in response.text, OwnService.objects.count()) == (400, True, 0)


def test_a_file_that_names_it_begins_the_form(coordination):
    page = coordination.get(f"{ADD}?name=Rufbus&bundle=10041&key={KEY}").text
    assert all(f'value="{value}"' in page for value in ("Rufbus", "10041", KEY))
    assert 'name="bundle_name" value="Mobilität"' in coordination.get(f"{ADD}?bundle=Mobilität").text


def test_renaming_and_ending_are_kept_with_their_reason(coordination):
    made = own()
    coordination.post(address(made), {"do": "rename", "name": "Rufbus", "reason": "neuer Name"})
    coordination.post(address(made), {"do": "end", "reason": "zu wenig genutzt"})
    page = coordination.get(address(made)).text
    assert all(words in page for words in ("umbenannt: <span>Rufbus", "neuer Name", "beendet: ", "zu wenig genutzt"))
    assert "Umbenennen</h2>" not in page
    assert "weitergeführt als" in coordination.get(LIST).text
    assert MunicipalService.objects.get().responsibility == "not_offered"


def test_merging_offers_what_the_words_find_and_both_pages_show_both_histories(coordination):
    made, official = own(), make.row(make.service(KEY, "Bürgerbus Fahrt"), responsibility="unclear")
    make.row(make.service("99102014104000", "Bürgerbus Abo"), responsibility="district")
    make.service("99102015104000", "Gehweg")
    candidates = coordination.get(address(made)).context["candidates"]
    assert [(each.service.name, bool(each.against)) for each in candidates] == [
        ("Bürgerbus Fahrt", False),
        ("Bürgerbus Abo", True),
    ]
    response = coordination.post(
        address(made), {"do": "merge", "service": official.service_id, "reason": "jetzt im Katalog"}
    )
    assert response.status_code == 302
    ours, theirs = MunicipalService.objects.get(service=made.service_id), official
    for row, other in ((ours, theirs), (theirs, ours)):
        page = coordination.get(f"/leistungen/{row.pk}/").text
        assert f"/leistungen/{other.pk}/" in page
        assert page.count("jetzt im Katalog") >= 2
    assert "Weitergeführt als" in coordination.get(address(made)).text


@pytest.mark.parametrize("service", ["", "x", "999999", "decided"])
def test_merging_into_nothing_or_something_decided_is_refused(coordination, service):
    made = own()
    decided = make.row(make.service(KEY), responsibility="district")
    chosen = decided.service_id if service == "decided" else service
    response = coordination.post(address(made), {"do": "merge", "service": chosen, "reason": "x"})
    assert (response.status_code, OwnService.objects.get().merged_into) == (400, None)
    assert ("beenden Sie dann die eigene Leistung" in response.text) == (service == "decided")


def test_one_that_the_catalogue_knows_by_now_is_marked(coordination):
    made = own()
    OwnService.objects.update(file_key=KEY)
    assert "bitte zusammenführen" not in coordination.get(LIST).text
    make.service(KEY, "Etwas anderes")
    assert "bitte zusammenführen" in coordination.get(LIST).text
    assert [each.service.key for each in coordination.get(address(made)).context["candidates"]] == [KEY]


def test_another_municipality_does_not_see_it_anywhere(sign_in, coordinator):
    made = own()
    other = make.municipality("Nachbarstadt", "159990010020")
    client = sign_in(make.user("nachbar", municipality=other))
    assert client.get(address(made)).status_code == 404
    for page in (LIST, "/leistungen/", "/katalog/suche/?q=Bürgerbus"):
        assert "Bürgerbus<" not in client.get(page).text
    services, bundles = (client.get(f"/api/v1/{name}/").json()["results"] for name in ("services", "bundles"))
    assert ([each["name"] for each in services], [each["name"] for each in bundles if each["ozg_id"] is None]) == (
        [],
        [],
    )


def test_the_api_shows_it_to_the_people_of_its_municipality(coordination):
    own()
    [service] = coordination.get("/api/v1/services/?q=bürgerbus").json()["results"]
    assert (service["name"], service["key"], service["official"], service["bundles"]) == ("Bürgerbus", None, False, [])
    bundles = coordination.get("/api/v1/bundles/?ordering=ozg_id").json()["results"]
    assert [(each["ozg_id"], each["name"]) for each in bundles if not each["ozg_id"]] == [(None, "Mobilität")]
    [row] = coordination.get("/api/v1/municipal-services/").json()["results"]
    assert (row["service"], row["service_key"], row["service_name"]) == (service["id"], None, "Bürgerbus")


def test_staff_read_and_do_not_change(sign_in, staff):
    made = own()
    client = sign_in(staff)
    page = client.get(address(made)).text
    assert "Ratsbeschluss" in page
    assert "Umbenennen" not in page
    assert client.post(address(made), {"do": "end", "reason": "x"}).status_code == 403
    assert client.get(ADD).status_code == 403


def test_an_empty_list_says_what_it_is_for(coordination):
    assert "führen Sie beide zusammen" in coordination.get(LIST).text


def test_the_list_asks_the_database_no_oftener_with_more(coordination):
    own()
    few = queries(coordination, LIST)
    for name in ("Rufbus", "Leihrad", "Mitfahrbank"):
        own(name)
    assert queries(coordination, LIST) == few


def test_where_the_whole_name_finds_nothing_its_longest_word_is_tried(coordination):
    made = own("Den Rufbus rufen")
    make.service(KEY, "Rufbus Anmeldung")
    answer = coordination.get(address(made))
    assert (answer.context["text"], [each.service.key for each in answer.context["candidates"]]) == ("Rufbus", [KEY])
    assert coordination.get(f"{address(made)}?q=Hund").context["candidates"] == []


def test_the_grid_leads_to_them(coordination):
    assert f'href="{LIST}"' in coordination.get("/leistungen/").text
