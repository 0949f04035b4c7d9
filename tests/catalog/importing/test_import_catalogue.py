"""Loading, loading again, the next release: what is new, changed, retired, and what stays known of before."""

from datetime import date

import pytest
import time_machine

from catalog.importing import limits
from catalog.importing.database.many_rows import is_postgres
from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.outcome import Counting, Counts
from catalog.importing.plan import digest_of
from catalog.models import (
    Bundle,
    BundleVersion,
    CatalogueImport,
    CatalogueRelease,
    ImportProblem,
    Service,
    ServiceBundle,
    ServiceType,
    ServiceVersion,
)
from tests.catalog.files import HEADER, csv_text, row, save, workbook

pytestmark = pytest.mark.django_db

FIRST = [
    row("99102013000000", "Hundesteuer"),
    row("99102013104000", "Hundesteuer Anmeldung"),
    row("99102013070000", "Hundesteuer Abmeldung", ozg_id="10109"),
    row("99001001000000", "Abfallgebühr", ozg_id="10110", situation="Umwelt", topic="Umwelt"),
    row("nicht im LeiKa", "Hundezählung"),
    row("99050012104000", "Gewerbe Anmeldung", "1, 2/3", "10111"),
]


@pytest.fixture
def load(tmp_path):
    def load(rows, name="katalog.csv", **options):
        made = csv_text(rows) if isinstance(rows, list) else rows
        return import_catalogue(save(tmp_path, made, name), **options)

    return load


def catalogue():
    """Everything current, as plain values."""
    services = Service.objects.filter(retired_on=None).order_by("identity")
    return [(each.key, each.name, each.types, each.countable, sorted(_open(each))) for each in services]


def _open(service):
    return service.links.filter(until=None).values_list("bundle__ozg_id", flat=True)


def test_a_first_load_stores_the_whole_file(load):
    outcome = load(FIRST, release="2019")
    assert (outcome.rows, outcome.applied, outcome.services, outcome.bundles) == (6, True, Counts(6), Counts(4))
    assert [(each.code, each.row) for each in outcome.problems] == [("no_leika_key", 6)]
    assert catalogue() == [
        (None, "Hundezählung", "5", True, ["10108"]),
        ("99001001000000", "Abfallgebühr", "5", True, ["10110"]),
        ("99050012104000", "Gewerbe Anmeldung", "1;2/3", True, ["10111"]),
        ("99102013000000", "Hundesteuer", "5", False, ["10108"]),
        ("99102013070000", "Hundesteuer Abmeldung", "5", True, ["10109"]),
        ("99102013104000", "Hundesteuer Anmeldung", "5", True, ["10108"]),
    ]
    assert str(Bundle.objects.get(ozg_id="10110").situation.topic) == "Umwelt"
    stored = CatalogueImport.objects.get()
    assert (stored.release.label, stored.rows, stored.services_new, stored.bundles_new) == ("2019", 6, 6, 4)
    assert ImportProblem.objects.values_list("code", "row", "column").get() == ("no_leika_key", 6, "LeiKa-Schlüssel")


def test_the_same_file_again_is_answered_without_an_import(load):
    first, again = load(FIRST), load(FIRST)
    assert (again.applied, again.import_id) == (True, None)
    assert (again.rows, again.services, again.bundles) == (6, Counts(unchanged=6), Counts(unchanged=4))
    assert again.problems == first.problems
    assert CatalogueImport.objects.count() == 1


def test_the_same_facts_in_another_file_change_nothing(load):
    load(FIRST)
    outcome = load(csv_text(FIRST[::-1], encoding="cp1252"), "katalog-2.csv")
    assert (outcome.services, outcome.bundles) == (Counts(unchanged=6), Counts(unchanged=4))
    assert (ServiceVersion.objects.count(), BundleVersion.objects.count()) == (0, 0)
    assert [each.label for each in CatalogueRelease.objects.all()] == ["katalog-2", "katalog"]


def test_what_a_file_says_is_known_again_in_another_form(load):
    header, *lines = [[each[index] for index in (5, 4, 0, 1, 3, 2, 6, 7, 8)] for each in (HEADER, *FIRST)]
    load(csv_text(FIRST), "a.csv")
    outcome = load(csv_text(lines, header, delimiter="\t", encoding="utf-16"), "b.csv")
    first, second = CatalogueImport.objects.order_by("pk")
    assert (first.content, first.sha256 == second.sha256) == (second.content, False)
    assert (outcome.rows, outcome.services, outcome.bundles) == (6, Counts(unchanged=6), Counts(unchanged=4))
    assert first.problems.values_list("row").get() == second.problems.values_list("row").get()


