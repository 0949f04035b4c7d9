"""A client reads everything from the system on and finds what OParl 1.1 asks for, and nothing that is not public."""

import hashlib
import json
from datetime import UTC, date, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from reports.meetings.committees import change_committee, end_committee, keep_committee
from reports.meetings.keeping import Plan, cancel_meeting, change_meeting, set_meeting
from reports.publishing.files import draw_public_files
from reports.publishing.make_public import end_public
from tests import make
from tests.counting import queries
from tests.reports.publishing.oparl.walking import (
    GONE,
    LIST,
    SYSTEM,
    TYPES,
    Walk,
    kind_of,
    objects_in,
    problems,
    schema,
)
from tests.reports.publishing.public import HOME, SAID, opened, stored

pytestmark = pytest.mark.django_db
BASE = "http://127.0.0.1:8000"
OPARL = f"{HOME}oparl/1.1/"
NOW = datetime(2022, 12, 20, 12, tzinfo=UTC)
BEGIN = datetime(2023, 1, 17, 17, tzinfo=UTC)
NOVEMBER = date(2022, 11, 1)
_LISTS = ["bodies", "organizations", "meetings", "locations", "papers", "consultations", "files"]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def coordinator(municipality):
    return make.user("kurz.wort", email="kurz.wort@rathaus.example", first_name="Edeltraud", last_name="Kleinschmidt")


@pytest.fixture
def committee(coordinator):
    return keep_committee(make.municipality(), "Hauptausschuss", 14, coordinator)


@pytest.fixture
def meeting(committee, coordinator):
    return set_meeting(make.municipality(), Plan(committee, BEGIN, "Ratssaal", month=NOVEMBER), coordinator)


@pytest.fixture
def public(coordinator, meeting):
    stored(approved_by=coordinator)
    opened(coordinator)
    draw_public_files(make.municipality())


def told(client, name, **query):
    answer = client.get(f"{OPARL}{name}/", query)
    assert answer.status_code == 200
    return answer.json()["data"]


def ids(client, name, **query):
    return [each["id"].removeprefix(f"{BASE}{OPARL}{name}/").rstrip("/") for each in told(client, name, **query)]


def deleted(client, name, since="2022-01-01T00:00:00+01:00"):
    return [each for each in told(client, name, modified_since=since) if each.get("deleted")]


def test_all_that_is_found_from_the_system_on_is_as_oparl_asks(client, public):
    walk = Walk(client, f"{BASE}{OPARL}")
    seen = set()
    for url, said in walk.pages.items():
        if "data" in said:
            assert problems(said, LIST) == [], url
        elif url.endswith("/oparl/1.1/"):
            assert problems(said, SYSTEM) == []
        else:
            assert said["id"] == url
        for each in objects_in(said):
            if kind_of(each) != "System":
                seen.add(kind_of(each))
                assert problems(each, schema(kind_of(each))) == [], each["id"]
                assert each["id"] in walk.pages, "every object can be fetched by its id"
    assert seen == set(TYPES)
    assert len(walk.others) == 2 + 2 * 6  # the pages of municipality and edition; each file to look at and to save


def test_pages_lead_on_to_the_last_and_keep_asking_for_the_same(client, public):
    for month in ("2022-10", "2022-09"):
        stored(1, month)
    asked = "modified_since=2022-01-01T00%3A00%3A00%2B01%3A00&limit=1"
    address, found = f"{BASE}{OPARL}papers/?{asked}", []
    while address:
        said = client.get(address.removeprefix(BASE)).json()
        assert (said["links"]["self"], address.split("&page=")[0].endswith(asked)) == (address, True)
        found += [each["id"] for each in said["data"]]
        address = said["links"].get("next")
    assert found == [f"{BASE}{OPARL}papers/2022-{month}-1/" for month in ("09", "10", "11")]


def test_what_is_missing_or_invented_is_found(client, public):
    (paper,) = told(client, "papers")
    assert problems(paper, schema("Paper")) == []
    assert [path for path, _why in problems(paper | {"mainFile": 1, "created": "gestern"}, schema("Paper"))] == [
        ["created"],
        ["mainFile"],
    ]
    assert len(problems(paper | {"vorsitz": "x"}, schema("Paper"))) == 1
    assert len(problems({name: paper[name] for name in ("id", "type")}, schema("Paper"))) == 2


def test_a_files_hash_and_size_are_those_of_the_file_under_both_addresses(client, public):
    walk = Walk(client, f"{BASE}{OPARL}")
    files = told(client, "files")
    assert len(files) == 6
    for each in files:
        look, save = walk.others[each["accessUrl"]], walk.others[each["downloadUrl"]]
        assert look.content == save.content
        assert (len(save.content), hashlib.sha512(save.content).hexdigest()) == (each["size"], each["sha512Checksum"])
        assert look.headers["Content-Disposition"] == f'inline; filename="{each["fileName"]}"'
        assert save.headers["Content-Disposition"] == f'attachment; filename="{each["fileName"]}"'
        assert save.headers["Content-Type"].startswith(each["mimeType"])
        assert each["fileLicense"] == "https://www.govdata.de/dl-de/by-2-0"


