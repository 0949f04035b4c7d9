"""The grid, as a browser without JavaScript uses it."""

from datetime import date

import pytest
from django.utils import timezone

from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.tracking.pages.grid_forms import form, parsed


def names(answer):
    return parsed(answer).names


@pytest.fixture
def row(department):
    return make.row(department=department, state="open", level=1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=hund", ["Hundesteuer Anmeldung"]),
        ("q=102013", ["Hundesteuer Anmeldung"]),
        ("q=10041", ["Hundesteuer Anmeldung"]),
        ("level=none", ["Wohnsitz Anmeldung"]),
        ("level=0&level=1", ["Hundesteuer Anmeldung"]),
        ("state=done", []),
        ("responsibility=state", ["Wohnsitz Anmeldung"]),
        ("plan_passed=true", ["Hundesteuer Anmeldung"]),
        ("q=&ordering=name", ["Hundesteuer Anmeldung", "Wohnsitz Anmeldung"]),
        ("department=unfug", []),
    ],
)
def test_filters_narrow_the_rows(sign_in, coordinator, department, query, found):
    make.row(department=department, level=1, planned_on=date(2020, 1, 1))
    other = make.service("99115005012000", "Wohnsitz Anmeldung", bundles=[make.bundle("10099")])
    make.row(other, responsibility="state")
    assert names(sign_in(coordinator).get(f"/leistungen/?{query}")) == found


def test_a_filter_that_came_by_a_link_names_its_day_as_people_write_it(sign_in, coordinator, row):
    assert (
        "geplant bis spätestens: 30.11.2022" in sign_in(coordinator).get("/leistungen/?planned_until=2022-11-30").text
    )


def test_a_manager_starts_with_the_own_department(sign_in, manager, row):
    make.row(make.service("99115005012000", "Fremde Leistung"))
    assert names(sign_in(manager).get("/leistungen/")) == ["Hundesteuer Anmeldung"]
    assert len(names(sign_in(manager).get("/leistungen/?q="))) == 2


def test_saving_the_page_changes_what_was_entered_and_nothing_else(sign_in, manager, row):
    client = sign_in(manager)
    sent = form(client.get("/leistungen/")) | {f"r{row.pk}-state": "planned", f"r{row.pk}-planned_on": "31.12.2030"}
    answer = client.post("/leistungen/", sent, follow=True)
    assert "1 Zeile gespeichert." in answer.text
    row.refresh_from_db()
    assert (row.state, row.planned_on, row.version) == ("planned", date(2030, 12, 31), 2)
    assert (row.events.first().by, row.events.first().source) == (manager, "page")


def test_saving_an_unchanged_page_writes_nothing(sign_in, manager, row):
    client = sign_in(manager)
    answer = client.post("/leistungen/", form(client.get("/leistungen/")), follow=True)
    assert "nichts zu speichern" in answer.text
    assert MunicipalService.objects.get().version == 1


def change(row, by, **changes):
    change_status(
        MunicipalService.objects.get(pk=row.pk),
        changes,
        seen_version=None,
        by=by,
        reason="Grund",
        effective_on=timezone.localdate(),
    )


def test_what_two_people_changed_is_shown_with_both_values_and_not_overwritten(sign_in, manager, coordinator, row):
    client = sign_in(manager)
    sent = form(client.get("/leistungen/")) | {f"r{row.pk}-level": str(make.level(3).pk), f"r{row.pk}-state": "planned"}
    change(row, coordinator, level=make.level(2))
    answer = client.post("/leistungen/", sent)
    row.refresh_from_db()
    assert (row.level.number, row.state, row.version) == (2, "open", 2)
    assert (
        "<b>3 Online-Leistung</b>" in answer.text
        and "<b>2 Formular-Assistent</b>" in answer.text
        and "Konflikt" in answer.text
    )
    again = form(answer)
    assert again[f"r{row.pk}-pick-level"] == ["stored"] and again[f"r{row.pk}-state"] == ["planned"]
    client.post("/leistungen/", again | {f"r{row.pk}-pick-level": "mine"})
    row.refresh_from_db()
    assert (row.level.number, row.state, row.version) == (3, "planned", 3)


def test_changes_of_different_fields_go_together(sign_in, manager, coordinator, row):
    client = sign_in(manager)
    sent = form(client.get("/leistungen/")) | {f"r{row.pk}-state": "planned"}
    change(row, coordinator, level=make.level(2))
    client.post("/leistungen/", sent)
    row.refresh_from_db()
    assert (row.level.number, row.state) == (2, "planned")


def test_a_page_left_open_does_not_take_back_what_others_did(sign_in, manager, coordinator, row):
    client = sign_in(manager)
    sent = form(client.get("/leistungen/"))
    change(row, coordinator, level=make.level(2))
    client.post("/leistungen/", sent)
    row.refresh_from_db()
    assert row.level.number == 2


def test_a_step_back_asks_for_its_reason_in_the_row(sign_in, manager, row):
    client = sign_in(manager)
    sent = form(client.get("/leistungen/")) | {f"r{row.pk}-level": ""}
    answer = client.post("/leistungen/", sent)
    assert "Begründung fehlt" in answer.text
    client.post("/leistungen/", form(answer) | {f"r{row.pk}-reason": "Dienst abgeschaltet"})
    row.refresh_from_db()
    assert row.level is None and row.events.first().reason == "Dienst abgeschaltet"