def test_a_dry_run_says_the_same_and_writes_nothing(load):
    load(FIRST)
    changed = [*FIRST[:3], row("99001001000000", "Müllgebühr", ozg_id="10110"), FIRST[5]]
    dry, real = load(changed, "b.csv", dry_run=True), load(changed, "b.csv")
    assert dry.as_json() | {"applied": True} == real.as_json()
    assert (dry.applied, dry.touched) == (False, real.touched)
    assert CatalogueImport.objects.count() == 2


def test_what_is_replaced_moves_to_the_versions(load):
    first = load(FIRST).import_id
    renamed = row("99001001000000", "Müllgebühr", "2/3", "10110", situation="Umwelt", topic="Umwelt")
    second = load([*FIRST[:3], renamed, *FIRST[4:]], "b.csv").import_id
    (version,) = ServiceVersion.objects.all()
    assert (version.name, version.types, version.since_id, version.until_id) == ("Abfallgebühr", "5", first, second)
    assert Service.objects.get(key="99001001000000").since_id == second


def test_a_bundle_that_is_renamed_or_moves_to_another_lage_keeps_a_version(load):
    load(FIRST)
    outcome = load(
        [*FIRST[:5], row("99050012104000", "Gewerbe Anmeldung", "1, 2/3", "10111", "Gewerbe", "Start")], "b.csv"
    )
    assert (outcome.services, outcome.bundles) == (Counts(unchanged=6), Counts(changed=1, unchanged=3))
    assert BundleVersion.objects.get().name == "Bündel 10111"
    assert str(Bundle.objects.get(ozg_id="10111").situation) == "Start"


def test_a_service_that_moves_to_another_bundle_closes_its_link(load):
    load(FIRST)
    moved = row("99102013104000", "Hundesteuer Anmeldung", ozg_id="10109")
    outcome = load([FIRST[0], moved, *FIRST[2:]], "b.csv")
    assert outcome.services == Counts(changed=1, unchanged=5)
    links = ServiceBundle.objects.filter(service__key="99102013104000").order_by("id")
    assert [(each.bundle.ozg_id, each.since_id, each.until_id) for each in links] == [
        ("10108", links[0].since_id, outcome.import_id),
        ("10109", outcome.import_id, None),
    ]


@time_machine.travel("2026-03-01 23:30:00+00:00")
def test_what_a_whole_file_lacks_is_retired_on_the_day_in_berlin(load):
    load(FIRST)
    outcome = load(FIRST[:5], "b.csv")
    assert (outcome.services, outcome.bundles) == (Counts(unchanged=5, retired=1), Counts(unchanged=3, retired=1))
    assert Service.objects.get(key="99050012104000").retired_on == date(2026, 3, 2)


@time_machine.travel("2026-03-01 23:30:00+00:00")
def test_a_retired_service_keeps_its_row_and_comes_back_as_returned(load):
    load(FIRST)
    gone = load(FIRST[:5], "b.csv")
    service = Service.objects.get(key="99050012104000")
    assert (service.retired_on, gone.touched) == (date(2026, 3, 2), [service.pk])
    assert Bundle.objects.get(ozg_id="10111").retired_on == date(2026, 3, 2)
    back = load(FIRST, "c.csv")
    assert (back.services, back.bundles) == (Counts(unchanged=5, returned=1), Counts(unchanged=3, returned=1))
    service.refresh_from_db()
    assert (service.retired_on, back.touched, back.appeared) == (None, [service.pk], [service.pk])
    assert [each.retired_on for each in ServiceVersion.objects.order_by("id")] == [None, date(2026, 3, 2)]


def test_more_than_a_fifth_does_not_go_without_being_allowed(load):
    load(FIRST)
    outcome = load(FIRST[:4], "b.csv")
    assert (outcome.applied, [each.code for each in outcome.problems]) == (False, ["shrinks_too_much"])
    assert load(FIRST[:4], "b.csv", allow_shrink=True).services == Counts(unchanged=4, retired=2)
    assert len(catalogue()) == 4


def test_exactly_a_fifth_may_go(load):
    rows = [row(f"99102{n:03d}104000", f"Leistung {n}") for n in range(1, 11)]
    load(rows)
    assert load(rows[:8], "b.csv").services == Counts(unchanged=8, retired=2)


