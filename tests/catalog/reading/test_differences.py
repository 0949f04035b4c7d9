"""What differs between two imports, and that a look before applying sees the same as one after it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.undo import undo_import
from catalog.models import CatalogueImport, Service, ServiceBundle, ServiceVersion, Succession
from catalog.reading.differences import Kind, bundle_differences, differences, differences_between
from tests.catalog.files import csv_text, row, save
from tests.catalog.importing.releases import files, load

pytestmark = pytest.mark.django_db
FIRST = [
    row("99102013104000", "Hundesteuer Anmeldung"),
    row("99102013105000", "Hundesteuer Ermäßigung"),
    row("99102013106000", "Hundesteuer Erlass"),
    row("99102013107000", "Hundesteuer Auskunft"),
    row("nicht im LeiKa", "Hundezählung", ozg_id="10110"),
]
SECOND = [
    row("99102013104000", "Hundesteuer anmelden"),
    row("99102013105000", "Hundesteuer Ermäßigung", ozg_id="10111"),
    row("99102013106000", "Hundesteuer Erlass", types="2/3"),
    row("99102013108000", "Hundesteuer Auskunft geben"),
    row("99102014000000", "Hundezählung", ozg_id="10110"),
]


def imported(tmp_path, rows, name="katalog.csv", **options):
    outcome = import_catalogue(save(tmp_path, csv_text(rows), name), allow_shrink=True, **options)
    return CatalogueImport.objects.get(pk=outcome.import_id)


def told(found):
    return {
        each.facts.name: (sorted(each.kinds), [(field.label, field.before, field.after) for field in each.fields])
        for each in found
    }


@pytest.fixture
def both(tmp_path):
    return imported(tmp_path, FIRST), imported(tmp_path, SECOND, "b.csv")


def test_each_service_is_told_with_all_that_holds_of_it(both):
    found = told(differences_between(*both))
    gone = found.pop("Hundesteuer Auskunft")
    assert gone[0] == ["retired"] and [label for label, *_ in gone[1]] == ["entfallen am"]
    assert found == {
        "Hundesteuer anmelden": (
            ["changed", "renamed"],
            [("Leistung", "Hundesteuer Anmeldung", "Hundesteuer anmelden")],
        ),
        "Hundesteuer Ermäßigung": (["changed", "moved"], [("OZG-Leistungen", "10108", "10111")]),
        "Hundesteuer Erlass": (["changed"], [("Typisierung", "5", "2/3")]),
        "Hundesteuer Auskunft geben": (["new"], []),
        "Hundezählung": (["changed"], [("LeiKa-Schlüssel", "", "99102014000000")]),
    }


def test_the_order_in_which_two_imports_are_named_does_not_matter(both):
    assert told(differences_between(*both)) == told(differences_between(*reversed(both))) == told(differences(both[1]))


def test_a_retired_service_with_a_successor_is_replaced(both):
    old, new = (Service.objects.get(key=key) for key in ("99102013107000", "99102013108000"))
    assert Succession.objects.get(old=old, new=new).origin == "suggested"
    assert kinds_of(both, old) == {Kind.RETIRED}
    Succession.objects.update(origin="source")
    assert kinds_of(both, old) == {Kind.RETIRED, Kind.REPLACED}
    Succession.objects.update(accepted=False, decided_at="2026-01-01T00:00Z", reason="nein")
    assert kinds_of(both, old) == {Kind.RETIRED}


def kinds_of(imports, service):
    return next(each.kinds for each in differences_between(*imports) if each.service_id == service.pk)


def test_bundles_are_told_field_by_field(tmp_path):
    first = imported(tmp_path, [*FIRST, row("99050012104000", "Gewerbe", ozg_id="10112")])
    moved = [row("99102013104000", situation="Hunde & Katzen", bundle="Hundesteuer"), row("1" * 14, "Neu", ozg_id="1")]
    second = imported(
        tmp_path, [*moved, row("nicht im LeiKa", "Hundezählung", ozg_id="10110")], "b.csv", skip_errors=True
    )
    found = {
        each.ozg_id: (each.kind, [(field.before, field.after) for field in each.fields])
        for each in bundle_differences(first, second)
    }
    assert found["10108"] == (
        Kind.CHANGED,
        [
            ("Bündel 10108", "Hundesteuer"),
            ("Steuern & Zoll › Steuern & Abgaben", "Steuern & Zoll › Hunde & Katzen"),
        ],
    )
    assert found["10112"][0] == Kind.RETIRED and "10110" not in found


def test_what_came_and_went_between_two_imports_is_no_difference(tmp_path):
    first = imported(tmp_path, FIRST)
    undone = imported(tmp_path, SECOND, "b.csv")
    undo = undo_import(undone, by=None, reason="falsche Datei")
    assert differences_between(first, undo) == [] == bundle_differences(first, undo)
    assert len(differences_between(undone, undo)) == 6


@pytest.mark.parametrize("number", [1, 30])
def test_a_comparison_takes_as_many_queries_for_one_service_as_for_many(number, tmp_path):
    many = [row(f"99103{each:03d}104000", f"Leistung {each}") for each in range(1, number + 1)]
    first = imported(tmp_path, [*FIRST, *many])
    second = imported(tmp_path, [*SECOND, *[[*each[:4], "Anders", *each[5:]] for each in many]], "b.csv")
    with CaptureQueriesContext(connection) as caught:
        assert len(differences_between(first, second)) == 6 + number
    assert len(caught) == 4
    with CaptureQueriesContext(connection) as caught:
        bundle_differences(first, second)
    assert len(caught) == 4


class TestAnyTwo(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(files(), min_size=2, max_size=5))
    def test_differ_in_just_the_services_that_are_told_otherwise(self, steps):
        made = [load(*step, f"Stand {number}").import_id for number, step in enumerate(steps)]
        states = {each: by_id(each) for each in made if each is not None}
        for first in states:
            for last in states:
                if first < last:
                    pair = CatalogueImport.objects.get(pk=first), CatalogueImport.objects.get(pk=last)
                    found = {each.service_id for each in differences_between(*pair)}
                    before, after = states[first], states[last]
                    assert found == {pk for pk in before.keys() | after.keys() if before.get(pk) != after.get(pk)}


def by_id(number):
    """Facts and bundles of the services that stood in the catalogue after an import."""
    held = [(each.pk, each) for each in Service.objects.filter(since__lte=number)]
    held += [(each.service_id, each) for each in ServiceVersion.objects.filter(since__lte=number, until__gt=number)]
    links = ServiceBundle.objects.filter(since__lte=number).exclude(until__lte=number)
    return {
        pk: (
            *(each.key, each.name, each.types, each.legal_basis, each.countable),
            frozenset(links.filter(service=pk).values_list("bundle__ozg_id", flat=True)),
        )
        for pk, each in held
        if each.retired_on is None
    }


def test_a_look_before_applying_sees_what_one_after_it_does(tmp_path):
    imported(tmp_path, FIRST)
    path, seen = save(tmp_path, csv_text([*SECOND, row("9,9102E+13", "Kaputt")]), "b.csv"), []

    def look(made, outcome):
        seen.append((told(differences(made)), outcome.applied))

    dry = import_catalogue(path, dry_run=True, skip_errors=True, allow_shrink=True, look=look)
    assert CatalogueImport.objects.count() == 1 and Service.objects.filter(retired_on=None).count() == 5
    assert (dry.applied, dry.import_id, dry.would_apply) == (False, None, True)
    real = import_catalogue(path, skip_errors=True, allow_shrink=True, look=look)
    assert seen[0] == seen[1] and len(seen[0][0]) == 6
    assert dry.as_json() | {"applied": True} == real.as_json()


def test_a_refused_file_is_not_looked_at(tmp_path):
    path = save(tmp_path, csv_text([row("9,9102E+13", "Kaputt"), row()]))
    assert import_catalogue(path, dry_run=True, look=lambda *_: 1 / 0).has_errors
