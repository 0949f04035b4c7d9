"""A program brings a list of a municipality's own, maps its columns, decides its rows and takes them over."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.models import Merge, OwnList, OwnListRow, OwnService
from tests import make
from tests.api.programs import API, Program

pytestmark = pytest.mark.django_db

KEY = "99102013104000"
LIST = f"""Dienst;Nummer;Amt;Farbe
Hundesteuer anmelden;{KEY};Kämmerei;rot
Hundesteuer Anmeldungen;;Kämmerei;blau
Kurkarte;;;
Notiz;;;
"""


@pytest.fixture
def program():
    make.bundle()
    make.row()
    return Program(make.user())


def brought(program, content=LIST, name="liste.csv"):
    body = {"file": SimpleUploadedFile(name, content.encode()), "municipality": make.municipality().pk}
    return program.post(f"{API}/own-lists/file/", body)


def mapped(program):
    told = brought(program).json()
    columns = [{"place": 0, "meaning": "name"}, {"place": 1, "meaning": "key"}]
    sent = {"columns": columns, "situation": make.bundle().situation_id, "bundle_name": "Eigene Leistungen"}
    here = f"own-lists/{told['id']}/"
    assert program.send(f"{here}map/", sent).json()["mapped"]
    return here


def test_columns_come_with_samples_and_a_guess(program):
    answer = brought(program)
    told = answer.json()
    assert (answer.status_code, told["head_row"], told["mapped"]) == (201, 1, False)
    assert [(each["head"], each["meaning"], each["filled"]) for each in told["columns"]] == [
        ("Dienst", "", 4),
        ("Nummer", "key", 1),
        ("Amt", "department", 2),
        ("Farbe", "", 2),
    ]
    assert (told.pop("others"), told.pop("left_out")) == ([], [])
    assert program.read(f"own-lists/{told['id']}/columns/").json() == told
    assert program.send(f"own-lists/{told['id']}/heads/", {"row": 2}).json()["head_row"] == 2
    assert program.send(f"own-lists/{told['id']}/heads/", {"row": 99}).status_code == 400


def test_every_row_is_decided_and_taken_over_or_stays(program):
    here = mapped(program)
    rows = program.read(f"{here}rows/").json()["rows"]
    assert [each["outcome"] for each in rows] == ["found", "open", "open", "open"]
    assert rows[0]["cells"] == {"name": "Hundesteuer anmelden", "key": KEY}
    service = rows[1]["alike"][0]["service"]
    decided = [
        {"row": rows[1]["id"], "outcome": "found", "services": [service]},
        {"row": rows[2]["id"], "outcome": "own"},
        {"row": rows[3]["id"], "outcome": "kept"},
    ]
    assert program.send(f"{here}decide/", {"rows": decided}).json()["total"] == 3
    assert program.read(f"{here}rows/", outcome="open").json()["total"] == 0
    taken = program.send(f"{here}take/", {"ours": True}).json()
    assert (taken["own"], taken["refused"], taken["merge"]) == (1, {}, Merge.objects.get().pk)
    assert OwnService.objects.get().service.name == "Kurkarte"
    assert program.read(f"merges/{taken['merge']}/standing/").json()["rows"] == 3


def test_decisions_are_all_or_none_and_the_last_is_taken_back(program):
    here = mapped(program)
    first, second = program.read(f"{here}rows/", outcome="open").json()["rows"][:2]
    wrong = [{"row": first["id"], "outcome": "kept"}, {"row": second["id"], "outcome": "found", "services": [0]}]
    assert program.send(f"{here}decide/", {"rows": wrong}).status_code == 400
    assert program.send(f"{here}decide/", {"rows": [{"row": 0, "outcome": "kept"}]}).status_code == 400
    assert program.read(f"{here}rows/", outcome="open").json()["total"] == 3
    program.send(f"{here}decide/", {"rows": wrong[:1]})
    assert [each["id"] for each in program.send(f"{here}undo/", {}).json()["rows"]] == [first["id"]]
    assert program.send(f"{here}undo/", {}).json()["rows"] == []


def test_before_the_columns_are_said_nothing_is_decided_or_taken(program):
    told = brought(program).json()
    row = OwnListRow.objects.last()
    for deed, sent in (("decide", {"rows": [{"row": row.pk, "outcome": "kept"}]}), ("take", {})):
        answer = program.send(f"own-lists/{told['id']}/{deed}/", sent)
        assert (deed, answer.status_code, answer.json()["errors"][0]["code"]) == (deed, 400, "not_mapped")


@pytest.mark.parametrize(("content", "name"), [("%PDF-1.7", "x.pdf"), ("Dienst\n", "x.csv")])
def test_what_is_no_list_is_refused_and_nothing_kept(program, content, name):
    answer = brought(program, content, name)
    assert (answer.status_code, answer.json()["errors"][0]["field"], OwnList.objects.count()) == (400, "file", 0)


@pytest.mark.parametrize(
    "sent",
    [
        {"columns": [{"place": 0, "meaning": "nichts"}]},
        {"columns": [{"place": 2, "meaning": "department"}]},
        {"columns": [{"place": 0, "meaning": "name"}], "situation": 999999},
        {"columns": [{"place": 0, "meaning": "name"}, {"place": 1, "meaning": "name"}]},
    ],
)
def test_a_mapping_that_says_nothing_is_refused(program, sent):
    assert program.send(f"own-lists/{brought(program).json()['id']}/map/", sent).status_code == 400


def test_a_list_is_dropped_and_seen_by_the_coordination_alone(program):
    here = mapped(program)
    assert (
        Program(make.user("fremd", municipality=make.municipality("Anderswo", "159990010029"))).read(here).status_code
        == 404
    )
    assert Program(make.user("leitung", Role.MANAGER, department=make.department("Amt"))).read(here).status_code == 403
    assert program.send(f"{here}drop/", {}).status_code == 204
    assert OwnList.objects.count() == 0
    assert program.read("own-lists/").json()["results"] == []
