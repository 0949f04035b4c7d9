"""compute_due_months: the comparison of each month, once, among the municipalities that agree.

A month is due when the tenth day (Berlin) of the one after it is over. It counts the published edition in force of
every municipality whose agreement stood by then and stands still, and is kept as it is: who joins, leaves or corrects
later changes later months alone.

**What is shown, and why.** No figure may be traced to one municipality.

- Groups of fewer than six are not shown, so that each member stands beside five others at least.
- Only quartiles are published, in whole per cent: neither the least nor the greatest rate.
- Who subtracts two groups must not be left with a few. So a group is shown only where it has the same members as each
  group shown in this month and in the three before, of whatever kind or size, or differs from it by five
  municipalities at least. Who joined waits until then: the group is shown with the members it had. After three months
  in which a group rested, the rates have gone on and it begins anew.
- The same denominators: a group counts with one catalogue release, one maturity model and one conform level.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from fractions import Fraction
from math import floor
from statistics import quantiles

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from reports import months
from reports.comparing.rates import Figure, Pool, Rates, read_rates
from reports.models import (
    ComparedEdition,
    ComparedFigure,
    ComparedGroup,
    ComparedMonth,
    ComparisonAgreement,
    Edition,
)

OTHERS = 5  # municipalities beside each one in a group, and between two groups
NEIGHBOURS = 3  # months before, with whose groups a month's groups are compared
DUE_ON = 11  # the day of the month after on which a month is computed
SIZES = ((300, "to_299"), (600, "300_to_599"))  # relevant services below; classes of ours, official ones are unknown
LARGEST = "from_600"
Grouping = ComparedGroup.Grouping


@dataclass(frozen=True)
class Group:
    """Those of one kind or size that counted alike; members by municipality."""

    pool: Pool
    grouping: str
    name: str
    members: dict[int, Rates] = field(default_factory=dict)

    @property
    def key(self) -> tuple[Pool, str, str]:
        return self.pool, self.grouping, self.name


def size_of(relevant: int) -> str:
    """The class of a municipality with so many relevant services."""
    return next((name for below, name in SIZES if relevant < below), LARGEST)


def due_instant(month: date) -> datetime:
    """When `month` is computed, at midnight in Berlin."""
    return timezone.make_aware(datetime.combine(months.step(month, 1).replace(day=DUE_ON), time()))


def compute_due_months(now: datetime) -> int:
    """Compute every month that is due at `now` and was not computed, the oldest first; says how many.

    Each month is one transaction, so that a run that breaks off leaves whole months; of two at once, one computes.
    """
    due = list(_due(now))
    return sum(_compute(month, now) for month in due)


def _due(now: datetime) -> Iterator[date]:
    """From the first month that an agreement could have been in time for; two queries."""
    first = ComparisonAgreement.objects.aggregate(first=Min("recorded_at"))["first"]
    if first is None:
        return
    begun = timezone.localdate(first)
    done = set(ComparedMonth.objects.values_list("month", flat=True))
    month = months.step(begun, -1 if begun.day < DUE_ON else 0)
    while due_instant(month) <= now:
        if month not in done:
            yield month
        month = months.step(month, 1)


def _compute(month: date, now: datetime) -> int:
    try:
        with transaction.atomic():
            compared = ComparedMonth.objects.create(month=month, computed_at=now)
            shown = shown_groups(groups_of(comparable(month, now)), _shown_before(month))
            _keep(compared, shown)
    except IntegrityError:
        if ComparedMonth.objects.filter(month=month).exists():  # by another worker, at the same time
            return 0
        raise
    return 1


def comparable(month: date, now: datetime) -> list[Rates]:
    """The rates of the published editions in force of `month`, of those who agree; two queries.

    Where a rate has nothing to divide by the edition is no part of it: all figures of a group have the same members.
    """
    agreeing = _agreeing(due_instant(month))
    editions = Edition.objects.filter(Edition.published(now), month=month, municipality__in=agreeing)
    in_force = {each.municipality: each for each in read_rates(editions)}  # the greatest number comes last
    return [each for each in in_force.values() if all(denominator for _numerator, denominator in each.of.values())]


def _agreeing(until: datetime) -> list[int]:
    """The municipalities whose newest word is that they agree, said before `until`."""
    newest: dict[int, tuple[bool, datetime]] = {}
    said = ComparisonAgreement.objects.order_by("id").values_list("municipality", "agreed", "recorded_at")
    for municipality, agreed, at in said:
        newest[municipality] = agreed, at
    return [municipality for municipality, (agreed, at) in newest.items() if agreed and at < until]


def groups_of(found: Iterable[Rates]) -> list[Group]:
    """By kind, then by size; the larger first."""
    groups: dict[tuple[Pool, str, str], Group] = {}
    for each in found:
        for grouping, name in ((Grouping.KIND, each.kind), (Grouping.SIZE, size_of(each.relevant))):
            group = groups.setdefault((each.pool, grouping, name), Group(each.pool, grouping, name))
            group.members[each.municipality] = each
    return sorted(groups.values(), key=lambda each: (each.grouping, -len(each.members), each.key))


def shown_groups(groups: Iterable[Group], before: Mapping[tuple[date, str, str, int], frozenset[int]]) -> list[Group]:
    """Those of `groups` that may be shown beside each other and beside what the months before showed.

    `before`: the members of each group shown in the three months before, by month, grouping, name and its number.
    """
    near = [*before.values()]
    last: dict[tuple[str, str], frozenset[int]] = {}
    for (_month, grouping, name, _number), known in sorted(before.items(), key=lambda each: each[0][0]):
        last[grouping, name] = known
    shown = []
    for group in groups:
        before_now = last.get((group.grouping, group.name), frozenset())
        settled = {pk: each for pk, each in group.members.items() if pk in before_now}
        for members in (group.members, settled):
            if len(members) > OTHERS and not any(_too_near(frozenset(members), other) for other in near):
                shown.append(Group(group.pool, group.grouping, group.name, members))
                near.append(frozenset(members))
                break
    return shown


def _too_near(one: frozenset[int], other: frozenset[int]) -> bool:
    return 0 < len(one ^ other) < OTHERS


def _shown_before(month: date) -> dict[tuple[date, str, str, int], frozenset[int]]:
    """One query."""
    members: defaultdict[tuple[date, str, str, int], set[int]] = defaultdict(set)
    kept = ComparedEdition.objects.filter(
        group__compared__month__lt=month, group__compared__month__gte=months.step(month, -NEIGHBOURS)
    )
    told = ("group__compared__month", "group__grouping", "group__name", "group", "edition__municipality")
    for shown_in, grouping, name, group, municipality in kept.values_list(*told):
        members[shown_in, grouping, name, group].add(municipality)
    return {key: frozenset(each) for key, each in members.items()}


def _keep(compared: ComparedMonth, shown: list[Group]) -> None:
    """Four statements, however many groups and members."""
    made = ComparedGroup.objects.bulk_create(
        ComparedGroup(
            compared=compared,
            release=group.pool[0],
            model=group.pool[1],
            conform_level=group.pool[2],
            grouping=group.grouping,
            name=group.name,
            members=len(group.members),
        )
        for group in shown
    )
    pairs = list(zip(made, shown, strict=True))
    ComparedFigure.objects.bulk_create(
        ComparedFigure(group=kept, figure=figure, lower=lower, median=median, upper=upper)
        for kept, group in pairs
        for figure in Figure
        for lower, median, upper in [quartiles(Fraction(*each.of[figure]) for each in group.members.values())]
    )
    ComparedEdition.objects.bulk_create(
        ComparedEdition(group=kept, edition_id=each.edition) for kept, group in pairs for each in group.members.values()
    )


def quartiles(rates: Iterable[Fraction]) -> tuple[int, int, int]:
    """The lower quartile, median and upper quartile of two or more rates (0 to 1), inclusive, in whole per cent."""
    lower, median, upper = quantiles(rates, n=4, method="inclusive")
    return whole_percent(lower), whole_percent(median), whole_percent(upper)


def whole_percent(rate: Fraction) -> int:
    """Rounded half up; 0 and 100 only where exact, as every rate is told."""
    if rate in (0, 1):
        return int(rate) * 100
    return min(max(floor(rate * 100 + Fraction(1, 2)), 1), 99)
