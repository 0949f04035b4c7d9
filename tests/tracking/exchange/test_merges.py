"""What is brought waits, is decided and mended cell by cell, and taken over line by line; nothing between is lost."""

from datetime import date

import pytest

from ozg_tracker.accounts.models import Department, Role
from ozg_tracker.tracking.exchange.merges import Decisions, decide, keep_merge, lines_of, look_at, take_over
from ozg_tracker.tracking.exchange.status_file import read, read_content
from ozg_tracker.tracking.models import Merge, MunicipalService, StatusChange
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.spreadsheets.office import resaved
from tests.tracking.exchange.status_files import KEY, TODAY, edit, exported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]

OTHER = "99102013105000"


@pytest.fixture
def coordinator():
    return make.user()


@pytest.fixture
def rights(coordinator):
    return rights_in(make.municipality(), coordinator)


@pytest.fixture
def row():
    return make.row(state="planned", level=2, planned_on=date(2026, 12, 31))


@pytest.fixture
def other():
    return make.row(make.service(key=OTHER, name="Hundesteuer Abmeldung"))


def brought(coordinator, text):
    found = read_content(text.encode(), "stand.csv")
    return keep_merge(make.municipality(), found, by=coordinator, origin=Merge.Origin.FILE)


def states():
    return dict(MunicipalService.objects.values_list("service__key", "state"))


def test_good_lines_are_taken_and_the_rest_waits(coordinator, rights, row, other):
    merge = brought(coordinator, f"Schlüssel;Stand\n{KEY};läuft\n{OTHER};geplant\n")
    seen = look_at(merge, by=coordinator, rights=rights)
    assert (seen.applied, seen.unchanged, [line.row for line in seen.waiting]) == (1, 0, [2])
    assert StatusChange.objects.count() == 2
    taken = take_over(merge, by=coordinator, rights=rights)
    assert (taken.applied, states()[OTHER], states()[KEY]) == (1, "planned", "planned")
    assert [line.cells["state"] for line in lines_of(Merge.objects.get())] == ["läuft"]


def test_all_lines_of_a_service_wait_together_for_they_build_upon_each_other(coordinator, rights, row):
    merge = brought(coordinator, f"Schlüssel;Stand;Gilt ab\n{KEY};in Umsetzung;2022-10-01\n{KEY};läuft;\n")
    assert take_over(merge, by=coordinator, rights=rights).applied == 0
    assert Merge.objects.get().rows == 2


def test_a_mended_word_is_mended_wherever_it_stands(coordinator, rights, row, other):
    merge = brought(coordinator, f"Schlüssel;Stand\n{KEY};läuft\n{OTHER};läuft\n")
    decide(merge, Decisions(mended={(0, "state"): "in Umsetzung"}, everywhere={0: "state"}))
    assert take_over(merge, by=coordinator, rights=rights, reason="Stand vom Montag").applied == 2
    assert set(states().values()) == {"in_progress"}
    assert set(StatusChange.objects.filter(version=2).values_list("reason", flat=True)) == {"Stand vom Montag"}
    assert not Merge.objects.exists()


def test_a_service_can_be_chosen_for_a_line_and_a_line_left_out(coordinator, rights, row):
    merge = brought(coordinator, "Schlüssel;Leistung;Stand\n;Hundesteuer anmelden;in Umsetzung\n;Sonstiges;offen\n")
    assert [wrong.column for wrong in look_at(merge, by=coordinator, rights=rights).wrong] == ["name", "name"]
    decide(merge, Decisions(mended={(0, "service"): str(row.service_id)}, dropped={1}))
    assert take_over(merge, by=coordinator, rights=rights).applied == 1
    assert (states(), Merge.objects.count()) == ({KEY: "in_progress"}, 0)


def changed_meanwhile(row, coordinator, **changes):
    fresh = MunicipalService.objects.get(pk=row.pk)
    change_status(fresh, changes, seen_version=None, by=coordinator, reason="Kreis", effective_on=TODAY)


@pytest.mark.parametrize(("pick", "day"), [("mine", date(2027, 1, 31)), ("stored", date(2027, 2, 28))])
def test_base_mine_and_stored_stand_side_by_side_and_a_person_chooses(
    tmp_path, coordinator, rights, row, other, pick, day
):
    path = exported(tmp_path, "stand.xlsx")
    edit(path, H2="31.01.2027", K3="neu")
    changed_meanwhile(row, coordinator, planned_on=date(2027, 2, 28))
    merge = keep_merge(make.municipality(), read(path), by=coordinator, origin="file")
    [side] = look_at(merge, by=coordinator, rights=rights).sides
    assert (side.base, side.mine, side.stored, side.pick) == ("31.12.2026", "31.01.2027", "28.02.2027", "")
    assert take_over(merge, by=coordinator, rights=rights).applied == 1  # the other row's note
    decide(merge, Decisions(picks={(side.line.at, "planned_on"): (pick, side.stored)}))
    taken = take_over(merge, by=coordinator, rights=rights)
    row.refresh_from_db()
    assert (row.planned_on, taken.applied, Merge.objects.count()) == (day, pick == "mine", 0)