def test_wrong_entries_stay_in_the_row_with_a_sentence(sign_in, manager, row):
    client = sign_in(manager)
    sent = form(client.get("/leistungen/")) | {f"r{row.pk}-cases_per_year": "viele", f"r{row.pk}-state": "planned"}
    answer = client.post("/leistungen/", sent)
    assert answer.status_code == 400
    assert "ganze Zahl ab 0" in answer.text and 'value="viele"' in answer.text
    assert MunicipalService.objects.get().version == 1


def test_a_row_of_another_department_is_read_only(sign_in, manager, municipality):
    other = make.row(department=make.department("Bauamt"))
    client = sign_in(manager)
    answer = client.get("/leistungen/?q=")
    assert "nur lesen" in answer.text and f'name="r{other.pk}-state"' not in answer.text
    answer = client.post("/leistungen/", {"row": other.pk, f"r{other.pk}-version": 1, f"r{other.pk}-state": "planned"})
    assert "dürfen Sie dies nicht ändern" in answer.text
    assert MunicipalService.objects.get().state == "open"


def test_rows_of_another_municipality_are_not_there(sign_in, manager):
    strange = make.row(municipality=make.municipality("Anderswo", ars="159990020020"))
    client = sign_in(manager)
    client.post("/leistungen/", {"row": strange.pk, f"r{strange.pk}-version": 1, f"r{strange.pk}-state": "planned"})
    assert client.get(f"/leistungen/{strange.pk}/").status_code == 404
    assert send(client, strange, state="planned")["lines"] == ""
    assert MunicipalService.objects.get().state == "open"


def bulk(rows, **fields):
    sent = {"do": "bulk", "chosen": [row.pk for row in rows], "row": [row.pk for row in rows]}
    sent |= {f"r{row.pk}-version": row.version for row in rows}
    return sent | {"bulk_planned_on": "", "bulk_reason": "", "bulk_effective_on": ""} | fields


def test_one_value_for_many_rows_with_one_reason(sign_in, coordinator, row):
    second = make.row(make.service("99115005012000", "Wohnsitz Anmeldung"))
    answer = sign_in(coordinator).post(
        "/leistungen/",
        bulk([row, second], bulk_state="planned", bulk_planned_on="2030-01-31", bulk_reason="Beschluss"),
        follow=True,
    )
    assert "2 Leistungen geändert." in answer.text
    assert set(MunicipalService.objects.values_list("state", "planned_on")) == {("planned", date(2030, 1, 31))}
    assert {each.events.first().reason for each in MunicipalService.objects.all()} == {"Beschluss"}


def test_a_bulk_change_happens_for_all_or_for_none(sign_in, coordinator, row):
    ready = make.row(make.service("99115005012000", "Wohnsitz Anmeldung"), level=3)
    answer = sign_in(coordinator).post("/leistungen/", bulk([row, ready], bulk_state="done"))
    assert "braucht einen Reifegrad" in answer.text
    assert set(MunicipalService.objects.values_list("state", flat=True)) == {"open"}


def test_a_bulk_change_without_value_or_rows_says_what_is_missing(sign_in, coordinator, row):
    client = sign_in(coordinator)
    assert "neuen Wert" in client.post("/leistungen/", bulk([row])).text
    assert "Zeilen aus" in client.post("/leistungen/", bulk([], row=row.pk, bulk_state="planned")).text


def send(client, row, **cells):
    """What the scripts send of one line, and its answer."""
    sent = {"row": row.pk, f"r{row.pk}-version": row.version} | {f"r{row.pk}-{name}": cells[name] for name in cells}
    return client.post("/leistungen/zellen/", sent).json()


def test_the_cells_of_a_line_are_saved_alone(sign_in, manager, row):
    answer = send(sign_in(manager), row, state="planned")
    assert "gespeichert" in answer["lines"] and f'name="r{row.pk}-version" value="2"' in answer["lines"]
    assert answer["made"] == f"{row.pk}:2"
    row.refresh_from_db()
    assert (row.state, row.level.number) == ("planned", 1)


def test_the_cells_of_a_line_show_their_conflict(sign_in, manager, coordinator, row):
    client = sign_in(manager)
    change(row, coordinator, level=make.level(2))
    answer = send(client, row, level=make.level(3).pk)
    assert "<b>3 Online-Leistung</b>" in answer["lines"] and "<b>2 Formular-Assistent</b>" in answer["lines"]


def test_the_grid_asks_as_often_for_three_rows_as_for_one(sign_in, coordinator, row, django_assert_max_num_queries):
    client = sign_in(coordinator)
    with django_assert_max_num_queries(60) as one:
        client.get("/leistungen/")
    for number in range(2):
        make.row(make.service(f"9911500501200{number}", f"Leistung {number}"), level=2)
    with django_assert_max_num_queries(len(one)) as three:
        assert len(names(client.get("/leistungen/"))) == 3
    assert len(three) == len(one)


def test_an_empty_list_offers_the_filter_whose_removal_helps(sign_in, coordinator, row):
    answer = sign_in(coordinator).get("/leistungen/?q=hund&state=done")
    assert "Keine Leistung passt zu den Filtern" in answer.text
    assert "gäbe es einen Treffer" in answer.text and "fertig" in answer.text


@pytest.mark.parametrize("role", ["council", "operator"])
def test_council_and_operator_see_no_rows(sign_in, municipality, role):
    client = sign_in(make.user("jemand", role=role))
    assert [client.get(path).status_code for path in ("/leistungen/", "/leistungen/1/")] == [403, 403]


def test_a_visitor_is_sent_to_sign_in(client, db):
    assert client.get("/leistungen/").headers["Location"].startswith("/anmelden/")
