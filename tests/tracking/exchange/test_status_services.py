"""Which services a status file may speak of: tracked, not yet tracked, one's own, and what nobody knows."""

import json
from datetime import date

import pytest

from ozg_tracker.tracking.exchange.import_status import import_status
from ozg_tracker.tracking.models import MunicipalService, OwnService, StatusChange
from ozg_tracker.tracking.own_services import add_own_service, end_own_service
from reports.editions.verifying.rows import verify_rows
from tests import make
from tests.tracking.exchange.status_files import KEY, bring_in, codes, exported, figures, status_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def test_without_a_key_a_service_is_found_by_ozg_id_and_name(tmp_path):
    make.row(make.service(key=None, name="Märkte & Messen"))
    outcome = bring_in(tmp_path, "Schlüssel;OZG-ID;Leistung;Stand\nnicht im LeiKa;10041;märkte & messen;geplant\n")
    assert figures(outcome) == (1, 1, 0)


def test_a_service_not_tracked_yet_is_taken_in_and_begins_with_its_first_line(tmp_path):
    make.service()
    outcome = bring_in(tmp_path, f"Schlüssel;Zuständigkeit;Reifegrad;Gilt ab\n{KEY};Kommune;2;2021-02-01\n")
    row = MunicipalService.objects.get()
    assert (figures(outcome), row.version, row.events.get().effective_on) == ((1, 1, 0), 1, date(2021, 2, 1))
    assert list(verify_rows(make.municipality().pk)) == []


def test_a_line_that_says_nothing_of_an_untracked_service_takes_nothing_in(tmp_path):
    make.service()
    assert figures(bring_in(tmp_path, f"Schlüssel;Stand\n{KEY};\n")) == (1, 0, 1)
    assert MunicipalService.objects.count() == 0


UNKNOWN = "99400001000000"


def test_a_key_that_the_catalogue_does_not_know_refuses_the_file_and_names_the_ways_out(tmp_path):
    make.row()
    text = f"Schlüssel;OZG-ID;Leistung;Stand\n{UNKNOWN};10041;Rufbus;geplant\n{KEY};;;geplant\n{UNKNOWN};;;fertig\n"
    outcome = bring_in(tmp_path, text)
    assert (outcome.refused, StatusChange.objects.count()) == (True, 1)
    assert codes(outcome) == [(2, "Schlüssel", "unknown_service"), (4, "Schlüssel", "unknown_service")]
    [sentence] = {problem.message for problem in outcome.problems}
    assert "Bitte laden Sie den Katalogstand" in sentence
    assert "nehmen Sie sie mit diesem Schlüssel als eigene Leistung auf" in sentence
    [line] = outcome.unknown.values()
    assert (line.row, line.cells["key"], line.cells["name"]) == (2, UNKNOWN, "Rufbus")


def test_a_name_that_its_bundle_does_not_hold_is_told_the_same_way(tmp_path):
    make.bundle()
    outcome = bring_in(
        tmp_path, "OZG-ID;Leistung;Stand\n10041;Rufbus;geplant\n10041; rufbus;fertig\n10041;Baum;offen\n"
    )
    assert [line.row for line in outcome.unknown.values()] == [2, 4]
    assert "nehmen Sie sie zuerst als eigene Leistung auf" in outcome.problems[0].message


def test_taken_in_as_an_own_service_the_same_file_is_read(tmp_path):
    make.row()
    text = f"Schlüssel;Stand;Reifegrad\n{UNKNOWN};in Umsetzung;2\n"
    assert bring_in(tmp_path, text).refused
    own = add_own_service(make.municipality(), "Rufbus", make.bundle(), by=None, reason="aus Datei", file_key=UNKNOWN)
    assert figures(bring_in(tmp_path, text)) == (1, 1, 0)
    assert MunicipalService.objects.get(service=own.service).level.number == 2


def test_what_the_catalogue_knows_by_a_key_is_meant_before_an_own_service(tmp_path):
    own = make.own_row("Rufbus").service.own
    OwnService.objects.update(file_key=UNKNOWN)
    official = make.row(make.service(UNKNOWN, "Rufbus Fahrt"))
    assert figures(bring_in(tmp_path, f"Schlüssel;Stand\n{UNKNOWN};geplant\n")) == (1, 1, 0)
    states = dict(MunicipalService.objects.values_list("service", "state"))
    assert states == {own.service_id: "open", official.service_id: "planned"}


@pytest.mark.parametrize("name", ["stand.xlsx", "stand.csv"])
def test_own_services_go_out_and_come_back_by_bundle_and_name(tmp_path, name):
    make.own_row("Rufbus")
    make.own_row("Mängelmelder", make.bundle())
    path = exported(tmp_path, name)
    assert figures(import_status(path, make.municipality())) == (2, 0, 2)
    if name.endswith(".csv"):
        assert [line.split(";")[:3] for line in path.read_text("utf-8-sig").splitlines()[1:]] == [
            ["", "10041", "Mängelmelder"],
            ["", "Mobilität", "Rufbus"],
        ]
        path.write_bytes(path.read_bytes().replace(b";offen;", b";geplant;"))
        assert figures(import_status(path, make.municipality())) == (2, 2, 0)


def test_an_ended_own_service_is_found_until_another_of_its_name_stands_in_the_bundle(tmp_path):
    ended = make.own_row("Rufbus").service.own
    end_own_service(ended, by=None, reason="zu wenig genutzt")
    path = exported(tmp_path, "stand.csv")
    assert figures(import_status(path, make.municipality())) == (1, 0, 1)
    again = add_own_service(make.municipality(), "Rufbus", ended.service.bundles.get(), by=None, reason="doch wieder")
    assert figures(bring_in(tmp_path, "OZG-ID;Leistung;Stand\nMobilität;Rufbus;geplant\n")) == (1, 1, 0)
    states = dict(MunicipalService.objects.values_list("service", "state"))
    assert states == {ended.service_id: "open", again.service_id: "planned"}


def test_an_own_service_of_another_municipality_is_not_found(tmp_path):
    other = make.municipality("Nachbarstadt", "159990010020")
    make.own_row("Rufbus", make.bundle(), municipality=other)
    OwnService.objects.update(file_key=UNKNOWN)
    for text in ("OZG-ID;Leistung;Stand\n10041;Rufbus;geplant\n", f"Schlüssel;Stand\n{UNKNOWN};geplant\n"):
        assert [problem.code for problem in bring_in(tmp_path, text).problems] == ["unknown_service"]


def test_the_object_of_the_contract_stays_as_it_is(tmp_path):
    make.row()
    outcome = import_status(status_file(tmp_path, f"Schlüssel;Stand\n{UNKNOWN};geplant\n"), make.municipality())
    assert list(json.loads(json.dumps(outcome.as_json()))) == ["rows", "applied", "unchanged", "conflicts", "problems"]
