"""What the grid could not save is put aside as a merge that waits; nothing of it is saved, nothing is lost."""

from datetime import date

import pytest
from django.utils import timezone

from ozg_tracker.tracking.exchange.merges import Decisions, decide, lines_of, look_at, take_over
from ozg_tracker.tracking.models import Merge, MunicipalService, StatusChange
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.rows.status import change_status
from tests import make


@pytest.fixture
def row(department):
    return make.row(department=department, level=2, state="planned", planned_on=date(2099, 12, 31))


def aside(client, row, script=True, **fields):
    sent = {"row": row.pk} | {f"r{row.pk}-{name}": value for name, value in fields.items()}
    return client.post("/leistungen/spaeter/", sent, headers={"Accept": "application/json"} if script else {})


def cells():
    [line] = lines_of(Merge.objects.get())
    return {name: text for name, text in line.cells.items() if name not in ("service", "name", "reason")}


def test_what_was_refused_waits_as_it_was_typed(sign_in, manager, row):
    answer = aside(sign_in(manager), row, version=1, planned_on="irgendwann", level="", note="neu")
    made = Merge.objects.get()
    assert answer.json() == {"address": f"/leistungen/abgleich/{made.pk}/"}
    assert (made.origin, made.by, StatusChange.objects.count()) == ("grid", manager, 1)
    assert cells() == {"level": "–", "planned_on": "irgendwann", "note": "neu", "version": "1"}
    seen = look_at(made, by=manager, rights=rights_in(row.municipality, manager))
    assert [(wrong.column, wrong.problem.code) for wrong in seen.wrong] == [("planned_on", "invalid_planned_on")]


def test_a_conflict_waits_with_both_values_and_is_decided_there(sign_in, manager, row):
    fresh = MunicipalService.objects.get(pk=row.pk)
    change_status(
        fresh,
        {"planned_on": date(2099, 6, 30)},
        seen_version=None,
        by=make.user(),
        reason="Kreis",
        effective_on=timezone.localdate(),
    )
    client = sign_in(manager)
    sent = {"row": row.pk, f"r{row.pk}-version": 1, f"r{row.pk}-planned_on": "2099-01-31"}
    told = client.post("/leistungen/zellen/", sent).json()["lines"]
    assert f'name="r{row.pk}-seen" value="1"' in told
    assert 'formaction="/leistungen/spaeter/"' in told
    entered = {"version": 2, "seen": 1, "mine-planned_on": "2099-01-31", "pick-planned_on": "stored"}
    assert aside(client, row, script=False, **entered).headers["Location"].startswith("/leistungen/abgleich/")
    made, rights = Merge.objects.get(), rights_in(row.municipality, manager)
    [side] = look_at(made, by=manager, rights=rights).sides
    assert (side.base, side.mine, side.stored) == ("31.12.2099", "31.01.2099", "30.06.2099")
    decide(made, Decisions(picks={(0, "planned_on"): ("mine", side.stored)}))
    assert take_over(made, by=manager, rights=rights).applied == 1


def test_words_chosen_from_lists_wait_in_the_words_of_a_file(sign_in, manager, row):
    aside(sign_in(manager), row, version=1, state="in_progress", responsibility="district", owner=manager.pk)
    assert cells() == {"responsibility": "Kreis", "state": "in Umsetzung", "owner": str(manager), "version": "1"}


def test_where_nothing_differs_nothing_is_put_aside(sign_in, manager, row):
    answer = aside(sign_in(manager), row, script=False, version=1, level=row.level_id, note="")
    assert (answer.headers["Location"], Merge.objects.count()) == ("/leistungen/", 0)


def test_rows_of_others_are_not_there(sign_in, row):
    stranger = make.user("fremd", municipality=make.municipality("Anderswo", "159990010029"))
    aside(sign_in(stranger), row, version=1, note="neu")
    assert Merge.objects.count() == 0
