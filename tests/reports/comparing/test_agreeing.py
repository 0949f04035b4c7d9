"""Whether a municipality takes part in the comparison: who says so, with which words, and what is kept of it."""

import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import JournalEntry, Role
from reports.comparing.agreeing import agree_to_comparison, end_comparison, takes_part
from reports.models import ComparisonAgreement
from tests import make

pytestmark = pytest.mark.django_db


def refused(deed, *args, **said):
    with pytest.raises(ValidationError) as caught:
        deed(*args, **said)
    error = caught.value
    return (
        {name: each[0].code for name, each in error.error_dict.items()} if hasattr(error, "error_dict") else error.code
    )


def test_nobody_takes_part_before_the_coordination_says_so(coordinator):
    municipality = make.municipality()
    assert takes_part(municipality) is False
    agree_to_comparison(municipality, coordinator, reason="Beschluss des Rates")
    assert takes_part(municipality) is True


def test_it_ends_and_begins_again_and_the_journal_tells_each(coordinator):
    municipality = make.municipality()
    agree_to_comparison(municipality, coordinator, reason="Beschluss")
    end_comparison(municipality, coordinator, reason="Widerruf")
    agree_to_comparison(municipality, coordinator, reason="Neuer Beschluss")
    kept = ComparisonAgreement.objects.order_by("id").values_list("agreed", "reason")
    assert list(kept) == [(True, "Beschluss"), (False, "Widerruf"), (True, "Neuer Beschluss")]
    told = JournalEntry.objects.filter(about="Vergleich der Kommunen").order_by("id")
    assert [(each.before, each.after, each.reason) for each in told] == [
        ({"compared": "no"}, {"compared": "yes"}, "Beschluss"),
        ({"compared": "yes"}, {"compared": "no"}, "Widerruf"),
        ({"compared": "no"}, {"compared": "yes"}, "Neuer Beschluss"),
    ]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.COUNCIL, Role.OPERATOR])
@pytest.mark.parametrize("deed", [agree_to_comparison, end_comparison])
def test_only_the_coordination_decides(role, deed, department):
    person = make.user("jemand", role, department=department if role in (Role.MANAGER, Role.STAFF) else None)
    assert refused(deed, make.municipality(), person, reason="x") == "not_allowed"


def test_the_coordination_of_another_municipality_decides_nothing_here(coordinator):
    other = make.municipality("Nachbarstadt", "159990010020")
    assert refused(agree_to_comparison, other, coordinator, reason="x") == "not_allowed"


def test_a_reason_is_asked_for(coordinator):
    municipality = make.municipality()
    assert refused(agree_to_comparison, municipality, coordinator, reason=" ") == {"reason": "reason_required"}
    assert ComparisonAgreement.objects.count() == 0


def test_what_holds_already_is_not_said_again(coordinator):
    municipality = make.municipality()
    assert refused(end_comparison, municipality, coordinator, reason="x") == "not_agreed"
    agree_to_comparison(municipality, coordinator, reason="x")
    assert refused(agree_to_comparison, municipality, coordinator, reason="x") == "already_agreed"


def test_of_two_who_decide_at_once_the_second_is_told(coordinator):
    municipality = make.municipality()
    first = agree_to_comparison(municipality, coordinator, reason="x", seen=0)
    assert refused(agree_to_comparison, municipality, coordinator, reason="x", seen=0) == "changed_meanwhile"
    assert end_comparison(municipality, coordinator, reason="x", seen=first.pk).agreed is False
    assert refused(end_comparison, municipality, coordinator, reason="x", seen=first.pk) == "changed_meanwhile"