def test_a_partial_file_retires_nothing_and_closes_no_link(load):
    load(FIRST)
    added = [
        row("99102013104000", "Hundesteuer Anmeldung", ozg_id="10109"),
        row("99102013011000", "Hundesteuer Änderung"),
    ]
    outcome = load(added, "teil.csv", partial=True)
    assert (outcome.services, outcome.bundles) == (Counts(new=1, changed=1), Counts(unchanged=2))
    assert len(catalogue()) == 7
    assert sorted(_open(Service.objects.get(key="99102013104000"))) == ["10108", "10109"]


def test_a_list_of_keys_leaves_bundles_and_services_without_key_alone(load):
    load(FIRST)
    header = ["Schluessel", "Bezeichnung", "Bezeichnung2", "Typ", "Synonyme"]
    keys = [[each[5], each[4], "", each[6], ""] for each in FIRST if each[5].isdecimal()]
    keys[3][1:] = ["Abfallgebühr", "Müll bezahlen", "5", "Müll|Tonne"]
    outcome = load(csv_text([*keys, ["99107108017000", "Bürgergeld", "", "1", ""]], header), "leika.csv")
    assert (outcome.services, outcome.bundles) == (Counts(new=1, changed=1, unchanged=4), Counts())
    changed = Service.objects.get(key="99001001000000")
    assert (changed.name2, changed.synonyms, list(_open(changed))) == ("Müll bezahlen", "Müll|Tonne", ["10110"])
    assert Service.objects.get(key=None).retired_on is None
    again = load(FIRST, "d.csv")
    changed.refresh_from_db()
    assert (again.services, changed.synonyms) == (Counts(unchanged=6, retired=1), "Müll|Tonne")


def test_a_neighbour_makes_a_service_a_heading_that_counts_no_longer_and_is_not_changed(load):
    load(FIRST)
    abfall = Service.objects.get(key="99001001000000")
    child = row("99001001002000", "Abfallgebühr Festsetzung", ozg_id="10110")
    outcome = load([child], "teil.csv", partial=True)
    assert (outcome.services, outcome.counting) == (Counts(new=1), Counting(no_longer=1))
    assert outcome.touched == [abfall.pk]
    abfall.refresh_from_db()
    assert (abfall.countable, ServiceVersion.objects.get().countable) == (False, True)
    back = load(FIRST, "b.csv")
    abfall.refresh_from_db()
    assert (back.services, back.counting) == (Counts(unchanged=6, retired=1), Counting(now=1))
    assert (abfall.countable, back.appeared) == (True, [abfall.pk])
    stored = CatalogueImport.objects.latest("pk")
    assert (stored.services_unchanged, stored.counting_now, stored.counting_no_longer) == (6, 1, 0)


def test_a_type_that_stops_counting_is_seen_at_the_next_import(load):
    load(FIRST)
    ServiceType.objects.filter(code="5").update(countable=False)
    outcome = load(FIRST)
    assert (outcome.services, outcome.counting) == (Counts(unchanged=6), Counting(no_longer=4))
    assert Service.objects.filter(countable=True).count() == 1


def test_a_service_without_key_keeps_its_row_when_it_gets_one(load):
    load(FIRST)
    before = Service.objects.get(key=None)
    keyed = row("99102013022000", "Hundezählung")
    outcome = load([*FIRST[:4], keyed, FIRST[5]], "b.csv")
    assert outcome.services == Counts(changed=1, unchanged=5)
    after = Service.objects.get(pk=before.pk)
    assert (after.key, after.identity) == ("99102013022000", "99102013022000")
    assert ServiceVersion.objects.get().key is None


def test_with_an_error_nothing_is_applied(load):
    outcome = load([*FIRST, row("9,9102E+13", "Kaputt")])
    assert (outcome.applied, outcome.services) == (False, Counts(6))
    assert (Service.objects.count(), CatalogueRelease.objects.count()) == (0, 0)


def test_errors_can_be_skipped_and_what_their_rows_meant_is_not_retired(load):
    load(FIRST)
    damaged = [
        *FIRST[:2],
        row("9,9102E+13", "Hundesteuer Abmeldung", ozg_id="10109"),
        row("99001001000000", "", ozg_id="10110"),
        FIRST[4],
        row("99050012104000", "Gewerbe Anmeldung", "5", "10111"),
        row("99050012104000", "Gewerbe Anmeldung", "6", "10111"),
        row("99107108017000", "Bürgergeld", "1", "10112"),
    ]
    stopped = load(damaged, "b.csv")
    assert (stopped.applied, len(catalogue())) == (False, 6)
    outcome = load(damaged, "b.csv", skip_errors=True)
    assert (outcome.applied, outcome.services) == (True, Counts(new=1, unchanged=3))
    assert [each.code for each in outcome.problems if each.severity == "error"] == [
        "invalid_key",
        "missing_name",
        "conflicting_duplicate",
    ]
    assert len(catalogue()) == 7
    assert load(damaged, "b.csv").applied is False


