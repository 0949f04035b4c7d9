"""A municipality's own list, whatever its shape: mapped, matched, decided row by row, and nothing falls away."""

import pytest
from django.core.exceptions import ValidationError

from catalog.importing.problems import Refused
from catalog.models import Service
from ozg_tracker.tracking.exchange.likeness import names_of
from ozg_tracker.tracking.exchange.merges import take_over
from ozg_tracker.tracking.exchange.own_lists import (
    choose_heads,
    columns_of,
    decide_row,
    keep_list,
    map_columns,
    undo_last,
)
from ozg_tracker.tracking.models import Merge, MunicipalService, OwnListRow, OwnService
from ozg_tracker.tracking.own_lists import take_over_list
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.tables import table_in
from tests import make
from tests.spreadsheets.office import resaved
from tests.tracking.exchange.own_list_files import AMBERG, DORNBACH, catalogue, claustal

pytestmark = pytest.mark.django_db
FOUND, OWN, KEPT, OPEN = "found", "own", "kept", "open"


@pytest.fixture
def by():
    catalogue()
    return make.user()


def brought(by, content, name="liste.csv"):
    _sheet, rows = table_in(content if isinstance(content, bytes) else content.encode(), name)
    return keep_list(make.municipality(), name, rows, by=by)


def mapped(own_list, **where):
    said = {int(place): meaning for place, meaning in own_list.columns.items()}
    where = {"situation": make.bundle().situation, "bundle_name": "Eigene Leistungen"} | where
    map_columns(own_list, said, **where)
    return own_list


def rows(own_list):
    return {row.number: row for row in OwnListRow.objects.of(own_list)}


def names(ids):
    return [Service.objects.get(pk=pk).name for pk in ids]


def test_columns_are_guessed_with_samples_and_the_rest_stays_a_feature(by):
    columns = {each.head: each for each in columns_of(brought(by, AMBERG))}
    assert {head: each.meaning for head, each in columns.items() if each.meaning} == {"name": "name", "leika": "key"}
    assert (columns["id"].samples, columns["leika"].filled) == (["501", "502", "503"], 7)


def test_keys_decide_several_in_a_cell_too_and_the_rest_is_suggested(by):
    found = rows(mapped(brought(by, AMBERG)))
    assert [found[n].outcome for n in range(2, 10)] == [FOUND, FOUND, FOUND, OPEN, FOUND, FOUND, OPEN, OPEN]
    assert names(found[4].services) == ["Sperrmüll Abholung", "Sperrmüll Anmeldung"]
    assert found[6].services == found[7].services  # two rows may mean one service
    heading = names(pk for pk, _percent in found[5].alike)
    assert set(heading[:2]) == {"Altpapier Behälter Anmeldung", "Altpapier Entsorgung"}  # what stands below the heading
    assert found[8].alike == [] or found[8].alike[0][1] < 65
    assert names(pk for pk, _percent in found[9].alike)[0] == "Personalausweis Verlustanzeige"


def test_headings_below_a_title_are_found_and_can_be_said_otherwise(by, tmp_path):
    path = tmp_path / "claustal.xlsx"
    path.write_bytes(claustal())
    for content in (path.read_bytes(), resaved(tmp_path, path, "ods").read_bytes()):
        own_list = brought(by, content, "claustal.xlsx")
        assert (own_list.head_row, list(own_list.columns.values())) == (
            *(3, ["name", "department", "online_url", "cases_per_year"]),
        )
        assert len(rows(mapped(own_list))) == 5
    choose_heads(own_list, 4)
    assert (own_list.heads[0], own_list.mapped) == ("Hundesteuer anmelden", False)
    with pytest.raises(ValidationError):
        choose_heads(own_list, 99)


def test_a_mapping_is_remembered_for_the_next_list_with_these_headings(by):
    own_list = brought(by, AMBERG)
    map_columns(own_list, {1: "name", 2: "key", 5: "note"}, situation=None, bundle_name="")
    again = brought(by, AMBERG.replace("leika;public", "LeiKa ; Public"))
    assert again.columns == {"1": "name", "2": "key", "5": "note"}
    there = keep_list(make.municipality("Anderswo", "159990020020"), "x", table_in(AMBERG.encode(), "x")[1], by=by)
    assert there.columns == {"1": "name", "2": "key"}


