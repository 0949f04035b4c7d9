"""Who holds every edition, knows who came, went and moved, and that done stays done: what can be told of a few people?

An exact solver: for some people of one group it goes through all months in which each may have got done, and asks
whether the others can make up every number that was published. `bounds` is the least and the greatest number of them
that can have nothing open at the end of each month.
"""

from itertools import combinations_with_replacement


def bounds(editions, group, few):
    """`editions`: training figures, month by month; `group`: its place; `few`: how many people, all told alike."""
    months = len(editions)
    found = [(few, 0)] * months
    for got_done in combinations_with_replacement(range(months + 1), few):  # the month of each; the last is never
        done = [sum(1 for each in got_done if each <= month) for month in range(months)]
        if _others_can(editions, group, few, done):
            found = [(min(low, n), max(high, n)) for (low, high), n in zip(found, done, strict=True)]
    return found


def _others_can(editions, group, few, done):
    """The fewest that can be done in every group, month by month; more is always allowed up to what was said."""
    before = [0] * len(editions[0]["groups"])
    for edition, ours in zip(editions, done, strict=True):
        for place, line in enumerate(edition["groups"]):
            known = ours if place == group else 0
            others = max(before[place], line["completed_at_least"] - known)
            people = line["assigned"] - (few if place == group else 0)
            if others > people or others + known > line["completed_at_most"]:
                return False
            before[place] = others
        if edition["overdue_at_least"] is not None:
            whole = sum(line["assigned"] for line in edition["groups"])
            if whole - sum(before) - ours < edition["overdue_at_least"]:
                return False
    return True
