"""A program brings lines or a file, sees what they would do, decides and mends cells, and takes over what is good."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Confirmation, Merge, MunicipalService, StatusChange
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.api.programs import API, Program

pytestmark = pytest.mark.django_db

KEY, OTHER = "99102013104000", "99102013105000"


@pytest.fixture
def coordinator():
    return make.user()


@pytest.fixture
def program(coordinator):
    return Program(coordinator)


@pytest.fixture
def row():
    return make.row(state="planned", level=2, planned_on=date(2026, 12, 31))


@pytest.fixture
def other():
    return make.row(make.service(key=OTHER, name="Hundesteuer Abmeldung"))


def lines(*cells, name="vom Fachverfahren"):
    return {"municipality": make.municipality().pk, "name": name, "lines": list(cells)}


def states():
    return dict(MunicipalService.objects.values_list("service__key", "state"))


def test_what_is_good_is_taken_and_the_rest_waits_and_is_mended(program, row, other):
    answer = program.send("merges/", lines({"key": KEY, "state": "läuft"}, {"key": OTHER, "state": "geplant"}))
    told = answer.json()
    assert (answer.status_code, told["good"], told["waiting"]) == (201, 1, [0])
    assert told["changed"][0]["cells"] == [{"column": "Stand", "before": "offen", "after": "geplant"}]
    [wrong] = told["wrong"]
    assert (wrong["line"], wrong["column"], wrong["text"], wrong["words"][0]) == (0, "state", "läuft", "offen")
    here = f"merges/{told['id']}/"
    taken = program.send(f"{here}take/", {"reason": "Abruf"}).json()
    assert (taken["applied"], taken["rows"], states()[OTHER]) == (1, 1, "planned")
    events = program.read("status-changes/", source="api").json()["results"]
    assert [(each["reason"], each["source"]) for each in events] == [("Abruf", "api")]
    assert events[0]["recorded_at"] == taken["recorded_at"]
    mended = {"mended": [{"line": 0, "column": "state", "text": "in Umsetzung"}]}
    assert program.send(f"{here}decide/", mended).json()["good"] == 1
    assert program.send(f"{here}take/", {}).json()["rows"] == 0
    assert (states()[KEY], program.read(here).status_code) == ("in_progress", 404)


@pytest.mark.parametrize(("pick", "day"), [("mine", date(2027, 1, 31)), ("stored", date(2027, 2, 28))])
@pytest.mark.parametrize("every", [False, True])
def test_what_others_changed_since_the_version_read_is_decided(program, coordinator, row, pick, day, every):
    seen = row.version
    fresh = MunicipalService.objects.get(pk=row.pk)
    change = {"planned_on": date(2027, 2, 28)}
    change_status(fresh, change, seen_version=None, by=coordinator, reason="Kreis", effective_on=date(2026, 1, 1))
    sent = lines({"id": str(row.pk), "planned_on": "2027-01-31", "version": str(seen)})
    told = program.send("merges/", sent).json()
    [side] = told["sides"]
    assert [side[name] for name in ("service", "base", "mine", "stored", "by", "reason")] == [
        *(row.pk, "31.12.2026", "31.01.2027", "28.02.2027", "koordination", "Kreis")
    ]
    picks = {"picks": [{"line": 0, "column": "planned_on", "pick": pick, "stored": side["stored"]}]}
    here = f"merges/{told['id']}/"
    assert program.send(f"{here}decide/", {"all_open": pick} if every else picks).json()["sides"][0]["pick"] == pick
    assert program.send(f"{here}take/", {}).json()["rows"] == 0
    row.refresh_from_db()
    assert row.planned_on == day


def test_a_file_is_brought_as_on_the_page(program, row):
    sent = SimpleUploadedFile("stand.csv", f"Schlüssel;Stand;Zuletzt bestätigt\n{KEY};;ja\n".encode())
    body = {"file": sent, "municipality": row.municipality_id}
    told = program.post(f"{API}/merges/file/", body).json()
    assert (told["confirmed"], told["good"]) == (1, 0)
    assert program.send(f"merges/{told['id']}/take/", {}).json()["confirmed"] == 1
    wrong = program.post(f"{API}/merges/file/", body | {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7")})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "unreadable_file")


def test_services_with_a_similar_name_are_offered_and_lines_left_out(program, row):
    told = program.send("merges/", lines({"name": "Hundesteuer anmelden", "state": "geplant"})).json()
    [wrong] = told["wrong"]
    assert [each["service"] for each in wrong["alike"]] == [row.service_id]
    here = f"merges/{told['id']}/"
    chosen = {"mended": [{"line": 0, "column": "service", "text": str(row.service_id)}]}
    assert program.send(f"{here}decide/", chosen).json()["wrong"] == []
    assert program.send(f"{here}decide/", {"dropped": [0]}).json()["rows"] == 0
    assert Merge.objects.count() == 0


def test_what_waits_is_dropped_and_nothing_of_it_is_taken(program, row):
    told = program.send("merges/", lines({"key": KEY, "state": "offen"})).json()
    assert program.send(f"merges/{told['id']}/drop/", {}).status_code == 204
    assert (Merge.objects.count(), StatusChange.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"municipality": 0}, "municipality"),
        ({"lines": []}, "lines"),
        ({"lines": [{"stand": "offen"}]}, "lines.0.stand"),
        ({"lines": [{"id": "999999"}]}, "lines.0.id"),
        ({"lines": [{"id": "x"}]}, "lines.0.id"),
        ({"lines": [{"key": None}]}, "lines.0.key"),
        ({"lines": [{"key": [1]}]}, "lines.0.key"),
        ({"lines": "x"}, "lines"),
        ({"name": ""}, "name"),
    ],
)
def test_nonsense_is_refused_at_its_field(program, row, change, field):
    answer = program.send("merges/", lines({"key": KEY}) | change)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert Merge.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {"picks": [{"line": 0, "column": "state", "pick": "yours", "stored": ""}]},
        {"mended": [{"line": 0, "column": "nichts", "text": "x"}]},
        {"mended": [{"line": 0, "column": "state", "text": "x" * 4001}]},
        {"dropped": ["x"]},
        {"all_open": "both"},
        {"alles": 1},
    ],
)
def test_decisions_that_are_none_are_refused(program, row, body):
    told = program.send("merges/", lines({"key": KEY, "state": "geplant"})).json()
    assert program.send(f"merges/{told['id']}/decide/", body).status_code == 400


def test_everybody_sees_the_own_and_the_coordination_all(program, coordinator, row):
    leader = Program(make.user("leitung", Role.MANAGER, department=make.department("Bauamt")))
    mine = program.send("merges/", lines({"key": KEY, "state": "offen"})).json()["id"]
    told = leader.send("merges/", lines({"key": KEY, "state": "in Umsetzung"})).json()
    assert [each["code"] for each in told["wrong"]] == ["not_allowed"]
    assert [each["id"] for each in leader.read("merges/").json()["results"]] == [told["id"]]
    assert leader.read(f"merges/{mine}/standing/").status_code == 404
    found = program.read("merges/", municipality=row.municipality_id).json()["results"]
    assert sorted(each["id"] for each in found) == sorted((mine, told["id"]))
    assert program.send(f"merges/{told['id']}/take/", {}).json()["applied"] == 1


def test_whoever_leads_elsewhere_sees_nothing_of_it_here(program, row):
    elsewhere = make.municipality("Anderswo", "159990010029")
    stranger = make.user("fremd", municipality=elsewhere)
    make.Membership.objects.create(user=stranger, role=Role.STAFF, municipality=row.municipality)
    told = program.send("merges/", lines({"key": KEY, "state": "offen"})).json()
    assert Program(stranger).read(f"merges/{told['id']}/").status_code == 404


def test_the_changes_come_page_by_page(program):
    keys = [f"99102013{at:03}000" for at in range(1, 102)]
    for key in keys:
        make.row(make.service(key=key, name=f"Leistung {key}"))
    told = program.send("merges/", lines(*({"key": key, "state": "geplant"} for key in keys))).json()
    assert (told["good"], len(told["changed"])) == (101, 100)
    here = f"merges/{told['id']}/standing/"
    assert len(program.read(here, page=2).json()["changed"]) == 1
    assert program.read(here, seite=2).status_code == 400


def test_what_a_merge_changed_and_confirmed_goes_back_as_one(program, row, other):
    sent = lines({"key": KEY, "confirmed": "ja"}, {"key": OTHER, "state": "geplant"})
    made = program.send("merges/", sent).json()
    taken = program.send(f"merges/{made['id']}/take/", {}).json()
    assert (taken["applied"], taken["confirmed"], Confirmation.objects.standing().count()) == (1, 1, 1)
    back = {"municipality": make.municipality().pk, "recorded_at": taken["recorded_at"]}
    told = program.send("municipal-services/take-back/", back).json()
    assert ([each["state"] for each in told["results"]], told["unconfirmed"]) == (["open"], 1)
    assert Confirmation.objects.standing().count() == 0


def test_a_merge_that_only_confirms_goes_back_too(client, coordinator, program, row):
    made = program.send("merges/", lines({"key": KEY, "confirmed": "ja"})).json()
    client.force_login(coordinator)
    client.post(f"/leistungen/abgleich/{made['id']}/", {"do": "take"})
    made = client.get("/leistungen/").context["made"]
    said = client.post("/leistungen/zuruecknehmen/", {"made": made}, follow=True).text
    assert "1 Bestätigung zurückgenommen." in said and "Änderung" not in said.partition("Bestätigung")[0][-80:]
    assert Confirmation.objects.standing().count() == 0
