"""Each word of the figures means the same in the database and in Python, also for levels of another model."""

from datetime import date
from itertools import product

import pytest

from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows import counting
from tests import make

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 29)
PAIRS = {
    "ours": (counting.OURS, counting.is_ours),
    "stands": (counting.STANDS, counting.stands),
    "counts": (counting.COUNTS, counting.counts),
    "ready": (counting.READY, counting.is_ready),
    "not ready": (counting.NOT_READY, lambda row: not counting.is_ready(row)),
    "not rated": (counting.NOT_RATED, lambda row: not counting.is_rated(row)),
    "awaits rating": (counting.AWAITS_RATING, counting.awaits_rating),
    "promised": (counting.PROMISED, counting.is_promised),
    "late": (counting.late(DAY), lambda row: counting.is_late(row, DAY)),
}


@pytest.fixture
def every():
    """A row of every kind there is, 144 in all."""
    make.maturity_model("2.0", levels=8, conform_level=5)
    levels = [None, make.level(2), make.level(3), make.level(4, "2.0"), make.level(5, "2.0"), make.level(0)]
    days = [None, date(2026, 11, 28), DAY, date(2026, 12, 1)]
    kinds = product(["municipality", "unclear"], levels, days, [(True, None), (False, None), (True, date(2026, 5, 4))])
    for number, (responsibility, level, day, (countable, retired_on)) in enumerate(kinds):
        service = make.service(f"991{number:08d}000", f"Leistung {number}", countable=countable, retired_on=retired_on)
        make.row(service, responsibility=responsibility, level=level, planned_on=day)
    return list(MunicipalService.objects.select_related("service", "level__model", "municipality").order_by("pk"))


def test_the_database_and_python_agree_about_every_kind_of_row(every):
    for name, (condition, rule) in PAIRS.items():
        found = list(MunicipalService.objects.filter(condition).order_by("pk").values_list("pk", flat=True))
        assert found == [row.pk for row in every if rule(row)], name
        assert 0 < len(found) < len(every), name
    ready = counting.ready_levels()
    assert [row.level_id in ready for row in every] == [counting.is_ready(row) for row in every]
