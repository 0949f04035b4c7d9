"""Each rule finds the row it is about and leaves its neighbour alone; today and on an earlier day by the same words."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from ozg_tracker.accounts.models import Role
from ozg_tracker.handover.holding import stranded
from ozg_tracker.tracking.findings.looking import scan, with_finding
from ozg_tracker.tracking.findings.rules import RULES, At
from ozg_tracker.tracking.models import Confirmation, MunicipalService, StatusChange
from ozg_tracker.tracking.rows.as_of import state_as_of
from tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
OLD, LATELY = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clerk():
    return make.user("kim", Role.STAFF, department=make.department("Bauamt"))


@pytest.fixture
def number():
    return iter(range(10, 99))


@pytest.fixture
def sound(clerk, number):
    """A row in which nothing is missing, with `state` laid over it."""

    def made(**state):
        service = make.service(f"991020131040{next(number)}")
        whole = {
            "owner": clerk,
            "department": clerk.memberships.get().department,
            "state": "done",
            "level": 3,
            "online_url": "https://musterstadt.invalid/",
            "cases_per_year": 120,
        }
        row = make.row(service, **(whole | state))
        make.event(row, effective_on=date(2026, 3, 1), recorded_at=LATELY, cases_per_year=None)
        make.event(row, effective_on=date(2026, 3, 1), recorded_at=LATELY)
        Confirmation.objects.create(municipality=row.municipality, row=row, version=1, by=clerk, recorded_at=LATELY)
        return row

    return made


def codes(row):
    """What is found in the row: as it stands, by the event of today, and by the grid's filter, all the same."""
    rows = MunicipalService.objects.filter(pk=row.pk)
    now = {code for each in scan(rows, At(TODAY)) for code in each.codes}
    held = [state.event_id for state in state_as_of(row.municipality_id, TODAY) if state.row_id == row.pk]
    then = {
        code for each in scan(StatusChange.objects.filter(pk__in=held), At(TODAY, past=True)) for code in each.codes
    }
    assert then == now == {code for code in RULES if rows.filter(with_finding(code, TODAY, rows)).exists()}
    return now


def test_nothing_is_found_in_a_sound_row(sound):
    assert codes(sound()) == set()


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ({"online_url": ""}, {"ready_without_address"}),
        ({"online_url": "", "level": 2, "state": "in_progress"}, set()),
        ({"owner": None}, {"no_owner"}),
        ({"department": None}, {"no_department"}),
        ({"level": None, "state": "open"}, {"not_rated"}),
        ({"level": 1, "state": "planned"}, {"planned_without_date"}),
        ({"level": 3, "state": "planned"}, set()),
        ({"level": 1, "state": "planned", "planned_on": date(2026, 11, 29)}, {"planned_passed"}),
        ({"level": 1, "state": "planned", "planned_on": TODAY}, set()),
        ({"level": 1, "state": "blocked"}, {"blocked_without_reason"}),
        ({"responsibility": "unclear"}, {"responsibility_unclear"}),
        ({"responsibility": "district", "owner": None, "level": None, "state": "open"}, set()),
        ({"cases_per_year": None}, {"cases_unknown"}),
    ],
)
def test_what_the_state_of_a_row_alone_says(sound, state, found):
    assert codes(sound(**state)) == found


def test_a_model_that_asks_for_more_leaves_rows_done_below_it(sound):
    row = sound()
    row.municipality.maturity_model.conform_level = 4
    row.municipality.maturity_model.save()
    assert codes(row) == {"done_below"}


def test_a_reason_given_while_blocked_stays_known(sound):
    row = sound(level=1, state="blocked")
    make.event(row, effective_on=date(2026, 4, 1), recorded_at=LATELY, reason="Vertrag fehlt")
    make.event(row, effective_on=date(2026, 4, 2), recorded_at=LATELY)
    assert codes(row) == set()


def test_a_rating_of_another_model_waits(sound):
    row = sound(level=make.level(3))
    row.municipality.maturity_model = make.maturity_model("2.0", levels=8)
    row.municipality.save()
    assert codes(row) == {"other_model"}


def test_who_left_can_no_longer_act_and_it_is_what_handovers_list(sound, clerk):
    row = sound()
    assert codes(row) == set()
    make.leave(clerk)
    assert codes(row) == {"owner_left"}
    assert list(stranded(row.municipality)) == [row]


def test_the_directory_contradicts_both_ways(sound):
    claims, hides, agrees = sound(), sound(level=1, state="in_progress"), sound()
    assert [codes(each) for each in (claims, hides, agrees)] == [set(), set(), set()]  # no directory was taken in
    make.evidence(claims, online=False)
    make.evidence(hides, online=True)
    make.evidence(agrees, online=True)
    assert [codes(each) for each in (claims, hides, agrees)] == [{"contradicts"}, {"contradicts"}, set()]
    make.evidence(claims, online=True, found_on=date(2026, 11, 21))
    assert codes(claims) == set()


def test_a_row_is_confirmed_by_a_word_or_by_a_change_of_a_person(sound, clerk, settings):
    row = sound()
    with time_machine.travel("2027-03-02 09:00:00+00:00", tick=False):
        later = At(date(2027, 3, 2))
        rows = MunicipalService.objects.filter(pk=row.pk)
        assert [each.codes for each in scan(rows, later)] == [{"unconfirmed"}]
        settings.CONFIRM_AFTER_MONTHS = 13
        assert scan(rows, later) == []
        settings.CONFIRM_AFTER_MONTHS = 12
        said = Confirmation.objects.create(
            municipality=row.municipality, row=row, version=1, by=clerk, recorded_at=datetime(2027, 3, 1, tzinfo=UTC)
        )
        assert scan(rows, later) == []
        Confirmation.objects.create(
            municipality=row.municipality, row=row, version=1, by=clerk, withdraws=said, recorded_at=NOW
        )
        assert [each.codes for each in scan(rows, later)] == [{"unconfirmed"}]


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ((1240, 12400), {"cases_jump"}),
        ((12400, 1240), {"cases_jump"}),
        ((1240, 12399), set()),
        ((1240, 12400, 1240), set()),  # mended
        ((2_147_483_647, 3), {"cases_jump"}),
        ((3, 2_147_483_647), {"cases_jump"}),
        ((None, 12400), set()),
        ((0, 12400), set()),
    ],
)
def test_a_number_of_cases_that_jumps(clerk, numbers, found):
    office = clerk.memberships.get().department
    state = {"owner": clerk, "department": office, "state": "in_progress", "level": 1}
    row = make.row(make.service(), cases_per_year=numbers[0], **state)
    for at, cases in enumerate(numbers[1:]):
        make.event(row, effective_on=date(2026, 5, 1 + at), recorded_at=LATELY, cases_per_year=cases)
    MunicipalService.objects.filter(pk=row.pk).update(cases_per_year=numbers[-1])
    assert codes(row) - {"unconfirmed"} == found


def test_the_same_number_for_three_years(clerk):
    office = clerk.memberships.get().department
    state = {"owner": clerk, "department": office, "state": "in_progress", "level": 1, "cases_per_year": 40}
    old = make.row(make.service(), effective_on=date(2023, 11, 1), **state)
    young = make.row(make.service("99102013104001"), effective_on=date(2024, 1, 1), **state)
    assert (codes(old) - {"unconfirmed"}, codes(young) - {"unconfirmed"}) == ({"cases_same"}, set())


def test_what_does_not_stand_in_the_catalogue_is_asked_for_nothing(sound):
    row = sound(level=None, state="open")
    row.service.retired_on = date(2026, 1, 1)
    row.service.save()
    assert codes(row) == set()