def test_a_paper_says_its_files_and_where_it_goes(client, public, meeting, committee):
    (paper,) = told(client, "papers")
    assert paper["name"] == "Sachstandsbericht November 2022"
    assert paper["web"] == f"{BASE}{HOME}berichte/2022/11/ausgabe-1/"
    assert paper["mainFile"]["mimeType"] == "application/pdf"
    assert len(paper["auxiliaryFile"]) == 5
    (going,) = paper["consultation"]
    assert going["meeting"] == f"{BASE}{OPARL}meetings/{meeting.pk}/"
    (met,) = told(client, "meetings")
    assert (met["name"], met["start"], met["cancelled"]) == ("Hauptausschuss", "2023-01-17T18:00:00+01:00", False)
    assert met["location"]["description"] == "Ratssaal"
    assert met["organization"] == [f"{BASE}{OPARL}organizations/{committee.pk}/"]
    assert ids(client, f"organizations/{committee.pk}/meetings") == [f"{BASE}{OPARL}meetings/{meeting.pk}"]


def test_nobody_is_named_and_there_are_no_people(client, public):
    walk = Walk(client, f"{BASE}{OPARL}")
    text = json.dumps(list(walk.pages.values()), ensure_ascii=False)
    assert [word for word in ("kurz.wort", "Edeltraud", "Kleinschmidt", SAID["reason"]) if word in text] == []
    assert [told(client, name) for name in ("people", "memberships", "agenda-items", "legislative-terms")] == [[]] * 4


def test_of_meetings_to_which_nothing_published_goes_nothing_is_said(client, public, committee, coordinator):
    other = keep_committee(make.municipality(), "Geheimausschuss", 14, coordinator)
    set_meeting(make.municipality(), Plan(other, BEGIN, "Keller"), coordinator)
    set_meeting(make.municipality(), Plan(committee, BEGIN, "Foyer", month=date(2022, 12, 1)), coordinator)
    stored(1, "2022-12", state="in_review", approved_at=None)
    text = json.dumps([told(client, name, modified_since="2000-01-01T00:00:00Z") for name in _LISTS])
    assert [word for word in ("Geheimausschuss", "Keller", "Foyer", "papers/2022-12") if word in text] == []
    assert len(told(client, "meetings")) == len(told(client, "organizations")) == 1


def test_a_meeting_called_off_says_so_and_a_committee_that_ended_since_when(
    client, public, meeting, coordinator, clock
):
    clock.shift(3600)
    cancel_meeting(meeting, 1, coordinator, "Sturm")
    end_committee(meeting.committee, 1, coordinator, "Hauptsatzung")
    (met,), (organization,) = told(client, "meetings"), told(client, "organizations")
    assert (met["cancelled"], met["modified"]) == (True, "2022-12-20T14:00:00+01:00")
    assert (organization["endDate"], organization["modified"]) == ("2022-12-20", "2022-12-20T14:00:00+01:00")
    assert "Sturm" not in json.dumps([told(client, name) for name in _LISTS])


def test_a_renamed_committee_changes_its_meetings_which_are_called_so(client, public, committee, coordinator, clock):
    clock.shift(3600)
    change_committee(committee, "Digitalausschuss", 14, 1, coordinator)
    since = {"modified_since": "2022-12-20T14:00:00+01:00"}
    assert [each["name"] for each in told(client, "meetings", **since)] == ["Digitalausschuss"]
    assert [each["name"] for each in told(client, "organizations", **since)] == ["Digitalausschuss"]


def test_a_paper_that_a_correction_replaced_is_deleted_with_its_files(client, public, clock):
    clock.shift(3600)
    stored(2, approved_at=datetime(2022, 12, 20, 12, 30, tzinfo=UTC))
    assert (ids(client, "papers"), ids(client, "files")) == (["2022-11-2"], [])
    assert {each["id"].rpartition("2022-11-")[2] for each in deleted(client, "papers")} == {"1/"}
    assert len(deleted(client, "files")) == 6
    assert len(deleted(client, "consultations")) == len(told(client, "consultations")) == 1
    for each in (*deleted(client, "papers"), *deleted(client, "files"), *deleted(client, "consultations")):
        assert problems(each, GONE) == []
        assert each["modified"] == "2022-12-20T13:30:00+01:00"
        assert client.get(each["id"].removeprefix(BASE)).json() == each
    assert client.get(f"{HOME}berichte/2022/11/ausgabe-1.pdf").status_code == 200  # who cites it finds it


def test_a_meeting_that_no_published_report_goes_to_any_more_is_deleted(client, public, meeting, coordinator, clock):
    clock.shift(3600)
    change_meeting(meeting, Plan(meeting.committee, BEGIN, "Ratssaal"), 1, coordinator)
    names = ("meetings", "organizations", "locations", "consultations")
    assert [ids(client, name) for name in names] == [[]] * 4
    for name in names:
        (gone,) = deleted(client, name)
        assert (problems(gone, GONE), gone["modified"]) == ([], "2022-12-20T14:00:00+01:00")
    (paper,) = told(client, "papers", modified_since="2022-12-20T14:00:00+01:00")
    assert "consultation" not in paper


