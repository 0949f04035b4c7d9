"""Who holds every edition, knows who came, went and moved, and that done stays done: what can be told of a few people?

An exact solver: for some people it goes through all months in which each may have got done, and asks whether the
others can make up every number that was published. `bounds` is the least and the greatest number of them that can have
nothing open at the end of each month.
"""

from collections import Counter
from itertools import chain, combinations_with_replacement, product


def bounds(editions, few):
    """`editions`: training figures, month by month; `few`: of each of the people, the place of the group and the last
    month (from 0) in which the person can have got done: whoever left stays as they were.
    """
    months = len(editions)
    found = [(len(few), 0)] * months
    kinds = Counter((group, min(last, months - 1)) for group, last in few)
    ways = [combinations_with_replacement([*range(last + 1), months], n) for (_group, last), n in kinds.items()]
    for way in product(*ways):  # the month in which each got done; that after the last: never
        done = [
            Counter(
                chain.from_iterable(
                    [group] * sum(1 for each in got_done if each <= month)
                    for (group, _last), got_done in zip(kinds, way, strict=True)
                )
            )
            for month in range(months)
        ]
        if _others_can(editions, Counter(group for group, _last in few), done):
            counts = [ours.total() for ours in done]
            found = [(min(low, n), max(high, n)) for (low, high), n in zip(found, counts, strict=True)]
    return found


def _others_can(editions, few, done):
    """The fewest that can be done in every group, month by month; more is always allowed up to what was said."""
    before = [0] * len(editions[0]["groups"])
    for edition, ours in zip(editions, done, strict=True):
        for place, line in enumerate(edition["groups"]):
            others = max(before[place], line["completed_at_least"] - ours[place])
            people = line["assigned"] - few[place]
            if others > people or others + ours[place] > line["completed_at_most"]:
                return False
            before[place] = others
        if edition["overdue_at_least"] is not None:
            whole = sum(line["assigned"] for line in edition["groups"])
            if whole - sum(before) - ours.total() < edition["overdue_at_least"]:
                return False
    return True