def test_a_row_with_an_error_closes_no_link_of_its_service(load):
    twice = [*FIRST, row("99102013104000", "Hundesteuer Anmeldung", ozg_id="10109")]
    load(twice)
    broken = [*FIRST, row("99102013104000", "Hundesteuer Anmeldung", ozg_id="1010x", bundle="Bündel 10109")]
    assert load(broken, "b.csv", skip_errors=True).services == Counts(unchanged=6)
    assert sorted(_open(Service.objects.get(key="99102013104000"))) == ["10108", "10109"]


@pytest.mark.parametrize(("ozg_id", "bundle"), [("", "BÜNDEL 10109"), ("1010x", "Bündel 10109"), ("1010x", "")])
def test_a_bundle_whose_rows_all_lack_their_ozg_id_is_not_retired_with_errors_skipped(load, ozg_id, bundle):
    load(FIRST)
    broken = [*FIRST[:2], row("99102013070000", "Hundesteuer Abmeldung", ozg_id=ozg_id, bundle=bundle), *FIRST[3:]]
    assert load(broken, "b.csv", skip_errors=True).bundles == Counts(unchanged=3)
    bundle = Bundle.objects.get(ozg_id="10109")
    assert (bundle.retired_on, [*_open(Service.objects.get(key="99102013070000"))]) == (None, ["10109"])


def test_a_bundle_that_only_a_row_of_a_new_service_names_is_not_retired_where_its_ozg_id_is_missing(load):
    load(FIRST)
    others = [*FIRST[:2], *FIRST[3:]]
    broken = [*others, row("99102013022000", "Neu", ozg_id="", bundle="Bündel 10109")]
    outcome = load(broken, "b.csv", skip_errors=True)
    assert (outcome.services.retired, outcome.bundles.retired) == (1, 0)
    assert load(others, "c.csv").bundles.retired == 1


def test_a_new_bundle_needs_a_name_and_a_place(load):
    outcome = load([*FIRST, row("99107108017000", "Bürgergeld", ozg_id="10112", situation="")])
    (problem,) = [each for each in outcome.problems if each.severity == "error"]
    assert (problem.code, problem.row, problem.column) == ("missing_name", 8, "OZG-ID")
    assert load([*FIRST, row("99107108017000", "Bürgergeld", ozg_id="10112", topic="")], skip_errors=True).applied
    assert not Bundle.objects.filter(ozg_id="10112").exists()


def test_a_file_that_cannot_be_read_changes_nothing(load, tmp_path):
    load(FIRST)
    empty = tmp_path / "leer"
    empty.mkdir()
    for path, code in ((tmp_path / "fehlt", "unreadable_file"), (empty, "unreadable_file")):
        outcome = import_catalogue(path)
        assert (outcome.applied, [each.code for each in outcome.problems]) == (False, [code])
    assert load(b"nur Text", "b.csv").problems[0].code == "missing_column"
    assert load(workbook([]), "b.csv").problems[0].code == "unreadable_file"
    assert len(catalogue()) == 6


def test_a_file_with_endless_rows_is_too_large(load, monkeypatch):
    monkeypatch.setattr(limits, "ROWS", 5)
    assert load(FIRST).problems[0].code == "too_large"


def test_the_stored_digest_is_that_of_the_stored_facts(load):
    load(FIRST)
    load([FIRST[1], *FIRST[3:], row("99102013104000", "Hundesteuer Anmeldung", ozg_id="10110")], "b.csv", partial=True)
    for each in Service.objects.all():
        facts = (each.name, each.name2, each.types, each.legal_basis, each.law, each.synonyms, each.sdg)
        assert each.digest == digest_of(each.key, facts, each.countable, sorted(_open(each)))


def test_reloading_costs_the_same_number_of_queries_for_few_and_for_many(load, django_assert_num_queries):
    def loads(rows, name):
        with django_assert_num_queries(15 + is_postgres()):  # there, an import takes a lock
            load(rows, name)

    load(FIRST)
    loads(FIRST[::-1], "b.csv")
    many = [*FIRST, *(row(f"99102{n:03d}104000", f"Leistung {n}") for n in range(100, 400))]
    load(many, "c.csv")
    loads(many[::-1], "d.csv")
