"""What a change of the maturity model means for rows: nothing is converted, and old days are told in their model."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.maturity import change_model
from ozg_tracker.tracking.exchange.export_status import export_status
from ozg_tracker.tracking.exchange.import_status import import_status
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.status import change_status
from tests import make

pytestmark = pytest.mark.django_db
DAY, BEFORE, AFTER = date(2026, 3, 1), date(2026, 2, 10), date(2026, 3, 10)


@pytest.fixture
def row(municipality):
    return make.row(level=3)


@pytest.fixture
def changed(row, municipality, coordinator):
    make.row(make.service("99000000000001", "Nie bewertet"))
    change_model(municipality, make.maturity_model("2.0"), effective_on=DAY, reason="Beschluss", by=coordinator)
    return municipality


def rate(row, level, day, reason=""):
    row = MunicipalService.objects.get(pk=row.pk)
    change_status(
        row, {"level": level}, seen_version=row.version, by=None, reason=reason, effective_on=day, source="page"
    )
    return MunicipalService.objects.get(pk=row.pk)


def levels(row):
    events = row.events.order_by("effective_on", "pk").select_related("level__model")
    return [(each.level.number, each.level.model.version) for each in events if each.level]


def waiting(client, wanted="true"):
    found = client.get("/api/v1/municipal-services/", {"awaits_rating": wanted}).json()["results"]
    return [each["service_key"] for each in found]


def test_what_was_rated_keeps_its_level_and_waits_to_be_rated_anew(changed, row, program):
    assert levels(row) == [(3, "1.1")]
    assert (waiting(program), waiting(program, "false")) == ([row.service.key], ["99000000000001"])
    assert program.get("/api/v1/municipal-services/", {"level": "3"}).json()["results"] == []
    rate(row, make.level(2, "2.0"), AFTER)  # lower by its number alone: no step back, so no reason
    assert (levels(row), waiting(program)) == ([(3, "1.1"), (2, "2.0")], [])
    found = program.get("/api/v1/municipal-services/", {"level": "2"}).json()["results"]
    assert [each["service_key"] for each in found] == [row.service.key]


def test_an_earlier_day_is_rated_with_the_model_it_had(changed, row):
    rate(row, make.level(2), BEFORE, reason="Nachgeprüft")
    assert levels(row) == [(3, "1.1"), (2, "1.1")]
    with pytest.raises(ValidationError, match="das an diesem Tag galt"):
        rate(row, make.level(4, "2.0"), BEFORE)
    with pytest.raises(ValidationError, match="hat das Reifegradmodell von Musterstadt nicht"):
        rate(row, make.level(4), AFTER)


def test_the_api_reads_a_number_in_the_model_of_the_day_it_names(changed, row, program):
    address = f"municipal-services/{row.pk}/"
    said = {"level": 4, "effective_on": BEFORE.isoformat()}
    assert program.change(address, said, **{"If-Match": '"1"'}).status_code == 200
    said = {"level": 6, "effective_on": AFTER.isoformat()}
    assert program.change(address, said, **{"If-Match": '"2"'}).status_code == 200
    assert levels(row) == [(3, "1.1"), (4, "1.1"), (6, "2.0")]


def test_a_file_reads_a_number_in_the_model_of_the_day_of_its_line(changed, row, tmp_path):
    file = tmp_path / "stand.csv"
    key = row.service.key
    lines = [f"Schlüssel;Reifegrad;Gilt ab\n{key};4;2026-02-10\n{key};6;2026-03-10\n"]
    file.write_text("".join(lines), "utf-8")
    outcome = import_status(file, changed)
    assert ([str(problem) for problem in outcome.problems], outcome.applied) == ([], 2)
    assert levels(row) == [(3, "1.1"), (4, "1.1"), (6, "2.0")]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ods"])
def test_an_export_names_the_other_model_and_comes_back_unchanged(changed, row, tmp_path, ending):
    file = tmp_path / f"stand.{ending}"
    export_status(changed, file)
    if ending == "csv":
        assert "3 (Modell 1.1)" in file.read_text("utf-8-sig")
    outcome = import_status(file, changed)
    assert (outcome.applied, outcome.refused, levels(row)) == (0, False, [(3, "1.1")])


def test_the_same_number_in_a_file_is_a_new_rating(changed, row, tmp_path):
    file = tmp_path / "stand.csv"
    file.write_text(f"Schlüssel;Reifegrad\n{row.service.key};3\n", "utf-8")
    assert import_status(file, changed).applied == 1
    assert levels(row) == [(3, "1.1"), (3, "2.0")]


def test_a_level_of_no_model_is_told(changed, row, tmp_path):
    file = tmp_path / "stand.csv"
    file.write_text(f"Schlüssel;Reifegrad\n{row.service.key};3 (Modell 7.7)\n", "utf-8")
    outcome = import_status(file, changed)
    assert [problem.message for problem in outcome.problems] == ["Einen Reifegrad „3 (Modell 7.7)“ gibt es nicht."]
