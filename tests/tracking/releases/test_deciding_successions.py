"""Confirming or rejecting who takes whose place, for every municipality or one; and what an import means for each."""

import json
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import CatalogueImport, Service, Succession
from catalog.reading.differences import differences
from ozg_tracker.tracking.models import MunicipalitySuccession, MunicipalService
from ozg_tracker.tracking.releases.impact import impact, impact_by_municipality, successions_of
from ozg_tracker.tracking.releases.loading import import_for_municipalities, undo_for_municipalities
from ozg_tracker.tracking.releases.succession import decide
from ozg_tracker.tracking.responsibility.municipality import add_municipality
from ozg_tracker.tracking.rows.status import change_status
from reports.editions.verifying.verify import verify_history
from tests import make
from tests.catalog.files import csv_text, row, save

pytestmark = pytest.mark.django_db
FIRST = [row("99102013104000", "Hundesteuer Anmeldung"), row("99050012104000", "Gewerbe Anmeldung", "2/3", "10111")]
SECOND = [row("99102013104001", "Hundesteuer anmelden"), row("99050012104000", "Gewerbe anmelden", "2/3", "10111")]


def loaded(tmp_path, rows, day, **options):
    with time_machine.travel(datetime(2022, *day, 12, tzinfo=UTC)):
        outcome = import_for_municipalities(
            save(tmp_path, csv_text(rows), f"{day}.csv"), allow_shrink=True, **options
        ).outcome
    return CatalogueImport.objects.get(pk=outcome.import_id)


def municipality_with_ours(number):
    """A municipality that has decided both services to be its own."""
    with time_machine.travel(datetime(2022, 9, 2, tzinfo=UTC)):
        made = add_municipality(ars=f"15999001000{number}", name=f"Stadt {number}", kind="kreisangehoerig")
        for each in MunicipalService.objects.filter(municipality=made.municipality):
            changes = {"responsibility": "municipality", "cases_per_year": number}
            change_status(each, changes, seen_version=1, by=None, reason="", effective_on=date(2022, 9, 2))
    return made.municipality


@pytest.fixture
def person(db):
    return make.user("betrieb", role=None)


@pytest.fixture
def second(tmp_path):
    loaded(tmp_path, FIRST, (9, 1), release="A")
    municipality_with_ours(1)
    municipality_with_ours(2)
    return loaded(tmp_path, SECOND, (10, 10), release="B")


def deciding(found, person, accept=True, municipality=None, reason="umbenannt"):
    with time_machine.travel(datetime(2022, 11, 5, 12, tzinfo=UTC)):
        return decide(
            found,
            list(found.successions.values_list("pk", flat=True)),
            accept=accept,
            municipality=municipality,
            by=person,
            reason=reason,
        )


def new_rows():
    return MunicipalService.objects.filter(service__key="99102013104001").order_by("municipality")


def test_confirmed_for_all_every_municipality_takes_over_and_it_is_kept_who_when_and_why(second, person):
    assert [deciding(second, person) for _ in range(2)] == [2, 0]
    kept = Succession.objects.get()
    assert (kept.accepted, kept.by, kept.reason) == (True, person, "umbenannt")
    assert kept.decided_at.astimezone(UTC).date() == date(2022, 11, 5)
    assert [(each.responsibility, each.cases_per_year) for each in new_rows()] == [
        ("municipality", 1),
        ("municipality", 2),
    ]
    event = new_rows()[0].events.latest("id")
    assert (event.effective_on, event.by) == (date(2022, 10, 10), person)
    assert event.reason == "Nachfolge von 99102013104000 Hundesteuer Anmeldung (Katalogstand B): umbenannt"
    assert verify_history()["differences"] == []


def test_confirmed_for_one_municipality_the_others_stay_undecided(second, person):
    one, other = (each.municipality for each in new_rows())
    assert [deciding(second, person, municipality=one) for _ in range(2)] == [1, 0]
    assert [each.responsibility for each in new_rows()] == ["municipality", "unclear"]
    assert MunicipalitySuccession.objects.get().municipality == one and Succession.objects.get().accepted is None
    assert [successions_of(second, each)[0].accepted for each in (one, other)] == [True, None]


