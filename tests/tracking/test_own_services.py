"""A municipality's own services: outside the catalogue, counted like any other, kept when renamed, ended or merged."""

import json
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from catalog.models import Bundle, CatalogueImport, Service
from ozg_tracker.tracking.models import MunicipalService, OwnBundle, OwnService, OwnServiceChange, Source, StatusChange
from ozg_tracker.tracking.own_services import (
    NewBundle,
    add_own_service,
    end_own_service,
    merge_own_service,
    rename_own_service,
)
from ozg_tracker.tracking.rows.status import change_status
from reports.editions.freeze import freeze_edition
from reports.editions.verifying.verify import verify_history
from tests import make

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2022, 10, 1), date(2022, 11, 1)
KEY = "99102013104000"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(datetime(2022, 11, 24, 9, tzinfo=UTC), tick=False)


@pytest.fixture
def municipality(db):
    make.catalogue_import()
    return make.municipality()


def add(municipality, name="Bürgerbus", bundle=None, reason="Ratsbeschluss", **options):
    within = bundle or NewBundle("Mobilität vor Ort", make.bundle().situation)
    return add_own_service(municipality, name, within, by=None, reason=reason, **options)


def code_of(error):
    found = error.value.error_dict.values() if hasattr(error.value, "error_dict") else [error.value.error_list]
    return next(each.code for errors in found for each in errors)


def row_of(own):
    return MunicipalService.objects.get(service=own.service_id)


def test_it_gets_a_bundle_of_its_own_a_row_of_ours_and_an_event_that_says_why(municipality):
    by, department = make.user(), make.department()
    own = add_own_service(
        municipality,
        "  Bürgerbus ",
        NewBundle("Mobilität vor Ort", make.bundle().situation),
        by=by,
        reason="Ratsbeschluss",
        department=department,
        effective_on=date(2022, 1, 1),
    )
    service, bundle, row = own.service, own.service.bundles.get(), row_of(own)
    assert (service.name, service.official, service.key, service.countable) == ("Bürgerbus", False, None, True)
    assert (bundle.name, bundle.ozg_id, bundle.own.municipality) == ("Mobilität vor Ort", None, municipality)
    assert (row.responsibility, row.department, row.version) == ("municipality", department, 1)
    event = row.events.get()
    assert (event.effective_on, event.reason, event.by, event.source) == (
        *(date(2022, 1, 1), "Ratsbeschluss", by, Source.PAGE),
    )
    assert [(each.kind, each.name, each.by) for each in own.changes.all()] == [("added", "Bürgerbus", by)]


