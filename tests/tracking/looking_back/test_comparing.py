"""Two days beside each other: every row whose fields differ, told by its level, with the words of both days."""

from datetime import date

import pytest

from ozg_tracker.tracking.looking_back.comparing import compare, told
from ozg_tracker.tracking.models import MunicipalService
from ozg_tracker.tracking.rows.status import change_status
from tests import make

pytestmark = pytest.mark.django_db
THEN, LATER = date(2024, 6, 30), date(2024, 12, 31)


def row(name, **state):
    key = f"9910000{MunicipalService.objects.count():02}00000"
    return make.row(make.service(key, name), effective_on=date(2024, 1, 1), **state)


def change(row, day, **changes):
    change_status(row, changes, seen_version=None, by=None, reason="Grund", effective_on=day)


def kinds():
    rows = MunicipalService.objects.order_by("pk").values_list("pk", flat=True)
    return [each.kind for each in compare(make.municipality(), rows, THEN, LATER)]


def test_a_row_is_told_by_its_level_and_a_first_rating_is_no_way_up():
    levels = ((1, 3), (3, 1), (3, None), (None, 2), (2, 2))
    for number, (before, after) in enumerate(levels):
        made = row(f"Leistung {number}", level=before)
        if before != after:
            change(made, date(2024, 9, 1), level=None if after is None else make.level(after))
    change(row("Leistung mit Bemerkung"), date(2024, 9, 1), note="Rückruf")
    assert kinds() == ["higher", "lower", "lower", "other", "same", "other"]


def test_what_was_changed_and_changed_back_in_between_is_unchanged():
    made = row("Hundesteuer", state="open")
    change(made, date(2024, 8, 1), state="planned")
    change(made, date(2024, 9, 1), state="open")
    assert kinds() == ["same"]


def test_levels_of_two_models_have_no_order():
    made = row("Hundesteuer", level=3)
    make.maturity_model("2.0", levels=8)
    make.event(made, effective_on=date(2024, 9, 1), level=make.level(1, "2.0"))
    assert kinds() == ["other"]


def test_a_row_known_on_neither_day_is_left_out_and_one_that_came_is_told():
    make.row(effective_on=date(2025, 1, 1))
    came = make.row(make.service("99100000100000", "Neu"), effective_on=date(2024, 8, 1), state="planned")
    pairs = compare(make.municipality(), MunicipalService.objects.values_list("pk", flat=True), THEN, LATER)
    [sight] = told(make.municipality(), pairs, THEN, LATER)
    assert (sight.row, sight.kind) == (came, "other")
    assert (sight.cells["state"].before, sight.cells["state"].after) == ("", "geplant")


def test_both_days_are_told_in_words_with_the_number_of_changes_between():
    made = row("Hundesteuer", level=1, cases_per_year=13800)
    change(made, date(2024, 7, 1), level=make.level(2))
    change(made, date(2024, 12, 31), cases_per_year=14280, note="Zählung")
    change(made, date(2025, 1, 1), state="blocked")
    pairs = compare(make.municipality(), [made.pk], THEN, LATER)
    [sight] = told(make.municipality(), pairs, THEN, LATER)
    changed = [(cell.label, cell.before, cell.after) for cell in sight.cells.values() if cell.changed]
    assert changed == [
        ("Reifegrad", "1", "2"),
        ("Fälle pro Jahr", "13.800", "14.280"),
        ("Bemerkung", "leer", "Zählung"),
    ]
    assert sight.steps == 2


def test_many_rows_cost_the_queries_of_one(django_assert_num_queries):
    for number in range(4):
        change(row(f"Leistung {number}", level=1), date(2024, 9, 1), level=make.level(2))
    ids, municipality = list(MunicipalService.objects.values_list("pk", flat=True)), make.municipality()
    for some in (ids[:1], ids):
        with django_assert_num_queries(7):
            told(municipality, compare(municipality, some, THEN, LATER), THEN, LATER)
