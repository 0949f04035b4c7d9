"""What is not published cannot be told, not even by someone who knows the total of every column."""

from functools import reduce
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from ozg_tracker.training.suppression import SUPPRESSED_BELOW, Group, published


def _group(name, completed, overdue, pending):
    """A group of as many people as tasks."""
    numbers = iter(range(1000))
    return Group(
        name,
        [next(numbers) for _ in range(completed)],
        [next(numbers) for _ in range(overdue)],
        [next(numbers) for _ in range(pending)],
    )


def _cells(*groups):
    return [(row["assigned"], row["completed"], row["overdue"]) for row in published(groups)]


def test_large_groups_are_published_whole():
    assert _cells(_group("A", 10, 5, 0), _group("B", 6, 0, 7)) == [(15, 10, 5), (13, 6, 0)]


def test_a_small_group_takes_the_smallest_other_with_it():
    assert _cells(_group("A", 3, 0, 0), _group("B", 20, 0, 9), _group("C", 6, 0, 5)) == [
        (None, None, None),
        (29, 20, 0),
        (None, None, None),
    ]


def test_one_late_person_in_the_town_does_not_hide_what_the_others_have_done():
    assert _cells(_group("A", 20, 1, 0), _group("B", 20, 0, 9), _group("C", 30, 0, 5)) == [
        (21, None, None),
        (29, None, None),
        (35, 30, 0),
    ]


def test_a_small_part_of_a_large_group_is_hidden_and_so_is_another_groups():
    assert _cells(_group("A", 20, 2, 0), _group("B", 20, 5, 8), _group("C", 60, 0, 5)) == [
        (22, None, None),
        (33, None, None),
        (65, 60, 0),
    ]


def test_an_open_remainder_too_small_to_show_hides_the_parts_that_would_leave_it():
    assert _cells(_group("A", 20, 0, 3), _group("B", 20, 5, 9))[0] == (23, None, None)


def test_tasks_of_few_people_are_few_however_many():
    rows = published([Group("A", completed=[1, 2, 3] * 10), _group("B", 20, 0, 0), _group("C", 30, 0, 0)])
    assert rows[0] == {"group": "A", "assigned": None, "completed": None, "overdue": None}


def test_a_single_small_group_stays_hidden():
    assert _cells(_group("A", 2, 1, 0)) == [(None, None, None)]


def test_a_group_without_tasks_is_not_there():
    assert _cells(_group("A", 0, 0, 0)) == []


GROUPS = st.lists(st.tuples(*[st.integers(0, 9)] * 3).filter(any), min_size=1, max_size=5)


def _fits(row, parts):
    """Whether a group of these (completed, overdue, pending) may stand behind what is published of it."""
    told = ((row["assigned"], sum(parts)), (row["completed"], parts[0]), (row["overdue"], parts[1]))
    return sum(parts) > 0 and all(shown is None or shown == value for shown, value in told)


def _plus(first, second):
    return tuple(map(sum, zip(first, second, strict=True)))


def _total(world):
    return reduce(_plus, world)


STEPS = [step for step in product((-1, 0, 1), repeat=3) if any(step)]


def _other_worlds(world):
    """The world with one or two groups a little different."""
    for (one, first), (other, second) in product(product(range(len(world)), STEPS), repeat=2):
        if one != other:
            changed = list(world)
            changed[one], changed[other] = _plus(world[one], first), _plus(world[other], second)
            yield changed
    for one, step in product(range(len(world)), STEPS):
        yield [_plus(parts, step) if index == one else parts for index, parts in enumerate(world)]


SECRETS = {
    "completed": lambda parts: parts[0],
    "overdue": lambda parts: parts[1],
    "pending": lambda parts: parts[2],
    "open": lambda parts: parts[1] + parts[2],
    "assigned": sum,
}


@settings(max_examples=150, deadline=None)
@given(GROUPS)
def test_nothing_under_five_can_be_computed_back_even_with_the_totals(truth):
    rows = published([_group(str(number), *parts) for number, parts in enumerate(truth)])
    # The reader knows what a line of totals would show. Each secret must differ in another world that looks the same.
    (line,) = published([_group("Gesamt", *_total(truth))])
    secrets = {
        (index, name)
        for index, parts in enumerate(truth)
        for name, secret in SECRETS.items()
        if 0 < secret(parts) < SUPPRESSED_BELOW
    }
    for world in _other_worlds(truth):
        if not secrets:
            break
        if min(map(min, world)) >= 0 and _fits(line, _total(world)) and all(map(_fits, rows, world)):
            secrets -= {
                (index, name) for index, name in secrets if SECRETS[name](world[index]) != SECRETS[name](truth[index])
            }
    assert secrets == set()


@given(GROUPS)
def test_every_published_cell_is_none_or_zero_or_of_five_and_more(truth):
    for completed, parts in zip(
        published([_group(str(number), *parts) for number, parts in enumerate(truth)]), truth, strict=True
    ):
        for name, value in (("assigned", sum(parts)), ("completed", parts[0]), ("overdue", parts[1])):
            assert completed[name] in (None, value)
            assert completed[name] is None or value == 0 or value >= SUPPRESSED_BELOW