def test_what_changed_again_after_the_choice_is_asked_again(tmp_path, coordinator, rights, row):
    path = exported(tmp_path, "stand.xlsx")
    edit(path, H2="31.01.2027")
    changed_meanwhile(row, coordinator, planned_on=date(2027, 2, 28))
    merge = keep_merge(make.municipality(), read(path), by=coordinator, origin="file")
    decide(merge, Decisions(picks={(0, "planned_on"): ("mine", "28.02.2027")}))
    changed_meanwhile(row, coordinator, planned_on=date(2027, 3, 31))
    [side] = look_at(merge, by=coordinator, rights=rights).sides
    assert (side.stored, side.pick) == ("31.03.2027", "")


def test_a_department_that_only_a_waiting_line_names_is_not_made(coordinator, rights, row):
    merge = brought(coordinator, f"Schlüssel;Fachbereich;Stand\n{KEY};Amt für Neues;läuft\n")
    take_over(merge, by=coordinator, rights=rights)
    assert (Department.objects.count(), Merge.objects.get().rows) == (0, 1)


def test_a_line_that_the_person_may_not_change_waits_for_somebody_who_may(coordinator, rights, row):
    leader = make.user("leitung", Role.MANAGER, department=make.department("Bauamt"))
    merge = brought(leader, f"Schlüssel;Stand\n{KEY};in Umsetzung\n")
    own = rights_in(make.municipality(), leader)
    assert take_over(merge, by=leader, rights=own).applied == 0
    assert take_over(merge, by=coordinator, rights=rights).applied == 1


def test_owner_and_confirmation_travel_in_the_file(tmp_path, coordinator, rights, row):
    make.user("erika", Role.STAFF, first_name="Erika", last_name="Muster")
    make.user("erika2", Role.STAFF, first_name="Erika", last_name="Muster")
    changed_meanwhile(row, coordinator, note="gesehen")
    path = exported(tmp_path, "stand.xlsx")
    edit(path, O2="Erika Muster")
    found = read(path)
    assert (found.lines[0].cells["confirmed"], found.base[0].cells["owner"]) == ("2022-11-24", "")
    merge = keep_merge(make.municipality(), found, by=coordinator, origin="file")
    [wrong] = look_at(merge, by=coordinator, rights=rights).wrong
    assert "Erika Muster (erika), Erika Muster (erika2)" in wrong.problem.message
    decide(merge, Decisions(mended={(0, "owner"): "erika muster (Erika2)"}))
    assert take_over(merge, by=coordinator, rights=rights).applied == 1
    row.refresh_from_db()
    assert row.owner.username == "erika2"


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_after_two_weeks_columns_moved_rows_sorted_and_gone_saved_by_libreoffice(
    tmp_path, coordinator, rights, row, other, form
):
    make.row(make.service(key="99115005012000", name="Wohnsitz Abmeldung"))
    path = exported(tmp_path, "stand.xlsx")
    _move_columns_sort_and_filter(path)
    changed_meanwhile(row, coordinator, state="blocked")
    merge = keep_merge(make.municipality(), read(resaved(tmp_path, path, form)), by=coordinator, origin="file")
    seen = look_at(merge, by=coordinator, rights=rights)
    assert [(side.service, side.base, side.mine, side.stored) for side in seen.sides] == [
        ("Hundesteuer Anmeldung", "geplant", "in Umsetzung", "blockiert")
    ]
    assert (seen.applied, seen.unchanged, seen.wrong) == (1, 0, [])
    take_over(merge, by=coordinator, rights=rights)
    assert states() == {KEY: "blocked", OTHER: "in_progress", "99115005012000": "open"}


def _move_columns_sort_and_filter(path):
    """Two weeks at a desk: Stand is entered, columns and rows stand otherwise, a row is gone, a filter is on."""
    from openpyxl import load_workbook  # noqa: PLC0415 (here alone)

    book = load_workbook(path)
    sheet = book["Leistungen"]
    head, *lines = [list(cells) for cells in sheet.iter_rows(values_only=True)]
    at = head.index("Stand")
    kept = sorted((line for line in lines if line[0] != "99115005012000"), key=lambda line: line[2])
    for line in kept:
        line[at] = "in Umsetzung"
    sheet.delete_rows(1, sheet.max_row)
    for line in (head, *kept):
        sheet.append(line[::-1])
    sheet.auto_filter.ref = "A1:P3"
    sheet.auto_filter.add_filter_column(0, ["x"])
    sheet.row_dimensions[3].hidden = True
    book.save(path)


@pytest.mark.parametrize("count", [1, 3])
def test_a_look_needs_the_same_queries_for_one_clash_and_for_three(
    tmp_path, coordinator, rights, count, django_assert_max_num_queries
):
    rows = [make.row(make.service(key=f"9910201310{at}000", name=f"Leistung {at}")) for at in range(count)]
    path = exported(tmp_path, "stand.xlsx")
    edit(path, **{f"F{at + 2}": "in Umsetzung" for at in range(count)})
    for each in rows:
        changed_meanwhile(each, coordinator, state="planned")
    merge = keep_merge(make.municipality(), read(path), by=coordinator, origin="file")
    with django_assert_max_num_queries(19):
        assert len(look_at(merge, by=coordinator, rights=rights).sides) == count
