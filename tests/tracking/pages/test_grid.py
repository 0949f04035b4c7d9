"""What the grid's scripts send and get: cells saved each row for itself, many rows looked at first, undo, search."""

import pytest

from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.pages import narrowing
from tests import make
from tests.tracking.pages.grid_forms import parsed


@pytest.fixture
def rows(department):
    names = ("Personalausweis", "Reisepass", "Wohnsitz")
    return [
        make.row(make.service(f"9901000{n}000000", name), department=department, level=2)
        for n, name in enumerate(names)
    ]


@pytest.fixture
def client(sign_in, manager):
    return sign_in(manager)


def send(client, cells, **more):
    """`cells`: by row, its fields."""
    sent = {"row": [row.pk for row in cells]} | {f"r{row.pk}-version": row.version for row in cells} | more
    return client.post(
        "/leistungen/zellen/", sent | {f"r{row.pk}-{name}": cells[row][name] for row in cells for name in cells[row]}
    ).json()


def states():
    return list(MunicipalService.objects.order_by("pk").values_list("state", flat=True))


def test_a_row_that_is_refused_keeps_no_other_from_being_saved(client, rows):
    answer = send(client, {rows[0]: {"state": "planned"}, rows[1]: {"state": "done"}, rows[2]: {"state": "planned"}})
    assert states() == ["planned", "open", "planned"]
    assert answer["made"] == f"{rows[0].pk}:2 {rows[2].pk}:2"
    assert "braucht einen Reifegrad" in answer["lines"] and 'aria-invalid="true"' in answer["lines"]
    assert "Gespeichert ist weiterhin: Stand „offen“." in " ".join(answer["lines"].split())


def test_one_reason_goes_with_all_rows_that_have_none(client, rows):
    answer = send(client, {row: {"level": ""} for row in rows}, reason="Neu bewertet")
    assert {row.events.latest("pk").reason for row in rows} == {"Neu bewertet"}
    assert answer["made"].count(":2") == 3


