"""Taking an import back: the catalogue is what it was, its history stays, and the file can be loaded again."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.outcome import Counts
from catalog.importing.undo import undo_import
from catalog.models import Bundle, CatalogueImport, Service, ServiceBundle, Succession
from tests import make
from tests.catalog.files import csv_text, row, save
from tests.catalog.importing.releases import files, load, stored_after

FIRST = [row("99102013104000", "Hundesteuer Anmeldung"), row("nicht im LeiKa", "Hundezählung", ozg_id="10110")]
SECOND = [
    row("99102013104000", "Hundesteuer anmelden", ozg_id="10110"),
    row("99102014000000", "Hundezählung", ozg_id="10110"),
    row("99102013070000", "Hundesteuer Abmeldung", ozg_id="10111", situation="Hunde"),
]


@pytest.fixture
def person(db):
    return make.user("betrieb")


def imported(tmp_path, rows, **options):
    outcome = import_catalogue(save(tmp_path, csv_text(rows), f"{len(rows)}.csv"), allow_shrink=True, **options)
    return CatalogueImport.objects.get(pk=outcome.import_id)


def current():
    """What stands in the catalogue now, with what finds it again."""
    services = Service.objects.filter(retired_on=None).order_by("pk")
    links = ServiceBundle.objects.filter(until=None).order_by("service", "bundle")
    facts = ("pk", "identity", "key", "name", "types", "law", "legal_basis", "countable", "digest")
    return (
        list(services.values_list(*facts)),
        list(links.values_list("service", "bundle")),
        list(Bundle.objects.filter(retired_on=None).order_by("pk").values_list("pk", "name", "situation", "digest")),
    )


def test_the_catalogue_is_what_it_was_and_says_who_took_the_import_back_and_why(person, tmp_path):
    first = imported(tmp_path, FIRST, release="2026-01")
    before = current()
    second = imported(tmp_path, SECOND, release="2026-02")
    made = undo_import(second, by=person, reason="  falsche Datei ")
    assert current() == before
    assert (made.undoes, made.by, made.reason, made.release) == (second, person, "falsche Datei", first.release)
    assert (made.services_changed, made.services_retired, made.services_unchanged) == (2, 1, 0)
    assert (made.bundles_changed, made.bundles_retired, made.bundles_unchanged) == (1, 1, 1)
    assert list(CatalogueImport.objects.in_force()) == [first]


def test_the_file_before_says_nothing_new_and_the_undone_one_loads_again(person, tmp_path):
    imported(tmp_path, FIRST)
    second = imported(tmp_path, SECOND)
    after = current()
    undo_import(second, by=person, reason="falsche Datei")
    again = import_catalogue(save(tmp_path, csv_text(FIRST)))
    assert (again.import_id, again.services) == (None, Counts(unchanged=2))
    loaded = imported(tmp_path, SECOND)
    assert loaded.pk > second.pk and current() == after


def test_undoing_the_first_import_leaves_an_empty_catalogue(person, tmp_path):
    undo_import(imported(tmp_path, FIRST), by=person, reason="falsche Datei")
    assert current() == ([], [], [])
    assert import_catalogue(save(tmp_path, csv_text(FIRST))).services == Counts(returned=2)


def refused(catalogue_import, reason="falsche Datei"):
    before = CatalogueImport.objects.count()
    with pytest.raises(ValidationError) as caught:
        undo_import(catalogue_import, by=None, reason=reason)
    assert CatalogueImport.objects.count() == before
    return caught.value.code, caught.value.messages[0]


def test_it_is_refused_where_later_work_builds_on_it(person, tmp_path):
    first, second = imported(tmp_path, FIRST, release="A"), imported(tmp_path, SECOND, release="B")
    assert refused(first) == (
        "later_import",
        "Danach wurde „B (3.csv)“ übernommen. Bitte nehmen Sie zuerst diesen Stand zurück.",
    )
    assert refused(second, " ")[0] == "reason_required"
    assert refused(second, "x" * 2001) == ("too_long", "Der Text ist zu lang: höchstens 2000 Zeichen.")
    old, new = Service.objects.order_by("pk")[:2]
    found = Succession.objects.create(old=old, new=new, catalogue_import=second, origin="suggested")
    Succession.objects.update(accepted=True, decided_at="2026-01-01T00:00Z", reason="so ist es")
    assert refused(second)[0] == "successions"
    found.delete()
    made = undo_import(second, by=person, reason="falsche Datei")
    assert [refused(second)[0], refused(made)[0]] == ["undone", "is_undo"]
    undo_import(first, by=person, reason="auch falsch")


def test_own_services_are_left_alone(person, tmp_path):
    imported(tmp_path, FIRST)
    second = imported(tmp_path, SECOND)
    own = Service.objects.create(name="Hundewiese", identity="own:1", countable=True, since=second, official=False)
    bundle = Bundle.objects.create(name="Eigene", situation=Bundle.objects.first().situation, since=second)
    link = ServiceBundle.objects.create(service=own, bundle=bundle, since=second)
    undo_import(second, by=person, reason="falsche Datei")
    for each in (own, bundle, link):
        stands = type(each).objects.filter(pk=each.pk).values()
        before = list(stands)
        each.refresh_from_db()
        assert list(stands) == before
    assert (own.retired_on, bundle.retired_on, link.until) == (None, None, None)


def test_a_name_that_a_later_undone_import_took_goes_back_to_whom_it_belongs(person, tmp_path):
    first = imported(tmp_path, [row("nicht im LeiKa", "Hundezählung"), row()])
    keyed = imported(tmp_path, [row("99102014000000", "Hundezählung"), row()])
    both = imported(tmp_path, [row("99102014000000", "Hundezählung"), row("nicht im LeiKa", "Hundezählung"), row()])
    undo_import(both, by=person, reason="falsch")
    undo_import(keyed, by=person, reason="falsch")
    found = Service.objects.get(identity="10108:hundezählung")
    assert (found.key, found.retired_on, found.since.undoes) == (None, None, keyed)
    assert import_catalogue(save(tmp_path, csv_text([row("nicht im LeiKa", "Hundezählung"), row()]))).import_id is None
    assert first.pk == CatalogueImport.objects.in_force().get().pk


def test_the_number_of_queries_does_not_grow(person, tmp_path):
    assert queries_of_undoing(1, tmp_path) == queries_of_undoing(40, tmp_path)


def queries_of_undoing(number, tmp_path):
    imported(tmp_path, [row(name=f"Hundesteuer {number}")])
    many = [
        row(f"99{number:03d}{each:03d}104000", ozg_id=f"{20000 + 100 * number + each}") for each in range(1, number + 1)
    ]
    wrong = imported(tmp_path, [row(name="Anders"), *many])
    with CaptureQueriesContext(connection) as caught:
        undo_import(wrong, by=None, reason="falsche Datei")
    return len(caught)


class TestAnySequence(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(st.none() | files(), min_size=1, max_size=7))
    def test_of_imports_and_undos_gives_back_what_was_and_keeps_what_can_be_told(self, steps):
        """A step without a file takes the last import back."""
        stack, told = [((), current())], {}
        for number, step in enumerate(steps):
            if step is not None:
                made = load(*step, f"Stand {number}").import_id
                if made is None:  # the file says nothing new
                    continue
                stack.append((made, current()))
            elif len(stack) > 1:
                undone, _ = stack.pop()
                made = undo_import(CatalogueImport.objects.get(pk=undone), by=None, reason="falsche Datei").pk
                assert current() == stack[-1][1]
            else:
                continue
            told[made] = stored_after(made)
        assert {made: stored_after(made) for made in told} == told