@pytest.mark.parametrize(
    ("said", "code"),
    [({0: "note"}, "no_naming"), ({0: "name", 1: "name"}, "twice"), ({0: "farbe"}, "unknown_meaning")],
)
def test_a_mapping_that_finds_nothing_is_refused(by, said, code):
    with pytest.raises(ValidationError) as refused:
        map_columns(brought(by, AMBERG), said, situation=None, bundle_name="")
    assert refused.value.code == code


@pytest.mark.parametrize(("text", "code"), [("", "missing_column"), ("Leistung;Link\n", "missing_column")])
def test_a_list_without_rows_is_refused(by, text, code):
    with pytest.raises(Refused) as refused:
        brought(by, text)
    assert refused.value.problem.code == code


def test_every_row_is_decided_taken_over_or_stays_and_nothing_falls_away(by):
    own_list = mapped(brought(by, AMBERG))
    found = rows(own_list)
    decide_row(own_list, found[5], FOUND, [pk for pk, _percent in found[5].alike[:2]])
    decide_row(own_list, found[8], OWN)
    decide_row(own_list, found[9], KEPT)
    taken = take_over_list(own_list, by=by, ours=True)
    assert (taken.own, taken.refused, taken.merge.rows) == (1, {}, 9)  # 503 and 504 mean two services each
    assert OwnService.objects.get().service.name == "Historisches Kennzeichen"
    outcome = take_over(taken.merge, by=by, rights=rights_in(make.municipality(), by))
    assert (outcome.wrong, Merge.objects.count()) == ([], 0)
    ours = MunicipalService.objects.filter(responsibility="municipality").values_list("service__name", flat=True)
    assert {"Sperrmüll Abholung", "Fundsachen Herausgabe", "Altpapier Entsorgung", "Historisches Kennzeichen"} <= set(
        ours
    )
    assert {(row.outcome, row.taken) for row in rows(own_list).values()} == {
        *((FOUND, True), (OWN, True), (KEPT, False)),
    }
    with pytest.raises(ValidationError):
        decide_row(own_list, rows(own_list)[5], KEPT)
    with pytest.raises(ValidationError):
        take_over_list(own_list, by=by, ours=True)


def test_words_of_their_own_wait_in_the_merge_and_are_mended_there(by):
    own_list = mapped(brought(by, DORNBACH))
    for row in rows(own_list).values():
        if row.alike:
            decide_row(own_list, row, FOUND, [row.alike[0][0]])
    merge = take_over_list(own_list, by=by, ours=False).merge
    outcome = take_over(merge, by=by, rights=rights_in(make.municipality(), by))
    assert {line.cells["state"] for line in outcome.waiting} == {"läuft schon", "online"}


def test_the_last_decision_is_taken_back(by):
    own_list = mapped(brought(by, AMBERG))
    decide_row(own_list, rows(own_list)[9], KEPT)
    assert undo_last(own_list).number == 9
    assert (rows(own_list)[9].outcome, undo_last(own_list)) == (OPEN, None)


def test_an_own_service_without_a_place_to_go_is_refused_with_what_to_do(by):
    own_list = mapped(brought(by, AMBERG), situation=None)
    decide_row(own_list, rows(own_list)[8], OWN)
    with pytest.raises(ValidationError) as refused:
        take_over_list(own_list, by=by, ours=False)
    assert (refused.value.code, Merge.objects.count(), OwnService.objects.count()) == ("no_situation", 0, 0)


def test_an_own_service_that_is_there_already_leaves_its_row_in_the_list(by):
    first, second = (mapped(brought(by, "Leistung\tLink\nBürgerbus\t\n")) for _n in range(2))
    for own_list in (first, second):
        decide_row(own_list, rows(own_list)[2], OWN)
    assert take_over_list(first, by=by, ours=False).own == 1
    again = take_over_list(second, by=by, ours=False)
    assert (again.own, list(again.refused), rows(second)[2].taken) == (0, [2], False)


def test_likeness_is_in_percent_and_the_same_name_is_a_hundred(by):
    known = names_of(make.municipality())
    asked = ("HUNDESTEUER  Anmeldung", "Hundesteuer anmelden", "Gewerbe-Anmeldung", "xyz")
    best = [next(iter(known.most_like(text)), None) for text in asked]
    assert [names([each.id])[0] if each else None for each in best] == [
        *("Hundesteuer Anmeldung", "Hundesteuer Anmeldung", "Gewerbe Anmeldung", None),
    ]
    assert best[0].percent == 100 and 65 <= best[1].percent < 100
