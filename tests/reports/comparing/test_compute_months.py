"""A month's comparison: who is in it, which quartiles it publishes, and that none of it tells of one municipality."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import combinations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from reports import months
from reports.comparing import compute_months
from reports.comparing.compute_months import Group, compute_due_months, quartiles, shown_groups, size_of, whole_percent
from reports.models import (
    ComparedEdition,
    ComparedFigure,
    ComparedGroup,
    ComparedMonth,
    ComparisonAgreement,
)
from tests.reports.comparing.several import DUE, NOVEMBER, OCTOBER, member, members, reports, says

SIX = (10, 20, 30, 40, 50, 60)


def published(month=OCTOBER, grouping="kind"):
    """Members and quartiles of the month's ready services."""
    found = ComparedFigure.objects.filter(
        group__compared__month=month, group__grouping=grouping, figure="services_ready"
    )
    return [
        (each.group.name, each.group.members, each.lower, each.median, each.upper)
        for each in found.select_related("group")
    ]


def test_quartiles_are_those_reckoned_by_hand():
    # six values: the quartiles lie at places 1 + 5/4, 1 + 5/2 and 1 + 15/4 of the ordered ones
    assert quartiles(Fraction(each, 100) for each in (60, 10, 30, 20, 50, 40)) == (23, 35, 48)
    # seven: at places 2.5, 4 and 5.5
    assert quartiles(Fraction(each, 100) for each in (10, 20, 30, 40, 50, 60, 70)) == (25, 40, 55)


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        ((0, 1), 0),
        ((1, 1000), 1),
        ((1, 200), 1),
        ((124, 1000), 12),
        ((125, 1000), 13),
        ((999, 1000), 99),
        ((1, 1), 100),
    ],
)
def test_whole_per_cent_are_rounded_half_up_and_0_and_100_only_where_exact(rate, told):
    assert whole_percent(Fraction(*rate)) == told


def test_sizes_are_three_coarse_classes():
    assert [size_of(each) for each in (0, 299, 300, 599, 600)] == [
        *("to_299", "to_299", "300_to_599", "300_to_599", "from_600")
    ]


@pytest.mark.django_db
def test_six_that_agree_are_compared_once_by_kind_and_by_size():
    members(*SIX)
    assert compute_due_months(DUE[OCTOBER]) == 1
    assert published() == [("kreisangehoerig", 6, 23, 35, 48)]
    assert published(grouping="size") == [("to_299", 6, 23, 35, 48)]
    assert (compute_due_months(DUE[OCTOBER]), ComparedGroup.objects.count()) == (0, 2)


@pytest.mark.django_db
def test_a_month_is_due_when_the_tenth_day_of_the_next_is_over_in_berlin():
    members(*SIX)
    over = datetime(2022, 11, 10, 23, tzinfo=UTC)
    assert compute_due_months(over - timedelta(seconds=1)) == 0
    assert compute_due_months(over) == 1


@pytest.mark.django_db
def test_five_are_too_few_and_the_month_stays_as_it_was_computed():
    members(*SIX[:5])
    compute_due_months(DUE[OCTOBER])
    reports(member(9), 70)
    assert (compute_due_months(DUE[OCTOBER]), ComparedMonth.objects.get().month, published()) == (0, OCTOBER, [])


@pytest.mark.django_db
def test_without_an_agreement_nothing_is_computed():
    assert (compute_due_months(DUE[NOVEMBER]), ComparedMonth.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_who_has_not_agreed_in_time_or_has_ended_it_is_not_in_it():
    *_five, last = members(*SIX)
    says(last, agreed=False, at=DUE[OCTOBER] + timedelta(hours=1))
    late = member(7, agreed_on=DUE[OCTOBER])
    reports(late, 70)
    compute_due_months(DUE[OCTOBER] + timedelta(days=1))
    assert published() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"catalogue_release": "2020-01"},
        {"maturity_model": "2.0"},
        {"conform_level": 4},
        {"state": "draft"},
        {"rates": {"services_ready": {"numerator": 0, "denominator": 0}}},
    ],
    ids=["release", "model", "level", "not published", "nothing to divide by"],
)
def test_who_counts_otherwise_or_has_published_nothing_is_not_in_it(other):
    members(*SIX[:5])
    reports(member(6), 60, **other)
    compute_due_months(DUE[OCTOBER])
    assert published() == []


@pytest.mark.django_db
def test_the_edition_in_force_counts():
    first, *_others = members(*SIX)
    reports(first, 70, number=2)
    compute_due_months(DUE[OCTOBER])
    assert published() == [("kreisangehoerig", 6, 33, 45, 58)]


@pytest.mark.django_db
def test_what_was_missed_is_caught_up_a_month_each():
    everybody = members(*SIX)
    for each in everybody:
        reports(each, 50, NOVEMBER)
    assert compute_due_months(DUE[NOVEMBER]) == 2
    assert [each.month for each in ComparedMonth.objects.all()] == [NOVEMBER, OCTOBER]
    assert published(NOVEMBER) == [("kreisangehoerig", 6, 50, 50, 50)]