def test_cells_of_many_rows_are_saved_with_the_statements_of_one(client, rows, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as one:
        send(client, {rows[0]: {"state": "planned"}})
    with django_assert_max_num_queries(60) as two:
        send(client, {row: {"state": "planned"} for row in rows[1:]})
    reading = [len([query for query in each if query["sql"].startswith("SELECT")]) for each in (one, two)]
    assert reading[0] == reading[1]


def test_a_deed_is_taken_back_as_one_and_told(client, rows):
    made = send(client, {row: {"state": "planned"} for row in rows})["made"]
    answer = client.post(
        "/leistungen/zuruecknehmen/", {"made": made, "row": rows[0].pk}, headers={"Accept": "application/json"}
    )
    assert (states(), answer.json()["told"]) == (["open"] * 3, "3 Änderungen zurückgenommen. Stand.")
    assert f'name="r{rows[0].pk}-version" value="3"' in answer.json()["lines"]


def test_what_was_taken_back_of_one_service_is_said_and_that_it_was_made_again(client, rows):
    made = send(client, {rows[0]: {"state": "planned", "cases_per_year": "12"}})["made"]
    back = client.post("/leistungen/zuruecknehmen/", {"made": made}, headers={"Accept": "application/json"}).json()
    again = client.post(
        "/leistungen/zuruecknehmen/", {"made": back["made"], "again": "1"}, headers={"Accept": "application/json"}
    ).json()
    assert [back["told"], again["told"]] == [
        "1 Änderung zurückgenommen. Personalausweis: Stand „offen“, Fälle pro Jahr „unbekannt“.",
        "1 Änderung wiederholt. Personalausweis: Stand „geplant“, Fälle pro Jahr „12“.",
    ]


def test_what_cannot_be_taken_back_is_refused_with_the_reason(client, rows):
    made = send(client, {rows[0]: {"state": "planned"}})["made"]
    rows[0].refresh_from_db()
    send(client, {rows[0]: {"state": "in_progress"}})
    answer = client.post("/leistungen/zuruecknehmen/", {"made": made}, headers={"Accept": "application/json"})
    assert answer.status_code == 409 and answer.json()["why"].startswith("Zurücknehmen geht nicht mehr")
    told = client.post("/leistungen/zuruecknehmen/", {"made": made, "back": "/leistungen/?q="}, follow=True)
    assert "Zurücknehmen geht nicht mehr" in told.text and told.redirect_chain[0][0] == "/leistungen/?q="
    assert client.post("/leistungen/zuruecknehmen/", {"made": made, "back": "https://x.example/"}).url == "/leistungen/"


def test_more_rows_than_a_page_holds_are_refused_and_none_is_saved(client, rows, monkeypatch):
    monkeypatch.setattr(narrowing, "PAGE", 2)
    sent = {"row": [row.pk for row in rows], f"r{rows[0].pk}-state": "planned"}
    answer = client.post("/leistungen/", sent)
    assert (answer.status_code, states()) == (400, ["open"] * 3)


def look(client, **fields):
    return client.post("/leistungen/", {"do": "look", "bulk_effective_on": ""} | fields)


def test_before_many_rows_change_both_values_are_shown_and_nothing_is_written(client, rows):
    answer = look(client, all_found="1", bulk_state="blocked", bulk_level=str(make.level(1).pk))
    assert "3 Leistungen würden geändert" in answer.text and "3 Änderungen brauchen eine Begründung." in answer.text
    assert "Stand: <del>offen</del> <ins>blockiert</ins>" in answer.text
    assert states() == ["open"] * 3
    sent = {name: values[0] for name, values in parsed(answer).sent.items() if name.startswith(("bulk", "seen"))}
    done = client.post("/leistungen/", sent | {"do": "bulk", "bulk_reason": "Beschluss"}, follow=True)
    assert "3 Leistungen geändert." in done.text
    assert set(MunicipalService.objects.values_list("state", "level__number")) == {("blocked", 1)}
    made = parsed(done).sent["made"][0]
    client.post("/leistungen/zuruecknehmen/", {"made": made})
    assert states() == ["open"] * 3


def test_a_deed_that_leaves_the_list_empty_is_taken_back_from_there(client, rows):
    answer = client.post("/leistungen/?state=open", {"do": "look", "all_found": "1", "bulk_state": "planned"})
    sent = {name: values[0] for name, values in parsed(answer).sent.items() if name.startswith(("bulk", "seen"))}
    done = client.post("/leistungen/?state=open", sent | {"do": "bulk", "bulk_reason": "Beschluss"}, follow=True)
    assert "3 Leistungen geändert." in done.text and "Keine Leistung passt zu den Filtern" in done.text
    found = parsed(done).sent
    back = client.post("/leistungen/zuruecknehmen/", {name: found[name][0] for name in ("made", "back")})
    assert (states(), back.headers["Location"]) == (["open"] * 3, "/leistungen/?state=open")


def test_the_planned_day_of_many_rows_is_cleared(client, rows):
    for row in rows[:2]:
        send(client, {row: {"planned_on": "2027-12-31"}})
    both = look(client, all_found="1", bulk_no_date="1", bulk_planned_on="2027-01-01")
    assert "Entweder einen neuen Termin nennen oder den Termin leeren." in both.text
    answer = look(client, all_found="1", bulk_no_date="1")
    assert "2 Leistungen würden geändert" in answer.text and "<del>31.12.2027</del>" in answer.text
    sent = {name: values[0] for name, values in parsed(answer).sent.items() if name.startswith(("bulk", "seen"))}
    assert "2 Leistungen geändert." in client.post("/leistungen/", sent | {"do": "bulk"}, follow=True).text
    assert set(MunicipalService.objects.values_list("planned_on", flat=True)) == {None}


def test_a_row_changed_since_the_look_stops_the_change_of_all(client, rows):
    answer = look(client, all_found="1", bulk_state="planned")
    send(client, {rows[0]: {"cases_per_year": "12"}})
    sent = {name: values[0] for name, values in parsed(answer).sent.items() if name.startswith(("bulk", "seen"))}
    assert "wurde inzwischen geändert" in client.post("/leistungen/", sent | {"do": "bulk"}).text
    assert states() == ["open"] * 3


def test_the_look_says_why_a_change_cannot_be(client, rows):
    MunicipalService.objects.filter(pk=rows[0].pk).update(level=make.level(3))
    answer = look(client, all_found="1", bulk_state="done")
    assert "So lässt sich die Änderung nicht speichern:" in answer.text
    assert "Reisepass, Wohnsitz: „fertig“" in answer.text


def test_many_rows_refused_for_the_same_reason_are_told_in_one_sentence(client, rows, department):
    more = [make.row(make.service(f"9901001{n}000000", f"Weitere {n}"), department=department) for n in range(2)]
    answer = client.post(
        "/leistungen/",
        {"do": "bulk", "bulk_state": "done", "bulk_effective_on": ""}
        | {name: [row.pk for row in (*rows, *more)] for name in ("row", "chosen")},
    )
    assert answer.context["bulk"].non_field_errors() == [
        "Personalausweis, Reisepass und 3 weitere: „fertig“ braucht einen Reifegrad ab 3. "
        "Bitte Reifegrad oder Stand ändern."
    ]
    assert states() == ["open"] * 5


def test_the_columns_asked_for_are_shown_in_their_order(client, rows):
    answer = client.get("/leistungen/?columns=note&columns=confirmed&columns=top&columns=department&columns=quatsch")
    assert [column.name for column in answer.context["columns"]] == ["note", "confirmed", "top", "department"]
    assert [head.column.label for head in answer.context["heads"]] == [
        "Bemerkung",
        "Zuletzt bestätigt",
        "Fachbereich",
        "Amt",
    ]
    assert "columns=" not in answer.context["data"].urlencode()


def test_a_person_is_pasted_by_name_and_a_column_to_read_is_refused(client, rows, manager):
    sent = {"row": rows[0].pk, f"r{rows[0].pk}-version": 1, "field": "owner", "columns": ["owner", ""]}
    told = client.post("/leistungen/einfuegen/", sent | {"text": f"{manager}\tgestern"}).json()["told"]
    assert "Diese Spalte lässt sich nur lesen („gestern“)." in told
    client.post("/leistungen/einfuegen/", sent | {"text": str(manager)})
    assert MunicipalService.objects.get(pk=rows[0].pk).owner == manager
    told = client.post("/leistungen/einfuegen/", sent | {"text": "Niemals"}).json()["told"]
    assert "kann hier nicht zuständig sein" in told


def test_the_search_says_which_rows_are_meant(client, rows):
    assert client.get("/leistungen/suchen/?q=pass").json() == {"rows": [rows[1].pk]}