def test_a_meeting_that_was_put_elsewhere_before_the_report_was_published_never_was_here(client, coordinator, meeting):
    change_meeting(meeting, Plan(meeting.committee, BEGIN, "Ratssaal"), 1, coordinator)
    stored(approved_at=datetime(2022, 12, 20, 12, 30, tzinfo=UTC))
    with time_machine.travel(datetime(2022, 12, 21, tzinfo=UTC), tick=False):
        opened(coordinator)
        assert [deleted(client, name) for name in _LISTS] == [[]] * len(_LISTS)


def test_nor_one_that_was_put_elsewhere_before_anything_was_open(client, coordinator, meeting, clock):
    stored()
    clock.shift(3600)
    change_meeting(meeting, Plan(meeting.committee, BEGIN, "Ratssaal"), 1, coordinator)
    clock.shift(3600)
    opened(coordinator)
    assert [deleted(client, name) for name in _LISTS] == [[]] * len(_LISTS)


def test_a_place_that_is_no_longer_said_is_deleted(client, public, meeting, coordinator, clock):
    clock.shift(60)
    change_meeting(meeting, Plan(meeting.committee, BEGIN, "", month=NOVEMBER), 1, coordinator)
    assert (len(deleted(client, "locations")), "location" in told(client, "meetings")[0]) == (1, False)


def test_who_ends_publishing_shows_nothing_not_even_that_it_did(client, public, coordinator):
    addresses = [OPARL, *(f"{OPARL}{name}/" for name in _LISTS), f"{OPARL}papers/2022-11-1/"]
    assert [client.get(each).status_code for each in addresses] == [200] * 9
    end_public(make.municipality(), coordinator, reason="x")
    answers = [
        client.get(each, {"modified_since": "2000-01-01T00:00:00Z"} if each.endswith("s/") else {})
        for each in addresses
    ]
    assert [each.status_code for each in answers] == [404] * 9
    never = client.get("/oeffentlich/000000000000/oparl/1.1/")
    assert {each.content for each in answers} == {never.content}


def test_a_district_has_no_key_of_a_municipality(client, municipality):
    district = make.municipality("Landkreis Probe", "159990000000")
    district.kind = "landkreis"
    district.save()
    opened(make.user("kreis", municipality=district), district)
    (body,) = client.get("/oeffentlich/159990000000/oparl/1.1/bodies/").json()["data"]
    assert (body.get("ags"), body["rgs"]) == (None, "159990000000")


def test_a_changed_licence_changes_everything_that_says_it(client, public, coordinator, clock):
    clock.shift(3600)
    opened(coordinator, licence="cc-by/4.0", reason="Beschluss")
    since = {"modified_since": "2022-12-20T14:00:00+01:00"}
    assert [len(told(client, name, **since)) for name in ("bodies", "papers", "files")] == [1, 1, 6]
    assert told(client, "files")[0]["fileLicense"] == "https://creativecommons.org/licenses/by/4.0/"


def test_the_database_is_asked_as_often_for_three_of_each_as_for_one(client, public, committee, coordinator):
    addresses = [OPARL, *(f"{OPARL}{name}/" for name in _LISTS), f"{OPARL}papers/2022-11-1/"]
    once = [queries(client, each) for each in addresses]
    for month in ("2022-10", "2022-09"):
        stored(1, month)
        going = keep_committee(make.municipality(), f"Ausschuss {month}", 14, coordinator)
        set_meeting(
            make.municipality(), Plan(going, BEGIN, "Aula", month=date.fromisoformat(f"{month}-01")), coordinator
        )
    draw_public_files(make.municipality())
    assert [queries(client, each) for each in addresses] == once
    assert max(once) <= 6


def test_any_cache_may_keep_it(client, public):
    for address in (OPARL, f"{OPARL}papers/", f"{OPARL}papers/2022-11-1/"):
        first = client.get(address)
        assert first.headers["Cache-Control"] == "public, max-age=300"
        assert (first.headers["Access-Control-Allow-Origin"], first.cookies) == ("*", {})
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", ["x/", "papers/2022-11-2/", "papers/x/", "people/1/", "organizations/0/meetings/"])
def test_what_there_is_not_is_told_as_oparl_has_errors(client, public, address):
    answer = client.get(OPARL + address)
    assert answer.status_code == 404
    assert answer.json() == {
        "type": "https://schema.oparl.org/1.1/Error",
        "message": "Hier ist nichts, oder nichts mehr öffentlich.",
        "debug": "404 Not Found",
    }


def test_the_council_has_no_other_view_of_it(client, public):
    anonymous = client.get(f"{OPARL}papers/").content
    client.force_login(make.user("rat", Role.COUNCIL))
    assert client.get(f"{OPARL}papers/").content == anonymous
