"""What a handover changed goes back with the handover alone, whichever door asks."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import Role
from ozg_tracker.handover.handing_over import hand_over, take_back
from ozg_tracker.handover.models import Why
from ozg_tracker.tracking.models import StatusChange
from ozg_tracker.tracking.rows import taking_back
from ozg_tracker.tracking.rows.rights import rights_in
from ozg_tracker.tracking.rows.status import change_status
from tests import make
from tests.api.programs import Program
from tests.training.made import code

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def row(clock):
    office = make.department("Bauamt")
    giver, taker = (make.user(name, Role.STAFF, department=office) for name in ("kim", "robin"))
    found = make.row(make.service("99000000000001"), owner=giver, department=office)
    given = hand_over(
        make.municipality(), giver, {found.pk: taker}, why=Why.LEAVES, starts_on=date(2026, 3, 10), by=make.user()
    )
    found.given = given
    found.refresh_from_db(fields=["version", "owner"])
    return found


def back(row, by):
    rights = rights_in(row.municipality, by)
    return taking_back.take_back(row.municipality, [(row.pk, row.version)], by=by, rights=rights)


def test_a_change_of_a_handover_is_refused_alone_and_goes_back_with_it(row):
    by = row.given.by
    with pytest.raises(ValidationError, match=r"gehört zu einer Übergabe \(kim, 10\.03\.2026\)") as refused:
        back(row, by)
    assert code(refused) == "part_of_more"
    answer = Program(by).send(
        "municipal-services/take-back/",
        {"municipality": row.municipality_id, "changes": [{"service": row.pk, "version": row.version}]},
    )
    assert answer.status_code == 400, answer.text
    row.refresh_from_db()
    assert row.owner.username == "robin"
    take_back(row.given, by=by)
    row.refresh_from_db()
    assert row.owner.username == "kim"
    with pytest.raises(ValidationError, match="gehört zu einer Übergabe"):
        back(row, by)  # nor does giving back


def test_the_journal_shows_no_button_for_it_but_where_it_goes_back(row, client):
    client.force_login(row.given.by)
    page = client.get("/leistungen/journal/?all=1").text
    assert "unter „Kommune“, „Übergaben“." in page and "nicht zurückzunehmen" in page
    assert '<button type="submit" class="ozg-link">' not in page
    made = StatusChange.objects.get(row=row, version=row.version).recorded_at
    listed = client.get("/leistungen/", {"changed_at": made.isoformat(), "all": 1})
    assert (listed.status_code, listed.context["made"]) == (200, "")


def test_a_change_that_somebody_made_after_it_is_taken_back(row, clock):
    clock.shift(60)
    by = row.given.by
    change_status(row, {"note": "neu"}, seen_version=row.version, by=by, reason="x", effective_on=date(2026, 3, 10))
    row.refresh_from_db()
    back(row, by)
    row.refresh_from_db()
    assert (row.note, row.owner.username) == ("", "robin")
