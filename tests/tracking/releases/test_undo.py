"""What taking an import back means for the municipalities, and the command that does it."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command, execute_from_command_line

from catalog.models import Bundle, CatalogueImport, Service
from ozg_tracker.accounts.models import Municipality
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.own_services import add_own_service, merge_own_service
from ozg_tracker.tracking.releases.loading import import_for_municipalities, undo_for_municipalities
from ozg_tracker.tracking.responsibility.municipality import add_municipality
from ozg_tracker.tracking.rows.status import change_status
from reports.editions.freeze import freeze_edition
from reports.editions.verifying.verify import verify_history
from reports.figures.compute import compute
from tests.catalog.files import row, save, workbook

pytestmark = pytest.mark.django_db
FIRST = [row("99102013104000", "Hundesteuer Anmeldung"), row("99050012104000", "Gewerbe Anmeldung", "2/3", "10111")]
SECOND = [FIRST[0], row("99102013070000", "Hundesteuer Abmeldung")]
KIND = Municipality.Kind.values[0]


def loaded(tmp_path, rows, day, **options):
    with time_machine.travel(datetime(2022, *day, 12, tzinfo=UTC)):
        outcome = import_for_municipalities(
            save(tmp_path, workbook(rows), f"{day}.xlsx"), allow_shrink=True, **options
        ).outcome
    return CatalogueImport.objects.get(pk=outcome.import_id)


@pytest.fixture
def municipality(tmp_path):
    loaded(tmp_path, FIRST, (9, 1), release="A")
    with time_machine.travel(datetime(2022, 9, 2, tzinfo=UTC)):
        made = add_municipality(ars="159990010010", name="Musterstadt", kind=KIND, since=date(2022, 9, 1)).municipality
    MunicipalService.objects.all()
    with time_machine.travel(datetime(2022, 9, 3, tzinfo=UTC)):
        for each in MunicipalService.objects.all():
            change_status(
                each,
                {"responsibility": "municipality"},
                seen_version=1,
                by=None,
                reason="",
                effective_on=date(2022, 9, 2),
            )
    return made


@pytest.fixture
def second(municipality, tmp_path):
    return loaded(tmp_path, SECOND, (10, 10), release="B")


def relevant(municipality, day):
    with time_machine.travel(datetime(2022, 12, 1, 12, tzinfo=UTC)):
        return compute(municipality, date(2022, day, 1), datetime.now(UTC))["totals"]["relevant"]


def undone(catalogue_import, day=(11, 5), reason="falsche Datei"):
    with time_machine.travel(datetime(2022, *day, 12, tzinfo=UTC)):
        return undo_for_municipalities(catalogue_import, by=None, reason=reason)


def test_retired_services_count_again_and_frozen_months_stay(second, municipality):
    assert (relevant(municipality, 9), relevant(municipality, 10)) == (2, 1)
    with time_machine.travel(datetime(2022, 11, 3, tzinfo=UTC)):
        edition = freeze_edition(municipality, date(2022, 10, 1))
    result = undone(second)
    assert (relevant(municipality, 9), relevant(municipality, 10)) == (2, 2)
    assert (result.touched, result.added, edition.number) == (2, 0, 1)
    assert verify_history()["differences"] == []


def test_what_the_import_brought_leaves_the_counts_and_keeps_its_row(second, municipality):
    brought = MunicipalService.objects.get(service__key="99102013070000")
    undone(second)
    brought.refresh_from_db()
    assert (brought.service.retired_on, brought.events.count()) == (date(2022, 11, 5), 1)


def test_a_municipality_that_came_meanwhile_gets_rows_for_what_stands_again(second, municipality):
    with time_machine.travel(datetime(2022, 10, 20, tzinfo=UTC)):
        late = add_municipality(ars="159990020020", name="Anderswo", kind=KIND, since=date(2022, 10, 1)).municipality
    assert undone(second).added == 1
    made = MunicipalService.objects.get(municipality=late, service__key="99050012104000")
    assert made.events.get().reason == "Neu im Katalogstand A"


def decide(service_key, **changes):
    found = MunicipalService.objects.get(service__key=service_key)
    with time_machine.travel(datetime(2022, 10, 20, tzinfo=UTC)):
        change_status(found, changes, seen_version=found.version, by=None, reason="so", effective_on=date(2022, 10, 20))


def test_a_decided_row_stands_in_the_way_until_it_is_set_back(second, municipality):
    decide("99102013070000", responsibility="municipality")
    with pytest.raises(ValidationError) as refused:
        undone(second)
    assert refused.value.code == "decided"
    assert refused.value.messages == [
        "1 Leistung, die dieser Stand brachte, ist schon bearbeitet: Hundesteuer Abmeldung. Bitte setzen Sie sie auf "
        "„ungeklärt“ zurück oder laden Sie den richtigen Stand darüber."
    ]
    assert CatalogueImport.objects.count() == 2
    decide("99102013070000", responsibility="unclear")
    decide("99102013104000", cases_per_year=5)  # of a service that stood before: nothing to lose
    undone(second)


def command(*arguments):
    out = StringIO()
    call_command("undo_catalogue_import", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_takes_the_last_import_back(second, municipality):
    result = json.loads(command("--reason", "falsche Datei", "--json"))
    assert result == {
        "import": result["import"],
        "undoes": second.pk,
        "release": "A",
        "reason": "falsche Datei",
        "services": {"changed": 1, "unchanged": 1, "retired": 1},
        "bundles": {"changed": 1, "unchanged": 1, "retired": 0},
        "touched_municipal_services": 2,
    }


def test_the_command_names_what_holds_again(second, municipality):
    text = command(second.pk, "--reason", "falsche Datei")
    assert text.splitlines()[:2] == [
        "Zurückgenommen. Es gilt wieder Katalogstand „A“.",
        "  Leistungen: 1 wie zuvor, 1 unberührt, 1 wieder entfallen",
    ]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["--reason", " "], 1), (["7", "--reason", "falsch"], 1), ([], 2), (["x", "--reason", "falsch"], 2)],
)
def test_refused_is_exit_1_and_wrong_use_exit_2(arguments, status, capsys):
    with pytest.raises(SystemExit) as stopped:
        execute_from_command_line(["manage.py", "undo_catalogue_import", *arguments])
    assert stopped.value.code == status


def test_a_service_that_took_over_from_an_own_one_stands_on_its_release(municipality, second):
    own = add_own_service(
        municipality, "Abmeldung", Bundle.objects.get(ozg_id="10108"), by=None, reason="Ratsbeschluss"
    )
    merge_own_service(own, Service.objects.get(key="99102013070000"), by=None, reason="jetzt im Katalog")
    with pytest.raises(ValidationError) as refused:
        undo_for_municipalities(second, by=None, reason="falsche Datei")
    assert refused.value.code == "decided"
