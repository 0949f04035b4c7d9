"""Which service takes the place of which: said by the file, or suggested."""

import pytest

from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.successors import similarity
from catalog.importing.undo import undo_import
from catalog.models import CatalogueImport, Succession
from tests.catalog.files import HEADER, csv_text, row, save, workbook

pytestmark = pytest.mark.django_db
OLD, NEW, OTHER = "99102013104000", "99102013104001", "99102013070000"


def imported(tmp_path, rows, header=HEADER, name="katalog.csv", **options):
    return import_catalogue(save(tmp_path, csv_text(rows, header), name), allow_shrink=True, **options)


def kept():
    found = Succession.objects.order_by("pk")
    return list(found.values_list("old__name", "new__name", "origin", "similarity"))


def test_a_service_that_goes_gets_the_most_similar_new_one_of_its_object(tmp_path):
    imported(tmp_path, [row(OLD, "Hundesteuer Anmeldung"), row(OTHER, "Hundesteuer Abmeldung")])
    new = [
        row(NEW, "Hundesteuer anmelden"),
        row("99102013999000", "Auskunft"),
        row("99102014104000", "Hundesteuer Anmeldung"),
    ]
    imported(tmp_path, [*new, row(OTHER, "Hundesteuer Abmeldung")])
    assert kept() == [("Hundesteuer Anmeldung", "Hundesteuer anmelden", "suggested", 92)]


def test_without_a_key_the_bundle_counts(tmp_path):
    imported(tmp_path, [row("nicht im LeiKa", "Hundezählung"), row("nicht im LeiKa", "Katzenzählung", ozg_id="10111")])
    imported(
        tmp_path, [row(NEW, "Zählung der Hunde"), row("99102019000000", "Hundezählungen"), row(OTHER, ozg_id="10111")]
    )
    assert kept() == [("Hundezählung", "Hundezählungen", "suggested", 92)]


@pytest.mark.parametrize(
    ("one", "other", "percent"),
    [
        ("Hundesteuer", "HUNDESTEUER", 100),
        ("Meldebescheinigung Ausstellung", "Meldebescheinigung Erteilung", 86),
        ("Personalausweis Ausstellung", "Fischereischein", 0),
        ("abcdef", "fedcba", 16),
    ],
)
def test_names_are_compared_letter_by_letter_without_case(one, other, percent):
    assert similarity(one, other) == percent


def test_a_bundle_exchanged_as_a_whole_suggests_nothing(tmp_path):
    imported(tmp_path, [row("nicht im LeiKa", f"Zählung {n}") for n in range(51)])
    imported(tmp_path, [row("nicht im LeiKa", f"Zählung {n}") for n in range(100, 151)])
    assert kept() == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Nachfolger", {OLD: f"{NEW}; {OTHER}"}),
        ("ersetzt durch", {OLD: f"99 102 013 104 001, {OTHER}"}),
        ("Ersetzt", {NEW: OLD, OTHER: OLD}),
    ],
)
@pytest.mark.parametrize("write", [csv_text, workbook])
def test_the_file_says_it_in_a_column_of_its_own(tmp_path, word, said, write):
    rows = [row(OLD, "Alt"), row(NEW, "Neu"), row(OTHER, "Auch neu")]
    content = write([[*each, said.get(each[5], "")] for each in rows], [*HEADER, word])
    import_catalogue(save(tmp_path, content))
    assert sorted(kept()) == [("Alt", "Auch neu", "source", None), ("Alt", "Neu", "source", None)]


def test_what_the_file_says_of_one_that_went_takes_the_place_of_a_suggestion(tmp_path):
    imported(tmp_path, [row(OLD, "Hundesteuer Anmeldung")])
    rows = [[*row(NEW, "Hundesteuer anmelden"), ""], [*row("99888013104000", "Tiersteuer"), f"{OLD} | 99102"]]
    outcome = imported(tmp_path, rows, [*HEADER, "Ersetzt"])
    assert kept() == [("Hundesteuer Anmeldung", "Tiersteuer", "source", None)]
    assert [(each.code, each.severity, each.column) for each in outcome.problems] == [
        ("invalid_successor", "warning", "Ersetzt")
    ]


def test_it_is_kept_once_and_again_after_it_was_taken_back(tmp_path):
    rows = [[*row(OLD, "Alt"), NEW], [*row(NEW, "Neu"), ""]]
    imported(tmp_path, rows, [*HEADER, "Nachfolger"])
    second = imported(tmp_path, [*rows, [*row(OTHER, "Noch eine"), ""]], [*HEADER, "Nachfolger"], "b.csv")
    assert len(kept()) == 1
    undo_import(CatalogueImport.objects.get(pk=second.import_id), by=None, reason="falsch")
    undo_import(CatalogueImport.objects.in_force().get(), by=None, reason="falsch")
    imported(tmp_path, rows, [*HEADER, "Nachfolger"])
    assert len(kept()) == 2 and Succession.objects.in_force().count() == 1


def test_a_file_loaded_again_after_it_was_taken_back_suggests_the_same(tmp_path):
    imported(tmp_path, [row(OLD, "Hundesteuer Anmeldung")])
    for _ in range(2):
        found = imported(tmp_path, [row(NEW, "Hundesteuer anmelden")], name="b.csv")
        made = CatalogueImport.objects.get(pk=found.import_id)
        assert [str(each) for each in made.successions.all()] == ["Hundesteuer Anmeldung → Hundesteuer anmelden"]
        undo_import(made, by=None, reason="falsch")


def test_keys_the_catalogue_does_not_know_say_nothing(tmp_path):
    imported(tmp_path, [[*row(OLD, "Alt"), f"99777013104000, {OLD}"]], [*HEADER, "Nachfolger"])
    assert kept() == []
