"""Months that would be counted otherwise today are named with their cause, and corrected together."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import Role
from reports import canonical
from reports.editions.approving import approve_edition
from reports.editions.correcting import correct_months, deviations
from reports.editions.freeze import freeze_edition
from reports.editions.review_sheet import checked
from reports.models import Edition
from tests import make

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER, NOVEMBER = (date(2022, month, 1) for month in (9, 10, 11))


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2022, 12, 2, 8, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def coordinator():
    return make.user("koordination")


@pytest.fixture
def draft(coordinator):
    """November, after two months had been approved and an entry for the earlier one came late."""
    row = make.row(make.service(), level=2, state="in_progress")
    for month in (SEPTEMBER, OCTOBER):
        approve_edition(freeze_edition(row.municipality, month, by=coordinator), coordinator)
    with time_machine.travel(datetime(2022, 12, 3, 8, tzinfo=UTC), tick=False):
        make.event(
            row,
            effective_on=date(2022, 10, 28),
            recorded_at=datetime(2022, 12, 2, 9, tzinfo=UTC),
            level=3,
            state="done",
        )
        yield freeze_edition(row.municipality, NOVEMBER, by=coordinator)


def test_the_month_is_named_with_both_counts_and_the_entry_that_makes_the_difference(draft):
    assert [(each.month, each.then, each.now, each.causes, each.more) for each in deviations(draft)] == [
        (
            OCTOBER,
            "0 von 1",
            "1 von 1",
            ["„Hundesteuer Anmeldung“: Reifegrad 2 → 3, gilt ab 28.10.2022, eingetragen am 02.12.2022"],
            0,
        )
    ]


def test_who_approves_reads_which_months_are_counted_otherwise(draft, coordinator):
    said = dict(checked(draft, canonical.loads(draft.figures)))["Frühere Monate"]
    assert said == "heute anders gezählt und nicht berichtigt: Oktober 2022; der Bericht nennt beide Zahlen"
    correct_months(draft.municipality, [OCTOBER], "Nachtrag", coordinator)
    assert dict(checked(draft, canonical.loads(draft.figures)))["Frühere Monate"] == "zählen, was ihre Berichte sagen"


def test_corrected_it_agrees(draft, coordinator):
    made = correct_months(draft.municipality, [OCTOBER], "Nachtrag", coordinator)
    assert [(each.month, each.number, each.state, each.correction_reason) for each in made] == [
        (OCTOBER, 2, "draft", "Nachtrag")
    ]
    assert deviations(draft) == []


def test_all_are_corrected_or_none(draft, coordinator):
    with pytest.raises(ValidationError) as refused:
        correct_months(draft.municipality, [OCTOBER, SEPTEMBER], "Nachtrag", coordinator)
    assert refused.value.messages == ["September 2022 ergäbe heute dieselben Zahlen. Es wurde kein Monat berichtigt."]
    assert Edition.objects.filter(number=2).count() == 0


@pytest.mark.parametrize(
    ("wanted", "reason"), [([], "x"), ([OCTOBER], " "), ([date(2000, n, 1) for n in (1, 2)] * 7, "x")]
)
def test_what_says_nothing_is_refused(draft, coordinator, wanted, reason):
    with pytest.raises(ValidationError):
        correct_months(draft.municipality, wanted, reason, coordinator)


def test_nobody_but_the_coordination_corrects(draft):
    with pytest.raises(ValidationError) as refused:
        correct_months(
            draft.municipality, [OCTOBER], "Nachtrag", make.user("leitung", Role.MANAGER, department=make.department())
        )
    assert refused.value.code == "not_allowed"
