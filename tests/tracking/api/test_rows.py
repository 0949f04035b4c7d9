"""Changing tracked rows: by version, with a reason, an event each, all or none, and only what the person may."""

from datetime import date

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.api import rows as api
from ozg_tracker.tracking.models import MunicipalService, Source, StatusChange
from ozg_tracker.tracking.rows import status
from tests import make
from tests.api.problem_documents import errors, problem
from tests.api.programs import Program, as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_november")]


@pytest.fixture
def _november():
    with time_machine.travel("2022-11-30T12:00:00+01:00"):
        yield


def address(row, path=""):
    return f"municipal-services/{row.pk}/"


def test_an_item_names_its_version_as_a_strong_etag(program):
    assert program.read(address(make.row()))["ETag"] == '"1"'


def test_a_change_adds_an_event_with_reason_day_person_and_door(program, coordinator):
    row = make.row()
    body = {"state": "done", "level": 3, "reason": "Formular online", "effective_on": "2022-11-15"}
    changed = program.change(address(row), body, **{"If-Match": '"1"'})
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert (changed.json()["state"], changed.json()["level"], changed.json()["version"]) == ("done", 3, 2)
    event = row.events.get(version=2)
    assert (event.reason, event.effective_on, event.by, event.source) == (
        "Formular online",
        date(2022, 11, 15),
        coordinator,
        Source.API,
    )


def test_without_a_day_a_change_holds_from_today(program):
    row = make.row()
    program.change(address(row), {"note": "neu"}, **{"If-Match": '"1"'})
    assert row.events.get(version=2).effective_on == date(2022, 11, 30)


def test_every_field_can_be_set_by_the_words_that_are_read_and_cleared(program):
    row = make.row(make.service())
    full = {
        "responsibility": "municipality",
        "department": make.department().pk,
        "owner": "koordination",
        "state": "planned",
        "level": 2,
        "planned_on": "2023-01-31",
        "online_url": "https://musterstadt.example/hund",
        "cases_per_year": 120,
        "note": "Formular",
    }
    assert program.change(address(row), full, **{"If-Match": '"1"'}).json().items() >= full.items()
    empty = dict.fromkeys(("department", "owner", "level", "planned_on", "cases_per_year")) | {
        "online_url": "",
        "note": "",
    }
    assert (
        program.change(address(row), empty | {"reason": "Irrtum"}, **{"If-Match": '"2"'}).json().items()
        >= empty.items()
    )


def test_a_change_that_changes_nothing_keeps_the_version(program):
    row = make.row(note="da")
    assert program.change(address(row), {"note": "da"}, **{"If-Match": '"1"'})["ETag"] == '"1"'
    assert row.events.count() == 1


def test_without_if_match_nothing_changes(program):
    row = make.row()
    assert "If-Match" in problem(program.change(address(row), {"note": "x"}), 428)["detail"]
    assert row.events.count() == 1


@pytest.mark.parametrize("tag", ['"2"', 'W/"1"', "1", "irgendwas"])
def test_a_version_that_does_not_match_is_412_with_the_state_as_it_stands(tag, program):
    row = make.row(note="steht")
    refused = program.change(address(row), {"note": "x"}, **{"If-Match": tag})
    assert problem(refused, 412)["current"] == program.read(address(row)).json()
    assert (refused["ETag"], row.events.count()) == ('"1"', 1)


def test_any_of_several_tags_or_a_star_matches(program):
    row = make.row()
    assert program.change(address(row), {"note": "a"}, **{"If-Match": '"7", "1"'}).status_code == 200
    assert program.change(address(row), {"note": "b"}, **{"If-Match": "*"}).status_code == 200