@pytest.mark.django_db
def test_a_run_killed_halfway_leaves_nothing_and_the_next_does_it_all(monkeypatch):
    members(*SIX)

    def killed(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(ComparedEdition.objects), "bulk_create", killed)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        compute_due_months(DUE[OCTOBER])
    monkeypatch.undo()
    assert (ComparedMonth.objects.count(), ComparedGroup.objects.count()) == (0, 0)
    assert (compute_due_months(DUE[OCTOBER]), ComparedEdition.objects.count()) == (1, 12)


@pytest.mark.django_db
def test_of_two_that_compute_at_once_one_does(monkeypatch):
    members(*SIX)
    compute_due_months(DUE[OCTOBER])
    monkeypatch.setattr(compute_months, "_due", lambda now: [OCTOBER])  # as the second saw it before the first was done
    assert (compute_due_months(DUE[OCTOBER]), ComparedGroup.objects.count()) == (0, 2)


@pytest.mark.django_db
def test_a_month_asks_as_often_for_many_as_for_few():
    def asked(*rates):
        with transaction.atomic():
            everybody = members(*rates)
            with CaptureQueriesContext(connection) as caught:
                compute_due_months(DUE[OCTOBER])
            assert len(everybody) == len(rates)
            transaction.set_rollback(True)
        return len(caught)

    assert asked(10) == asked(*SIX[:3]) < asked(*SIX) == asked(*SIX, *SIX)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [ComparisonAgreement, ComparedMonth, ComparedGroup, ComparedFigure, ComparedEdition])
@pytest.mark.parametrize("deed", ["update", "delete"])
def test_what_was_published_stays(model, deed):
    members(*SIX)
    compute_due_months(DUE[OCTOBER])
    rows = model.objects.all()
    field = model._meta.fields[-1].name
    value = rows.values_list(field, flat=True)[0]
    with pytest.raises(IntegrityError, match="Ein Vergleich bleibt, wie er ist"), transaction.atomic():
        rows.update(**{field: value}) if deed == "update" else rows._raw_delete(rows.db)


@pytest.mark.django_db
@pytest.mark.parametrize("per_cent", [0, 34, 95])
def test_who_joins_changes_no_number_of_the_next_month_whatever_the_rate(per_cent):
    everybody = members(*SIX)
    compute_due_months(DUE[OCTOBER])
    for each, rate in zip(everybody, SIX, strict=True):
        reports(each, rate, NOVEMBER)
    reports(member(7, agreed_on=DUE[OCTOBER]), per_cent, NOVEMBER)
    compute_due_months(DUE[NOVEMBER])
    assert published(NOVEMBER) == published(OCTOBER) == [("kreisangehoerig", 6, 23, 35, 48)]


@pytest.mark.django_db
def test_where_one_leaves_nothing_is_left_to_subtract():
    everybody = members(*SIX, 70)
    compute_due_months(DUE[OCTOBER])
    for each, rate in zip(everybody[1:], (*SIX[1:], 70), strict=True):
        reports(each, rate, NOVEMBER)
    compute_due_months(DUE[NOVEMBER])
    assert (published(OCTOBER), published(NOVEMBER)) == ([("kreisangehoerig", 7, 25, 40, 55)], [])
    february = date(2023, 2, 1)
    for each in everybody[1:]:
        reports(each, 50, february)
    compute_due_months(datetime(2023, 3, 12, tzinfo=UTC))
    assert published(february) == [("kreisangehoerig", 6, 50, 50, 50)]  # three months later it begins anew


@pytest.mark.django_db
@pytest.mark.parametrize("per_cent", [5, 95])
def test_of_two_groups_that_differ_by_one_member_one_is_shown(per_cent):
    members(*SIX)
    reports(member(6), per_cent, relevant=400)  # of the same kind, but larger than the six
    compute_due_months(DUE[OCTOBER])
    assert [(each.grouping, each.members) for each in ComparedGroup.objects.all()] == [("kind", 7)]


people = st.frozensets(st.integers(0, 19))


@given(st.lists(st.tuples(people, people, people), min_size=1, max_size=6))
def test_no_two_groups_shown_within_three_months_leave_fewer_than_five(taken):
    """Whoever comes and goes, in groups that overlap in any way."""
    before, far = {}, []
    for at, groups in enumerate(taken):
        month = months.step(OCTOBER, at)
        made = [Group(("r", "m", 3), "kind", str(n), dict.fromkeys(each)) for n, each in enumerate(groups)]
        near = {key: each for key, each in before.items() if months.between(key[0], month) <= 3}
        for number, shown in enumerate(shown_groups(made, near)):
            before[month, shown.grouping, shown.name, number] = frozenset(shown.members)
        far = list(before.items())
    assert all(len(each) >= 6 for _key, each in far)
    assert [
        (one, other)
        for (one_key, one), (other_key, other) in combinations(far, 2)
        if abs(months.between(one_key[0], other_key[0])) <= 3 and 0 < len(one ^ other) < 5
    ] == []