def test_rejected_it_is_kept_and_may_be_confirmed_later(second, person):
    municipality = new_rows()[0].municipality
    deciding(second, person, accept=False, municipality=municipality, reason="andere Leistung")
    assert successions_of(second, municipality)[0].accepted is False
    deciding(second, person, accept=False, reason="andere Leistung")
    assert Succession.objects.get().accepted is False
    assert deciding(second, person) == 2
    assert successions_of(second, municipality)[0].accepted is True


def refused(*arguments, **options):
    with pytest.raises(ValidationError) as caught:
        deciding(*arguments, **options)
    return caught.value.code


def test_what_cannot_be_decided_is_refused(second, person):
    assert refused(second, person, reason="\n") == "reason_required"
    assert refused(CatalogueImport.objects.earliest("pk"), person) == "no_choice"
    deciding(second, person, municipality=new_rows()[0].municipality)
    assert refused(second, person, accept=False) == "taken_over"
    with pytest.raises(ValidationError) as caught:
        undo_for_municipalities(second, by=person, reason="falsche Datei")
    assert caught.value.code == "successions"


def test_of_an_undone_import_nothing_is_confirmed(second, person):
    undo_for_municipalities(second, by=person, reason="falsche Datei")
    assert refused(second, person) == "undone"


def test_an_import_tells_a_municipality_its_own_rows_and_what_is_new(second):
    municipality = new_rows()[0].municipality
    found = impact(municipality, differences(second))
    ids = dict(Service.objects.values_list("key", "pk"))
    assert (found.retired, found.changed) == ((ids["99102013104000"],), (ids["99050012104000"],))
    assert list(found.new) == [ids["99102013104001"]]
    assert found.likely_ours == (found.new[ids["99102013104001"]].responsibility == "municipality")
    assert [each.row.service.name for each in successions_of(second, municipality)] == ["Hundesteuer Anmeldung"]


def test_a_look_before_tells_what_it_will_mean(second, tmp_path):
    municipality, seen = new_rows()[0].municipality, []
    path = save(tmp_path, csv_text(FIRST), "c.csv")

    def look(made, outcome):
        found = differences(made)
        counts = [
            (each.municipality.name, each.retired, each.changed, each.new) for each in impact_by_municipality(found)
        ]
        seen.append((impact(municipality, found), counts, len(successions_of(made, municipality))))

    for dry_run in (True, False):
        import_for_municipalities(path, dry_run=dry_run, allow_shrink=True, look=look)
    assert seen[0] == seen[1]
    assert seen[0][1] == [("Stadt 1", 0, 2, 0), ("Stadt 2", 0, 2, 0)]


def test_the_municipalities_are_counted_with_as_many_queries_for_three_as_for_one(tmp_path):
    loaded(tmp_path, FIRST, (9, 1))
    municipality_with_ours(0)
    found, counts = loaded(tmp_path, SECOND, (10, 10)), []
    for number in range(1, 4):
        every = differences(found)
        with CaptureQueriesContext(connection) as caught:
            assert len(impact_by_municipality(every)) == number
        counts.append(len(caught))
        if number < 3:
            other = make.municipality(f"Stadt {number}", f"15999001000{number}")
            make.row(Service.objects.get(key="99102013104000"), municipality=other)
    assert counts[0] == counts[2]


def test_the_dry_run_says_the_same_as_the_import(second, tmp_path):
    path = save(tmp_path, csv_text(FIRST), "c.csv")
    dry = import_for_municipalities(path, dry_run=True, allow_shrink=True, look=lambda *_: None)
    assert CatalogueImport.objects.count() == 2
    real = import_for_municipalities(path, allow_shrink=True)
    assert json.dumps(dry.as_json() | {"applied": True}) == json.dumps(real.as_json())
