"""The catalogue we ship: what it holds, and that a workbook gives the same."""

import random
from collections import Counter

import pytest

from catalog.importing.formats import opening, shipped
from catalog.importing.import_catalogue import import_catalogue
from catalog.importing.outcome import Counts
from catalog.models import Bundle, CatalogueImport, CatalogueRelease, Service, ServiceBundle, Situation, Topic
from tests.catalog.files import HEADER, save, workbook

pytestmark = pytest.mark.django_db
ORDER = ("topic", "situation", "bundle", "ozg_id", "name", "key", "types", "legal_basis", "law")


def test_the_shipped_catalogue_is_the_release_of_2019():
    outcome = import_catalogue(shipped.CATALOGUE)
    assert (outcome.applied, outcome.release) == (True, "OZG-Umsetzungskatalog 2019")
    assert (outcome.rows, outcome.services, outcome.bundles) == (5222, Counts(5222), Counts(557))
    assert {each.code for each in outcome.problems} == {"no_leika_key"}
    assert Service.objects.filter(key=None).count() == 425
    assert ServiceBundle.objects.count() == 5222
    assert (Topic.objects.count(), Situation.objects.count()) == (14, 55)
    assert "Stand 2019" in CatalogueRelease.objects.get().source


def test_headings_and_general_information_do_not_count():
    import_catalogue(shipped.CATALOGUE)
    keys = list(Service.objects.exclude(key=None).values_list("key", flat=True))
    members = Counter(key[:8] for key in keys)
    objects = [key for key in keys if key.endswith("000000")]
    headings = {key for key in objects if members[key[:8]] > 1}
    assert (len(objects), len(headings), len(objects) - len(headings)) == (1806, 1608, 198)
    uncounted = Service.objects.filter(countable=False)
    information = set(Service.objects.filter(types="6").values_list("key", flat=True))
    assert set(uncounted.values_list("key", flat=True)) == headings | information


def test_a_workbook_of_the_same_facts_changes_nothing_and_the_other_way_round(tmp_path):
    with opening.opened(shipped.CATALOGUE) as file:
        (table,) = opening.read(file).tables
        rows = [[getattr(record, field) for field in ORDER] for record in table.records]
    rows = [[*row[:5], "nicht im LeiKa" if row[5] == "-" else row[5], *row[6:]] for row in rows]
    rows.append(next(row for row in rows if row[5] == "nicht im LeiKa"))  # as in the original, one stands twice
    order = [8, 5, 0, 3, 1, 7, 4, 2, 6]
    random.Random(1).shuffle(rows)
    shuffled = [[row[index] for index in order] for row in rows]
    content = workbook(shuffled, [HEADER[index] for index in order], above=[["OZG-Umsetzungskatalog"], []])
    path = save(tmp_path, content)
    first = import_catalogue(path)
    assert (first.rows, first.services, first.bundles) == (5223, Counts(5222), Counts(557))
    assert [each.code for each in first.problems].count("duplicate_row") == 1
    second = import_catalogue(shipped.CATALOGUE)
    assert (second.services, second.bundles) == (Counts(unchanged=5222), Counts(unchanged=557))
    third = import_catalogue(path, release="noch einmal")
    assert (third.services, third.bundles) == (Counts(unchanged=5222), Counts(unchanged=557))


def test_the_file_is_small_and_sorted():
    lines = shipped.CATALOGUE.read_text("utf-8").splitlines()
    assert shipped.CATALOGUE.stat().st_size < 1_000_000
    topics = [line for line in lines if line.startswith("# ")]
    bundles = [line[4:9] for line in lines if line.startswith("### ")]
    assert topics == sorted(topics) and len(topics) == 14
    assert len(bundles) == len(set(bundles)) == 557


def test_a_column_that_is_not_there_is_no_fact_and_one_that_is_empty_is(tmp_path):
    lines = "OZG-Tracker-Katalog 1\nStand: A\nQuelle: B\nSpalten: key types name synonyms\n\n# T\n## L\n### 10001 C\n"
    path = save(tmp_path, (lines + "99102013104000\t5\tHundesteuer\tHund|Tier\n-\t\tOhne\n").encode(), "a.txt")
    import_catalogue(path)
    assert list(Service.objects.order_by("name").values_list("key", "name", "types", "synonyms")) == [
        ("99102013104000", "Hundesteuer", "5", "Hund|Tier"),
        (None, "Ohne", "", ""),
    ]
    assert CatalogueRelease.objects.get().label == "A"
    assert CatalogueImport.objects.get().file_name == "a.txt"
    assert Bundle.objects.get().name == "C"
