from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import Role
from ozg_tracker.training.assigning.exempting import exempt
from ozg_tracker.training.assigning.many import assign_to_many
from ozg_tracker.training.models import TrainingEvent, TrainingTask
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = pytest.mark.django_db

DUE = TODAY + timedelta(days=30)


def test_all_who_can_have_it_get_it_and_the_rest_is_named_with_a_reason():
    coordinator = make.user()
    people = [make.user(name, Role.STAFF) for name in ("frei", "hat", "befreit", "fertig")]
    council = make.user("rat", Role.COUNCIL)
    made.task(people[1], due_on=DUE)
    exempt(people[2], make.municipality(), DUE, "absent", by=coordinator, today=TODAY)
    made.done(made.task(people[3]), TODAY)
    found = assign_to_many(made.course(), [*people, council], due_on=DUE, by=coordinator, today=TODAY)
    assert found.number == 2
    assert [(str(person), why) for person, why in found.refused] == [
        ("hat", f"schon zugewiesen, fällig am {DUE:%d.%m.%Y}"),
        ("befreit", f"befreit bis {DUE:%d.%m.%Y}"),
        ("rat", "Gehört nicht zu den Beschäftigten der Kommune."),
    ]
    rounds = dict(TrainingTask.objects.filter(due_on=DUE).values_list("person__username", "round"))
    assert rounds == {"frei": 1, "hat": 1, "fertig": 2}
    assert TrainingEvent.objects.filter(by=coordinator, kind="assigned").count() == 2


def test_a_day_that_is_past_gives_it_to_nobody():
    person = make.user("amt", Role.STAFF)
    with pytest.raises(ValidationError) as refused:
        assign_to_many(made.course(), [person], due_on=TODAY - timedelta(days=1), by=make.user(), today=TODAY)
    assert (made.code(refused), TrainingTask.objects.count()) == ("in_the_past", 0)


def test_the_queries_do_not_grow_with_the_people(django_assert_num_queries):
    coordinator, course = make.user(), made.course()
    for number, name in enumerate(("a", "bcd")):
        people = [make.user(f"p{number}{each}", Role.STAFF) for each in name]
        with django_assert_num_queries(9):
            assert assign_to_many(course, people, due_on=DUE, by=coordinator, today=TODAY).number == len(people)