def test_who_loses_the_race_gets_the_winners_state(program, coordinator, monkeypatch):
    row = make.row()

    def overtaken(*args, **kwargs):
        winner = MunicipalService.objects.get(pk=row.pk)
        status.change_status(
            winner, {"note": "schneller"}, seen_version=1, by=coordinator, reason="", effective_on=date(2022, 11, 30)
        )
        return status.change_status(*args, **kwargs)

    monkeypatch.setattr(api, "change_status", overtaken)
    refused = program.change(address(row), {"note": "langsamer"}, **{"If-Match": '"1"'})
    assert (problem(refused, 412)["current"]["note"], refused["ETag"]) == ("schneller", '"2"')


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"status": "done"}, ("status", "unknown_field")),
        ({"version": 7}, ("version", "unknown_field")),
        ({"state": "fast"}, ("state", "invalid_choice")),
        ({"level": 9}, ("level", "does_not_exist")),
        ({"level": True}, ("level", "does_not_exist")),
        ({"level": [3]}, ("level", "does_not_exist")),
        ({"department": 99999}, ("department", "does_not_exist")),
        ({"owner": "fremd"}, ("owner", "does_not_exist")),
        ({"cases_per_year": -1}, ("cases_per_year", "min_value")),
        ({"planned_on": "31.12.2022"}, ("planned_on", "invalid")),
        ({"note": "\x00"}, ("note", "null_characters_not_allowed")),
        ({"note": "x", "effective_on": "2022-12-01"}, ("effective_on", "in_future")),
        ([], (None, "invalid")),
        ("null", (None, "null")),
    ],
)
def test_a_wrong_body_is_400_and_changes_nothing(body, expected, program):
    row = make.row()
    make.user("fremd", municipality=make.municipality("B", "159990010020"))
    assert errors(program.change(address(row), body, **{"If-Match": '"1"'})) == [expected]
    assert row.events.count() == 1


def test_done_needs_a_level_in_the_words_of_the_page(program):
    refused = program.change(address(make.row()), {"state": "done"}, **{"If-Match": '"1"'})
    [error] = problem(refused, 400)["errors"]
    assert error["field"] in ("level", "state")
    assert "fertig" in error["message"]


def test_staff_changes_the_status_of_own_rows_and_nothing_else():
    staff = as_role(Role.STAFF)
    own = make.row(make.service("99000000000001"), owner=make.User.objects.get(username="staff"))
    other = make.row(make.service("99000000000002"))
    assert staff.change(address(own), {"state": "planned"}, **{"If-Match": '"1"'}).status_code == 200
    problem(staff.change(address(own), {"responsibility": "state"}, **{"If-Match": '"2"'}), 403)
    problem(staff.change(address(other), {"state": "planned"}, **{"If-Match": '"1"'}), 403)
    assert StatusChange.objects.count() == 3


def test_a_manager_changes_the_own_tree():
    led = make.department("Ordnung")
    manager = as_role(Role.MANAGER, department=led)
    below = make.row(make.service("99000000000001"), department=make.department("Gewerbe", parent=led))
    beside = make.row(make.service("99000000000002"), department=make.department("Bau"))
    assert manager.change(address(below), {"cases_per_year": 7}, **{"If-Match": '"1"'}).status_code == 200
    problem(manager.change(address(beside), {"state": "planned"}, **{"If-Match": '"1"'}), 403)


def test_a_row_of_another_municipality_does_not_exist(program):
    row = make.row(municipality=make.municipality("B", "159990010020"))
    problem(program.change(address(row), {"note": "x"}, **{"If-Match": '"1"'}), 404)


# many at once -----------------------------------------------------------------------------------------------------


@pytest.fixture
def rows():
    return [make.row(make.service(f"9900000000000{number}", f"Leistung {number}")) for number in range(3)]


def bulk(program, changes, **circumstances):
    return program.send("municipal-services/bulk/", {"changes": changes, **circumstances})


def test_many_change_with_one_reason_and_an_event_each(program, rows):
    changes = [{"id": row.pk, "version": 1, "state": "planned"} for row in rows]
    answer = bulk(program, changes, reason="Beschluss", effective_on="2022-11-01")
    assert [(row["id"], row["state"], row["version"]) for row in answer.json()["results"]] == [
        (row.pk, "planned", 2) for row in rows
    ]
    events = StatusChange.objects.filter(version=2).values_list("reason", "effective_on", "source")
    assert list(events) == [("Beschluss", date(2022, 11, 1), Source.API)] * 3


