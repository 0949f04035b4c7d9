"""The pages of the scope profiles: read by all who work with the catalogue, changed by who keeps it."""

import pytest
from django.urls import reverse

from ozg_tracker.tracking.models import MunicipalService, Responsibility, ScopeProfile
from ozg_tracker.tracking.responsibility.profiles import change_profile
from ozg_tracker.tracking.responsibility.suggesting import Rule, RuleLine, profile_of, rules_of
from tests import make
from tests.counting import queries

pytestmark = pytest.mark.django_db
KIND = "kreisangehoerig"
PAGE = f"/katalog/profile/{KIND}/"
EDIT = f"{PAGE}aendern/"
RULE = Rule(Responsibility.DISTRICT, "Kreisstraßen", "Straßengesetz")
FORM = {
    "criterion": "ozg_id",
    "values": "10041",
    "responsibility": "district",
    "reason": "Kreisstraßen",
    "source": "Straßengesetz",
    "why": "Landesrecht geprüft",
    "seen": 1,
}


@pytest.fixture
def client(sign_in, coordinator):
    make.row(make.service(types="2/3"), responsibility="unclear")
    make.row(make.service(key=None, name="Gehweg", types="2/3"), responsibility="municipality")
    return sign_in(coordinator)


def test_the_list_names_our_kind_first_and_whose_suggestion_it_is(client):
    page = client.get("/katalog/profile/").text
    assert page.index("kreisangehörige Stadt") < page.index("kreisfreie Stadt") < page.index("Landkreis")
    assert "Eigener Vorschlag des OZG-Trackers" in page
    assert "unsere Art" in page


def test_a_profile_shows_each_rule_with_reason_and_source(client):
    page = client.get(f"{PAGE}?criterion=ozg_id&q=10001+standesamt").text
    assert "Standesamt" in page
    assert "eigene Annahme des OZG-Trackers, keine amtliche Quelle" in page
    assert "10000" not in page
    assert "Dazu gibt es keine Regel." in client.get(f"{PAGE}?q=gibtesnicht").text


@pytest.mark.parametrize("address", ["?version=9", "?version=x", "?version=²"])
def test_a_version_that_is_not_there_is_not_found(client, address):
    assert client.get(PAGE + address).status_code == 404


def test_a_kind_that_is_not_there_is_not_found(client):
    assert client.get("/katalog/profile/insel/").status_code == 404


def test_first_comes_a_preview_that_writes_nothing(client):
    response = client.post(EDIT, FORM | {"do": "preview"})
    page = response.text
    assert (response.status_code, ScopeProfile.objects.filter(kind=KIND).count()) == (200, 1)
    assert [(each.row.service.name, each.after) for each in response.context["preview"].undecided] == [
        ("Hundesteuer Anmeldung", RULE)
    ]
    assert [each.row.service.name for each in response.context["preview"].decided] == ["Gehweg"]
    assert "Neue Fassung speichern" in page
    assert "Kreisstraßen (Straßengesetz)" in page


def test_saving_makes_the_next_version_and_leaves_every_row_alone(client, coordinator):
    before = list(MunicipalService.objects.values())
    assert client.post(EDIT, FORM | {"do": "save"}).headers["Location"] == PAGE
    made = profile_of(KIND)
    assert (made.version, made.by, made.reason) == (2, coordinator, "Landesrecht geprüft")
    page = client.get(PAGE).text
    assert "Anders als in Fassung 1" in page
    assert "Landesrecht geprüft" in page
    assert list(MunicipalService.objects.values()) == before


def test_a_rule_can_be_struck_out_for_several_at_once(client):
    values = {"criterion": "ozg_id", "values": "10001, 10003", "responsibility": "-"}
    client.post(EDIT, FORM | values | {"reason": "", "source": "", "do": "save"})
    assert profile_of(KIND).rules.count() == ScopeProfile.objects.get(kind=KIND, version=1).rules.count() - 2


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"why": ""}, "Bitte begründen Sie, warum das Profil sich ändert."),
        ({"source": ""}, "Eine Regel nennt Begründung und Quelle."),
        ({"values": "99999"}, "Eine OZG-Leistung „99999“ steht nicht im Katalog."),
        ({"values": "10001", "responsibility": "-", "seen": 7, "do": "save"}, "Inzwischen gilt Fassung 1."),
    ],
)
def test_what_cannot_be_is_told_and_nothing_changes(client, wrong, sentence):
    response = client.post(EDIT, FORM | {"do": "preview"} | wrong)
    assert (response.status_code, sentence in response.text) == (400, True)
    assert ScopeProfile.objects.filter(kind=KIND).count() == 1


def test_an_earlier_version_is_taken_up_again_by_a_new_one(client):
    change_profile(KIND, {RuleLine("ozg_id", "10041"): RULE}, by=None, reason="Versuch")
    assert "Diese Fassung wieder aufnehmen" in client.get(f"{PAGE}?version=1").text
    again = {"why": "doch nicht", "seen": 2}
    shown = client.post(f"{EDIT}?version=1", again | {"do": "preview"})
    assert [each.value for each in shown.context["changed"]] == ["10041"]
    client.post(f"{EDIT}?version=1", again | {"do": "save"})
    made, first = profile_of(KIND), ScopeProfile.objects.get(kind=KIND, version=1)
    assert (made.version, rules_of(made)) == (3, rules_of(first))


def test_where_several_municipalities_share_the_profile_the_operator_changes_it(client, sign_in):
    make.municipality("Nachbarstadt", "159990010020")
    assert client.get(EDIT).status_code == 403
    assert reverse("edit_profile", args=[KIND]) not in client.get(PAGE).text
    sign_in(make.user("betrieb", "operator"))
    assert client.get(EDIT).status_code == 200


def test_the_form_begins_with_the_rule_that_stands(client):
    page = client.get(f"{EDIT}?criterion=ozg_id&value=10001").text
    assert 'value="10001"' in page
    assert 'value="Standesamt"' in page


def test_a_page_of_rules_asks_the_database_no_oftener_with_more_versions(client):
    once = queries(client, PAGE)
    for at in range(2):
        change_profile(
            KIND, {RuleLine("ozg_id", "10041"): RULE._replace(reason=f"Grund {at}")}, by=None, reason="Prüfung"
        )
    assert queries(client, PAGE) <= once + 5  # what a version changed is told only where one was made
    now = queries(client, PAGE)
    change_profile(KIND, {RuleLine("ozg_id", "10041"): None}, by=None, reason="Prüfung")
    assert queries(client, PAGE) == now
