"""Who writes „ja“ or a day into „Zuletzt bestätigt“ of a file says that the service still holds, as on the page."""

from datetime import date

import pytest

from ozg_tracker.accounts.models import Role
from ozg_tracker.tracking.exchange.confirmed import day_in
from ozg_tracker.tracking.exchange.merges import Decisions, decide, keep_merge, look_at, take_over
from ozg_tracker.tracking.exchange.status_file import read, read_content
from ozg_tracker.tracking.exchange.words import BadWord
from ozg_tracker.tracking.models import Confirmation, Merge, MunicipalService, StatusChange
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.spreadsheets.office import resaved
from tests.tracking.exchange.status_files import KEY, TODAY, bring_in, edit, exported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


@pytest.fixture
def coordinator():
    return make.user()


@pytest.fixture
def rights(coordinator):
    return rights_in(make.municipality(), coordinator)


@pytest.fixture
def row():
    return make.row(state="planned", level=2, planned_on=date(2026, 12, 31))


def kept(coordinator, found):
    return keep_merge(make.municipality(), found, by=coordinator, origin=Merge.Origin.FILE)


def brought(coordinator, text):
    return kept(coordinator, read_content(text.encode(), "stand.csv"))


def changed_meanwhile(row, coordinator, **changes):
    fresh = MunicipalService.objects.get(pk=row.pk)
    change_status(fresh, changes, seen_version=None, by=coordinator, reason="Kreis", effective_on=TODAY)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ja", TODAY),
        ("x", TODAY),
        ("bestätigt", TODAY),
        ("Stimmt noch", TODAY),
        ("bestätigt am 22.11.2022", date(2022, 11, 22)),
        ("22.11.22, ja", date(2022, 11, 22)),
        ("2022-11-22", date(2022, 11, 22)),
    ],
)
def test_a_word_or_a_day_or_both_confirm(text, day):
    assert day_in(text, TODAY) == day


@pytest.mark.parametrize("text", ["nein", "vielleicht", "am", "31.02.2022", "25.11.2022", "ja 1.1.2022 2.1.2022", "7"])
def test_anything_else_is_told(text):
    with pytest.raises(BadWord):
        day_in(text, TODAY)


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_returned_workbook_confirms_as_the_page_does(tmp_path, coordinator, rights, row, form):
    path = exported(tmp_path, "stand.xlsx")
    edit(path, P2="ja")
    merge = kept(coordinator, read(resaved(tmp_path, path, form)))
    seen = look_at(merge, by=coordinator, rights=rights)
    assert (seen.applied, seen.confirmed, seen.unchanged, Confirmation.objects.count()) == (0, 1, 0, 0)
    assert [(line.row, name) for line, name in seen.confirming] == [(2, "Hundesteuer Anmeldung")]
    take_over(merge, by=coordinator, rights=rights)
    said = Confirmation.objects.get()
    assert (said.row, said.version, said.by) == (row, row.version, coordinator)
    assert (StatusChange.objects.count(), Merge.objects.count()) == (1, 0)


def test_what_is_not_touched_confirms_nothing(tmp_path, coordinator, rights, row):
    changed_meanwhile(row, coordinator, note="gesehen")
    for name in ("stand.xlsx", "stand.csv"):
        seen = look_at(kept(coordinator, read(exported(tmp_path, name))), by=coordinator, rights=rights)
        assert (name, seen.confirmed, seen.unchanged, seen.wrong) == (name, 0, 1, [])


def test_a_line_that_changes_something_too_needs_no_confirmation_besides(coordinator, rights, row):
    merge = brought(coordinator, f"Schlüssel;Stand;Zuletzt bestätigt\n{KEY};in Umsetzung;ja\n")
    taken = take_over(merge, by=coordinator, rights=rights)
    assert (taken.applied, taken.confirmed, Confirmation.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize(("pick", "number"), [("mine", 1), ("stored", 0)])
def test_what_others_changed_since_is_shown_before_it_is_confirmed(tmp_path, coordinator, rights, row, pick, number):
    path = exported(tmp_path, "stand.xlsx")
    edit(path, P2="ja, 23.11.2022")
    changed_meanwhile(row, coordinator, level=None)
    merge = kept(coordinator, read(path))
    [side] = look_at(merge, by=coordinator, rights=rights).sides
    assert (side.column, side.mine, side.stored) == ("confirmed", "ja, 23.11.2022", "inzwischen geändert, Version 2")
    take_over(merge, by=coordinator, rights=rights)
    assert (Confirmation.objects.count(), Merge.objects.count()) == (0, 1)
    decide(merge, Decisions(picks={(side.line.at, "confirmed"): (pick, side.stored)}))
    take_over(merge, by=coordinator, rights=rights)
    assert (Confirmation.objects.count(), Merge.objects.count()) == (number, 0)


def test_nonsense_is_told_with_its_place_and_mended_in_it(coordinator, rights, row):
    merge = brought(coordinator, f"Schlüssel;Zuletzt bestätigt\n{KEY};weiß nicht\n")
    [wrong] = look_at(merge, by=coordinator, rights=rights).wrong
    told = wrong.problem
    assert (told.row, told.column, told.code) == (2, "Zuletzt bestätigt", "invalid_confirmed")
    assert "„weiß nicht“ sagt nicht, ob die Leistung noch stimmt." in told.message
    decide(merge, Decisions(mended={(0, "confirmed"): "ja"}))
    assert take_over(merge, by=coordinator, rights=rights).confirmed == 1


@pytest.mark.parametrize(
    ("text", "sentence"), [("1.10.2022", "ist zu lange her"), ("ja", "Bestätigen kann, wer den Stand der Leistung")]
)
def test_what_cannot_be_confirmed_says_why(coordinator, row, text, sentence):
    clerk = make.user("sachbearbeitung", Role.STAFF)
    by = clerk if text == "ja" else coordinator
    merge = brought(by, f"Schlüssel;Zuletzt bestätigt\n{KEY};{text}\n")
    [wrong] = look_at(merge, by=by, rights=rights_in(make.municipality(), by)).wrong
    assert (wrong.problem.code, sentence in wrong.problem.message) == ("not_confirmed", True)


def test_the_command_confirms_nothing_for_nobody_says_so(tmp_path, row):
    outcome = bring_in(tmp_path, f"Schlüssel;Zuletzt bestätigt\n{KEY};ja\n")
    assert (outcome.refused, [each.code for each in outcome.problems]) == (True, ["not_confirmed"])
    assert bring_in(tmp_path, f"Schlüssel;Zuletzt bestätigt\n{KEY};ja\n", by=make.user()).confirmed == 1


@pytest.mark.parametrize("count", [1, 3])
def test_confirming_needs_the_same_queries_for_one_row_and_for_three(
    coordinator, rights, count, django_assert_num_queries
):
    keys = [f"9910201310{at}000" for at in range(count)]
    for key in keys:
        make.row(make.service(key=key, name=f"Leistung {key}"))
    merge = brought(coordinator, "Schlüssel;Zuletzt bestätigt\n" + "".join(f"{key};ja\n" for key in keys))
    with django_assert_num_queries(25):
        assert look_at(merge, by=coordinator, rights=rights).confirmed == count