def test_one_stale_version_keeps_all_from_changing(program, rows):
    changes = [{"id": row.pk, "version": 1, "note": "x"} for row in rows[:2]] + [
        {"id": rows[2].pk, "version": 7, "note": "x"}
    ]
    refused = problem(bulk(program, changes), 409)
    assert [row["version"] for row in refused["current"]] == [1, 1, 1]
    assert StatusChange.objects.count() == 3


def test_one_wrong_row_keeps_all_from_changing_and_is_named(program, rows):
    changes = [{"id": rows[0].pk, "version": 1, "note": "x"}, {"id": rows[1].pk, "version": 1, "state": "done"}]
    [error] = problem(bulk(program, changes), 400)["errors"]
    assert error["field"].startswith("changes.1.")
    assert "fertig" in error["message"]
    assert StatusChange.objects.count() == 3


def test_one_row_the_person_may_not_change_keeps_all_from_changing(rows):
    staff = as_role(Role.STAFF)
    MunicipalService.objects.filter(pk=rows[0].pk).update(owner=make.User.objects.get(username="staff"))
    problem(bulk(staff, [{"id": row.pk, "version": 1, "note": "x"} for row in rows]), 403)
    assert StatusChange.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("changes", "required")]),
        ({"changes": []}, [("changes", "empty")]),
        ({"changes": [7]}, [("changes.0", "invalid")]),
        ({"changes": [{"version": 1, "note": "x"}]}, [("changes.0.id", "required")]),
        ({"changes": [{"id": 10**30, "version": 1}]}, [("changes.0.id", "does_not_exist")]),
        ({"changes": [{"id": 99999, "version": 1}]}, [("changes.0.id", "does_not_exist")]),
        ({"changes": [{"id": 1, "version": 1}], "grund": "x"}, [("grund", "unknown_field")]),
    ],
)
def test_a_wrong_bulk_body_is_400_and_says_where(body, expected, program):
    assert errors(program.send("municipal-services/bulk/", body)) == expected


def test_a_row_stands_once_and_all_lie_in_one_municipality(program, rows, coordinator):
    other = make.municipality("B", "159990010020")
    make.Membership.objects.create(user=coordinator, municipality=other, role=Role.COORDINATOR)
    strange = make.row(make.service("99000000000009"), municipality=other)
    twice = [{"id": rows[0].pk, "version": 1}, {"id": rows[0].pk, "version": 1}]
    assert errors(bulk(program, twice)) == [("changes.1.id", "duplicate")]
    mixed = [{"id": rows[0].pk, "version": 1}, {"id": strange.pk, "version": 1}]
    assert errors(bulk(program, mixed)) == [("changes.1.id", "other_municipality")]


def test_a_bulk_of_thirty_costs_as_many_queries_as_one_of_three(program, rows, django_assert_max_num_queries):
    more = [make.row(make.service(f"990000000001{number:02}", f"L {number}")) for number in range(27)]
    program.read("municipal-services/")  # the first use of a key is written down
    with django_assert_max_num_queries(100) as three:
        assert bulk(program, [{"id": row.pk, "version": 1, "level": 1} for row in rows]).status_code == 200
    with django_assert_max_num_queries(100) as thirty:
        assert bulk(program, [{"id": row.pk, "version": 1, "level": 1} for row in more]).status_code == 200
    assert len(thirty) == len(three) <= 20


# trainings --------------------------------------------------------------------------------------------------------


def test_a_deed_is_taken_back_as_one_and_made_again(program, rows):
    changes = [{"id": row.pk, "version": 1, "note": "neu"} for row in rows]
    program.send("municipal-services/bulk/", {"changes": changes, "reason": "Umzug"})
    at = StatusChange.objects.filter(reason="Umzug").first().recorded_at.isoformat()
    here = {"municipality": rows[0].municipality_id}
    told = program.send("municipal-services/take-back/", here | {"recorded_at": at}).json()["results"]
    assert {(each["note"], each["version"]) for each in told} == {("", 3)}
    assert set(StatusChange.objects.filter(version=3).values_list("source", flat=True)) == {"api"}
    again = [{"service": row.pk, "version": 3} for row in rows]
    told = program.send("municipal-services/take-back/", here | {"changes": again}).json()["results"]
    assert {(each["note"], each["version"]) for each in told} == {("neu", 4)}


