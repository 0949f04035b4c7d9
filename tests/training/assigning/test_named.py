"""Requirements that name the people they are for."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from ozg_tracker.accounts.models import JournalEntry, Role, StaffNumber, User
from ozg_tracker.training.assigning.assignment import assign_due_trainings
from ozg_tracker.training.assigning.named import people_named
from ozg_tracker.training.assigning.requirements import name_people, put_requirement
from ozg_tracker.training.models import NamedPerson, Requirement, TrainingTask
from tests import make
from tests.training import made
from tests.training.made import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    office = make.department("Bürgerbüro")
    return [make.user(name, Role.STAFF, department=office) for name in ("amt", "amt2", "amt3")]


def owing():
    assign_due_trainings(make.municipality(), TODAY)
    return sorted(TrainingTask.objects.open().values_list("person__username", "reason"))


def test_a_rule_that_names_people_is_for_these_alone(people):
    rule = Requirement(course=made.course(), starts_on=TODAY)
    put_requirement(rule, people[:2], by=make.user())
    assert owing() == [("amt", "namentlich genannt"), ("amt2", "namentlich genannt")]
    assert JournalEntry.objects.get().after["people"] == "amt, amt2"
    NamedPerson.objects.filter(person=people[0]).delete()
    assert owing() == [("amt2", "namentlich genannt")]
    NamedPerson.objects.all().delete()
    assert owing() == []  # an emptied list is nobody, not everybody


def test_department_and_service_narrow_the_list(people):
    elsewhere = make.user("bau", Role.STAFF, department=make.department("Bauamt"))
    rule = made.requirement(department=people[0].memberships.get().department, named=True)
    name_people(rule, [people[0].pk, elsewhere.pk])
    row = make.row(owner=people[1])
    name_people(made.requirement(made.course("Hundesteuer"), service=row.service, named=True), [people[1].pk])
    name_people(made.requirement(made.course("Brandschutz"), service=row.service, named=True), [people[2].pk])
    assert owing() == [("amt", "Bürgerbüro, namentlich genannt"), ("amt2", f"{row.service.name}, namentlich genannt")]


def test_the_same_rule_for_others_is_another_one(people):
    coordinator = make.user()
    for person in people[:2]:
        rule = Requirement(course=made.course(), starts_on=TODAY, named=True)
        rule.full_clean()
        put_requirement(rule, [person], by=coordinator)
    made.requirement()
    with pytest.raises(ValidationError):
        Requirement(course=made.course(), starts_on=TODAY).full_clean()
    assert Requirement.objects.filter(named=True).count() == 2


def test_the_sooner_of_two_rules_counts_where_one_names_the_person(people):
    made.requirement(due_within_days=90)
    name_people(made.requirement(named=True, due_within_days=30), [people[0].pk])
    owing()
    due = dict(TrainingTask.objects.values_list("person__username", "due_on"))
    assert due == {"amt": TODAY + timedelta(30), "amt2": TODAY + timedelta(90), "amt3": TODAY + timedelta(90)}


def test_people_are_named_by_address_number_user_name_or_full_name(people, django_assert_num_queries):
    amt, amt2, amt3 = people
    User.objects.filter(pk=amt.pk).update(first_name="Ada", last_name="Beck")
    StaffNumber.objects.create(municipality=make.municipality(), user=amt2, number="4711")
    here = make.municipality()
    with django_assert_num_queries(2):
        found = people_named(here, "  ada   BECK \n\n4711\namt3@example.invalid\namt")
    assert found == [amt, amt2, amt3]


def test_each_line_that_names_nobody_or_several_is_told_with_its_number(people):
    User.objects.filter(pk__in=[people[0].pk, people[1].pk]).update(first_name="Ada", last_name="Beck")
    with pytest.raises(ValidationError) as refused:
        people_named(make.municipality(), "amt3\nAda Beck\nKoch")
    assert refused.value.messages == [
        "Zeile 2: „Ada Beck“ heißen 2 Personen. Bitte nehmen Sie die E-Mail-Adresse.",
        "Zeile 3: „Koch“ gibt es unter den Beschäftigten nicht. Bitte prüfen Sie die Schreibweise.",
    ]