def test_a_second_one_takes_the_bundle_of_that_name_and_one_may_stand_in_an_official_bundle(municipality):
    first, second = (
        add(municipality),
        add(municipality, "Leihrad", NewBundle("mobilität  vor ort", make.bundle().situation)),
    )
    third = add(municipality, "Mängelmelder", make.bundle())
    assert second.service.bundles.get() == first.service.bundles.get()
    assert (third.service.bundles.get().ozg_id, OwnBundle.objects.count()) == ("10041", 1)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"name": " "}, "no_name"),
        ({"name": "x" * 501}, "too_long"),
        ({"reason": " "}, "reason_required"),
        ({"reason": "x" * 2001}, "too_long"),
        ({"file_key": "123"}, "invalid_key"),
        ({"file_key": KEY}, "in_catalogue"),
        ({"file_key": "99400001000000"}, "exists"),
        ({"name": "bürgerbus"}, "exists"),
        ({"name": "Hundesteuer Anmeldung", "bundle": "official"}, "in_catalogue"),
        ({"bundle": "foreign"}, "unknown_bundle"),
        ({"bundle": NewBundle(" ", None)}, "no_bundle_name"),
        ({"effective_on": date(2022, 11, 25)}, "in_future"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(municipality, options, code):
    make.service(KEY)
    add(municipality, file_key="99 400 001 000 000")
    foreign = make.own_service("Fremdes", municipality=make.municipality("Nachbarstadt", "159990010020")).bundles.get()
    named = {"official": make.bundle(), "foreign": foreign}
    options = {name: named.get(value, value) if name == "bundle" else value for name, value in options.items()}
    before = [model.objects.count() for model in (Service, Bundle, OwnService, MunicipalService, StatusChange)]
    with pytest.raises(ValidationError) as refused:
        add(municipality, **{"name": "Leihrad"} | options)
    assert code_of(refused) == code
    assert [model.objects.count() for model in (Service, Bundle, OwnService, MunicipalService, StatusChange)] == before


def test_without_a_catalogue_there_is_none():
    municipality = make.municipality()
    place = make.bundle().situation
    Bundle.objects.all().delete()
    CatalogueImport.objects.all().delete()
    with pytest.raises(ValidationError) as refused:
        add_own_service(municipality, "Bürgerbus", NewBundle("Mobilität", place), by=None, reason="x")
    assert code_of(refused) == "no_catalogue"


def test_two_municipalities_may_have_the_same_and_neither_gets_a_row_of_the_others(municipality):
    other = make.municipality("Nachbarstadt", "159990010020")
    ours, theirs = add(municipality), add(other)
    assert ours.service.bundles.get() != theirs.service.bundles.get()
    with pytest.raises((IntegrityError, DatabaseError), match="deren eigene sie ist"), transaction.atomic():
        MunicipalService.objects.create(municipality=other, service=ours.service)


def test_the_figures_count_it_with_no_key_and_the_id_of_an_official_bundle(municipality):
    make.row(make.service(KEY), level=3)
    change = {"level": make.level(3)}
    for own in (
        add(municipality, effective_on=OCTOBER),
        add(municipality, "Mängelmelder", make.bundle(), effective_on=OCTOBER),
    ):
        change_status(row_of(own), change, seen_version=1, by=None, reason="", effective_on=OCTOBER)
    figures = frozen(municipality, OCTOBER)
    assert figures["rates"]["services_ready"] == {"numerator": 3, "denominator": 3}
    assert figures["rates"]["bundles_complete"] == {"numerator": 2, "denominator": 2}
    assert figures["questions"]["online_now"] == [
        {"key": KEY, "ozg_id": "10041", "name": "Hundesteuer Anmeldung"},
        {"key": None, "ozg_id": None, "name": "Bürgerbus"},
        {"key": None, "ozg_id": "10041", "name": "Mängelmelder"},
    ]


def test_a_later_release_leaves_it_in_the_months_frozen_before(municipality, time_machine):
    own = add(municipality, effective_on=OCTOBER)
    before = frozen(municipality, OCTOBER)
    time_machine.shift(60)
    make.catalogue_import("2026-02", applied_at=datetime(2022, 11, 24, 9, 1, tzinfo=UTC))
    assert (before["totals"]["relevant"], before["by_topic"][0]["relevant"]) == (1, 1)
    assert verify_history()["differences"] == []
    assert own.service.since.release.label == "2026-01"


def frozen(municipality, month):
    return json.loads(freeze_edition(municipality, month).figures)


def test_a_new_name_leaves_frozen_months_as_they_are(municipality, time_machine):
    own = add(municipality, effective_on=OCTOBER)
    before = frozen(municipality, OCTOBER)
    time_machine.shift(60)
    rename_own_service(own, name="Rufbus", by=None, reason="neuer Name", file_key="99400001000000")
    own.refresh_from_db()
    assert ((own.service.name, own.file_key), [each.kind for each in own.changes.all()]) == (
        *(("Rufbus", "99400001000000"), ["added", "renamed"]),
    )
    assert [each["name"] for each in before["movement"]["newly_ours"]] == ["Bürgerbus"]
    assert verify_history()["differences"] == []


def test_the_same_name_again_is_nothing_to_do_and_a_taken_one_is_refused(municipality):
    own, _other = add(municipality), add(municipality, "Leihrad")
    for name, code in (("Bürgerbus", "nothing_to_do"), ("leihrad", "exists")):
        with pytest.raises(ValidationError) as refused:
            rename_own_service(own, name=name, by=None, reason="x")
        assert code_of(refused) == code


def test_an_ended_one_leaves_the_counts_that_day_with_the_reason_and_is_done_with(municipality, time_machine):
    own = add(municipality, effective_on=OCTOBER)
    frozen(municipality, OCTOBER)
    end_own_service(own, by=None, reason="zu wenig genutzt")
    row, own = row_of(own), OwnService.objects.get()
    assert (row.responsibility, own.ended_on, own.file_key) == ("not_offered", date(2022, 11, 24), None)
    time_machine.move_to(datetime(2022, 12, 2, tzinfo=UTC))
    figures = frozen(municipality, NOVEMBER)
    assert [(each["name"], each["reason"]) for each in figures["movement"]["no_longer_ours"]] == [
        ("Bürgerbus", "zu wenig genutzt")
    ]
    assert (figures["totals"]["relevant"], verify_history()["differences"]) == (0, [])
    for deed in (
        lambda: end_own_service(own, by=None, reason="x"),
        lambda: rename_own_service(own, name="x", by=None, reason="x"),
        lambda: merge_own_service(own, make.service(KEY), by=None, reason="x"),
    ):
        with pytest.raises(ValidationError) as refused:
            deed()
        assert code_of(refused) == "ended"


@pytest.mark.parametrize("tracked", [True, False])
def test_merging_hands_the_whole_state_to_the_official_service_and_loses_no_history(
    municipality, tracked, time_machine
):
    own = add(municipality, effective_on=OCTOBER)
    change_status(
        row_of(own),
        {"level": make.level(2), "state": "in_progress", "note": "läuft", "cases_per_year": 40},
        seen_version=1,
        by=None,
        reason="Start",
        effective_on=date(2022, 10, 5),
    )
    official = make.service(KEY, "Anrufbus")
    if tracked:
        make.row(official, responsibility="unclear")
    frozen(municipality, OCTOBER)
    merge_own_service(own, official, by=None, reason="seit 2022 im Katalog")
    ours, theirs = row_of(own), MunicipalService.objects.get(service=official)
    assert (theirs.responsibility, theirs.level.number, theirs.state, theirs.note, theirs.cases_per_year) == (
        *("municipality", 2, "in_progress", "läuft", 40),
    )
    assert (ours.responsibility, ours.events.count(), ours.level.number) == ("not_offered", 3, 2)
    own.refresh_from_db()
    assert (own.merged_into, own.ended_on, own.changes.last().kind) == (official, date(2022, 11, 24), "merged")
    time_machine.move_to(datetime(2022, 12, 2, tzinfo=UTC))
    moved = frozen(municipality, NOVEMBER)["movement"]
    assert [(each["name"], each["reason"]) for each in moved["no_longer_ours"]] == [
        ("Bürgerbus", f"Zusammengeführt mit {KEY} Anrufbus: seit 2022 im Katalog")
    ]
    assert [(each["name"], each["reason"]) for each in moved["newly_ours"]] == [
        ("Anrufbus", "Nachfolge von Bürgerbus (Katalogstand 2026-01): seit 2022 im Katalog")
    ]
    assert verify_history()["differences"] == []


@pytest.mark.parametrize("how", ["decided", "decided_and_back", "retired", "own"])
def test_merging_overwrites_no_decision_and_says_what_to_do(municipality, how):
    own, official = add(municipality), make.service(KEY, "Anrufbus")
    row = make.row(official, responsibility="unclear")
    if how.startswith("decided"):
        change_status(row, {"responsibility": "district"}, seen_version=1, by=None, reason="", effective_on=OCTOBER)
    if how == "decided_and_back":
        change_status(row, {"responsibility": "unclear"}, seen_version=2, by=None, reason="", effective_on=OCTOBER)
    if how == "retired":
        Service.objects.filter(pk=official.pk).update(retired_on=OCTOBER)
        official.refresh_from_db()
    into = add(municipality, "Leihrad").service if how == "own" else official
    before = StatusChange.objects.count()
    with pytest.raises(ValidationError) as refused:
        merge_own_service(own, into, by=None, reason="x")
    assert code_of(refused) == ("decided" if how.startswith("decided") else "not_official")
    assert ("beenden Sie dann die eigene Leistung" in refused.value.messages[0]) == how.startswith("decided")
    assert (StatusChange.objects.count(), OwnService.objects.get(pk=own.pk).merged_into) == (before, None)


@pytest.mark.parametrize("deed", ["change", "no_change", "municipality"])
def test_the_database_keeps_what_was_done_to_it(municipality, deed):
    own = add(municipality)
    other = make.municipality("Nachbarstadt", "159990010020")
    deeds = {
        "change": lambda: OwnServiceChange.objects.update(reason="anders"),
        "no_change": lambda: OwnServiceChange.objects.all().delete(),
        "municipality": lambda: OwnService.objects.filter(pk=own.pk).update(municipality=other),
    }
    kept = r"nicht geändert oder gelöscht|bleibt die ihrer Kommune"
    with pytest.raises((IntegrityError, DatabaseError), match=kept), transaction.atomic():
        deeds[deed]()