def test_a_deed_that_others_built_upon_is_not_taken_back(program, rows):
    first = rows[0]
    program.change(address(first), {"note": "neu"}, **{"If-Match": '"1"'})
    program.change(address(first), {"note": "anders"}, **{"If-Match": '"2"'})
    sent = {"municipality": first.municipality_id, "changes": [{"service": first.pk, "version": 2}]}
    answer = program.send("municipal-services/take-back/", sent)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "built_upon")
    assert "Zurücknehmen geht nicht mehr" in answer.json()["errors"][0]["message"]
    assert first.events.count() == 3


@pytest.mark.parametrize("more", [{}, {"recorded_at": "2022-11-30T12:00:00Z", "changes": []}, {"municipality": 0}])
def test_what_names_no_deed_is_refused(program, rows, more):
    sent = {"municipality": rows[0].municipality_id} | more
    assert program.send("municipal-services/take-back/", sent).status_code == 400


def test_a_deed_of_rows_that_the_person_may_not_change_stays(program, rows):
    program.change(address(rows[0]), {"note": "neu"}, **{"If-Match": '"1"'})
    sent = {"municipality": rows[0].municipality_id, "changes": [{"service": rows[0].pk, "version": 2}]}
    assert as_role(Role.STAFF).send("municipal-services/take-back/", sent).status_code == 403


def test_an_own_training_is_reported_done_once():
    staff = as_role(Role.STAFF)
    person = make.User.objects.get(username="staff")
    course = api_course()
    task = course.tasks.create(
        municipality=course.municipality,
        person=person,
        period_start="2022-01-01",
        assigned_on="2022-01-01",
        due_on="2022-04-01",
        reason="Pflicht",
    )
    path = f"training-tasks/{task.pk}/complete/"
    assert errors(staff.send(path, {"completed_on": "2022-12-24"})) == [("completed_on", "in_the_future")]
    assert staff.send(path, {"completed_on": "2022-11-02"}).json()["completed_on"] == "2022-11-02"
    assert errors(staff.send(path, {"completed_on": "2022-11-02"})) == [(None, "already_done")]
    problem(Program(make.user("fremd", role=Role.STAFF)).send(path, {"completed_on": "2022-11-02"}), 404)
    refused = Program(make.user("koordination")).send(path, {"completed_on": "2022-11-02"})
    assert problem(refused, 403)["detail"] == "Das kann nur die Person selbst, der die Schulung zugewiesen ist."


def test_a_training_of_the_own_people_rests_and_goes_on():
    office = make.department()
    leader = Program(make.user("leitung", role=Role.MANAGER, department=office))
    person = make.user("amt", role=Role.STAFF, department=office)
    course = api_course()
    task = course.tasks.create(
        municipality=course.municipality,
        person=person,
        period_start="2022-01-01",
        assigned_on="2022-01-01",
        due_on="2022-12-31",
        reason="Pflicht",
    )
    path, rests = f"training-tasks/{task.pk}", {"until": "2022-12-10", "reason": "absent"}
    fields = ("suspended_until", "suspension_reason", "due_on")
    held = leader.send(f"{path}/suspend/", rests).json()
    assert [held[name] for name in fields] == ["2022-12-10", "absent", "2023-01-10"]
    assert errors(leader.send(f"{path}/suspend/", rests | {"until": "2020-01-01"})) == [("until", "in_the_past")]
    assert errors(leader.send(f"{path}/suspend/", rests | {"reason": "krank"})) == [("reason", "invalid_choice")]
    problem(Program(person).send(f"{path}/suspend/", rests), 403)
    goes_on = leader.send(f"{path}/resume/", {}).json()
    assert [goes_on[name] for name in fields] == [None, "", "2022-12-31"]


def api_course():
    return make.municipality().courses.create(title="Barrierefreie Dokumente")
